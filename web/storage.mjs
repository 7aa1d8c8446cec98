// What outlives the page: the pictures and the newest checkpoint of a training that is not over, or
// whose model nobody has yet, in the browser's private file system (OPFS). Checkpoints take turns
// between two files, and the index names the good one only once it is whole: a crash costs no more
// than the newest. All of it is one tab's at a time, which holds a lock: what others learn
// meanwhile is not kept.
const index_name = "index.json";
const slots = ["checkpoint-0.safetensors", "checkpoint-1.safetensors"];

async function write(folder, name, bytes) {
  const handle = await folder.getFileHandle(name, { create: true });
  const file = await handle.createSyncAccessHandle();
  try {
    file.truncate(0);
    file.write(new Uint8Array(bytes), { at: 0 });
    file.flush();
  } finally {
    file.close();
  }
}

async function read_json(folder, name) {
  try {
    return JSON.parse(await (await (await folder.getFileHandle(name)).getFile()).text());
  } catch {
    return null; // absent, or cut short by a crash: as if it was never written
  }
}

// What gives the lock back, or null while another tab has it. A page that has just gone, as by a
// reload, has it for a moment more.
const leaving_ms = 1000;
function lock() {
  if (!navigator.locks) return () => {};
  return new Promise((done) => {
    const holding = () => new Promise(done);
    const signal = AbortSignal.timeout(leaving_ms);
    navigator.locks.request("limpid-training", { signal }, holding).catch(() => done(null));
  });
}

export class Storage {
  #root; // null where the browser has no such storage
  #let_go = null; // gives the lock back, while it is held
  #index; // while it is held
  #begun = false; // the training that is stored began on this page
  #copying = false; // its pictures
  #unwanted = false; // it is over already, while they are
  #waiting = null; // {bytes, epoch, picture} of its newest checkpoint, until they are all there
  #writing = Promise.resolve();

  static async open() {
    const storage = new Storage();
    try {
      const top = await navigator.storage.getDirectory();
      storage.#root = await top.getDirectoryHandle("training", { create: true });
    } catch {
      storage.#root = null;
    }
    return storage;
  }

  async #hold() {
    this.#let_go ??= await lock();
    if (!this.#let_go) return false;
    // The newer of the two that can be read.
    const found = [
      await read_json(this.#root, `0-${index_name}`),
      await read_json(this.#root, `1-${index_name}`),
    ].filter(Boolean);
    this.#index = found.sort((a, b) => b.version - a.version)[0] ?? null;
    return true;
  }

  async #write_index(index) {
    const version = (this.#index?.version ?? 0) + 1;
    this.#index = { ...index, version };
    await write(
      this.#root,
      `${version % 2}-${index_name}`,
      new TextEncoder().encode(JSON.stringify(this.#index)),
    );
  }

  // A training begins: its pictures are kept. True when they are; nothing is left of those that do
  // not fit.
  begin(order, files) {
    this.#unwanted = false;
    this.#copying = this.#root !== null;
    this.#waiting = null;
    return this.#in_turn(async () => {
      try {
        if (!(await this.#hold())) return false;
        await this.#clear();
        if (!(await this.#keep_pictures(order, files))) return false;
        if (this.#waiting) await this.#write_checkpoint(this.#waiting);
        return true;
      } catch {
        await this.#give_up();
        return false;
      } finally {
        this.#copying = false;
        this.#waiting = null;
      }
    });
  }
  async #keep_pictures(order, files) {
    const names = [];
    for (const [i, { name, blob }] of files.entries()) {
      if (this.#unwanted) {
        await this.#give_up();
        return false;
      }
      await write(this.#root, `picture-${i}`, await blob.arrayBuffer());
      names.push(name);
    }
    await this.#write_index({ order, names });
    this.#begun = true;
    return true;
  }

  // A checkpoint: true when it is kept, null when it will be, once the pictures are. Nothing waits
  // for those.
  keep(bytes, { epoch, picture }) {
    const checkpoint = { bytes, epoch, picture };
    if (this.#copying) {
      this.#waiting = checkpoint;
      return null;
    }
    return this.#in_turn(async () => {
      if (!this.#let_go || !this.#index?.order) return false; // another tab's, or forgotten
      await this.#write_checkpoint(checkpoint);
      return true;
    });
  }
  async #write_checkpoint({ bytes, epoch, picture }) {
    const slot = this.#index.slot === 0 ? 1 : 0;
    await write(this.#root, slots[slot], bytes);
    await this.#write_index({ ...this.#index, slot, size: bytes.byteLength, epoch, picture });
  }

  // {order, files, checkpoint, epoch} of a training that can go on, or null. It is this tab's then,
  // until it is over or forgotten.
  async unfinished() {
    return (await this.#in_turn(() => this.#found())) || null;
  }
  async #found() {
    if (!(await this.#hold())) return false;
    const index = this.#index;
    if (this.#begun) return false; // it runs here
    if (index?.slot === undefined) {
      await this.#give_up(); // nothing, or what a page left that went early
      return false;
    }
    const open = async (name) => (await this.#root.getFileHandle(name)).getFile();
    const checkpoint = await open(slots[index.slot]); // throws where the browser has cleared it
    if (checkpoint.size !== index.size) return false;
    const files = [];
    for (const [i, name] of index.names.entries()) {
      files.push({ name, blob: await open(`picture-${i}`) });
    }
    return {
      order: index.order,
      epoch: index.epoch,
      files,
      checkpoint: await checkpoint.arrayBuffer(),
    };
  }

  // What is stored, unless it is another tab's.
  forget() {
    return this.#in_turn(async () => (await this.#hold()) && this.#give_up());
  }
  // The training of this tab is of no use any more: what it had stored.
  end() {
    this.#unwanted = true;
    return this.#in_turn(() => this.#let_go !== null && this.#give_up());
  }
  // It failed: the same, unless a checkpoint is there to go on from.
  fail() {
    this.#unwanted = !this.#waiting;
    return this.#in_turn(() => {
      if (this.#let_go === null) return false;
      if (this.#index?.slot === undefined) return this.#give_up();
      this.#begun = false; // it can go on
      return true;
    });
  }

  async #give_up() {
    await this.#clear();
    this.#release();
    return true;
  }
  #release() {
    this.#begun = false;
    this.#let_go();
    this.#let_go = null;
  }

  async #clear() {
    if (this.#index?.order) await this.#write_index({});
    for await (const name of this.#root.keys()) {
      if (!name.endsWith(index_name)) await this.#root.removeEntry(name);
    }
  }

  // One after the other; false when the storage refuses (full, private window): training goes on.
  #in_turn(job) {
    const result = this.#writing.then(async () => {
      if (!this.#root) return false;
      try {
        return await job();
      } catch {
        return false;
      }
    });
    this.#writing = result;
    return result;
  }
}
