// The page as a visitor uses it: the first picture, dropped and pasted pictures, the slider, the
// scores, the split line, saving; every size of screen.
import { copyFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  check, difference, jpeg_of, native, open_browser, serve, shoot, site, source,
} from "./site.mjs";
import { Visitor, scores } from "./visitor.mjs";

const largest_step = 1; // of 255, between engines that sum in other orders
const shown = "The picture on the screen";
const jpeg = join(source, "tests/golden/image/progressive.jpg");
const turned = join(source, "tests/golden/image/orientation_6.jpg");
const tiff = join(source, "tests/golden/image/tiff_lzw_2.tif");
const webp = join(source, "tests/golden/image/lossy.webp");
const avif = join(source, "tests/golden/image/lossless.avif");
const in_avif = join(source, "tests/golden/image/orientation_1.png");
const png = join(source, "assets/samples/text.png");

async function starts(page, visitor) {
  await visitor.find("RMSE");
  const [noisy, restored] = scores(await visitor.value("RMSE"));
  check(restored < noisy, `the first sample is restored at once: ${noisy} -> ${restored}`);
  const marks = await page.evaluate(() =>
    performance
      .getEntriesByType("mark")
      .map(({ name, startTime }) => `${name.replace("limpid ", "")} ${Math.round(startTime)} ms`),
  );
  console.log(`   ${marks.join(", ")}`);
  const policy = await page.evaluate(
    () => document.querySelector("meta[http-equiv=Content-Security-Policy]").content,
  );
  check(
    !policy.includes("'unsafe-eval'") && !policy.includes("unsafe-inline"),
    "its policy allows no evaluated text and no inline script",
  );
}

// A question to WebGL waits for the frame before it, and Dear ImGui asks twenty in each.
async function asks_webgl_nothing(page, visitor) {
  const before = await page.evaluate(() => globalThis.asked);
  check(before > 0, `WebGL was asked ${before} times until the first picture`);
  await visitor.drag(shown, 0.5, 0.6);
  await visitor.drag(shown, 0.6, 0.5);
  const after = await page.evaluate(() => globalThis.asked);
  check(after === before, `and ${after - before} times while the split line was dragged`);
}

async function restores_what_is_dropped(visitor, path, event) {
  await visitor.drop([path], event);
  await shows(visitor, path.split("/").pop());
}
async function shows(visitor, name) {
  await visitor.wait_for(`${name}, shown`, (c) => c.name === shown && c.value === name);
  await visitor.wait_for("its scores", (c) => c.name === "RMSE");
}

// The picture that is saved when the slider has moved is the command's of the file at `path`.
// Returns the name it is saved under.
async function saves_what_the_command_restores(page, visitor, path, wanted) {
  const before = await visitor.value("RMSE");
  await visitor.drag("Strength", Number(await visitor.value("Strength")), wanted);
  const strength = Number(await visitor.value("Strength"));
  await visitor.wait_for("other scores", (c) => c.name === "RMSE" && c.value !== before);
  check(Math.abs(strength - wanted) < 0.04, `the slider was dragged to ${strength}`);
  await page.waitForTimeout(500);
  const rmse = scores(await visitor.value("RMSE"))[1];
  const saved = await visitor.download(() => visitor.press("Save"));
  const out = join(mkdtempSync(join(tmpdir(), "limpid-")), "restored.png");
  const model = join(site, "model.safetensors");
  const told = JSON.parse(
    native("denoise", path, "-o", out, "--model", model, "--noise", String(strength), "--json"),
  ).files[0];
  check(
    Math.abs(told.restored.rmse - rmse) <= 0.00006,
    `${saved.name}: RMSE ${rmse} on the screen, the command's ${told.restored.rmse.toFixed(5)}`,
  );
  const apart = await difference(page, saved.bytes, readFileSync(out));
  check(
    apart.most <= largest_step,
    `saved at ${apart.width} x ${apart.height}, ${apart.most} of 255 from the command's pixels`,
  );
  return saved.name;
}

// A picture that the command does not read: it is one by the browser's decoder.
async function takes_avif(page, visitor) {
  await restores_what_is_dropped(visitor, avif, "drop");
  const saved = await saves_what_the_command_restores(page, visitor, in_avif, 0.3);
  check(saved === "lossless-restored.png", `lossless.avif is saved as ${saved}`);
  const folder = mkdtempSync(join(tmpdir(), "limpid-"));
  copyFileSync(avif, join(folder, "inside.avif"));
  const chosen = page.waitForEvent("filechooser");
  await visitor.press("Add folder");
  await (await chosen).setFiles(folder);
  await shows(visitor, "inside.avif.png");
  check(true, "in a folder that is picked it is found, too");
}

// A JPEG comes back as one, upright: as the command makes one of the same pixels.
async function keeps_jpegs(page, visitor) {
  await restores_what_is_dropped(visitor, turned, "drop");
  await visitor.choose("Saved as", "PNG");
  const png = await visitor.download(() => visitor.press("Save"));
  await visitor.choose("Saved as", "As opened");
  const saved = await visitor.download(() => visitor.press("Save"));
  check(
    png.name === "orientation_6-restored.png" && saved.name === "orientation_6-restored.jpg",
    `orientation_6.jpg is saved as ${png.name} and ${saved.name}`,
  );
  check(saved.bytes.readUInt16BE(0) === 0xffd8, "of which the latter is a JPEG");
  const { most, width, height } = await difference(page, saved.bytes, jpeg_of(png.bytes));
  check(
    most <= largest_step && width === 48 && height === 32,
    `upright, ${width} x ${height}, ${most} of 255 from the command's JPEG of the PNG's pixels`,
  );
}

// What is in the clipboard then is the picture that would be saved.
async function copies(page, visitor) {
  const saved = await visitor.download(() => visitor.press("Save"));
  await visitor.press("Copy");
  await visitor.wait_for("that it was copied", (c) => /clipboard/.test(c.value));
  const copied = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    return [...new Uint8Array(await (await item.getType("image/png")).arrayBuffer())];
  });
  const { most, width, height } = await difference(page, saved.bytes, copied);
  check(most === 0, `copied at ${width} x ${height}, ${most} of 255 from what is saved`);
}

// The part between both places of the line shows another version then.
async function drags_the_split(page, visitor, how, drag) {
  const { box } = await visitor.find(shown);
  const clip = { x: box.x + box.width * 0.55, y: box.y + box.height * 0.4, width: 40, height: 40 };
  const before = await page.screenshot({ clip });
  await drag(box);
  await page.waitForTimeout(200);
  const after = await page.screenshot({ clip });
  const { most } = await difference(page, before, after);
  check(most > 20, `the split line was dragged ${how}: ${most} of 255 changed beside it`);
}

async function drag_with_a_finger(page, box) {
  const session = await page.context().newCDPSession(page);
  const send = async (type, share) => {
    const point = { x: box.x + box.width * share, y: box.y + box.height / 2 };
    const touchPoints = type === "touchEnd" ? [] : [point];
    await session.send("Input.dispatchTouchEvent", { type, touchPoints });
    await page.waitForTimeout(60);
  };
  await send("touchStart", 0.5);
  for (const share of [0.55, 0.6, 0.65, 0.7, 0.75, 0.8]) await send("touchMove", share);
  await send("touchEnd");
}

async function at_rest(page) {
  let before = await page.screenshot();
  for (let tries = 0; tries < 40; ++tries) {
    await page.waitForTimeout(500);
    const now = await page.screenshot();
    if (now.equals(before)) return now;
    before = now;
  }
  throw new Error("the page does not come to rest");
}

// A frame draws only what has changed; a canvas of another size is drawn whole.
async function draws_by_parts(page, visitor) {
  const { width, height } = page.viewportSize();
  const noticed = async () => (await visitor.controls()).some(({ name }) => name === "Notice");
  while (await noticed()) await page.waitForTimeout(300); // each goes after a while
  await page.mouse.move(width - 4, height - 4);
  const parts = await at_rest(page);
  await page.setViewportSize({ width: width + 1, height });
  await at_rest(page);
  await page.setViewportSize({ width, height });
  const whole = await at_rest(page);
  const { most } = await difference(page, parts, whole);
  if (most > 0) await shoot(page, "drawn-at-once");
  check(most === 0, `drawn part by part, ${most} of 255 from what is drawn at once`);
}

const choose_photo = async (visitor) => {
  await visitor.scroll_to("Load model");
  await visitor.choose("model", "photo");
};
const is_model = (name) => (control) => control.name === "model" && control.value === name;

// The larger network is fetched when it is chosen, and not before; where that fails the page says
// so, goes on with the one it has and tries again when it is asked to.
async function fetches_photo_when_chosen(host, name, viewport) {
  const browser = await open_browser(host.url, { viewport, serviceWorkers: "block" });
  try {
    const asked = [];
    let route_photo; // what happens to a request for it
    await browser.context.route("**/photo.safetensors", (route) => {
      asked.push(route);
      return route_photo(route);
    });
    const page = await browser.page();
    const visitor = new Visitor(page);
    const before = await visitor.value("RMSE");
    await visitor.scroll_to("Load model");
    await visitor.press("model");
    const said = (of, note) => (control) => control.name === of && note.test(control.value);
    await visitor.wait_for("the best's note", said("deep", /best.*; loads 2\.8 MB/));
    const { value: note } = await visitor.wait_for("a note", said("photo", /; loads 2\.6 MB/));
    check(asked.length === 0, `${name}: photo: "${note}"; nothing was asked for`);
    await shoot(page, `${name}-model-for-later`);
    await page.keyboard.press("Escape");

    for (const [how, refuse, sentence] of [
      ["no network", (route) => route.abort(), /photo.safetensors could not be fetched/],
      ["no file", (route) => route.fulfill({ status: 404 }), /photo.safetensors is missing/],
    ]) {
      route_photo = refuse;
      const refused = asked.length;
      await choose_photo(visitor);
      const notice = ({ name, value }) => name === "Notice" && sentence.test(value);
      const { value } = await visitor.wait_for(`a sentence about ${how}`, notice);
      check(asked.length === refused + 1, `${name}, ${how}: "${value}"`);
      await shoot(page, `${name}-model-${how.replace(" ", "-")}`);
      await visitor.wait_for("fast, in use", is_model("fast"));
      await visitor.press("model");
      await visitor.wait_for("its note again", said("photo", /; loads/));
      await page.keyboard.press("Escape");
      const announced = await page.locator("#announced").textContent();
      check(announced === value, "and it is announced");
    }

    let hand_over;
    const handed_over = new Promise((done) => (hand_over = done));
    route_photo = (route) => handed_over.then(() => route.continue());
    await choose_photo(visitor);
    await visitor.find(/^Loading photo/);
    await visitor.find("Load model");
    await shoot(page, `${name}-model-loading`);
    await visitor.wait_for("photo, awaited", is_model("photo"));
    hand_over();
    await visitor.find(/^\d.* parameters, /);
    await shoot(page, `${name}-model-photo`);
    await page.mouse.wheel(0, -5000); // a phone's scores are above
    const other = (control) => control.name === "RMSE" && control.value !== before;
    await visitor.wait_for("scores of photo", other);
    const [rmse, better] = [before, await visitor.value("RMSE")].map((text) => scores(text)[1]);
    check(better < rmse, `${name}: photo restores to ${better}, fast to ${rmse}`);
  } finally {
    await browser.close();
  }
}

// A picture that is noisy already gets the network for cameras' noise, and one to which noise is
// added the quickest again.
async function suits_a_picture_that_is_noisy(host) {
  const browser = await open_browser(host.url, { viewport: { width: 1280, height: 860 } });
  try {
    const page = await browser.page();
    const visitor = new Visitor(page);
    await visitor.find("RMSE");
    await visitor.press("Already noisy");
    await visitor.wait_for("camera, in use", is_model("camera"));
    // Until its file is there, what is told is the one before.
    const is_told = ({ name }) => /^\d.* parameters, .*camera/.test(name);
    await visitor.wait_for("what camera has learned", is_told);
    await page.waitForTimeout(500);
    await shoot(page, "already-noisy");
    await visitor.press("Add noise");
    await visitor.wait_for("fast, in use again", is_model("fast"));
  } finally {
    await browser.close();
  }
}

// What leaves the narrowest layer of the network, and another that is pressed.
async function looks_into_the_network(page, visitor, name) {
  await visitor.press("Layers");
  const maps = (layer) => (c) => c.name === "Feature maps" && c.value.startsWith(layer);
  await visitor.wait_for("the maps of the narrowest layer", maps("down3: 64 maps of 32 × 32"));
  await visitor.press("enc1_1a");
  const { value, box } = await visitor.wait_for("another layer's maps", maps("enc1_1a: 32 maps"));
  const save = (await visitor.find("Save")).box;
  const beside = save.x >= box.x + box.width || save.y >= box.y + box.height;
  check(beside && box.height > 150, `${name}: the maps have room of their own`);
  await page.waitForTimeout(500);
  await shoot(page, `${name}-layers`);
  console.log(`   ${name}, into the network: ${value}`);
  await visitor.press("Split");
}

async function looks_everywhere(host) {
  for (const [name, options] of [
    ["laptop-1024x640", { viewport: { width: 1024, height: 640 } }],
    ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true }],
    ["4k", { viewport: { width: 1920, height: 1080 }, deviceScaleFactor: 2 }],
  ]) {
    const browser = await open_browser(host.url, options);
    try {
      const page = await browser.page();
      const visitor = new Visitor(page);
      await visitor.find("RMSE");
      const { width, height } = options.viewport;
      for (const { name, box } of await visitor.controls()) {
        const inside = box.x >= 0 && box.x + box.width <= width + 1;
        check(inside, `${name} lies within ${width} pixels`, true);
      }
      await shoot(page, `${name}-denoise`);
      if (options.hasTouch) {
        const drag = (box) => drag_with_a_finger(page, box);
        await drags_the_split(page, visitor, "with a finger", drag);
      }
      await looks_into_the_network(page, visitor, name);
      await visitor.press("Train");
      if (!options.hasTouch) {
        const is_seen = ({ box }) => box.y + box.height <= height;
        const what = `${name}: what begins a training, without scrolling,`;
        await visitor.wait_for(what, (c) => c.name === "Start training" && is_seen(c));
      }
      await visitor.find("Choose folder");
      await shoot(page, `${name}-train`);
      await visitor.scroll_to("Start training");
      check(browser.problems.length === 0, `${name}, ${width} x ${height}: ${browser.problems}`);
    } finally {
      await browser.close();
    }
  }
}

const host = await serve();
const browser = await open_browser(host.url);
try {
  await browser.context.addInitScript(() => {
    globalThis.asked = 0;
    const { prototype } = WebGL2RenderingContext;
    for (const question of ["getParameter", "isEnabled"]) {
      const ask = prototype[question];
      prototype[question] = function (name) {
        ++globalThis.asked;
        return ask.call(this, name);
      };
    }
  });
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await browser.page();
  const visitor = new Visitor(page);
  await starts(page, visitor);
  await asks_webgl_nothing(page, visitor);
  await shoot(page, "denoise-light");
  await restores_what_is_dropped(visitor, png, "drop");
  await saves_what_the_command_restores(page, visitor, png, 0.4);
  await restores_what_is_dropped(visitor, jpeg, "paste");
  await visitor.choose("Saved as", "PNG"); // its pixels are compared
  await saves_what_the_command_restores(page, visitor, jpeg, 0.1);
  await visitor.choose("Saved as", "As opened");
  await keeps_jpegs(page, visitor);
  await takes_avif(page, visitor);
  await restores_what_is_dropped(visitor, tiff, "drop"); // by the worker's
  await saves_what_the_command_restores(page, visitor, tiff, 0.4);
  await restores_what_is_dropped(visitor, webp, "drop"); // by the browser's decoder
  await saves_what_the_command_restores(page, visitor, webp, 0.2);
  await copies(page, visitor);
  await drags_the_split(page, visitor, "with the mouse", () => visitor.drag(shown, 0.5, 0.8));
  await visitor.press("Dark");
  await shoot(page, "denoise-dark");
  await draws_by_parts(page, visitor);
  check(browser.problems.length === 0, `no error, no request left the origin ${browser.problems}`);
  await fetches_photo_when_chosen(host, "desktop", { width: 1280, height: 800 });
  await fetches_photo_when_chosen(host, "phone", { width: 390, height: 844 });
  await suits_a_picture_that_is_noisy(host);
  await looks_everywhere(host);
} finally {
  await browser.close();
  host.stop();
}
