// What the browser tests share: a served site, Debian's Chromium, and the checks.
import { spawn, execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import {
  mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const source = resolve(process.env.LIMPID_SOURCE ?? ".");
export const site = resolve(process.env.LIMPID_SITE);
export const cli = process.env.LIMPID_CLI;
export const data = process.env.LIMPID_SHARED_DATA ?? join(source, "../shared/data");
const { chromium } = createRequire(join(source, ".deps/browser/"))("playwright-core");

const screenshots = join(source, "build/screenshots");
mkdirSync(screenshots, { recursive: true });

// The sample pictures' files.
export const samples = ["chart", "coast", "forest", "phantom", "text"].map((name) =>
  join(source, `assets/samples/${name}.png`),
);

// {url, stop}; `bare`: a host that sends no headers.
export async function serve({ bare = false, folder = site } = {}) {
  const server = spawn(
    "node",
    [join(source, "web/serve.mjs"), folder, "0", ...(bare ? ["--bare"] : [])],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const url = await new Promise((done, failed) => {
    server.stdout.once("data", (text) => done(String(text).trim()));
    server.once("exit", () => failed(new Error("the server did not start")));
  });
  return { url, stop: () => server.kill() };
}

const status_of = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
};

// Numbers of the processes that were started with that profile, and of their children.
function processes(profile) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parent = new Map(all.map((pid) => [pid, /PPid:\s+(\d+)/.exec(status_of(pid))?.[1]]));
  const started = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(profile);
    } catch {
      return false;
    }
  };
  const found = new Set(all.filter(started));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const pid of all) if (found.has(parent.get(pid))) found.add(pid);
  }
  return [...found].map(Number);
}

// A browser with its own profile, which `close` deletes; requests that leave the origin fail the
// test, as errors of the page do.
// `options`: of the browser's window (viewport, deviceScaleFactor, hasTouch, serviceWorkers, ...).
export async function open_browser(url, options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "limpid-"));
  const launch = () =>
    chromium.launchPersistentContext(profile, {
      executablePath: process.env.LIMPID_CHROMIUM ?? "/usr/bin/chromium",
      headless: true,
      viewport: { width: 1280, height: 800 },
      acceptDownloads: true,
      ...options,
      args: [
        "--no-sandbox",
        "--enable-unsafe-swiftshader",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    });
  const browser = { profile, problems: [], context: await launch() };
  browser.page = async (path = "") => {
    const page = await browser.context.newPage();
    page.on("pageerror", (error) => browser.problems.push(`page: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") browser.problems.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      const from = new URL(request.url());
      if (from.protocol.startsWith("http") && from.origin !== new URL(url).origin) {
        browser.problems.push(`left the origin: ${request.url()}`);
      }
    });
    await page.goto(url + path);
    return page;
  };
  // As a crash or a power cut ends it: nothing is told, nothing is closed.
  browser.kill = async () => {
    const gone = new Promise((done) => browser.context.once("close", done));
    for (const pid of processes(profile)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // ended meanwhile, with its parent
      }
    }
    await gone;
    rmSync(join(profile, "SingletonLock"), { force: true });
    browser.context = await launch();
  };
  // What all its processes hold, in MiB.
  browser.memory_mib = () =>
    processes(profile)
      .map((pid) => Number(/VmRSS:\s+(\d+)/.exec(status_of(pid))?.[1] ?? 0) / 1024)
      .reduce((sum, mib) => sum + mib, 0);
  browser.close = async () => {
    await browser.context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return browser;
}

export const shoot = (page, name) => page.screenshot({ path: join(screenshots, `${name}.png`) });

// The pixels of a picture by the browser's own decoder are not to be trusted: files go in as bytes.
export const file = (path) => ({ name: path.split("/").pop(), bytes: [...readFileSync(path)] });

export const native = (...args) =>
  execFileSync(cli, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

// The JPEG that the command makes of a PNG's pixels.
export function jpeg_of(png) {
  const folder = mkdtempSync(join(tmpdir(), "limpid-"));
  const [from, to] = ["pixels.png", "shell.jpg"].map((name) => join(folder, name));
  writeFileSync(from, png);
  native("noise", from, "-o", to, "--noise", "0");
  return readFileSync(to);
}

// Names in a ZIP archive, from its central directory.
export function names_in(zip) {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const names = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; --left) {
    const length = zip.readUInt16LE(at + 28);
    names.push(zip.toString("utf8", at + 46, at + 46 + length));
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}

// How far two picture files are apart, of 255, by the page's decoder: {most, width, height}.
export const difference = (page, a, b) =>
  page.evaluate(
    async (files) => {
      const decode = async (bytes) => {
        const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]), {
          colorSpaceConversion: "none",
          premultiplyAlpha: "none",
        });
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, bitmap.width, bitmap.height);
      };
      const [one, other] = await Promise.all(files.map(decode));
      if (one.width !== other.width || one.height !== other.height) return { most: Infinity };
      const apart = one.data.map((value, i) => Math.abs(value - other.data[i]));
      return {
        most: apart.reduce((most, step) => Math.max(most, step), 0),
        width: one.width,
        height: one.height,
      };
    },
    [[...a], [...b]],
  );

// `quietly`: what holds of many things is not printed for each.
export function check(condition, what, quietly = false) {
  if (!condition) throw new Error(what);
  if (!quietly) console.log(`ok: ${what}`);
}
