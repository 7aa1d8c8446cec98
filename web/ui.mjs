// The front end's module (page.cpp) as an object to talk to. Whatever it is told, it draws.
import { announce, announce_event } from "./announced.mjs";
import { Controls } from "./controls.mjs";
import { Frames } from "./frames.mjs";
import { remember_states } from "./gl_state.mjs";

const press_ms = 50; // between a press and its release, for two frames: one would not be seen
const most_density = 3; // pixels of the canvas in one of CSS
const ctrl = 1; // of the modifiers

// What it is to the front end that an event about a picture could not be taken; else its restoring.
const refused_as = {
  PictureOpened: "picture",
  EncodingPicture: "encode",
  PictureEncoded: "encode",
};

export class Ui {
  #module;
  #canvas;
  #frames;
  #controls;

  // list: gets what the canvas shows as elements. Throws a sentence where nothing can be drawn.
  constructor(module, canvas, list) {
    const why = module.UTF8ToString(module._page_start());
    if (why) throw new Error(why);
    this.#module = module;
    this.#canvas = canvas;
    const gl = canvas.getContext("webgl2");
    remember_states(gl); // before anything is drawn
    this.#frames = new Frames(gl, (milliseconds, drawn) => this.#frame(milliseconds, drawn));
    this.#controls = new Controls(list, canvas, this);
  }

  // For good: nothing is drawn any more.
  stop() {
    this.#frames.stop();
  }
  // For the first time.
  show() {
    this.#frames.later(true);
  }
  // Something is to be drawn that no call here tells of.
  changed() {
    this.#frames.soon();
  }
  // Canvas pixels in one of CSS, as they were drawn last.
  density() {
    return this.#canvas.width / this.#canvas.clientWidth;
  }

  // --- Input, at places of the canvas in its pixels.

  pointer(x, y, touch) {
    this.#module._page_pointer(x, y, touch);
    this.changed();
  }
  button(number, down) {
    this.#module._page_button(number, down);
    this.changed();
  }
  wheel(x, y) {
    this.#module._page_wheel(x, y);
    this.changed();
  }
  pinch(x, y, notches) {
    this.#module._page_pinch(x, y, notches);
    this.changed();
  }
  click(x, y) {
    this.pointer(x, y, false);
    this.button(0, true);
    setTimeout(() => this.button(0, false), press_ms);
  }
  // True when the front end uses that key.
  key(code, down, modifiers = 0) {
    return this.#told(code, (text) => this.#module._page_key(text, down, modifiers));
  }
  press(code) {
    this.key(code, true);
    setTimeout(() => this.key(code, false), press_ms);
  }
  text(typed) {
    this.#told(typed, (text) => this.#module._page_text(text));
  }
  paste(pasted) {
    this.#told(pasted, (text) => this.#module._page_pasted(text));
    this.key("KeyV", true, ctrl);
    this.key("KeyV", false);
  }
  focus(focused) {
    this.#module._page_focus(focused);
    this.changed();
  }
  wants_text() {
    return this.#module._page_wants_text();
  }
  uses_escape() {
    return this.#module._page_uses_escape();
  }
  cursor() {
    return this.#module._page_cursor();
  }

  // --- Links, files, models, trainings: see core/ui/front_end.h.

  // link: a fragment of the page's address; pictures, models: names of what is still to be listed.
  open_scene(link, { pictures, models }) {
    const module = this.#module;
    const lines = (names) => names.map((name) => `${name}\n`).join("");
    const open = (text) =>
      this.#with_text(lines(pictures), (pictures) =>
        this.#with_text(lines(models), (models) =>
          module.UTF8ToString(module._page_open_scene(text, pictures, models)),
        ),
      );
    const left_out = this.#told(link, open).split("\n").filter(Boolean);
    for (const sentence of left_out) this.notify(sentence, true);
  }

  page_shown() {
    return this.#module._page_shown();
  }
  add_files(paths, samples, page) {
    const lines = paths.map((path) => `${path}\n`).join("");
    this.#told(lines, (text) => this.#module._page_add_files(text, samples, page));
  }
  // what: "noisy" or "tests".
  take_folder(path, what) {
    this.#told(path, (text) => this.#module._page_take_folder(text, what === "noisy"));
  }
  offer_model(file) {
    this.#told(file, (path) => this.#module._page_offer_model(path));
  }
  offer_model_later(file, bytes) {
    this.#told(file, (path) => this.#module._page_offer_model_later(path, bytes));
  }
  offer_training(start, epoch) {
    const module = this.#module;
    const offer = (json) => module.UTF8ToString(module._page_offer_training(json, epoch));
    const why = this.#told(JSON.stringify(start), offer);
    if (why) this.notify(`A training that is stored cannot go on here: ${why}.`, true);
  }
  restore_all(folder) {
    this.#told(folder, (text) => this.#module._page_restore_all(text));
  }
  notify(sentence, bad) {
    announce(sentence);
    this.#told(sentence, (text) => this.#module._page_notify(text, bad));
  }
  // For promises: an error, which is one sentence.
  failed = (error) => this.notify(error.message, true);

  // An event of the worker. What the front end cannot take is a failure, whoever waits for it.
  event(event, bytes = new ArrayBuffer(0)) {
    const refused = this.#take(event, bytes);
    if (refused) this.#refuse(event, refused);
    announce_event(event);
    this.#frames.later(event.type === "Restored" && !event.saved_to);
  }

  // --- within

  #take(event, bytes) {
    const module = this.#module;
    const place = bytes.byteLength ? module._malloc(bytes.byteLength) : 0;
    if (place) module.HEAPU8.set(new Uint8Array(bytes), place);
    const take = (json) => module.UTF8ToString(module._page_event(json, place, bytes.byteLength));
    const refused = this.#with_text(JSON.stringify(event), take);
    if (place) module._free(place);
    return refused;
  }
  #refuse({ type, picture }, message) {
    if (!Number.isInteger(picture) || type === "Failed") return this.notify(message, true);
    const what = refused_as[type] ?? "restore";
    this.event({ type: "Failed", what, number: picture, message, queue: 0 });
  }

  #told(text, tell) {
    const answer = this.#with_text(text, tell);
    this.changed();
    return answer;
  }
  #with_text(text, use) {
    const pointer = this.#module.stringToNewUTF8(text);
    try {
      return use(pointer);
    } finally {
      this.#module._free(pointer);
    }
  }

  #frame(milliseconds, drawn) {
    const canvas = this.#canvas;
    const density = Math.min(globalThis.devicePixelRatio || 1, most_density);
    const width = Math.round(canvas.clientWidth * density);
    const height = Math.round(canvas.clientHeight * density);
    if (drawn && (canvas.width !== width || canvas.height !== height)) {
      Object.assign(canvas, { width, height });
    }
    const module = this.#module;
    const busy = module._page_frame(milliseconds / 1000, width, height, density, drawn);
    const told = drawn && module._page_controls();
    if (told) this.#controls.show(JSON.parse(module.UTF8ToString(told)));
    return busy;
  }
}
