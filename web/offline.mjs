// The service worker: offline use, and threads where the host sends no headers for them.

const usable = () => "serviceWorker" in navigator && globalThis.isSecureContext;

// Resolves when the worker is in charge; one that is refused, or never gets ready, is an error.
const ready_within_ms = 3000;
async function ready() {
  await navigator.serviceWorker.register(new URL("service_worker.js", import.meta.url));
  const late = new Promise((_, refuse) => setTimeout(refuse, ready_within_ms));
  return Promise.race([navigator.serviceWorker.ready, late]);
}

// A page that is not isolated becomes so by one reload under the service worker: true when it is
// about to. Only one: where it does not help (private windows, old browsers), the page works with
// one thread.
const reloaded = "limpid-reloaded";

export async function reload_isolated() {
  try {
    if (globalThis.crossOriginIsolated || !usable() || sessionStorage.getItem(reloaded)) {
      return false;
    }
    await ready();
    sessionStorage.setItem(reloaded, "yes");
    location.reload();
    return true;
  } catch {
    return false; // refused: the page is used online, with one thread
  }
}

// Keeps what the page is made of, with that engine, for when there is no network.
export async function keep_offline(engine) {
  if (!usable()) return;
  try {
    const { active } = await ready();
    const parts = await (await fetch("files.json")).json();
    const files = [...parts, `${engine}.mjs`, `${engine}.wasm`];
    active.postMessage({ files: files.map((file) => new URL(file, import.meta.url).href) });
  } catch {
    // Refused: the page is used online.
  }
}
