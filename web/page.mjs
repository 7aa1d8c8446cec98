// The page: loads the front end and the worker side by side, and draws a frame when something
// changed.
import { choose } from "./variants.mjs";
import { refuse, say, uncover } from "./cover.mjs";
import { Host, fetched, files_of } from "./host.mjs";
import { Limpid } from "./limpid.mjs";
import { Frames } from "./frames.mjs";
import { connect } from "./input.mjs";
import { remember_states } from "./gl_state.mjs";
import { keep_offline, reload_isolated } from "./offline.mjs";
import { Controls } from "./controls.mjs";
import { models_for_later, samples } from "./assets.mjs"; // written by CMakeLists.txt

const element = (id) => document.getElementById(id);
const announce = (sentence) => {
  element("announced").textContent = sentence;
};

// What it is to the front end that an event about a picture could not be taken; else its restoring.
const refused_as = {
  PictureOpened: "picture",
  EncodingPicture: "encode",
  PictureEncoded: "encode",
};

// The front end's module as an object to talk to.
function front_end(module) {
  const why = module.UTF8ToString(module._page_start());
  if (why) throw new Error(why);
  const gl = element("canvas").getContext("webgl2");
  element("canvas").addEventListener("webglcontextlost", (event) => {
    event.preventDefault(); // it is dealt with here
    give_up("The browser has taken away the WebGL context that this page draws with.");
  });
  remember_states(gl); // before anything is drawn
  frames = new Frames(gl, make_frame);
  const ui = {
    module,
    controls: new Controls(element("controls"), element("canvas"), { click, key }),
    with_text(text, use) {
      const pointer = module.stringToNewUTF8(text);
      try {
        return use(pointer);
      } finally {
        module._free(pointer);
      }
    },
    page_shown: () => module._page_shown(),
    add_files: (paths, samples, page) =>
      ui.with_text(paths.map((path) => `${path}\n`).join(""), (lines) => {
        module._page_add_files(lines, samples, page);
        frames.soon();
      }),
    offer_model: (file) =>
      ui.with_text(file, (path) => {
        module._page_offer_model(path);
        frames.soon();
      }),
    offer_model_later: (file, bytes) =>
      ui.with_text(file, (path) => {
        module._page_offer_model_later(path, bytes);
        frames.soon();
      }),
    offer_training: (start, epoch) =>
      ui.with_text(JSON.stringify(start), (json) => {
        const why = module.UTF8ToString(module._page_offer_training(json, epoch));
        if (why) ui.notify(`A training that is stored cannot go on here: ${why}.`, true);
        frames.soon();
      }),
    restore_all: (folder) =>
      ui.with_text(folder, (text) => {
        module._page_restore_all(text);
        frames.soon();
      }),
    notify: (sentence, bad) => {
      announce(sentence);
      ui.with_text(sentence, (text) => {
        module._page_notify(text, bad);
        frames.soon();
      });
    },
    // What was asked for does not come: a picture says so, whoever waits for it.
    refuse({ type, picture }, message) {
      const what = refused_as[type] ?? "restore";
      if (!Number.isInteger(picture) || type === "Failed") return ui.notify(message, true);
      const failed = { type: "Failed", what, number: picture, message, queue: 0 };
      ui.event(failed, new ArrayBuffer(0));
    },
    event(event, bytes) {
      const place = bytes.byteLength ? module._malloc(bytes.byteLength) : 0;
      if (place) module.HEAPU8.set(new Uint8Array(bytes), place);
      const take = (json) => module.UTF8ToString(module._page_event(json, place, bytes.byteLength));
      const refused = ui.with_text(JSON.stringify(event), take);
      if (place) module._free(place);
      if (refused) ui.refuse(event, refused);
      announce_event(event);
      frames.later(event.type === "Restored" && !event.saved_to);
    },
  };
  return ui;
}

// The module is of no use any more: with a context all textures are lost, with the worker the work.
function give_up(why) {
  frames?.stop();
  refuse(`${why} Reload the page to go on.${host?.about_training() ?? ""}`);
}

// What happens on the canvas, for those who do not see it. Epochs may follow one another faster
// than anybody listens.
const epochs_told_ms = 2000;
let epoch_told = -Infinity;
const ends = {
  finished: "The training is finished.",
  "stopped early": "The training stopped early.",
  cancelled: "The training was stopped.",
  diverged: "The training diverged.",
};
function announce_event(event) {
  const score = ({ rmse, psnr }) =>
    `RMSE ${Number(rmse).toFixed(4)}, PSNR ${Number(psnr).toFixed(1)} dB`;
  if (event.type === "Restored" && event.has_quality) {
    announce(`Restored: ${score(event.noisy)} became ${score(event.restored)}.`);
  } else if (event.type === "EpochEnded") {
    if (performance.now() - epoch_told < epochs_told_ms) return;
    epoch_told = performance.now();
    const loss = Number(event.record.loss).toPrecision(4);
    announce(`Epoch ${event.record.epoch}: loss ${loss}.`);
  } else if (event.type === "TrainingEnded") {
    announce(`${ends[event.end]} ${event.message}`.trim());
  } else if (event.type === "Failed") {
    announce(event.message);
  }
}

// A press and its release are two frames: one would not be seen.
function press_and_let_go(act) {
  act(true);
  frames.soon();
  setTimeout(() => {
    act(false);
    frames.soon();
  }, 50);
}
function click(x, y) {
  ui.module._page_pointer(x, y, false);
  press_and_let_go((down) => ui.module._page_button(0, down));
}
function key(code) {
  press_and_let_go((down) => ui.with_text(code, (text) => ui.module._page_key(text, down, 0)));
}

let ui;
let host;
let frames;

function make_frame(milliseconds, drawn) {
  const canvas = element("canvas");
  const density = Math.min(globalThis.devicePixelRatio || 1, 3);
  const width = Math.round(canvas.clientWidth * density);
  const height = Math.round(canvas.clientHeight * density);
  if (drawn && (canvas.width !== width || canvas.height !== height))
    Object.assign(canvas, { width, height });
  const busy = ui.module._page_frame(milliseconds / 1000, width, height, density, drawn);
  const told = drawn && ui.module._page_controls();
  if (told) ui.controls.show(JSON.parse(ui.module.UTF8ToString(told)));
  return busy;
}

function take_files() {
  const show = (error) => ui.notify(error.message, true);
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", async (event) => {
    event.preventDefault();
    const refused = (name) => ui.notify(`${name} could not be read.`, true);
    const files = await files_of(event.dataTransfer, refused);
    await host.add(files).catch(show);
  });
  addEventListener("paste", async (event) => {
    const files = [...event.clipboardData.files].map((blob) => ({ name: blob.name, blob }));
    if (files.length) return host.add(files).catch(show);
    ui.with_text(event.clipboardData.getData("text"), (text) => ui.module._page_pasted(text));
    ui.with_text("KeyV", (code) => {
      ui.module._page_key(code, true, 1);
      ui.module._page_key(code, false, 0);
    });
    frames.soon();
  });
  for (const id of ["pick-pictures", "pick-folder", "pick-model"]) {
    element(id).addEventListener("change", ({ target }) =>
      host
        .add(
          [...target.files].map((blob) => ({ name: blob.webkitRelativePath || blob.name, blob })),
        )
        .catch(show),
    );
  }
}

// Steps of the start, for whoever measures it: marks of the browser's own timeline.
const step = (name) => performance.mark(`limpid ${name}`);

// {blob} or {error} of a file that is asked for now and looked at later.
const sent_for = (url) => fetched(url).then((blob) => ({ blob }), (error) => ({ error }));

// The first sample alone, so that its restored picture is the first thing that is worked on. Those
// that cannot be had are left out.
async function show_samples(sent) {
  for (const some of [sent.slice(0, 1), sent.slice(1)]) {
    const files = [];
    for (const { name, answer } of some) {
      const { blob, error } = await answer;
      if (error) ui.notify(error.message, true);
      else files.push({ name, blob });
    }
    await host.add(files, true);
  }
}

// What comes along, once there is a page to show it on: what fails of it is told there, and the
// rest is there all the same.
async function bring_along(model, sent) {
  const show = (error) => ui.notify(error.message, true);
  const offered = host.offer_unfinished().catch(show);
  const { blob, error } = await model;
  if (error) show(error);
  else await host.offer_model(blob).catch(show);
  for (const { url, bytes } of models_for_later) host.offer_model_later(url, bytes);
  await show_samples(sent).catch(show);
  await offered;
}

async function start() {
  const variant = choose(); // throws a sentence where nothing can run
  if (await reload_isolated()) return;
  say("Loading");
  const model = sent_for("model.safetensors");
  const sent = samples.map((url) => ({ name: url.split("/").pop(), answer: sent_for(url) }));
  const engine = Limpid.load({ model: null, on_gone: give_up }).then((limpid) => {
    step("engine started");
    return limpid;
  });
  const { default: make } = await import("./front_end.mjs");
  const module = await make({ canvas: element("canvas"), printErr: () => {} });
  step("front end compiled");
  const limpid = await engine;
  host = module.host = new Host(limpid);
  ui = front_end(module);
  host.attach(ui);
  const restored = new Promise((done) => {
    limpid.listen((event, bytes) => {
      host.event(event);
      ui.event(event, bytes);
      if (event.type === "Restored") done();
    });
  });
  connect(element("canvas"), element("keyboard"), ui, () => frames.soon());
  take_files();
  addEventListener("resize", () => frames.soon());
  addEventListener("beforeunload", (event) => {
    if (host.would_lose()) event.preventDefault(); // the browser asks
  });
  uncover();
  frames.later(true);
  step("front end drawn");
  if (limpid.note) ui.notify(limpid.note, false);
  await bring_along(model, sent);
  await restored;
  step("picture restored");
  await keep_offline(variant.name);
}

start().catch((error) => refuse(error.message));
