// What limpid.mjs is given by mistake: one sentence says what is wrong with it, and nothing of what
// it does or keeps is lost for it.
import { join } from "node:path";
import { check, file, open_browser, samples, serve, source } from "./site.mjs";

// What the page's functions below work with.
const prepare = (page) =>
  page.evaluate(async (samples) => {
    const { Limpid } = await import("/limpid.mjs");
    Object.assign(globalThis, { Limpid, limpid: await Limpid.load() });
    globalThis.files = samples.map(({ name, bytes }) => new File([new Uint8Array(bytes)], name));
    globalThis.why = (promise) =>
      promise.then(
        (answer) => `no refusal: ${JSON.stringify(answer)}`,
        (error) => `${error.constructor.name}: ${error.message}`,
      );
    globalThis.small = { size: 32, epochs: 1, batch: 2 };
    // Names in the browser's storage for trainings, and whether someone holds it.
    globalThis.stored = async () => {
      const top = await navigator.storage.getDirectory();
      const folder = await top.getDirectoryHandle("training", { create: true });
      const names = [];
      for await (const name of folder.keys()) {
        if (!name.endsWith("index.json")) names.push(name);
      }
      const { held } = await navigator.locks.query();
      return { names, held: held.length };
    };
  }, samples.map(file));

async function says_what_is_wrong(page) {
  const told = await page.evaluate(async () => {
    const picture = new ImageData(8, 8);
    const given = {
      noise: ["0.2", null, NaN, 7, -1],
      amount: [5, "1"],
      seed: [-1, 1.5, "1"],
      format: ["gif", "", null, true],
    };
    const told = [];
    for (const [name, values] of Object.entries(given)) {
      for (const value of values) {
        const options = { noise: 0.2, [name]: value };
        told.push([name, await why(limpid.denoise(picture, options))]);
      }
    }
    for (const source of [undefined, null, new Image(), "a.png"]) {
      told.push(["picture", await why(limpid.denoise(source))]);
    }
    told.push(["picture", await why(limpid.train([undefined], small))]);
    return told;
  });
  for (const [name, sentence] of told) {
    const is_one = sentence.startsWith("Error: ") && sentence.includes(name);
    check(is_one && !/inf|undefined \(|\n/.test(sentence), `refused: ${sentence}`);
  }
  const fine = await page.evaluate(async () => {
    const { rmse } = await limpid.denoise(files[0], { noise: 0.2, seed: 0, amount: 0 });
    return rmse;
  });
  check(fine > 0, "and the least of each is taken");
}

// Without a name there is no ending to know a picture by.
async function learns_from_what_has_no_name(page) {
  const told = await page.evaluate(async () => {
    const blobs = files.map((file) => new Blob([file]));
    const jpeg = await new Promise((done) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
      canvas.toBlob(done, "image/jpeg");
    });
    const pixels = new ImageData(new Uint8ClampedArray(64 * 64 * 4).fill(200), 64, 64);
    let pictures = 0;
    const given = [...blobs, jpeg, pixels, new File([files[0]], "blob"), files[1], files[1]];
    const { end } = await limpid.train(given, small, (progress) => {
      if (progress.type === "begun") pictures = progress.pictures + progress.test_pictures;
    });
    return { end, pictures, given: given.length };
  });
  check(
    told.end === "finished" && told.pictures === told.given,
    `learns from ${told.pictures} of ${told.given} pictures, most of them without names`,
  );
  const [none, one, text] = await page.evaluate(async () => [
    await why(limpid.train([], small)),
    await why(limpid.train([files[0]], small)),
    await why(limpid.train([new Blob(["no picture"])], small)),
  ]);
  for (const sentence of [none, one, text]) {
    check(sentence.startsWith("Error: ") && !/\/training/.test(sentence), `refused: ${sentence}`);
  }
  check(/picture-0/.test(text), "by the number of the picture");
}

async function leaves_the_first_training_alone(page) {
  const told = await page.evaluate(async () => {
    let kept;
    const is_kept = new Promise((done) => (kept = done));
    const enough = new AbortController();
    const options = { ...small, epochs: 100_000, signal: enough.signal };
    const first = limpid.train(files, options, ({ type, stored }) => {
      if (type === "checkpoint" && stored) kept();
    });
    await is_kept;
    const refused = [await why(limpid.train(files.slice(1), small)), await why(limpid.resume())];
    const { names } = await stored();
    enough.abort();
    const { end } = await first;
    return { refused, names, end, after: await stored() };
  });
  for (const sentence of told.refused) {
    check(/^Error: A training runs already/.test(sentence), `a second one: ${sentence}`);
  }
  const pictures = told.names.filter((name) => name.startsWith("picture-")).length;
  check(
    pictures === 5 && told.names.some((name) => name.startsWith("checkpoint")),
    "what the first one keeps is there still",
  );
  check(told.end === "cancelled", "and it goes on until it is ended");
  check(told.after.names.length === 0 && told.after.held === 0, "of which nothing is kept");
}

async function keeps_nothing_of_a_failed_start(page) {
  const left = await page.evaluate(async () => {
    const told = [];
    for (const [pictures, options] of [
      [files.slice(0, 1), small], // none is left to learn from
      [files, { ...small, loss: "huber" }], // the request itself is refused
      [files, { ...small, model: "none" }],
    ]) {
      told.push({ why: await why(limpid.train(pictures, options)), ...(await stored()) });
    }
    return told;
  });
  for (const { why, names, held } of left) {
    check(names.length === 0 && held === 0, `nothing is kept of it: ${why}`);
  }
}

async function leaves_no_worker(page) {
  const before = page.workers().length;
  const sentence = await page.evaluate(() => why(Limpid.load({ model: "nowhere.safetensors" })));
  for (let tries = 0; page.workers().length > before && tries < 50; ++tries) {
    await page.waitForTimeout(100);
  }
  check(page.workers().length === before, `no worker is left of a load() that fails: ${sentence}`);
}

// The worker stops as it would for want of memory.
async function tells_that_it_is_gone(page) {
  await page.route("**/worker.mjs", async (route) => {
    const response = await route.fetch();
    const broken = `setTimeout(() => {
      clearInterval(polling);
      actions.send = () => setTimeout(() => { throw new Error("out of memory"); });
    }, 3000);`;
    await route.fulfill({ response, body: `${await response.text()}\n${broken}` });
  });
  const told = await page.evaluate(async () => {
    const told = [];
    const other = await Limpid.load({ on_gone: (sentence) => told.push(sentence) });
    await new Promise((done) => setTimeout(done, 3500));
    const first = await why(other.denoise(files[0], { noise: 0.2 }));
    const second = await why(other.denoise(files[0], { noise: 0.2 }));
    return { told, first, second, closed: await why(limpid.denoise(new ImageData(1, 1))) };
  });
  const [sentence] = told.told;
  check(told.told.length === 1 && /out of memory/.test(sentence), `on_gone: ${sentence}`);
  check(
    told.first === `Error: ${sentence}` && told.second === told.first,
    "and so is who waits, and who asks afterwards",
  );
}

// web/example says what is wrong with a file, and takes a cleared choice.
async function the_example_says_so(browser) {
  const page = await browser.page("example/");
  const score = (pattern) =>
    page.waitForFunction(
      (pattern) => new RegExp(pattern).test(document.getElementById("score").value),
      pattern.source,
    );
  await page.setInputFiles("#file", join(source, "LICENSE")); // before it is loaded
  await score(/LICENSE: not a picture/);
  await page.setInputFiles("#file", []);
  await page.setInputFiles("#file", join(source, "assets/samples/coast.png"));
  await score(/^RMSE/);
  check(true, "the example says what is wrong, and goes on");
  await page.close();
}

const host = await serve();
const browser = await open_browser(host.url, { serviceWorkers: "block" });
try {
  await the_example_says_so(browser);
  const page = await browser.page("example/");
  await prepare(page);
  await says_what_is_wrong(page);
  await learns_from_what_has_no_name(page);
  await leaves_the_first_training_alone(page);
  await keeps_nothing_of_a_failed_start(page);
  check(browser.problems.length === 0, `no error ${browser.problems}`);
  await leaves_no_worker(page);
  await tells_that_it_is_gone(page);
} finally {
  await browser.close();
  host.stop();
}
