// The JavaScript module in Chromium: restores what the command restores, trains, stops, goes on
// after a crash, says what is wrong; isolated and not.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  check, cli, difference, file, jpeg_of, native, open_browser, samples, serve, shoot, site, source,
} from "./site.mjs";

const pictures = samples.map(file);

// Restored pixels of two engines, which sum in other orders: of 255 steps one, where a value lies
// between two of them.
const largest_step = 1;
const largest_rmse_difference = 1e-5;

const in_page = {
  // Puts files and a Limpid into the page.
  async load(page, options) {
    return page.evaluate(async (options) => {
      const { Limpid } = await import("/limpid.mjs");
      globalThis.limpid = await Limpid.load(options);
      globalThis.blob = ({ name, bytes }) => new File([new Uint8Array(bytes)], name);
      const { variant, threads, note } = limpid;
      return { variant, threads, note, isolated: crossOriginIsolated };
    }, options ?? {});
  },
  denoise(page, picture, options) {
    return page.evaluate(
      async ([picture, options]) => {
        const result = await limpid.denoise(blob(picture), options);
        const { width, height, data } = result.image;
        const png = result.png && [...new Uint8Array(await result.png.arrayBuffer())];
        const { rmse, psnr, ssim, before, ms, strength } = result;
        return { rmse, psnr, ssim, before, ms, strength, width, height, png, data: [...data] };
      },
      [picture, options],
    );
  },
};

async function restores_as_the_command_does(page, picture, label) {
  const out = join(mkdtempSync(join(tmpdir(), "limpid-")), "restored.png");
  const words = ["denoise", picture, "-o", out, "--model", join(site, "model.safetensors")];
  const told = JSON.parse(native(...words, "--noise", "0.2", "--seed", "1", "--json")).files[0];
  const here = await in_page.denoise(page, file(picture), { noise: 0.2, seed: 1 });
  check(
    Math.abs(told.restored.rmse - here.rmse) < largest_rmse_difference &&
      Math.abs(told.noisy.rmse - here.before.rmse) < largest_rmse_difference,
    `${label}: RMSE ${here.before.rmse.toFixed(5)} -> ${here.rmse.toFixed(5)}, the command's ` +
      `${told.restored.rmse.toFixed(5)}`,
  );
  // The command's PNG, decoded by the page's own reader: already_noisy would change it, so a clean
  // one is compared through the same decoder.
  const apart = await page.evaluate(
    async ([png, data]) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(png)]), {
        colorSpaceConversion: "none",
        premultiplyAlpha: "none",
      });
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const native = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
      let most = 0;
      for (let i = 0; i < native.length; ++i)
        most = Math.max(most, Math.abs(native[i] - data[i]));
      return most;
    },
    [[...readFileSync(out)], here.data],
  );
  check(apart <= largest_step, `${label}: at most ${apart} of 255 from the command's pixels`);
}

// A method that has learned nothing needs no model; the same loops run in both.
async function restores_by_a_method(page, picture) {
  const out = join(mkdtempSync(join(tmpdir(), "limpid-")), "restored.png");
  const words = ["denoise", picture, "-o", out, "--method", "median", "--noise", "0.2", "--json"];
  const told = JSON.parse(native(...words)).files[0].restored.rmse;
  const { rmse } = await in_page.denoise(page, file(picture), { noise: 0.2, method: "median" });
  check(
    Math.abs(told - rmse) < largest_rmse_difference,
    `by median: RMSE ${rmse.toFixed(5)}, the command's ${told.toFixed(5)}`,
  );
  const refused = await in_page
    .denoise(page, file(picture), { method: "magic" })
    .catch((error) => error.message);
  check(/no method 'magic'; there are median,/.test(refused), "there is no magic");
  const no_noise = await in_page
    .denoise(page, file(picture), { noise: 0.2, kind: "pink" })
    .catch((error) => error.message);
  check(/no kind of noise is called 'pink' \(there are: gaussian,/.test(no_noise),
        "there is no pink noise");
}

// The mean of what the model makes of several views of the picture.
async function restores_in_views(page, picture) {
  const out = join(mkdtempSync(join(tmpdir(), "limpid-")), "restored.png");
  const model = join(site, "model.safetensors");
  const words = ["denoise", picture, "-o", out, "--noise", "0.2", "--model", model, "--json"];
  const told = JSON.parse(native(...words, "--views", "4")).files[0].restored.rmse;
  const once = JSON.parse(native(...words)).files[0].restored.rmse;
  const { rmse } = await in_page.denoise(page, file(picture), { noise: 0.2, views: 4 });
  check(
    Math.abs(told - rmse) < largest_rmse_difference && rmse < once,
    `in 4 views: RMSE ${rmse.toFixed(5)}, the command's ${told.toFixed(5)}, in one ` +
      once.toFixed(5),
  );
}

async function leaves_what_it_is_told_to(page, picture) {
  const none = await in_page.denoise(page, file(picture), { noise: 0.2, amount: 0 });
  const half = await in_page.denoise(page, file(picture), { noise: 0.2, amount: 0.5 });
  const whole = await in_page.denoise(page, file(picture), { noise: 0.2 });
  check(
    none.rmse === none.before.rmse && none.rmse > half.rmse && half.rmse > whole.rmse,
    `amounts of 0, 0.5, 1: RMSE ${none.rmse.toFixed(5)}, ${half.rmse.toFixed(5)}, ` +
      whole.rmse.toFixed(5),
  );
}

// A file of each format, of which the JPEG is the command's of the same pixels.
async function brings_files(page, picture) {
  const brought = await page.evaluate(
    async ([picture, options]) => {
      const { file, png } = await limpid.denoise(blob(picture), options);
      const { file: again } = await limpid.denoise(blob(picture), { ...options, format: "png" });
      const bytes = async (part) => [...new Uint8Array(await part.arrayBuffer())];
      return {
        types: [file.type, png.type, again.type],
        files: await Promise.all([file, png, again].map(bytes)),
      };
    },
    [file(picture), { noise: 0.2, seed: 1, format: "jpeg", png: true }],
  );
  const [jpeg, png, again] = brought.files.map((bytes) => Buffer.from(bytes));
  check(brought.types.join() === "image/jpeg,image/png,image/png", `files: ${brought.types}`);
  check(png.equals(again), "the PNG is the same by both its options");
  const { most } = await difference(page, jpeg, jpeg_of(png));
  check(most <= largest_step, `the JPEG is ${most} of 255 from the command's of its pixels`);
}

async function fails_in_one_sentence(page) {
  for (const [name, bytes] of [
    ["empty.png", []],
    ["cut.png", [...readFileSync(join(source, "assets/samples/coast.png")).subarray(0, 900)]],
  ]) {
    const message = await page.evaluate(
      async (picture) => {
        try {
          await limpid.denoise(blob(picture));
        } catch (error) {
          return error.message;
        }
        return "";
      },
      { name, bytes },
    );
    check(message.includes(name) && !message.includes("\n"), `refused: ${message}`);
  }
  const message = await page.evaluate(async () => {
    try {
      await limpid.use_model(
        new File([new Uint8Array([9, 0, 0, 0, 0, 0, 0, 0, 123])], "cut.safetensors"),
      );
    } catch (error) {
      return error.message;
    }
    return "";
  });
  check(message.includes("cut.safetensors"), `refused: ${message}`);
}

// The file goes after it was picked: the worker's reading of it fails.
async function tells_that_a_file_went(page, label) {
  const picture = join(mkdtempSync(join(tmpdir(), "limpid-")), "gone.png");
  copyFileSync(join(source, "assets/samples/coast.png"), picture);
  await page.evaluate(() => {
    const input = Object.assign(document.createElement("input"), { type: "file", id: "picked" });
    document.body.append(input);
  });
  await page.setInputFiles("#picked", picture);
  await page.evaluate(() => {
    const [blob] = document.getElementById("picked").files;
    return limpid.mount("/files/9999", [{ name: blob.name, blob }]);
  });
  rmSync(picture);
  const message = await page.evaluate(
    () =>
      new Promise((told) => {
        setTimeout(told, 10_000, "nothing");
        limpid.listen((event) => event.type === "Failed" && told(event.message));
        limpid.send({ type: "OpenPicture", picture: 9999, path: "/files/9999/gone.png" });
      }),
  );
  check(message.includes("gone.png"), `${label}: a file that went: ${message}`);
}

// What waits when the worker goes is refused, as what is asked of it afterwards.
async function ends_what_waits(page, picture, label) {
  const told = await page.evaluate(async ([picture, pictures]) => {
    const why = (promise) =>
      Promise.race([
        promise.then(() => "", (error) => error.message),
        new Promise((done) => setTimeout(done, 10_000, "nothing")),
      ]);
    const aborted = await why(
      limpid.train(pictures.map(blob), { signal: AbortSignal.abort(new Error("early")) }),
    );
    let begun;
    const running = new Promise((done) => (begun = done));
    const train = why(limpid.train(pictures.map(blob), { epochs: 1000 }, begun));
    const denoise = why(limpid.denoise(blob(picture), { noise: 0.2 }));
    await running;
    limpid.close();
    return [aborted, await train, await denoise, await why(limpid.denoise(blob(picture)))];
  }, [picture, pictures]);
  const closed = "Limpid was closed.";
  check(told[0] === "early", `${label}: no training with a signal that is aborted: ${told[0]}`);
  check(told[1] === closed && told[3] === closed, `${label}: once closed: ${told.join(" ")}`);
}

async function learns(page, label) {
  const result = await page.evaluate(async (pictures) => {
    const epochs = [];
    let previews = 0;
    const { model, end } = await limpid.train(
      pictures.map(blob),
      { model: "classroom", size: 32, epochs: 6, batch: 2, learning_rate: 0.003, noise: 0.3 },
      (progress) => {
        if (progress.type === "epoch") epochs.push(progress);
        if (progress.type === "preview") ++previews;
      },
    );
    await limpid.use_model(model);
    const again = await limpid.train(pictures.map(blob), {
      goes_on: true,
      size: 32,
      epochs: 1,
      batch: 2,
      learning_rate: 1e-5,
      noise: 0.3,
    });
    let begun;
    await limpid.train(
      pictures.slice(1).map(blob),
      { noisy: pictures.map(blob), tests: [blob(pictures[0])], size: 32, epochs: 1 },
      (progress) => (begun = progress.type === "begun" ? progress : begun),
    );
    return { epochs, previews, end, bytes: model.size, gone_on: again.history[0], begun };
  }, pictures);
  const [first, last] = [result.epochs[0].loss, result.epochs.at(-1).loss];
  check(
    result.end === "finished" &&
      result.epochs.length === 6 &&
      last < first &&
      result.bytes > 1000,
    `${label}: loss ${first.toFixed(4)} -> ${last.toFixed(4)} in 6 epochs, ` +
      `${result.previews} previews, model of ${result.bytes} bytes`,
  );
  check(
    result.gone_on.loss < (first + last) / 2,
    `${label}: goes on from there: loss ${result.gone_on.loss.toFixed(4)}`,
  );
  const { pictures: learned, test_pictures: tests, noisy_rmse } = result.begun;
  const told = `${learned} pairs, ${tests} that tests, noisy ones that are ${noisy_rmse} off`;
  check(told === "4 pairs, 1 that tests, noisy ones that are 0 off", `${label}: ${told}`);
}

// Another tab meanwhile: it learns, too, but neither sees nor replaces what the first one keeps.
async function is_no_other_tabs(browser) {
  const page = await browser.page("example/");
  await in_page.load(page, { model: null });
  const { left, stored } = await page.evaluate(async (pictures) => {
    const left = await limpid.unfinished();
    const stored = [];
    const small = { size: 32, epochs: 1, batch: 2 };
    await limpid.train(pictures.map(blob), small, (progress) => {
      if (progress.type === "checkpoint") stored.push(progress.stored);
    });
    await limpid.forget_unfinished();
    return { left, stored };
  }, pictures);
  check(left === null, "another tab's training is not offered while it runs");
  check(!stored.includes(true), `nor replaced: of ${stored.length} checkpoints none is kept`);
  await page.close();
}

// Kills the page in mid-training; a new one goes on.
async function goes_on_after_a_crash(browser, page) {
  await page.evaluate(
    (pictures) =>
      new Promise((kept) => {
        limpid.train(pictures.map(blob), { size: 32, epochs: 100_000, batch: 2 }, (progress) => {
          if (progress.type === "checkpoint" && progress.stored && progress.epoch >= 2) kept();
        });
      }),
    pictures,
  );
  await is_no_other_tabs(browser);
  await browser.kill();
  const next = await browser.page("example/");
  await in_page.load(next, { model: null });
  const { left, epochs, stored } = await next.evaluate(async (pictures) => {
    const left = await limpid.unfinished();
    await limpid.train(pictures.map(blob), { loss: "none" }).catch(() => {}); // it is refused
    const epochs = [];
    const stored = [];
    const enough = new AbortController();
    await limpid.resume({ signal: enough.signal }, (progress) => {
      if (progress.type === "epoch") epochs.push(progress.epoch);
      if (progress.type === "checkpoint") stored.push(progress.stored);
      if (epochs.length === 2) enough.abort();
    });
    return { left, epochs, stored };
  }, pictures);
  check(stored[0] === true, `one that was refused takes the place of nothing: ${stored}`);
  check(
    left && left.epoch >= 2 && epochs[0] === left.epoch + 1,
    `after a crash in epoch ${left?.epoch}: goes on with epoch ${epochs[0]}`,
  );
  return next;
}

// The lines of web/example as they are written.
async function the_example_restores(page) {
  const picture = join(source, "assets/samples/phantom.png");
  await page.setInputFiles("#file", picture);
  await page.waitForFunction(() => document.getElementById("score").value.includes("RMSE"));
  const { score, sizes } = await page.evaluate(() => ({
    score: document.getElementById("score").value,
    sizes: ["noisy", "restored"].map((id) => document.getElementById(id).width),
  }));
  const model = join(site, "model.safetensors");
  const out = join(mkdtempSync(join(tmpdir(), "limpid-")), "restored.png");
  const args = ["denoise", picture, "-o", out, "--model", model, "--noise", "0.2", "--seed", "1"];
  const { noisy, restored, width } = JSON.parse(native(...args, "--json")).files[0];
  const told = score.match(/[\d.]+/g).map(Number);
  check(
    Math.abs(told[0] - noisy.rmse) < 0.0001 && Math.abs(told[1] - restored.rmse) < 0.0001,
    `the example page says "${score}", as the command does`,
  );
  check(sizes.every((size) => size === width), `and draws both at ${width} pixels`);
  await shoot(page, "example");
}

// As in a browser whose WebAssembly has no relaxed SIMD.
const without_relaxed_simd = (context) =>
  context.route("**/variants.mjs", async (route) => {
    const text = readFileSync(join(site, "variants.mjs"), "utf8");
    const body = text.replace('has_relaxed_simd() ? "relaxed" : "plain"', '"plain"');
    await route.fulfill({ body, contentType: "text/javascript" });
  });

async function run({ bare, plain = false }) {
  const label = (bare ? "without isolation" : "isolated") + (plain ? ", plain SIMD" : "");
  const host = await serve({ bare });
  const browser = await open_browser(host.url);
  if (plain) await without_relaxed_simd(browser.context);
  try {
    let page = await browser.page("example/");
    const loaded = await in_page.load(page, {});
    check(
      loaded.isolated === !bare &&
        loaded.variant === `engine-${plain ? "plain" : "relaxed"}-${bare ? "slices" : "thread"}`,
      `${label}: ${loaded.variant}, ${loaded.threads} threads. ${loaded.note}`,
    );
    if (cli && !bare && !plain) {
      await the_example_restores(page);
      await restores_by_a_method(page, join(source, "assets/samples/coast.png"));
      await restores_in_views(page, join(source, "assets/samples/coast.png"));
      await leaves_what_it_is_told_to(page, join(source, "assets/samples/coast.png"));
      await brings_files(page, join(source, "assets/samples/coast.png"));
    }
    if (cli) {
      await restores_as_the_command_does(page, join(source, "assets/samples/coast.png"), label);
      await restores_as_the_command_does(
        page,
        join(source, "tests/golden/image/progressive.jpg"),
        label,
      );
    }
    await fails_in_one_sentence(page);
    await tells_that_a_file_went(page, label);
    await learns(page, label);
    if (!bare && !plain) page = await goes_on_after_a_crash(browser, page);
    await ends_what_waits(page, pictures[1], label);
    check(
      browser.problems.length === 0,
      `${label}: no error, no request left the origin ` + browser.problems.join("; "),
    );
  } finally {
    await browser.close();
    host.stop();
  }
}

await run({ bare: false });
await run({ bare: true });
await run({ bare: false, plain: true });
await run({ bare: true, plain: true });
