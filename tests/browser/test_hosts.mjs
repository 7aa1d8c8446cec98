// The same page on plain hosts and in lesser browsers: without headers, without service workers,
// without a network, without WebGL 2 or SIMD.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { check, open_browser, serve, shoot, site } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

async function with_page(host, options, use) {
  const browser = await open_browser(host.url, options);
  try {
    const page = await browser.page();
    await use(page, new Visitor(page), browser);
  } finally {
    await browser.close();
  }
}
const isolated = (page) => page.evaluate(() => crossOriginIsolated);

// As an application of its own.
async function can_be_installed(page) {
  const session = await page.context().newCDPSession(page);
  const { url, errors, data } = await session.send("Page.getAppManifest");
  check(url.endsWith("/limpid.webmanifest") && errors.length === 0, `${JSON.stringify(errors)}`);
  check(JSON.parse(data).name === "Limpid", "the browser has read what the application is");
}

async function uses_photo(visitor) {
  await visitor.scroll_to("Load model");
  await visitor.choose("model", "photo");
  await visitor.find(/^1.31 million parameters/);
}

// The browser has no space left to keep what was fetched.
async function answers_without_space(browser, page, url) {
  const session = await browser.context.newCDPSession(page);
  const space = (quota) =>
    session.send("Storage.overrideQuotaForOrigin", { origin: url, ...quota });
  await space({ quotaSize: 1 });
  const told = await page.evaluate(() =>
    fetch("models/photo.safetensors").then(({ status }) => status, (error) => error.message),
  );
  await space({});
  check(told === 200, `a model that cannot be kept is answered all the same: ${told}`);
}

// Also: the whole page again without its server, with the network that was chosen before.
async function isolates_itself() {
  const host = await serve({ bare: true });
  let stopped = false;
  try {
    await with_page(host, {}, async (page, visitor, browser) => {
      await visitor.find("RMSE");
      await can_be_installed(page);
      check(await isolated(page), "a host without headers: its service worker adds them");
      await page.waitForFunction(async () => {
        const cache = await caches.open("limpid");
        const names = (await cache.keys()).map(({ url }) => new URL(url).pathname);
        return ["/model.safetensors", "/front_end.wasm", "/samples/text.png"].every((name) =>
          names.includes(name),
        );
      });
      const kept = () => caches.match("models/photo.safetensors").then(Boolean);
      check(!(await page.evaluate(kept)), "photo, which nobody chose, is not kept");
      await answers_without_space(browser, page, host.url);
      await uses_photo(visitor);
      await page.waitForFunction(kept);
      check(browser.problems.length === 0, `no error ${browser.problems}`);
      host.stop();
      stopped = true;
      await page.reload();
      await visitor.find("RMSE");
      await shoot(page, "offline");
      check(true, "without its server, after a reload: a picture is restored");
      await uses_photo(visitor);
      check(true, "also by photo");
    });
  } finally {
    if (!stopped) host.stop();
  }
}

// A host whose files browsers may take for fresh for ten minutes, and the style of the page and one
// of its modules in the version that is served.
async function serve_lasting() {
  const types = { html: "text/html", mjs: "text/javascript", js: "text/javascript" };
  Object.assign(types, { wasm: "application/wasm", css: "text/css", png: "image/png" });
  const host = { version: 1 };
  const added = {
    "/page.css": () => `\n:root { --version: ${host.version} }`,
    "/zip.mjs": () => `\nglobalThis.version = ${host.version};`,
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    const type = types[path.split(".").pop()] ?? "application/octet-stream";
    const headers = { "Content-Type": type, "Cache-Control": "max-age=600" };
    try {
      const file = readFileSync(join(site, path));
      response.writeHead(200, headers);
      response.end(added[path] ? String(file) + added[path]() : file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  host.url = `http://localhost:${server.address().port}/`;
  host.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return host;
}

async function shows_a_new_version_whole() {
  const host = await serve_lasting();
  try {
    await with_page(host, {}, async (page, visitor) => {
      await visitor.find("RMSE");
      const versions = () =>
        page.evaluate(() => [
          Number(getComputedStyle(document.documentElement).getPropertyValue("--version")),
          globalThis.version,
        ]);
      check(String(await versions()) === "1,1", "a host whose files last: the first version");
      await page.waitForFunction(async () => Boolean(await caches.match("zip.mjs")));
      host.version = 2;
      await page.reload();
      await visitor.find("RMSE");
      const seen = await versions();
      check(String(seen) === "2,2", `and after a deploy the second, whole: ${seen}`);
    });
  } finally {
    host.stop();
  }
}

async function works_with_one_thread(host) {
  await with_page(host, { serviceWorkers: "block" }, async (page, visitor) => {
    const { value } = await visitor.find("Notice");
    check(/one does the work/.test(value), `no headers, no service worker: "${value}"`);
    await visitor.find("RMSE");
    check(!(await isolated(page)), "and it restores, with one thread");
  });
}

// The browser gives no memory that threads could share.
async function falls_back_to_one_thread(host) {
  await with_page(host, { serviceWorkers: "block" }, async (page, visitor) => {
    const refuse = `{
      const { Memory } = WebAssembly;
      WebAssembly.Memory = function (wanted) {
        if (wanted.shared) throw new RangeError("could not allocate memory");
        return new Memory(wanted);
      };
    }\n`;
    await page.route("**/worker.mjs", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: refuse + (await response.text()) });
    });
    await page.reload();
    const { value } = await visitor.find("Notice");
    check(/not enough memory/.test(value), `no memory for threads: "${value}"`);
    await visitor.find("RMSE");
    check(await isolated(page), "and it restores, with one thread");
  });
}

// What the browser reads is what lies there plain, but comes smaller: `run` made each file's
// compressed twin, and the host takes it.
async function sends_compressed(host) {
  for (const path of ["front_end.wasm", "model.safetensors", "page.css"]) {
    const plain = readFileSync(join(site, path));
    const response = await fetch(host.url + path, { headers: { "Accept-Encoding": "br" } });
    check(response.headers.get("content-encoding") === "br", `${path} comes compressed`);
    check(plain.equals(Buffer.from(await response.arrayBuffer())), `and is what lies there`);
  }
}

async function refuses(host, what, options, prepare, expected) {
  const browser = await open_browser(host.url, options);
  try {
    await browser.context.addInitScript(prepare);
    const page = await browser.page();
    await page.waitForFunction(() => document.getElementById("status").textContent !== "Loading");
    const status = page.locator("#status");
    await status.waitFor({ state: "visible" });
    const sentence = await status.textContent();
    check(sentence.includes(expected), `${what}: "${sentence}"`);
    await shoot(page, what.replaceAll(" ", "-"));
  } finally {
    await browser.close();
  }
}

await isolates_itself();
await shows_a_new_version_whole();
const licenses = readFileSync(join(site, "licenses.txt"), "utf8");
for (const name of ["stb", "zlib", "tiff", "imgui", "pthreadpool", "emscripten", "fonts-inter"]) {
  check(licenses.includes(`==== ${name} ====\n\n`), `the licence of ${name} goes along`);
}
const bare = await serve({ bare: true });
await works_with_one_thread(bare).finally(() => bare.stop());
const host = await serve();
try {
  await sends_compressed(host);
  await falls_back_to_one_thread(host);
  await refuses(
    host,
    "without SIMD",
    {},
    () => {
      WebAssembly.validate = () => false;
    },
    "lacks WebAssembly SIMD",
  );
  await refuses(
    host,
    "without WebGL 2",
    {},
    () => {
      const get = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return kind === "webgl2" ? null : get.call(this, kind, ...rest);
      };
    },
    "lacks WebGL 2",
  );
} finally {
  host.stop();
}
