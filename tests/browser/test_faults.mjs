// When something breaks beneath the page: its drawing context, its worker, a file of the site, the
// browser's storage. It says so in one sentence, and the rest goes on.
import { check, file, names_in, open_browser, samples, serve, shoot } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

// `prepare`: for the browser's context, before the page.
async function with_page(host, prepare, use) {
  const browser = await open_browser(host.url, { serviceWorkers: "block" });
  try {
    await prepare(browser.context);
    const page = await browser.page();
    await use(page, new Visitor(page), browser);
  } finally {
    await browser.close();
  }
}

const prefix_worker = (text) => (context) =>
  context.route("**/worker.mjs", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()}\n${text}` });
  });
const noticed = (visitor, pattern) =>
  visitor.wait_for(`a notice: ${pattern}`, (c) => c.name === "Notice" && pattern.test(c.value));

// The sentence that covers the page, nothing of which can be pressed but Reload.
async function the_end(page, name) {
  await page.locator("#reload").waitFor({ state: "visible" });
  const { sentence, opaque, on_top } = await page.evaluate(() => ({
    sentence: document.getElementById("status").textContent,
    opaque: /^rgb\(/.test(getComputedStyle(document.getElementById("loading")).backgroundColor),
    on_top: document.elementFromPoint(5, 5).id,
  }));
  await shoot(page, name);
  check(opaque && on_top === "loading", `${name}: the page is covered: "${sentence}"`);
  check((sentence.match(/\. /g) ?? []).length <= 2, "in a sentence or two", true);
  return sentence;
}

async function starts_without_storage(host) {
  const blocked = (context) =>
    context.addInitScript(() => {
      for (const kind of ["localStorage", "sessionStorage"]) {
        const get = () => {
          throw new DOMException("Access is denied for this document.", "SecurityError");
        };
        Object.defineProperty(globalThis, kind, { get });
      }
    });
  await with_page(host, blocked, async (page, visitor, browser) => {
    await visitor.find("RMSE");
    await visitor.press("Dark");
    await visitor.find("Light");
    check(browser.problems.length === 0, `storage that is denied: it restores ${browser.problems}`);
  });
  const full = (context) =>
    context.addInitScript(() => {
      globalThis.Storage.prototype.setItem = () => {
        throw new DOMException("exceeded the quota", "QuotaExceededError");
      };
    });
  await with_page(host, full, async (page, visitor, browser) => {
    await visitor.find("RMSE");
    await visitor.press("Dark");
    await visitor.find("Light");
    check(browser.problems.length === 0, `storage that is full: it goes on ${browser.problems}`);
  });
}

async function begin_training(visitor) {
  await visitor.press("Train");
  await visitor.drop(samples);
  await visitor.choose("Size", "32 x 32");
  await visitor.set_number("Epochs", 100_000);
  await visitor.set_number("Batch", 2);
  await visitor.press("Start training");
  await visitor.wait_for("an epoch", (c) => c.name === "Loss" && /epoch [3-9]/.test(c.value));
}

const lose_context = (page) =>
  page.evaluate(() => {
    const gl = document.getElementById("canvas").getContext("webgl2");
    gl.getExtension("WEBGL_lose_context").loseContext();
  });

async function tells_of_a_lost_context(host) {
  await with_page(host, () => {}, async (page, visitor, browser) => {
    await visitor.find("RMSE");
    await lose_context(page);
    const sentence = await the_end(page, "lost-context");
    check(/WebGL context/.test(sentence) && !/training/.test(sentence), "it says of what");
    await page.click("#reload");
    await visitor.find("RMSE");
    check(await page.locator("#loading").isHidden(), "Reload brings the page back");

    await begin_training(visitor);
    await lose_context(page);
    const about = await the_end(page, "lost-context-training");
    check(/training is kept/.test(about), "and what becomes of the training");
    await page.click("#reload");
    await noticed(visitor, /broke off/);
    check(browser.problems.length === 0, `which is offered then ${browser.problems}`);
  });
}

// As a module does that reads where it has no memory; before that it is asked for one picture.
const breaks_down = `{
  const answer = onmessage;
  let restores = 0;
  onmessage = (message) => {
    const { action, request } = message.data;
    if (action === "send" && request.type === "Restore" && ++restores > 1) {
      throw new WebAssembly.RuntimeError("memory access out of bounds");
    }
    return answer(message);
  };
}`;

async function tells_of_a_broken_worker(host) {
  await with_page(host, prefix_worker(breaks_down), async (page, visitor) => {
    await visitor.find("RMSE");
    await visitor.press("forest.png");
    const sentence = await the_end(page, "broken-worker");
    check(/worker could not go on: .*out of bounds/.test(sentence), "it says of what");
    await page.context().unroute("**/worker.mjs");
    await page.click("#reload");
    await visitor.find("RMSE");
    check(true, "Reload brings the page back");
  });
}

async function does_without_what_is_missing(host) {
  const { status } = await fetch(`${host.url}%`);
  check(status === 404, "an address that is none is not there, and the server stays");
  const missing = (name) => (context) =>
    context.route(`**/${name}`, (route) => route.fulfill({ status: 404 }));
  await with_page(host, missing("samples/text.png"), async (page, visitor) => {
    await visitor.find("RMSE");
    const { value } = await noticed(visitor, /text.png is missing/);
    await visitor.find("Restore all 4");
    await visitor.press("forest.png");
    const shown = "The picture on the screen";
    await visitor.wait_for("forest.png", (c) => c.name === shown && c.value === "forest.png");
    check(await page.locator("#loading").isHidden(), `without a sample the page works: "${value}"`);
    await shoot(page, "missing-sample");
  });
  await with_page(host, missing("model.safetensors"), async (page, visitor) => {
    await noticed(visitor, /model.safetensors is missing/);
    await visitor.find("text.png"); // nothing moves any more
    await visitor.choose("model", "median");
    await visitor.find("RMSE");
    check(true, "without its first model, too");
  });
}

async function keeps_what_was_restored_before_cancel(host) {
  await with_page(host, () => {}, async (page, visitor, browser) => {
    await visitor.find("RMSE");
    const { bytes } = file(samples[1]);
    await visitor.drop(Array.from({ length: 40 }, (_, i) => ({ name: `many-${i}.png`, bytes })));
    await visitor.press("Restore all 45");
    await visitor.find(/^Restored [5-9] of/);
    const asks = () =>
      page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
    check(await asks(), "a page that has restored for a queue asks before it goes");
    const archive = await visitor.download(() => visitor.press("Cancel"));
    const names = names_in(archive.bytes);
    const { value } = await noticed(visitor, /restored.zip with \d+ pictures/);
    check(!(await asks()), "and once it is saved it does not");
    check(
      names.length >= 5 && names.length < 45 && value.includes(`with ${names.length} pictures`),
      `a queue that was cancelled: "${value}"`,
    );
    await visitor.press("Restore all 45");
    await visitor.find(/^Restored [3-9] of/);
    const again = names_in((await visitor.download(() => visitor.press("Cancel"))).bytes);
    check(again.includes("coast.png") && again.length < 45, "and the next one, from its beginning");
    check(browser.problems.length === 0, `no error ${browser.problems}`);
  });
}

// In a private window, or one of a browser whose disk is full.
async function tells_that_a_training_is_not_kept(host) {
  const without = `navigator.storage.getDirectory = () => Promise.reject(new Error("none"));`;
  await with_page(host, prefix_worker(without), async (page, visitor) => {
    await page.evaluate(() => {
      globalThis.announced = [];
      const tell = ([{ target }]) => announced.push(target.textContent);
      const options = { childList: true, characterData: true, subtree: true };
      new MutationObserver(tell).observe(document.getElementById("announced"), options);
    });
    await begin_training(visitor);
    const told = await page.evaluate(() => announced.filter((text) => /would lose/.test(text)));
    check(told.length === 1, `no storage for a training: "${told.join()}", once`);
    await lose_context(page);
    check(/not kept/.test(await the_end(page, "lost-training")), "nor does it promise more");
  });
}

const host = await serve();
try {
  await starts_without_storage(host);
  await tells_of_a_lost_context(host);
  await tells_of_a_broken_worker(host);
  await does_without_what_is_missing(host);
  await keeps_what_was_restored_before_cancel(host);
  await tells_that_a_training_is_not_kept(host);
} finally {
  host.stop();
}
