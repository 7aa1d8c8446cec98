// Timings of the page in Chromium beside other engines that run in a browser, alternately on one
// page, as one JSON object: `article` at 256 x 256 x 3, the networks that come along at the same
// size, what is sent, how long the first picture takes, how long frames are while a network learns.
// Set LIMPID_SITE; see tests/browser/site.mjs.
//   node tests/bench/browser.mjs [--rounds 3]
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { file, open_browser, serve, site, source } from "../browser/site.mjs";
import { Visitor } from "../browser/visitor.mjs";
import { onnx_article } from "./onnx.mjs";
import { tflite_article } from "./tflite.mjs";

const side = 256;
const rounds_at = process.argv.indexOf("--rounds");
const rounds = rounds_at < 0 ? 3 : Number(process.argv[rounds_at + 1]);
const threads = 2;
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
// A picture of noise, red, green, blue and opaque.
const noise = Array.from({ length: 4 * side * side }, (_, i) =>
  i % 4 === 3 ? 255 : (i * 7919) % 256,
);
const sample = file(join(source, "assets/samples/coast.png"));
const packages = join(source, ".deps/peers");

function fetch_peers() {
  if (existsSync(join(packages, "node_modules/@litertjs"))) return;
  mkdirSync(packages, { recursive: true });
  const names = [
    "@litertjs/core",
    "onnxruntime-web",
    "@tensorflow/tfjs-core",
    "@tensorflow/tfjs-layers",
    "@tensorflow/tfjs-backend-wasm",
    "flatbuffers",
  ];
  execFileSync("npm", ["install", "--no-save", "--ignore-scripts", "--silent", ...names], {
    cwd: packages,
  });
}

// The site with the peers and their models beside it.
function site_with_peers() {
  const folder = mkdtempSync(join(tmpdir(), "limpid-bench-"));
  cpSync(site, folder, { recursive: true, dereference: true });
  symlinkSync(join(packages, "node_modules"), join(folder, "peers"));
  writeFileSync(join(folder, "article.onnx"), onnx_article(side).bytes);
  const flatbuffers = createRequire(packages + "/")("flatbuffers");
  writeFileSync(join(folder, "article.tflite"), tflite_article(flatbuffers, side));
  const wasm_utils = "/peers/@litertjs/wasm-utils/dist/index.js";
  const imports = JSON.stringify({ imports: { "@litertjs/wasm-utils": wasm_utils } });
  const scripts = ["core/dist/tf-core", "layers/dist/tf-layers", "backend-cpu/dist/tf-backend-cpu"]
    .concat("backend-wasm/dist/tf-backend-wasm")
    .map((name) => `<script src="/peers/@tensorflow/tfjs-${name}.min.js"></script>`)
    .join("\n");
  const map = `<script type="importmap">${imports}</script>`;
  writeFileSync(join(folder, "bench.html"), `<!doctype html><meta charset=utf-8>${map}${scripts}`);
  return folder;
}

// --- In the page: each puts a function into globalThis.engines that restores one picture.

const ours = async ([sample, threads, side, noise]) => {
  const { Limpid } = await import("/limpid.mjs");
  const limpid = await Limpid.load({ threads, model: null });
  // A network's speed does not depend on its weights: one epoch of learning gives it some.
  const bytes = new Uint8Array(sample.bytes);
  await limpid.train(
    [1, 2, 3, 4].map((i) => new File([bytes], `${i}.png`)),
    { model: "article", size: 64, epochs: 1, batch: 3 },
  );
  const noisy = new ImageData(Uint8ClampedArray.from(noise), side);
  globalThis.limpid = limpid;
  (globalThis.engines ??= {}).limpid = async () => (await limpid.denoise(noisy)).ms;
};

const onnxruntime = async ([, threads, side]) => {
  const ort = await import("/peers/onnxruntime-web/dist/ort.wasm.min.mjs");
  ort.env.wasm.wasmPaths = "/peers/onnxruntime-web/dist/";
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create("/article.onnx");
  const pixels = Float32Array.from({ length: 3 * side * side }, Math.random);
  const input = new ort.Tensor("float32", pixels, [1, 3, side, side]);
  engines["onnxruntime-web"] = async () => {
    const start = performance.now();
    await session.run({ input });
    return performance.now() - start;
  };
};

const litert = async ([, threads, side]) => {
  const { loadLiteRt, loadAndCompile, Tensor } = await import(
    "/peers/@litertjs/core/dist/index.js"
  );
  await loadLiteRt("/peers/@litertjs/core/wasm/", { threads: true });
  const cpuOptions = { numThreads: threads };
  const model = await loadAndCompile("/article.tflite", { accelerator: "wasm", cpuOptions });
  const pixels = Float32Array.from({ length: 3 * side * side }, Math.random);
  engines["LiteRT.js"] = async () => {
    const input = new Tensor(pixels, [1, side, side, 3]);
    const start = performance.now();
    const [output] = await model.run([input]);
    await output.data();
    const ms = performance.now() - start;
    input.delete();
    output.delete();
    return ms;
  };
};

const tfjs = async ([, threads, side]) => {
  tf.wasm.setWasmPaths("/peers/@tensorflow/tfjs-backend-wasm/dist/");
  tf.wasm.setThreadsCount(threads);
  await tf.setBackend("wasm");
  const conv = (filters, activation, more = {}) =>
    tf.layers.conv2d({ filters, kernelSize: 3, padding: "same", activation, ...more });
  const model = tf.sequential({
    layers: [
      conv(256, "relu", { inputShape: [side, side, 3] }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      conv(128, "relu"),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      conv(64, "relu"),
      conv(128, "relu"),
      tf.layers.upSampling2d({ size: [2, 2] }),
      conv(256, "relu"),
      tf.layers.upSampling2d({ size: [2, 2] }),
      conv(3, "sigmoid"),
    ],
  });
  const input = tf.randomUniform([1, side, side, 3]);
  engines["tfjs-wasm"] = async () => {
    const start = performance.now();
    const output = model.predict(input);
    await output.data();
    output.dispose();
    return performance.now() - start;
  };
};

async function restoring(host) {
  const browser = await open_browser(host.url, { bypassCSP: true });
  try {
    const page = await browser.page("bench.html");
    const times = {};
    for (const [name, prepare] of Object.entries({ ours, onnxruntime, litert, tfjs })) {
      try {
        await page.evaluate(prepare, [sample, threads, side, noise]);
      } catch (error) {
        console.error(`${name} is left out: ${error.message.split("\n")[0]}`);
      }
    }
    const names = await page.evaluate(() => Object.keys(engines));
    for (let round = -1; round < rounds; ++round) {
      for (const name of names) {
        const ms = await page.evaluate(async (name) => {
          const all = [];
          for (let i = 0; i < 5; ++i) all.push(await engines[name]());
          return all;
        }, name);
        if (round >= 0) (times[name] ??= []).push(...ms); // the first warms up
      }
    }
    return Object.fromEntries(names.map((name) => [name, median(times[name])]));
  } finally {
    await browser.close();
  }
}

// The networks that come along, in turns.
async function restoring_with_what_comes_along(host) {
  const files = readdirSync(join(site, "models")).filter((name) => name.endsWith(".safetensors"));
  const urls = ["model.safetensors", ...files.map((name) => `models/${name}`)];
  const browser = await open_browser(host.url);
  try {
    const page = await browser.page("example/");
    const times = await page.evaluate(
      async ([urls, threads, side, noise, rounds]) => {
        const { Limpid } = await import("/limpid.mjs");
        const noisy = new ImageData(Uint8ClampedArray.from(noise), side);
        const all = [];
        for (const url of urls) {
          const limpid = await Limpid.load({ threads, model: `/${url}` });
          all.push({ limpid, times: [] });
          await limpid.denoise(noisy); // warms up
        }
        for (let i = 0; i < 5 * rounds; ++i) {
          for (const { limpid, times } of all) times.push((await limpid.denoise(noisy)).ms);
        }
        return all.map(({ times }) => times);
      },
      [urls, threads, side, noise, rounds],
    );
    return Object.fromEntries(urls.map((url, i) => [url, median(times[i])]));
  } finally {
    await browser.close();
  }
}

async function learning(host) {
  const browser = await open_browser(host.url);
  try {
    const page = await browser.page("example/");
    return await page.evaluate(
      async ([sample, threads]) => {
        const { Limpid } = await import("/limpid.mjs");
        const limpid = await Limpid.load({ threads, model: null });
        const bytes = new Uint8Array(sample.bytes);
        const files = Array.from({ length: 16 }, (_, i) => new File([bytes], `${i}.png`));
        const rates = {};
        for (const [size, epochs] of [
          [64, 4],
          [256, 1],
        ]) {
          const settings = { model: "article", size, epochs, batch: 4 };
          await limpid.train(files, settings, (progress) => {
            if (progress.type === "progress") rates[size] = progress.pictures_per_s;
          });
        }
        return rates;
      },
      [sample, threads],
    );
  } finally {
    await browser.close();
  }
}

// Each step of the start in ms from navigation, of fresh profiles.
async function starting(host) {
  const steps = {};
  for (let round = 0; round < rounds; ++round) {
    const browser = await open_browser(host.url);
    try {
      await new Promise((done) => setTimeout(done, 3000)); // until the browser itself has started
      const page = await browser.page();
      await new Visitor(page).find("RMSE");
      await page.waitForFunction(() => performance.getEntriesByName("limpid picture restored")[0]);
      const marks = await page.evaluate(() =>
        performance.getEntriesByType("mark").map(({ name, startTime }) => [name, startTime]),
      );
      for (const [name, ms] of marks) (steps[name.replace("limpid ", "")] ??= []).push(ms);
    } finally {
      await browser.close();
    }
  }
  return Object.fromEntries(Object.entries(steps).map(([name, all]) => [name, median(all)]));
}

// How long 600 frames of the page are: while a network learns on all cores, while someone also
// moves the mouse, so that each is drawn anew, and while someone does that and nothing learns.
async function frames(host) {
  const browser = await open_browser(host.url);
  try {
    const page = await browser.page();
    const visitor = new Visitor(page);
    await visitor.find("RMSE");
    await visitor.press("Train");
    const pointing = await frames_while(page, () => move_the_mouse(page));
    const pictures = ["coast", "forest", "text"];
    await visitor.drop(pictures.map((name) => join(source, `assets/samples/${name}.png`)));
    await visitor.set_number("Epochs", 100_000);
    await visitor.press("Start training");
    await visitor.wait_for("a curve", (c) => c.name === "Loss" && c.value.startsWith("epoch"));
    await page.waitForTimeout(1000);
    const learning = await frames_while(page, () => page.waitForTimeout(10));
    const both = await frames_while(page, () => move_the_mouse(page));
    return { learning, learning_and_pointing: both, pointing };
  } finally {
    await browser.close();
  }
}

let moves = 0;
async function move_the_mouse(page) {
  await page.mouse.move(300 + (++moves % 200), 300 + ((3 * moves) % 200));
  await page.waitForTimeout(15);
}

async function frames_while(page, act) {
  let over = false;
  const measured = page
    .evaluate(
      () =>
        new Promise((done) => {
          const all = [];
          let last = performance.now();
          requestAnimationFrame(function frame(now) {
            all.push(now - last);
            last = now;
            if (all.length <= 600) requestAnimationFrame(frame);
            else done(all.slice(1));
          });
        }),
    )
    .finally(() => {
      over = true;
    });
  while (!over) await act();
  const lengths = (await measured).sort((a, b) => a - b);
  return { median: median(lengths), p99: lengths[Math.floor(lengths.length * 0.99)] };
}

// As served with brotli; of the engine's modules the one that such a browser takes.
function payload_bytes() {
  const served = readdirSync(site).filter(
    (name) =>
      name.endsWith(".br") &&
      (!name.startsWith("engine-") || name.startsWith("engine-relaxed-thread")),
  );
  return served.reduce((sum, name) => sum + statSync(join(site, name)).size, 0);
}

fetch_peers();
const folder = site_with_peers();
const host = await serve({ folder });
try {
  const restore_ms = await restoring(host);
  const ratios = Object.fromEntries(
    Object.entries(restore_ms)
      .filter(([name]) => name !== "limpid")
      .map(([name, ms]) => [name, restore_ms.limpid / ms]),
  );
  console.log(
    JSON.stringify(
      {
        restore_ms,
        of_the_peers_time: ratios,
        restore_with_ms: await restoring_with_what_comes_along(host),
        train_pictures_per_s: await learning(host),
        start_ms: await starting(host),
        frame_ms: await frames(host),
        payload_bytes: payload_bytes(),
      },
      null,
      1,
    ),
  );
} finally {
  host.stop();
  rmSync(folder, { recursive: true, force: true });
}
