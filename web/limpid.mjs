// Limpid for other pages: removes noise from pictures, and learns to, in a worker of this browser.
//
//   import { Limpid } from "./limpid.mjs";
//   const limpid = await Limpid.load();
//   const { image, noisy, rmse, psnr, ssim } = await limpid.denoise(file, { noise: 0.2, seed: 1 });
//
// To copy is the whole folder that `./run demo --static` writes. load() brings `fast`, for gaussian
// noise; for photographs as cameras leave them, with an address from the page's own:
//   await limpid.use_model("models/camera.safetensors");
//
// Nothing leaves the machine. Pictures are Blobs of image files or ImageData; errors are one
// sentence.

import { fetched } from "./fetched.mjs";
import { named_files } from "./names.mjs";
import { Bytes, picture_blob } from "./pictures.mjs";
import { restore_of } from "./restoring.mjs";
import { order_of, report } from "./training.mjs";

const scores_of = ({ rmse, psnr, ssim }) => ({
  rmse: Number(rmse),
  psnr: psnr === "inf" ? Infinity : Number(psnr),
  ssim: Number(ssim),
});

export class Limpid {
  #worker;
  #waiting = new Map(); // who waits: for answers of the worker by number, for events by `stop`
  #asked = 0;
  #gone = ""; // why the worker answers no more
  #listeners = new Set(); // of events
  #unheard = []; // events that came before the first of them
  #number = 0; // of pictures, models and folders
  #model = 0;
  #network = ""; // what the model in use is made of, where use_model() has told
  #methods = []; // classical ones, by their names
  #learns = false;
  #defaults;
  note = ""; // a sentence on what this browser lacks; empty: nothing
  variant = "";
  threads = 1;

  // options: threads (absent: the machine's, at most 8), model (a Blob or an URL; null: none),
  // on_gone(sentence): called once if the worker breaks down later, as for want of memory. What
  // waits for it is refused with that sentence, as is all that is asked for afterwards: another
  // load() brings another.
  static async load(options = {}) {
    const limpid = new Limpid();
    try {
      await limpid.#start(options);
    } catch (error) {
      limpid.close();
      throw error;
    }
    return limpid;
  }

  async #start({ threads, model = new URL("model.safetensors", import.meta.url), on_gone }) {
    this.#worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#take(data);
    this.#worker.onerror = ({ message = "it was blocked" }) => {
      if (this.#gone) return;
      const started = Boolean(this.#defaults);
      this.#end(`The worker could not ${started ? "go on" : "be started"}: ${message}.`);
      if (started) on_gone?.(this.#gone);
    };
    const cores = Math.min(navigator.hardwareConcurrency ?? 1, 8);
    const started = await this.#ask("start", { threads: threads ?? cores });
    ({ note: this.note, variant: this.variant, threads: this.threads } = started);
    this.#defaults = started;
    if (model) await this.use_model(model);
  }

  // Restores a picture with the model in use: for photographs see above. options:
  //   method     instead of the model: "median", "bilateral", "nlm" or "wavelet", which have
  //              learned nothing
  //   noise      strength 0..1: adds it first and tells how well it was removed; absent: the
  //              picture is noisy already
  //   views      2 or 4: the model also sees the picture mirrored and upside down, and the mean is
  //              taken: better, in so many times the time
  //   amount     0..1, 1 if absent: how much of what is found to be noise is taken out; less leaves
  //              grain
  //   kind       "gaussian", "poisson", "salt-pepper", "speckle", "camera"
  //   seed       of the noise: a whole number from 0, 1 if absent
  //   format     "png" or "jpeg": the answer has `file`, a Blob of full size: a PNG has the
  //              picture's depth and alpha, a JPEG 8 bits and no alpha
  //   png        true: the answer has `png`, the same as `file` is with format "png"
  //   memory_bytes  for the network's buffers, at most; absent: 512 MiB. Less: smaller tiles
  //   signal     an AbortSignal
  //   on_progress(done, total) after each view of each tile
  // Answers {image, noisy, rmse, psnr, ssim, before, ms, strength}: ImageData, and the scores of
  // the restored picture; `before` are those of the noisy one, `strength` the noise that is
  // estimated in the picture as it was given.
  async denoise(source, options = {}) {
    const picture = ++this.#number;
    const restore = restore_of(picture, options, this.#found());
    const blob = await picture_blob(source);
    const name = source.name || "picture";
    const folder = `/pictures/${picture}`;
    await this.mount(folder, [{ name, blob }]);
    try {
      const { event: opened } = await this.#answer(
        { type: "OpenPicture", picture, path: `${folder}/${name}` },
        ({ type, picture: p }) => type === "PictureOpened" && p === picture,
        picture,
      );
      return await this.#restore(restore, opened, options);
    } finally {
      await this.send({ type: "ClosePicture", picture });
      await this.#ask("unmount", { folder });
    }
  }

  #found() {
    const { restore, training } = this.#defaults;
    const network = { model: this.#model, json: this.#network, methods: this.#methods };
    return { restore, order: training.order, threads: this.threads, ...network };
  }

  async #restore(request, opened, options) {
    const { picture } = request;
    const result = { image: null, noisy: null, strength: opened.noise_strength };
    const cancel = () => this.send({ type: "CancelRestore", picture });
    options.signal?.throwIfAborted();
    options.signal?.addEventListener("abort", cancel);
    const { event, bytes } = await this.#answer(
      request,
      (event, bytes) => {
        if (event.picture !== picture) return false;
        if (event.type === "NoiseAdded") result.noisy = new Bytes(bytes).image(event.image);
        if (event.type === "Restoring") options.on_progress?.(event.done, event.total);
        return event.type === "Restored";
      },
      picture,
    ).finally(() => options.signal?.removeEventListener("abort", cancel));
    if (event.cancelled) throw new DOMException("The restoring was cancelled.", "AbortError");
    result.image = new Bytes(bytes).image(event.image);
    result.ms = event.ms;
    if (event.has_quality) {
      Object.assign(result, scores_of(event.restored), { before: scores_of(event.noisy) });
    }
    if (options.format) result.file = await this.#encode(picture, options.format);
    if (options.png) result.png = await this.#encode(picture, "png");
    return result;
  }

  async #encode(picture, format) {
    const { event, bytes } = await this.#answer(
      { type: "EncodePicture", picture, version: "restored", format },
      ({ type, picture: p }) => type === "PictureEncoded" && p === picture,
      picture,
    );
    return new Blob([new Bytes(bytes).file(event.file)], { type: `image/${format}` });
  }

  // A model file (safetensors): a Blob or an URL. Answers {name, parameters, summary, training}.
  async use_model(source) {
    const file = source instanceof Blob ? source : await fetched(source);
    const model = ++this.#number;
    const path = `/models/${model}/${source.name ?? "model.safetensors"}`;
    await this.#ask("write", { path, bytes: await file.arrayBuffer() });
    try {
      const { event } = await this.#answer(
        { type: "LoadModel", model, path },
        ({ type, model: m }) => type === "ModelLoaded" && m === model,
        model,
      );
      this.#model = model;
      this.#network = event.json;
      return event;
    } finally {
      await this.remove_file(path);
    }
  }

  // Teaches a network on pictures, of which files keep their names; one training at a time.
  // options: model (a preset, "classroom") or goes_on (true: the model that use_model() brought
  // goes on learning), size (64), noise (0.2), kind ("gaussian"), fixed_field, the other fields of
  // core/noise/noise.h (noise_weakest: strengths from there to noise; noise_clip,
  // noise_no_clip_share, noise_monochrome_share, noise_camera_share), and those of
  // core/train/settings.h by name (epochs, batch, learning_rate, loss, seed, ...; with crop,
  // pictures keep their own size); noisy (files of the same names and sizes, one for each picture,
  // instead of added noise), tests (files that only test, instead of a share of the pictures),
  // signal (an AbortSignal: ends it early, with what was learned
  // until then, or with keep_best the best epoch's). on_progress gets
  // {type: "progress" | "epoch" | "preview" | "checkpoint" | "reading" | "begun", ...}. Answers
  // {model, history, end, message}: end is "finished", "stopped early", "cancelled" or "diverged";
  // the model, a Blob of a model file, is then the one in use.
  async train(files, options = {}, on_progress = () => {}) {
    options.signal?.throwIfAborted();
    const order = order_of(options, this.#found());
    return this.#alone(async () => {
      const { noisy, tests } = options;
      const given = [[order.paths[0], files], [order.noisy, noisy], [order.tests, tests]];
      const kept = [];
      const mounted = [];
      try {
        for (const [folder, pictures] of given.filter(([folder]) => folder)) {
          const named = await named_files([...pictures]);
          await this.mount(folder, named);
          mounted.push(folder);
          const below = (name) => `${folder.slice(1)}/${name}`;
          kept.push(...named.map(({ name, blob }) => ({ name: below(name), blob })));
        }
        await this.keep_pictures(order, kept);
        if (options.signal?.aborted) await this.end_training();
        const start = { ...this.#defaults.training, order };
        return await this.#train(start, options.signal, on_progress);
      } finally {
        for (const folder of mounted) await this.#ask("unmount", { folder });
      }
    });
  }

  // A training that was not over when its page went: {epoch, epochs, pictures}, or null, as it is
  // while another tab has it. Where one is found, this tab has it until it is over or forgotten.
  async unfinished() {
    const found = await this.#ask("unfinished");
    return (
      found && {
        epoch: found.epoch,
        epochs: found.order.settings.epochs,
        pictures: found.files.length,
      }
    );
  }
  // Goes on with it, as train().
  async resume(options = {}, on_progress = () => {}) {
    options.signal?.throwIfAborted();
    return this.#alone(async () => {
      const folder = `/kept/${++this.#number}`;
      const found = await this.take_unfinished(folder);
      if (!found) throw new Error("There is no training to go on with.");
      try {
        return await this.#train(found.start, options.signal, on_progress);
      } finally {
        await this.remove_file(found.start.checkpoint);
        await this.#ask("unmount", { folder });
      }
    });
  }
  // What goes on with it, and the epoch it was in, or null: its pictures are at `folder` then.
  async take_unfinished(folder) {
    const found = await this.#ask("unfinished");
    if (!found) return null;
    await this.mount(folder, found.files);
    const checkpoint = `${folder}.safetensors`;
    await this.#ask("write", { path: checkpoint, bytes: found.checkpoint });
    // A page of another version may have kept fewer fields.
    const known = this.#defaults.training.order;
    const moved = (path) => (path ? folder + path : "");
    const order = {
      ...known,
      ...found.order,
      settings: { ...known.settings, ...found.order.settings },
      split: { ...known.split, ...found.order.split },
      paths: found.order.paths.map(moved),
      noisy: moved(found.order.noisy),
      tests: moved(found.order.tests),
    };
    return { epoch: found.epoch, start: { ...this.#defaults.training, order, checkpoint } };
  }
  forget_unfinished() {
    return this.#ask("forget");
  }

  // One training at a time: another would take the place of its pictures.
  async #alone(train) {
    if (this.#learns) {
      throw new Error("A training runs already: wait for its end, or end it by its signal.");
    }
    this.#learns = true;
    try {
      return await train();
    } finally {
      this.#learns = false;
    }
  }

  async #train(start, signal, on_progress) {
    signal?.throwIfAborted();
    const model = ++this.#number;
    const stop = () => this.send({ type: "StopTraining" });
    signal?.addEventListener("abort", stop);
    try {
      const { event, bytes } = await this.#answer(
        { ...start, model },
        (event, bytes) => {
          report(event, bytes, on_progress);
          return event.type === "TrainingEnded";
        },
        "training",
      );
      await this.end_training();
      this.#model = model;
      this.#network = start.order.model_json;
      return {
        end: event.end,
        history: event.history,
        message: event.message,
        model: new Blob([new Bytes(bytes).file(event.model_file)]),
      };
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  // --- For the front end, which speaks for itself: requests and events of core/ui/work, and the
  // worker's files.
  send(request) {
    return this.#ask("send", { request });
  }
  listen(listener) {
    this.#listeners.add(listener);
    for (const [event, bytes] of this.#unheard.splice(0)) listener(event, bytes);
    return () => this.#listeners.delete(listener);
  }
  mount(folder, files) {
    return this.#ask("mount", { folder, files });
  }
  make_folder(path) {
    return this.#ask("make_folder", { path });
  }
  take_file(path) {
    return this.#ask("take", { path });
  }
  remove_file(path) {
    return this.#ask("remove", { path });
  }
  keep_pictures(order, files) {
    return this.#ask("begin_training", { order, files });
  }
  end_training() {
    return this.#ask("end_training");
  }

  // Ends the worker and what it does.
  close() {
    this.#end("Limpid was closed.");
  }

  #ask(action, content = {}) {
    if (this.#gone) return Promise.reject(new Error(this.#gone));
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, action, ...content });
    });
  }

  // Sends a request and waits for the event that `is_answer`, or for the Failed about `subject`.
  #answer(request, is_answer, subject) {
    let stop;
    const answered = new Promise((resolve, reject) => {
      stop = this.listen((event, bytes) => {
        const failed =
          event.type === "Failed" &&
          (event.number === subject || (subject === "training" && event.what === "training"));
        if (failed) reject(new Error(event.message));
        else if (is_answer(event, bytes)) resolve({ event, bytes });
      });
      this.#waiting.set(stop, { reject });
      this.send(request).catch(reject);
    });
    return answered.finally(() => {
      stop();
      this.#waiting.delete(stop);
    });
  }

  #take(data) {
    if (data.event) {
      if (data.event.type === "EnginesFound") this.#methods = data.event.methods;
      if (this.#listeners.size === 0) this.#unheard.push([data.event, data.bytes]);
      for (const listener of [...this.#listeners]) listener(data.event, data.bytes);
      return;
    }
    const { resolve, reject } = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    if (data.error !== undefined) reject(new Error(data.error));
    else resolve(data.value);
  }

  #end(message) {
    this.#worker?.terminate();
    this.#gone ||= message;
    for (const { reject } of this.#waiting.values()) reject(new Error(message));
    this.#waiting.clear();
  }
}
