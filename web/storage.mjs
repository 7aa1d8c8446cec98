// What outlives the page: the pictures and the newest checkpoint of a training that is not over, in
// the browser's private file system (OPFS). Checkpoints take turns between two files, and the index
// names the good one only once it is whole: a crash costs no more than the newest.
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

export class Storage {
  #root; // null where the browser has no such storage
  #index;
  #writing = Promise.resolve();

  static async open() {
    const storage = new Storage();
    try {
      const top = await navigator.storage.getDirectory();
      storage.#root = await top.getDirectoryHandle("training", { create: true });
      // The newer of the two that can be read.
      const found = [
        await read_json(storage.#root, `0-${index_name}`),
        await read_json(storage.#root, `1-${index_name}`),
      ].filter(Boolean);
      storage.#index = found.sort((a, b) => b.version - a.version)[0] ?? null;
    } catch {
      storage.#root = null;
    }
    return storage;
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

  // A training begins: its pictures are kept. True when they are.
  begin(order, files) {
    return this.#in_turn(async () => {
      await this.#clear();
      const names = [];
      for (const [i, { name, blob }] of files.entries()) {
        await write(this.#root, `picture-${i}`, await blob.arrayBuffer());
        names.push(name);
      }
      await this.#write_index({ order, names });
    });
  }

  // A checkpoint: true when it is kept.
  keep(bytes, { epoch, picture }) {
    return this.#in_turn(async () => {
      if (!this.#index?.order) return false; // forgotten meanwhile
      const slot = this.#index.slot === 0 ? 1 : 0;
      await write(this.#root, slots[slot], bytes);
      await this.#write_index({ ...this.#index, slot, size: bytes.byteLength, epoch, picture });
    });
  }

  // {order, files, checkpoint, epoch} of a training that can go on, or null.
  async unfinished() {
    await this.#writing;
    const index = this.#index;
    if (!this.#root || index?.slot === undefined) return null;
    const open = async (name) => (await this.#root.getFileHandle(name)).getFile();
    try {
      const checkpoint = await open(slots[index.slot]);
      if (checkpoint.size !== index.size) return null;
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
    } catch {
      return null; // cleared by the browser
    }
  }

  forget() {
    return this.#in_turn(() => this.#clear());
  }

  async #clear() {
    await this.#write_index({});
    for await (const name of this.#root.keys()) {
      if (!name.endsWith(index_name)) await this.#root.removeEntry(name);
    }
  }

  // One after the other; false when the storage refuses (full, private window): training goes on.
  #in_turn(job) {
    const result = this.#writing.then(async () => {
      if (!this.#root) return false;
      try {
        return (await job()) !== false;
      } catch {
        return false;
      }
    });
    this.#writing = result;
    return result;
  }
}
