// The worker's part in what outlives the page: hands a training's pictures and checkpoints to the
// storage, and every event on in its order.
export class Keeper {
  #storage;
  #hand_on;
  // {order, files} of the training that is to start, or null. It takes the place of what is stored
  // once it has begun, which one with a wrong setting or no picture never does.
  #next = null;
  #turn = Promise.resolve(); // of the next event: those behind a checkpoint wait until it is stored

  // hand_on(event, bytes)
  constructor(storage, hand_on) {
    this.#storage = storage;
    this.#hand_on = hand_on;
  }

  // For the training that is started next.
  prepare(order, files) {
    this.#next = { order, files };
  }
  // It was not started: its request was refused.
  refused() {
    this.#next = null;
    return this.#storage.fail();
  }
  // Nothing that is stored is of use any more, nor what would be.
  end() {
    this.#next = null;
    return this.#storage.end();
  }
  unfinished() {
    return this.#storage.unfinished();
  }
  forget() {
    return this.#storage.forget();
  }

  take(event, bytes) {
    const failed = event.type === "Failed" && event.what === "training";
    if (event.type === "TrainingBegun" && this.#next) {
      this.#storage.begin(this.#next.order, this.#next.files);
    }
    if (event.type === "TrainingBegun" || failed) this.#next = null;
    this.#turn = this.#turn.then(async () => {
      if (failed) await this.#storage.fail();
      if (event.type !== "CheckpointKept") return this.#hand_on(event, bytes);
      const stored = await this.#storage.keep(bytes, event);
      this.#hand_on({ ...event, stored, bytes: 0 }, new ArrayBuffer(0));
    });
  }
}
