// What the front end's module asks of the page (web/page_platform.cpp): work, files, downloads.
import { fetched } from "./fetched.mjs";
import { Learning } from "./learning.mjs";
import { readable_file, with_free_names } from "./names.mjs";
import { crc32, zip } from "./zip.mjs";

const slow_ms = 700; // of what is quicker nobody needs to hear

function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export class Host {
  #limpid;
  #ui; // what attach() brought, as #learning
  #files = new Map(); // by the path that the worker knows them by
  #folders = 0;
  #later = new Set(); // addresses of models that are fetched when they are chosen
  #results = null; // {folder, files} of the queue that runs
  #collecting = Promise.resolve();
  #learning;

  constructor(limpid) {
    this.#limpid = limpid;
  }
  attach(ui) {
    this.#ui = ui;
    this.#learning = new Learning(this.#limpid, ui, (paths) => this.#below(paths));
  }

  // --- asked by the module

  async send(json) {
    const request = JSON.parse(json);
    if (request.type === "LoadModel" && this.#later.has(request.path)) {
      return this.#load_model(request);
    }
    const gives_up = request.type === "CancelQueue" && !request.goes_on;
    if (gives_up) this.#hand_over("No picture was restored until then.");
    if (request.type.endsWith("Training")) return this.#learning.ask(request);
    return this.#limpid.send(request).catch(this.#ui.failed);
  }
  // what: "pictures", "folder", "model", or a folder "noisy" or "tests" of the next training.
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
  can_copy_links() {
    return Boolean(navigator.clipboard?.writeText);
  }
  // This page's address with that scene. Where the clipboard is refused, the address bar has it.
  async copy_link(scene) {
    const address = new URL(location.href);
    address.hash = scene;
    try {
      await navigator.clipboard.writeText(address.href);
      this.#ui.notify("The link to this scene is in the clipboard.", false);
    } catch {
      history.replaceState(null, "", address); // which is no hashchange
      this.#ui.notify("The clipboard is refused: the link is in the address bar.", true);
    }
  }
  copy_text(text) {
    navigator.clipboard?.writeText(text).catch(() => {});
  }
  async begin_results() {
    if (this.#results) return; // a second press, before the first has begun its queue
    const folder = `/results/${++this.#folders}`;
    this.#results = { folder, files: [] };
    try {
      await this.#limpid.make_folder(folder);
    } catch (error) {
      this.#results = null;
      return this.#ui.failed(error);
    }
    this.#ui.restore_all(folder);
  }
  end_results(failed) {
    this.#hand_over("No picture could be restored.", failed);
  }
  forget_training() {
    this.#learning.forget();
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
    else this.#learning.event(event);
  }

  about_training() {
    return this.#learning.about();
  }

  // Whether something is lost with the page that nobody can have again by a press: pictures that
  // were restored for a folder, and what is learned and not kept.
  would_lose() {
    return Boolean(this.#results?.files.length) || this.#learning.would_lose();
  }

  offer_unfinished() {
    return this.#learning.offer_unfinished();
  }

  // found: [{name, blob}]; names may have folders in them. `as`: what they were picked as, or
  // "samples", which come along and of whose reading nobody wants to know.
  async add(found, as) {
    if (found.length === 0) return;
    const samples = as === "samples";
    const page = this.#ui.page_shown(); // where they were dropped, whatever is shown by then
    const readable = [];
    const tell = () => this.#ui.notify(`Reading ${found.length} files`, false);
    const slow = samples ? null : setTimeout(tell, slow_ms);
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
    if (as === "noisy" || as === "tests") this.#ui.take_folder([...tops][0], as);
    else this.#ui.add_files([...tops], samples, page);
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
      const entry = { name, blob: new Blob([bytes]), crc: crc32(bytes) };
      // One that was ready as its queue was paused may come again when that goes on.
      const before = files.findIndex((file) => file.name === name);
      files.splice(before < 0 ? files.length : before, 1, entry);
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

  #below(paths) {
    const below = (path) => paths.some((top) => path === top || path.startsWith(`${top}/`));
    return [...this.#files]
      .filter(([path]) => below(path))
      .map(([path, blob]) => ({ name: path.slice(1), blob }));
  }
}
