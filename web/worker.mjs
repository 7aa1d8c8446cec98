// The worker that runs the engine's module: messages of limpid.mjs in, events out. Pictures stay
// the browser's files and are read where they lie; checkpoints go to the browser's storage.
import { choose } from "./variants.mjs";
import { Keeper } from "./keeper.mjs";
import { Storage } from "./storage.mjs";

let engine; // the module's instance
let keeper;
let polling; // events of a module with threads come at any time

const text = (pointer) => engine.UTF8ToString(pointer);

async function instantiate(variant, threads) {
  const { default: make } = await import(`./${variant.name}.mjs`);
  return make({ threads, printErr: () => {} });
}

// A module with threads wants its memory at once; where that is refused, one without does.
async function start({ threads }) {
  let variant = choose();
  try {
    engine = await instantiate(variant, threads);
  } catch (error) {
    if (!variant.threads) throw error;
    const note = "There is not enough memory for several threads: one does the work.";
    variant = { ...choose({ threads: false }), note };
    engine = await instantiate(variant, 1);
  }
  read_or_refuse(engine.WORKERFS.stream_ops);
  const used = variant.threads ? threads : 1;
  engine._limpid_start(used);
  keeper = new Keeper(await Storage.open(), (event, bytes) => {
    postMessage({ event, bytes }, [bytes]);
  });
  if (variant.threads) polling = setInterval(hand_out, 8);
  hand_out();
  return {
    variant: variant.name,
    threads: used,
    note: variant.note,
    restore: JSON.parse(text(engine._limpid_default_restore())),
    training: JSON.parse(text(engine._limpid_default_training())),
  };
}

// A file that changed or went since it was picked: an error that C knows, where FileReaderSync's
// own would unwind through the module, and nobody would learn of it.
const io_error = 29; // EIO, in the numbers of WASI
function read_or_refuse(operations) {
  const { read } = operations;
  operations.read = (...place) => {
    try {
      return read(...place);
    } catch {
      throw new engine.FS.ErrnoError(io_error);
    }
  };
}

function mount({ folder, files }) {
  engine.FS.mkdirTree(folder);
  engine.FS.mount(
    engine.WORKERFS,
    { blobs: files.map(({ name, blob }) => ({ name, data: blob })) },
    folder,
  );
}

function unmount({ folder }) {
  engine.FS.unmount(folder);
  engine.FS.rmdir(folder);
}

function write({ path, bytes }) {
  engine.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")) || "/");
  engine.FS.writeFile(path, new Uint8Array(bytes));
}

async function send({ request }) {
  const json = engine.stringToNewUTF8(JSON.stringify(request));
  const refused = text(engine._limpid_send(json));
  engine._free(json);
  if (refused && request.type === "StartTraining") await keeper.refused();
  if (refused) throw new Error(refused);
  if (!polling) work();
}

// Without threads: a slice, then the messages that came meanwhile, then the next.
const next_slice = new MessageChannel();
next_slice.port1.onmessage = () => {
  working = false;
  work();
};
let working = false;
function work() {
  if (working) return;
  const more = engine._limpid_step(0.05);
  hand_out();
  if (more) {
    working = true;
    next_slice.port2.postMessage(0);
  }
}

// Sentences name a file as the visitor knows it, without the folder it is mounted at, and that
// folder and the checkpoint by what they are.
const mounted_at =
  /(?<=^|[\s('"])(\/kept(\/\d+)?)?(\/(files|models|pictures|results)\/\d+\/|\/training\/)/g;
const all_of_it = /(?<=^|[\s('"])(\/kept(\/\d+)?)?\/training(?=$|[\s):,])/g;
const checkpoint = /(?<=^|[\s('"])\/kept(\/\d+)?\.safetensors/g;
const plain = (sentence) =>
  sentence
    .replace(mounted_at, "")
    .replace(all_of_it, "what was given")
    .replace(checkpoint, "the checkpoint");

function hand_out() {
  for (let json = engine._limpid_receive(); json; json = engine._limpid_receive()) {
    const event = JSON.parse(text(json));
    if (event.message) event.message = plain(event.message);
    if (event.skipped) event.skipped = event.skipped.map(plain);
    const from = engine._limpid_bytes();
    const bytes = engine.HEAPU8.slice(from, from + engine._limpid_bytes_size()).buffer;
    keeper.take(event, bytes);
  }
}

const actions = {
  start,
  mount,
  unmount,
  write,
  send,
  remove: ({ path }) => engine.FS.unlink(path),
  make_folder: ({ path }) => {
    engine.FS.mkdirTree(path);
  },
  take({ path }) {
    const bytes = engine.FS.readFile(path).slice().buffer;
    engine.FS.unlink(path);
    return bytes;
  },
  begin_training: ({ order, files }) => keeper.prepare(order, files),
  end_training: () => keeper.end(),
  unfinished: () => keeper.unfinished(),
  forget: () => keeper.forget(),
};

onmessage = async ({ data }) => {
  try {
    postMessage({ id: data.id, value: await actions[data.action](data) });
  } catch (error) {
    postMessage({ id: data.id, error: sentence_of(error) });
    // The module has broken down: the page is to know, whoever asked.
    if (error instanceof WebAssembly.RuntimeError) {
      setTimeout(() => {
        throw error;
      });
    }
  }
};

// Errors of the module's file system have a number alone.
function sentence_of(error) {
  return error.message ?? `the worker's file system refuses it (${error.errno ?? error})`;
}
