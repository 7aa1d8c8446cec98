// The page: loads the front end and the worker side by side, and what comes along with them.
import { choose } from "./variants.mjs";
import { refuse, say, uncover } from "./cover.mjs";
import { Host } from "./host.mjs";
import { fetched } from "./fetched.mjs";
import { Limpid } from "./limpid.mjs";
import { Ui } from "./ui.mjs";
import { connect } from "./input.mjs";
import { connect_files } from "./drops.mjs";
import { keep_offline, reload_isolated } from "./offline.mjs";
import { models_for_later, samples } from "./assets.mjs"; // written by CMakeLists.txt

const element = (id) => document.getElementById(id);

// Until they are there, undefined.
let ui;
let host;

// What comes along and is not listed yet, by the names that links have for it.
const name_of = (url) => url.split("/").pop().replace(/\.\w+$/, "");
let coming = {
  pictures: samples.map(name_of),
  models: models_for_later.map(({ url }) => name_of(url)),
};

// A link sets the scene by its fragment: no server is sent it, and all links are one address to the
// caches, the browser's and the service worker's, which would keep a page for each query.
function open_scene() {
  ui.open_scene(location.hash.slice(1), coming);
}

// The module is of no use any more: with a context all textures are lost, with the worker the work.
function give_up(why) {
  ui?.stop();
  refuse(`${why} Reload the page to go on.${host?.about_training() ?? ""}`);
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
      if (error) ui.failed(error);
      else files.push({ name, blob });
    }
    await host.add(files, "samples");
  }
}

// What comes along, once there is a page to show it on: what fails of it is told there, and the
// rest is there all the same.
async function bring_along(model, sent) {
  const offered = host.offer_unfinished().catch(ui.failed);
  const { blob, error } = await model;
  if (error) ui.failed(error);
  else await host.offer_model(blob).catch(ui.failed);
  for (const { url, bytes } of models_for_later) host.offer_model_later(url, bytes);
  await show_samples(sent).catch(ui.failed);
  coming = { pictures: [], models: [] };
  await offered;
}

function make_ui(module) {
  const canvas = element("canvas");
  canvas.addEventListener("webglcontextlost", (event) => {
    event.preventDefault(); // it is dealt with here
    give_up("The browser has taken away the WebGL context that this page draws with.");
  });
  return new Ui(module, canvas, element("controls"));
}

// Hands the worker's events on. Resolves when the first picture is restored.
function follow(limpid) {
  return new Promise((done) => {
    limpid.listen((event, bytes) => {
      host.event(event);
      ui.event(event, bytes);
      if (event.type === "Restored") done();
    });
  });
}

function connect_visitor() {
  connect(element("canvas"), element("keyboard"), ui);
  connect_files(ui, (files, picked) => host.add(files, picked));
  addEventListener("resize", () => ui.changed());
  addEventListener("hashchange", open_scene);
  addEventListener("beforeunload", (event) => {
    if (host.would_lose()) event.preventDefault(); // the browser asks
  });
}

async function start() {
  choose(); // throws a sentence where nothing can run
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
  const asked = (module.host = new Host(limpid));
  ui = make_ui(module);
  asked.attach(ui);
  host = asked;
  const restored = follow(limpid);
  connect_visitor();
  open_scene();
  uncover();
  ui.show();
  step("front end drawn");
  if (limpid.note) ui.notify(limpid.note, false);
  await bring_along(model, sent);
  await restored;
  step("picture restored");
  await keep_offline(limpid.variant);
}

start().catch((error) => refuse(error.message));
