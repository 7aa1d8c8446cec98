// Timings of the page in Debian's Chromium, as one JSON object: restoring and training `article`,
// what is sent, and how long the first picture takes. Set LIMPID_SITE; see tests/browser/site.mjs.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { file, open_browser, serve, site, source } from "../browser/site.mjs";

const side = 256;
const runs = 7;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const sample = file(join(source, "assets/samples/coast.png"));

// As served: with brotli, of the engine's modules the one that this browser takes.
function payload(variant) {
  let bytes = 0;
  for (const name of readdirSync(site)) {
    if (!name.endsWith(".br") || (name.startsWith("engine-") && !name.startsWith(variant)))
      continue;
    bytes += statSync(join(site, name)).size;
  }
  return bytes;
}

async function restoring(page, threads) {
  return page.evaluate(
    async ([sample, threads, side, runs]) => {
      const { Limpid } = await import("/limpid.mjs");
      const limpid = await Limpid.load({ threads, model: null });
      const picture = new File([new Uint8Array(sample.bytes)], sample.name);
      // A network's speed does not depend on its weights.
      const learned = [];
      await limpid.train(
        [1, 2, 3, 4].map((i) => new File([picture], `${i}.png`)),
        { model: "article", size: 64, epochs: 1, batch: 3 },
        (progress) => {
          if (progress.type === "progress") learned.push(progress.pictures_per_s);
        },
      );
      const noisy = new ImageData(side, side);
      for (let i = 0; i < noisy.data.length; ++i)
        noisy.data[i] = i % 4 === 3 ? 255 : (i * 7919) % 256;
      const times = [];
      for (let i = 0; i < runs; ++i) times.push((await limpid.denoise(noisy)).ms);
      const { variant } = limpid;
      limpid.close();
      return { variant, threads, times, train_64_pictures_per_s: learned.at(-1) };
    },
    [sample, threads, side, runs],
  );
}

const host = await serve();
const browser = await open_browser(host.url);
try {
  const page = await browser.page("example/");
  const cases = [];
  for (const threads of [1, 2]) {
    const { times, ...rest } = await restoring(page, threads);
    cases.push({ ...rest, restore_256_ms: median(times) });
  }
  const fresh = await open_browser(host.url);
  const start = performance.now();
  const front = await fresh.page("");
  await front.locator("#announced", { hasText: "Restored" }).waitFor({ state: "attached" });
  const first_picture_ms = performance.now() - start;
  await fresh.close();
  console.log(
    JSON.stringify(
      { cases, first_picture_ms, payload_bytes: payload(cases[0].variant) },
      null,
      1,
    ),
  );
} finally {
  await browser.close();
  host.stop();
}
