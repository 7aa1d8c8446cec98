// The page: loads the front end and the worker side by side, and draws a frame when something
// changed.
import { choose } from "./variants.mjs";
import { Host, files_of } from "./host.mjs";
import { Limpid } from "./limpid.mjs";
import { connect } from "./input.mjs";
import { work_offline } from "./offline.mjs";

const samples = ["coast.png", "forest.png", "text.png", "phantom.png", "chart.png"];
const settling_frames = 3; // drawn after the last change, until everything is at rest

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
  const ui = {
    module,
    with_text(text, use) {
      const pointer = module.stringToNewUTF8(text);
      try {
        return use(pointer);
      } finally {
        module._free(pointer);
      }
    },
    add_files: (paths) =>
      ui.with_text(paths.map((path) => `${path}\n`).join(""), (lines) => {
        module._page_add_files(lines);
        draw_soon();
      }),
    restore_all: (folder) =>
      ui.with_text(folder, (text) => {
        module._page_restore_all(text);
        draw_soon();
      }),
    notify: (sentence, bad) => {
      element("announced").textContent = sentence;
      ui.with_text(sentence, (text) => {
        module._page_notify(text, bad);
        draw_soon();
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
      draw_soon();
    },
  };
  return ui;
}

// What happens on the canvas, for those who do not see it.
function announce(event) {
  const score = ({ rmse, psnr }) =>
    `RMSE ${Number(rmse).toFixed(4)}, PSNR ${Number(psnr).toFixed(1)} dB`;
  if (event.type === "Restored" && event.has_quality) {
    element("announced").textContent =
      `Restored: ${score(event.noisy)} became ${score(event.restored)}.`;
  } else if (event.type === "EpochEnded") {
    element("announced").textContent = `Epoch ${event.record.epoch}: loss ${event.record.loss}.`;
  } else if (event.type === "Failed") {
    element("announced").textContent = event.message;
  }
}

let ui;
let frames_left = 0;
let asked = false;
function draw_soon() {
  frames_left = settling_frames;
  if (asked || !ui) return;
  asked = true;
  requestAnimationFrame(draw);
}
function draw(milliseconds) {
  const canvas = element("canvas");
  const density = Math.min(globalThis.devicePixelRatio || 1, 3);
  const width = Math.round(canvas.clientWidth * density);
  const height = Math.round(canvas.clientHeight * density);
  if (canvas.width !== width || canvas.height !== height)
    Object.assign(canvas, { width, height });
  const busy = ui.module._page_frame(milliseconds / 1000, width, height, density);
  frames_left = busy ? settling_frames : frames_left - 1;
  asked = frames_left > 0;
  if (asked) requestAnimationFrame(draw);
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
    draw_soon();
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

async function sample_files() {
  return Promise.all(
    samples.map(async (name) => ({ name, blob: await (await fetch(`samples/${name}`)).blob() })),
  );
}

async function start() {
  const variant = choose(); // throws a sentence where nothing can run
  say("Loading");
  const { default: make } = await import("./front_end.mjs");
  const [module, limpid] = await Promise.all([
    make({ canvas: element("canvas"), printErr: () => {} }),
    Limpid.load({ model: null }),
  ]);
  const host = (module.host = new Host(limpid));
  ui = front_end(module);
  host.attach(ui);
  limpid.listen((event, bytes) => {
    host.event(event);
    ui.event(event, bytes);
    announce(event);
  });
  connect(element("canvas"), element("keyboard"), ui, draw_soon);
  take_files(host);
  addEventListener("resize", draw_soon);
  element("loading").hidden = true;
  draw_soon();
  if (limpid.note) ui.notify(limpid.note, false);
  await host.add([
    { name: "classroom.safetensors", blob: await (await fetch("model.safetensors")).blob() },
  ]);
  await host.add(await sample_files());
  await work_offline([
    "./",
    "index.html",
    "page.css",
    "page.mjs",
    "icon.svg",
    "host.mjs",
    "input.mjs",
    "limpid.mjs",
    "offline.mjs",
    "storage.mjs",
    "variants.mjs",
    "worker.mjs",
    "zip.mjs",
    "front_end.mjs",
    "front_end.wasm",
    `${variant.name}.mjs`,
    `${variant.name}.wasm`,
    "model.safetensors",
    ...samples.map((name) => `samples/${name}`),
  ]);
}

start().catch(refuse);
