// Registers the service worker: offline use, and threads where the host sends no headers for them.

// A page that is not isolated becomes so by one reload under the service worker. Only one: where it
// does not help (private windows, old browsers), the page works with one thread.
const reloaded = "limpid-reloaded";

export async function work_offline(files) {
  if (!("serviceWorker" in navigator) || !globalThis.isSecureContext) return;
  try {
    await navigator.serviceWorker.register(new URL("service_worker.js", import.meta.url));
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ files: files.map((file) => new URL(file, import.meta.url).href) });
    if (globalThis.crossOriginIsolated) return sessionStorage.removeItem(reloaded);
    if (sessionStorage.getItem(reloaded)) return;
    sessionStorage.setItem(reloaded, "yes");
    location.reload();
  } catch {
    // Refused: the page is used online, with one thread.
  }
}
