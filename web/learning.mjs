// What the page is learning: its pictures and checkpoints are stored as it goes on, and what a page
// before this one was learning is offered.
import { ends } from "./ends.mjs";

export class Learning {
  #limpid;
  #ui;
  #files_below;
  #requests = Promise.resolve(); // of trainings, which keep their order
  #running = null; // {begun, kept, told}: kept, a reload can go on with it; told that it cannot
  #unsaved = false; // what was learned last is neither kept nor saved
  #offered = ""; // the checkpoint of one that broke off
  #folders = 0; // of those

  // files_below(paths): the files of a request's paths, {name, blob} each.
  constructor(limpid, ui, files_below) {
    this.#limpid = limpid;
    this.#ui = ui;
    this.#files_below = files_below;
  }

  // A request about trainings. A stop would overtake the start of its training, whose pictures are
  // named first.
  ask(request) {
    const start = request.type === "StartTraining";
    const pass_on = () => (start ? this.#start(request) : this.#limpid.send(request));
    this.#requests = this.#requests.then(pass_on).catch(this.#ui.failed);
  }

  // What is stored is of no use any more.
  forget() {
    this.#unsaved = false;
    this.#end();
    this.#drop_offered();
  }

  // What becomes of the training that runs when the page is loaded again: a sentence, or nothing.
  about() {
    if (!this.#running) return "";
    return this.#running.kept
      ? " The training is kept: the page will offer to go on with it."
      : " What the training has learned is not kept.";
  }

  // Whether what is learned goes with the page.
  would_lose() {
    return Boolean(this.#running?.told || this.#unsaved);
  }

  event({ type, what, stored, end }) {
    if (type === "CheckpointKept") this.#kept(stored);
    if (type === "TrainingBegun") {
      this.#running.begun = true;
      this.#drop_offered(); // it was read, or another takes its place
    }
    if (type === "TrainingEnded") {
      if (!ends[end].stays_stored) this.#end();
      this.#unsaved = Boolean(this.#running?.told);
      this.#running = null;
    }
    if (type === "Failed" && what === "training") {
      const broke_off = this.#running?.begun;
      this.#running = null;
      if (broke_off) this.offer_unfinished().catch(this.#ui.failed);
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

  async #start(request) {
    const { order, checkpoint } = request;
    this.#running = { begun: false, kept: Boolean(checkpoint), told: false };
    try {
      const { paths, noisy, tests } = order;
      const below = [...paths, noisy, tests].filter(Boolean);
      if (!checkpoint) await this.#limpid.keep_pictures(order, this.#files_below(below));
      await this.#limpid.send(request);
    } catch (error) {
      this.#running = null;
      throw error;
    }
  }

  #kept(stored) {
    if (stored === null) return; // once its pictures are
    this.#running.kept = stored;
    if (stored || this.#running.told) return;
    this.#running.told = true;
    this.#ui.notify(
      "The training is not kept, for lack of room or because another tab keeps one: " +
        "a reload would lose it.",
      false,
    );
  }

  #end() {
    this.#limpid.end_training().catch(this.#ui.failed);
  }
  #drop_offered() {
    if (this.#offered) this.#limpid.remove_file(this.#offered).catch(this.#ui.failed);
    this.#offered = "";
  }
}
