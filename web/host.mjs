// What the front end's module asks of the page (web/page_platform.cpp): work, files, downloads.
import { with_free_names } from "./names.mjs";
import { readable_file } from "./pictures.mjs";
import { crc32, zip } from "./zip.mjs";

const slow_ms = 700; // of what is quicker nobody needs to hear

export function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// A file of this site; what is thrown is one sentence.
export async function fetched(url) {
  const response = await fetch(url).catch(() => {
    throw new Error(`${url} could not be fetched: the server cannot be reached.`);
  });
  if (!response.ok) throw new Error(`${url} is missing on this server (${response.status}).`);
  return response.blob().catch(() => {
    throw new Error(`${url} could not be fetched to its end: the network broke off.`);
  });
}

export class Host {
  #limpid;
  #ui; // what attach() brought
  #files = new Map(); // by the path that the worker knows them by
  #folders = 0;
  #later = new Set(); // addresses of models that are fetched when they are chosen
  #results = null; // {folder, files} of the queue that runs
  #collecting = Promise.resolve();
  #training = Promise.resolve(); // its requests, which keep their order
  // {begun, kept, told} of the training that runs; kept: a reload can go on with it.
  #learning = null;
  #unsaved = false; // what was learned last is neither kept nor saved
  #offered = ""; // the checkpoint of one that broke off

  constructor(limpid) {
    this.#limpid = limpid;
  }
  attach(ui) {
    this.#ui = ui;
  }

  // --- asked by the module

  async send(json, bytes) {
    const request = JSON.parse(json);
    if (request.type === "LoadModel" && this.#later.has(request.path)) {
      return this.#load_model(request);
    }
    if (request.type === "CancelQueue") this.#hand_over("No picture was restored until then.");
    const pass_on = () => this.#limpid.send(request, bytes);
    if (!request.type.endsWith("Training")) return pass_on().catch(this.#ui.failed);
    // A stop would overtake the start of its training, whose pictures are named first.
    const start = () => this.#start_training(request, pass_on);
    this.#training = this.#training.then(request.type === "StartTraining" ? start : pass_on);
    this.#training = this.#training.catch(this.#ui.failed);
  }
  // what: "pictures", "folder" or "model".
  pick(what) {
    const input = document.getElementById(`pick-${what}`);
    input.value = "";
    input.click();
  }
  save(name, bytes) {
    download(name, new Blob([bytes]));
    this.#ui.notify(`${name} is among your downloads.`, false);
  }
  can_copy() {
    return Boolean(navigator.clipboard?.write && globalThis.ClipboardItem);
  }
  async copy(bytes) {
    try {
      const png = new Blob([bytes], { type: "image/png" });
      await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
      this.#ui.notify("The picture is in the clipboard.", false);
    } catch {
      this.#ui.notify("The browser does not let this page use the clipboard.", true);
    }
  }
  copy_text(text) {
    navigator.clipboard?.writeText(text).catch(() => {});
  }
  begin_results() {
    const folder = `/results/${++this.#folders}`;
    this.#results = { folder, files: [] };
    const begin = () => this.#ui.restore_all(folder);
    this.#limpid.make_folder(folder).then(begin).catch(this.#ui.failed);
  }
  end_results(failed) {
    this.#hand_over("No picture could be restored.", failed);
  }
  forget_training() {
    this.#unsaved = false;
    this.#limpid.end_training().catch(this.#ui.failed);
    this.#drop_offered();
  }
  // A browser may refuse its storage, or have none left: choices are for this visit then.
  choices() {
    try {
      return localStorage.getItem("limpid-choices") ?? "";
    } catch {
      return "";
    }
  }
  store_choices(text) {
    try {
      localStorage.setItem("limpid-choices", text);
    } catch {
      // As above.
    }
  }
  prefers_dark() {
    return !matchMedia("(prefers-color-scheme: light)").matches;
  }

  // --- asked by the page

  event(event) {
    if (event.type === "Restored" && event.saved_to) this.#collect(event.saved_to);
    else this.#watch_training(event);
  }

  // What becomes of the training that runs when the page is loaded again: a sentence, or nothing.
  about_training() {
    if (!this.#learning) return "";
    return this.#learning.kept
      ? " The training is kept: the page will offer to go on with it."
      : " What the training has learned is not kept.";
  }

  // Whether something is lost with the page that nobody can have again by a press: pictures that
  // were restored for a folder, and what is learned and not kept.
  would_lose() {
    return Boolean(this.#results?.files.length || this.#learning?.told || this.#unsaved);
  }

  // files: [{name, blob}]; names may have folders in them.
  async add(found, samples = false) {
    if (found.length === 0) return;
    const page = this.#ui.page_shown(); // where they were dropped, whatever is shown by then
    const readable = [];
    const tell = () => this.#ui.notify(`Reading ${found.length} files`, false);
    const slow = setTimeout(tell, slow_ms);
    for (const file of found) readable.push(await readable_file(file));
    clearTimeout(slow);
    const files = with_free_names(readable);
    const folder = `/files/${++this.#folders}`;
    await this.#limpid.mount(folder, files);
    const tops = new Set();
    for (const { name, above, blob } of files) {
      this.#files.set(`${folder}/${name}`, blob);
      tops.add(`${folder}/${above}${name.slice(above.length).split("/")[0]}`);
    }
    this.#ui.add_files([...tops], samples, page);
  }

  // The model that the page begins with.
  async offer_model(blob) {
    const folder = `/files/${++this.#folders}`;
    await this.#limpid.mount(folder, [{ name: "model.safetensors", blob }]);
    this.#ui.offer_model(`${folder}/model.safetensors`);
  }

  // A model of this site, of so many bytes: nothing of it is fetched before it is chosen.
  offer_model_later(url, bytes) {
    this.#later.add(url);
    this.#ui.offer_model_later(url, bytes);
  }

  // The front end learns of a failure as it does of the worker's, and lets the visitor try again.
  async #load_model(request) {
    try {
      const name = request.path.split("/").pop();
      const folder = `/files/${++this.#folders}`;
      await this.#limpid.mount(folder, [{ name, blob: await fetched(request.path) }]);
      await this.#limpid.send({ ...request, path: `${folder}/${name}` });
    } catch ({ message }) {
      const number = request.model;
      this.#ui.event({ type: "Failed", what: "model", number, message, queue: 0 });
    }
  }

  // Offers to go on with what a page before this one was learning, or to have its model. Its
  // pictures are where no others are.
  async offer_unfinished() {
    const found = await this.#limpid.take_unfinished(`/kept/${++this.#folders}`);
    if (!found) return;
    this.#drop_offered(); // the one before
    this.#offered = found.start.checkpoint;
    this.#ui.offer_training(found.start, found.epoch);
  }

  // --- within

  // Results leave the worker's memory as they come: the browser may keep a Blob on its disk. One
  // that comes after its queue was cancelled is let go of; one that fails takes no other with it.
  #collect(path) {
    const { folder, files } = this.#results ?? {};
    const wanted = path.startsWith(`${folder}/`);
    const collect = async () => {
      const bytes = new Uint8Array(await this.#limpid.take_file(path));
      if (!wanted) return;
      const name = path.slice(folder.length + 1);
      files.push({ name, blob: new Blob([bytes]), crc: crc32(bytes) });
    };
    this.#collecting = this.#collecting.then(collect).catch(this.#ui.failed);
  }

  // The queue is over, or given up. What comes from now on is another's.
  async #hand_over(when_empty, failed = 0) {
    const { files } = this.#results;
    this.#results = null;
    await this.#collecting;
    if (files.length === 0) return this.#ui.notify(when_empty, true);
    download("restored.zip", new Blob(zip(files), { type: "application/zip" }));
    const pictures = files.length === 1 ? "1 picture" : `${files.length} pictures`;
    const but = failed > 0 ? `; ${failed} could not be restored` : "";
    this.#ui.notify(`restored.zip with ${pictures} is among your downloads${but}.`, failed > 0);
  }

  async #start_training({ order, checkpoint }, pass_on) {
    this.#learning = { begun: false, kept: Boolean(checkpoint), told: false };
    try {
      if (!checkpoint) await this.#limpid.keep_pictures(order, this.#below(order.paths));
      await pass_on();
    } catch (error) {
      this.#learning = null;
      throw error;
    }
  }

  // One that came to its end stays stored until its model is saved: nobody may have looked.
  #watch_training({ type, what, stored, end }) {
    if (type === "CheckpointKept") this.#kept(stored);
    if (end === "cancelled" || end === "diverged") this.#limpid.end_training().catch(this.#ui.failed);
    if (type === "TrainingBegun") {
      this.#learning.begun = true;
      this.#drop_offered(); // it was read, or another takes its place
    }
    if (type === "TrainingEnded") this.#unsaved = Boolean(this.#learning?.told);
    const failed = type === "Failed" && what === "training";
    const broke_off = failed && this.#learning?.begun;
    if (failed || type === "TrainingEnded") this.#learning = null;
    if (broke_off) this.offer_unfinished().catch(this.#ui.failed);
  }

  #kept(stored) {
    if (stored === null) return; // once its pictures are
    this.#learning.kept = stored;
    if (stored || this.#learning.told) return;
    this.#learning.told = true;
    this.#ui.notify(
      "The training is not kept, for lack of room or because another tab keeps one: " +
        "a reload would lose it.",
      false,
    );
  }

  #drop_offered() {
    if (this.#offered) this.#limpid.remove_file(this.#offered).catch(this.#ui.failed);
    this.#offered = "";
  }

  #below(paths) {
    const below = (path) => paths.some((top) => path === top || path.startsWith(`${top}/`));
    return [...this.#files]
      .filter(([path]) => below(path))
      .map(([path, blob]) => ({ name: path.slice(1), blob }));
  }
}
