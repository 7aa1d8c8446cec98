// Which of the engine's modules this browser can run.

// A module of one function that multiplies and adds with relaxed SIMD (f32x4.relaxed_madd), and
// one with plain SIMD only (v128.const).
const header = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0];
const zero = [253, 12, ...new Array(16).fill(0)];
const module_of = (code) =>
  new Uint8Array([...header, 10, code.length + 4, 1, code.length + 2, 0, ...code, 11]);

const has_simd = () => WebAssembly.validate(module_of(zero));
const has_relaxed_simd = () =>
  WebAssembly.validate(module_of([...zero, ...zero, ...zero, 253, 133, 2]));
const has_threads = () =>
  globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer !== "undefined";

// {name, threads, note}: the module's file without its ending, whether it has threads, and a
// sentence where something is missing. Throws where nothing can run.
export function choose({ threads = has_threads() } = {}) {
  if (!has_simd()) {
    throw new Error(
      "This browser lacks WebAssembly SIMD, which Limpid needs: " +
        "Chrome 91, Firefox 89 and Safari 16.4 and later have it.",
    );
  }
  const kernels = has_relaxed_simd() ? "relaxed" : "plain";
  return {
    name: `engine-${kernels}-${threads ? "thread" : "slices"}`,
    threads,
    note: threads ? "" : "This page may not share memory between threads: one does the work.",
  };
}
