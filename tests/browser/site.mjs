// What the browser tests share: a served site, Debian's Chromium, and the checks.
import { spawn, execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const source = resolve(process.env.LIMPID_SOURCE ?? ".");
export const site = resolve(process.env.LIMPID_SITE);
export const cli = process.env.LIMPID_CLI;
export const data = process.env.LIMPID_SHARED_DATA ?? join(source, "../shared/data");
const { chromium } = createRequire(join(source, ".deps/browser/"))("playwright-core");

const screenshots = join(source, "build/screenshots");
mkdirSync(screenshots, { recursive: true });

// {url, stop}; `bare`: a host that sends no headers.
export async function serve({ bare = false } = {}) {
  const server = spawn(
    "node",
    [join(source, "web/serve.mjs"), site, "0", ...(bare ? ["--bare"] : [])],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const url = await new Promise((done, failed) => {
    server.stdout.once("data", (text) => done(String(text).trim()));
    server.once("exit", () => failed(new Error("the server did not start")));
  });
  return { url, stop: () => server.kill() };
}

// A browser with its own profile, which `close` deletes; requests that leave the origin fail the
// test, as errors of the page do.
export async function open_browser(url) {
  const profile = mkdtempSync(join(tmpdir(), "limpid-"));
  const launch = () =>
    chromium.launchPersistentContext(profile, {
      executablePath: process.env.LIMPID_CHROMIUM ?? "/usr/bin/chromium",
      headless: true,
      viewport: { width: 1280, height: 800 },
      args: [
        "--no-sandbox",
        "--use-angle=swiftshader",
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
  browser.kill = async () => {
    await browser.context.close();
    browser.context = await launch();
  };
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

export function check(condition, what) {
  if (!condition) throw new Error(what);
  console.log(`ok: ${what}`);
}
