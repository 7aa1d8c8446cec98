// What the page does with the results of its queues (web/host.mjs), without a browser: none is lost
// by a second press, by a pause or by a worker that fails, and none is there twice.
import { strict as assert } from "node:assert";
import { Host } from "../../web/host.mjs";

// A worker that makes folders when it is told to, and the page around the host.
function page() {
  const told = { begun: [], notices: [], archives: [], sent: [] };
  const folders = [];
  globalThis.document = {
    createElement: () => ({ click: () => told.archives.push(true) }),
  };
  URL.createObjectURL = () => "blob:";
  URL.revokeObjectURL = () => {};
  const host = new Host({
    make_folder: () => new Promise((made, failed) => folders.push({ made, failed })),
    take_file: async (path) => new TextEncoder().encode(path),
    send: async (request) => told.sent.push(request),
  });
  host.attach({
    restore_all: (folder) => told.begun.push(folder),
    notify: (sentence) => told.notices.push(sentence),
    failed: ({ message }) => told.notices.push(message),
  });
  const restored = (name) =>
    host.event({ type: "Restored", saved_to: `${told.begun.at(-1)}/${name}` });
  return { host, told, folders, restored };
}
const settled = () => new Promise((done) => setTimeout(done, 20));

async function begun() {
  const all = page();
  all.host.begin_results();
  all.folders[0].made();
  await settled();
  return all;
}

async function takes_a_second_press_for_the_first() {
  const { host, told, folders, restored } = page();
  host.begin_results();
  host.begin_results();
  folders.forEach(({ made }) => made());
  await settled();
  assert.equal(told.begun.length, 1);
  restored("a.png");
  host.end_results(0);
  await settled();
  assert.deepEqual(told.notices, ["restored.zip with 1 picture is among your downloads."]);
}

async function begins_again_after_a_failure() {
  const { host, told, folders } = page();
  host.begin_results();
  folders[0].failed(new Error("no"));
  await settled();
  assert.deepEqual(told.notices, ["no"]);
  host.begin_results();
  folders[1].made();
  await settled();
  assert.equal(told.begun.length, 1);
}

async function keeps_results_during_a_pause() {
  const { host, told, restored } = await begun();
  restored("a.png");
  await host.send(JSON.stringify({ type: "CancelQueue", queue: 1, goes_on: true }));
  await settled();
  assert.deepEqual([told.archives.length, told.sent.length], [0, 1]);
  assert.ok(host.would_lose());
  restored("a.png"); // begun anew: it was not known to be ready
  restored("b.png");
  await host.send(JSON.stringify({ type: "CancelQueue", queue: 2, goes_on: false }));
  await settled();
  assert.deepEqual(told.notices, ["restored.zip with 2 pictures is among your downloads."]);
  assert.ok(!host.would_lose());
}

await takes_a_second_press_for_the_first();
await begins_again_after_a_failure();
await keeps_results_during_a_pause();
process.exit(0); // what it has downloaded would be held for a minute
