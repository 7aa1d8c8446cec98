// Offline after the first visit, and the two headers that let a page share memory between threads,
// on hosts that cannot be told to send them. Network first: a new version shows at once; the cache
// answers when the network does not. The host is asked for each file, even one that the browser
// holds for fresh: else parts of two versions would meet for as long as that is.
const cache_name = "limpid";
const isolating = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page tells what it was made of before this worker saw its requests.
self.addEventListener("message", (event) => {
  const files = event.data.files.map((file) => new Request(file, { cache: "no-cache" }));
  event.waitUntil(caches.open(cache_name).then((cache) => cache.addAll(files)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(answer(event));
});

async function answer(event) {
  const { request } = event;
  const cache = await caches.open(cache_name);
  try {
    const response = await fetch(request, { cache: "no-cache" });
    // Where it cannot be kept, as for want of space, it is an answer all the same.
    if (response.ok) event.waitUntil(cache.put(request, response.clone()).catch(() => {}));
    return isolated(response);
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (!kept) throw error;
    return isolated(kept);
  }
}

function isolated(response) {
  if (response.status === 0 || response.type === "opaqueredirect") return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(isolating)) headers.set(name, value);
  headers.set("Cache-Control", "no-cache"); // the page's own memory asks here again
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}
