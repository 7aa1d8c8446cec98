// The article's network in onnxruntime on this machine: what `limpid bench` is compared with.
//   npm install --no-save --ignore-scripts onnxruntime-node
//   node tests/bench/peer_onnxruntime.mjs [--threads 2] [--size 256] [--repeats 20]
// Prints one JSON object.
import { createRequire } from "node:module";
import { onnx_article } from "./onnx.mjs";

const ort = createRequire(process.cwd() + "/")("onnxruntime-node");

function option(name, fallback) {
  const at = process.argv.indexOf("--" + name);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
}

const threads = option("threads", 2),
  size = option("size", 256),
  repeats = option("repeats", 20);
const model = onnx_article(size);
const session = await ort.InferenceSession.create(new Uint8Array(model.bytes), {
  intraOpNumThreads: threads,
  graphOptimizationLevel: "all",
});
const pixels = Float32Array.from({ length: 3 * size * size }, () => Math.random());
const input = new ort.Tensor("float32", pixels, [1, 3, size, size]);
const times = [];
for (let i = 0; i < repeats + 3; i++) {
  const start = performance.now();
  await session.run({ input });
  if (i >= 3) times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    peer: "onnxruntime-node",
    threads,
    size,
    median_ms: times[times.length >> 1],
    min_ms: times[0],
  }),
);
