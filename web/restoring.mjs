// What Limpid.denoise() asks of the worker.
import { given } from "./given.mjs";

// What the worker would take for something else. What else may be wrong it says itself.
function check({ noise, amount, seed, format }) {
  for (const [name, value] of Object.entries({ noise, amount })) {
    if (value === undefined || (typeof value === "number" && value >= 0 && value <= 1)) continue;
    throw new Error(`denoise: ${name} is a number from 0 to 1, not ${written(value)}`);
  }
  if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new Error(`denoise: seed is a whole number from 0, not ${written(seed)}`);
  }
  if (format === undefined || format === "png" || format === "jpeg") return;
  throw new Error(`denoise: format is "png" or "jpeg", not ${written(format)}`);
}
const written = (value) => (typeof value === "string" ? `"${value}"` : String(value));

// options: those of denoise(). `found`: restore (the default), methods, threads, and the model in
// use. Throws a sentence where they do not fit.
export function restore_of(picture, options, found) {
  check(options);
  const { method, noise, kind, seed, views, amount, memory_bytes } = options;
  const place = found.methods.indexOf(method);
  if (method !== undefined && place < 0) {
    const known = found.methods.join(", ");
    throw new Error(`there is no method '${method}'; there are ${known}`);
  }
  return {
    ...found.restore,
    ...given({ views, amount, memory_bytes }),
    picture,
    model: method === undefined ? found.model : -1 - place,
    already_noisy: noise === undefined,
    noise: { ...found.restore.noise, ...given({ kind, seed, strength: noise }) },
    threads: found.threads,
    first: true,
  };
}
