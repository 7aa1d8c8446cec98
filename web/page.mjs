// The page: loads the front end and the worker side by side, and draws a frame when something
// changed.
import { choose } from "./variants.mjs";
import { Host, fetched, files_of } from "./host.mjs";
import { Limpid } from "./limpid.mjs";
import { Frames } from "./frames.mjs";
import { connect } from "./input.mjs";
import { remember_states } from "./gl_state.mjs";
import { keep_offline, reload_isolated } from "./offline.mjs";
import { Controls } from "./controls.mjs";
import { models_for_later } from "./models.mjs"; // written by CMakeLists.txt

const samples = ["coast.png", "forest.png", "text.png", "phantom.png", "chart.png"];

const element = (id) => document.getElementById(id);
const say = (sentence) => {
  element("status").textContent = sentence;
};

function refuse(error) {
  element("loading").hidden = false;
  element("progress").hidden = true;
  say(error.message);
}

// The front end's module as an object to talk to.
function front_end(module) {
  const why = module.UTF8ToString(module._page_start());
  if (why) throw new Error(why);
  const gl = element("canvas").getContext("webgl2");
  remember_states(gl); // before anything is drawn
  frames = new Frames(gl, make_frame);
  const ui = {
    module,
    controls: new Controls(element("controls"), element("canvas"), click),
    with_text(text, use) {
      const pointer = module.stringToNewUTF8(text);
      try {
        return use(pointer);
      } finally {
        module._free(pointer);
      }
    },
    add_files: (paths, samples) =>
      ui.with_text(paths.map((path) => `${path}\n`).join(""), (lines) => {
        module._page_add_files(lines, samples);
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
        module._page_offer_training(json, epoch);
        frames.soon();
      }),
    restore_all: (folder) =>
      ui.with_text(folder, (text) => {
        module._page_restore_all(text);
        frames.soon();
      }),
    notify: (sentence, bad) => {
      element("announced").textContent = sentence;
      ui.with_text(sentence, (text) => {
        module._page_notify(text, bad);
        frames.soon();
      });
    },
    event(event, bytes) {
      const place = bytes.byteLength ? module._malloc(bytes.byteLength) : 0;
      if (place) module.HEAPU8.set(new Uint8Array(bytes), place);
      const refused = ui.with_text(JSON.stringify(event), (json) =>
        module.UTF8ToString(module._page_event(json, place, bytes.byteLength)),
      );
      if (place) module._free(place);
      if (refused) ui.notify(refused, true);
      announce(event);
      frames.later(event.type === "Restored" && !event.saved_to);
    },
  };
  return ui;
}

// What happens on the canvas, for those who do not see it. Epochs may follow one another faster
// than anybody listens.
const epochs_told_ms = 2000;
let epoch_told = -Infinity;
function announce(event) {
  const score = ({ rmse, psnr }) =>
    `RMSE ${Number(rmse).toFixed(4)}, PSNR ${Number(psnr).toFixed(1)} dB`;
  if (event.type === "Restored" && event.has_quality) {
    element("announced").textContent =
      `Restored: ${score(event.noisy)} became ${score(event.restored)}.`;
  } else if (event.type === "EpochEnded") {
    if (performance.now() - epoch_told < epochs_told_ms) return;
    epoch_told = performance.now();
    element("announced").textContent = `Epoch ${event.record.epoch}: loss ${event.record.loss}.`;
  } else if (event.type === "Failed") {
    element("announced").textContent = event.message;
  }
}

// A press and its release are two frames: one would not be seen.
function click(x, y) {
  ui.module._page_pointer(x, y, false);
  ui.module._page_button(0, true);
  frames.soon();
  setTimeout(() => {
    ui.module._page_button(0, false);
    frames.soon();
  }, 50);
}

let ui;
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

function take_files(host) {
  const show = (error) => ui.notify(error.message, true);
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", async (event) => {
    event.preventDefault();
    await host.add(await files_of(event.dataTransfer)).catch(show);
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

// The first sample alone, so that its restored picture is the first thing that is worked on.
async function show_samples(host, first, others) {
  await host.add([{ name: samples[0], blob: await first }], true);
  const blobs = await Promise.all(others);
  await host.add(
    blobs.map((blob, i) => ({ name: samples[i + 1], blob })),
    true,
  );
}

async function start() {
  const variant = choose(); // throws a sentence where nothing can run
  if (await reload_isolated()) return;
  say("Loading");
  const model = fetched("model.safetensors");
  const [first, ...others] = samples.map((name) => fetched(`samples/${name}`));
  const engine = Limpid.load({ model: null }).then((limpid) => {
    step("engine started");
    return limpid;
  });
  const { default: make } = await import("./front_end.mjs");
  const module = await make({ canvas: element("canvas"), printErr: () => {} });
  step("front end compiled");
  const limpid = await engine;
  const host = (module.host = new Host(limpid));
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
  take_files(host);
  addEventListener("resize", () => frames.soon());
  element("loading").hidden = true;
  frames.later(true);
  step("front end drawn");
  if (limpid.note) ui.notify(limpid.note, false);
  await host.offer_model(await model);
  for (const { url, bytes } of models_for_later) host.offer_model_later(url, bytes);
  await show_samples(host, first, others);
  await host.offer_unfinished();
  await restored;
  step("picture restored");
  await keep_offline(variant.name);
}

start().catch(refuse);
