// Fingers and keys as phones and Macs send them: a swipe scrolls, a pinch zooms about its middle,
// the bar fits on small phones, on-screen keyboards and Cmd are understood, Escape leaves.
import { check, difference, open_browser, serve, shoot } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

const shown = "The picture on the screen";
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true };
const margin_x = 18; // beside what the cards hold

const drop_large = (page) =>
  page.evaluate(async () => {
    const canvas = new OffscreenCanvas(3000, 2000);
    canvas.getContext("2d").fillRect(500, 500, 2000, 1000);
    const transfer = new DataTransfer();
    transfer.items.add(new File([await canvas.convertToBlob()], "large.png"));
    const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
    document.body.dispatchEvent(new DragEvent("drop", options));
  });

// Escape closes a list first, then ends the work, which is begun again by Restore.
async function cancels_what_takes_long(page, visitor) {
  const escape = () => page.keyboard.press("Escape", { delay: 60 });
  const sees = async (name) => (await visitor.controls()).some((c) => c.name === name);
  await visitor.scroll_to("model");
  await visitor.choose("model", "nlm");
  await drop_large(page);
  await visitor.find("Cancel");
  await visitor.press("model");
  await visitor.find("wavelet");
  await escape();
  for (let turn = 0; turn < 50 && (await sees("wavelet")); ++turn) await page.waitForTimeout(40);
  const goes_on = (await sees("Cancel")) && !(await sees("Restore"));
  check(goes_on, "Escape that closes a list ends no work");
  await escape();
  await visitor.find("Restore");
  check(!(await sees("RMSE")), "the next one does, and no scores are shown of what is not there");
  await shoot(page, "cancelled");
  await visitor.press("Restore");
  await visitor.find("Cancel");
  check(true, "and Restore begins it again");
  await escape();
  await visitor.find("Restore");
}

class Fingers {
  #page;
  #session;
  constructor(page, session) {
    this.#page = page;
    this.#session = session;
  }
  static async on(page) {
    return new Fingers(page, await page.context().newCDPSession(page));
  }
  // Where all fingers are now; for touchEnd none.
  async send(type, ...points) {
    const touchPoints = points.map((point, id) => ({ ...point, id }));
    await this.#session.send("Input.dispatchTouchEvent", { type, touchPoints });
    await this.#page.waitForTimeout(80);
  }
  // Held still before it is lifted, so that nothing is flung.
  async swipe(from, way, steps = 8) {
    await this.send("touchStart", from);
    for (let i = 1; i <= steps; ++i) {
      const share = i / steps;
      await this.send("touchMove", { x: from.x + way.x * share, y: from.y + way.y * share });
    }
    await this.#page.waitForTimeout(500);
    await this.send("touchEnd");
    await this.#page.waitForTimeout(500);
  }
  async tap(at) {
    await this.send("touchStart", at);
    await this.send("touchEnd");
  }
}

const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });
const is_near = (a, b, most) => Math.abs(a - b) <= most;

// As soon as it stays where it is: what is above it may still change.
async function settled(page, visitor, name) {
  for (let before; ; ) {
    const control = await visitor.find(name);
    if (before && before.box.y === control.box.y && before.value === control.value) return control;
    before = control;
    await page.waitForTimeout(400);
  }
}

// Swipes beside the controls until that one is well on the screen and stays there: scores that come
// late move what is below them.
async function swipe_to(page, visitor, fingers, name) {
  const { height } = page.viewportSize();
  const place = async () => {
    const control = (await visitor.controls()).find((c) => c.name === name);
    return control && control.box.y + control.box.height < height - 60 ? control.box.y : null;
  };
  for (let swipes = 0; swipes < 12; ++swipes) {
    const before = await place();
    await page.waitForTimeout(500);
    if (before !== null && before === (await place())) break;
    if (before === null) await fingers.swipe({ x: margin_x, y: height - 100 }, { x: 0, y: -150 });
  }
  return settled(page, visitor, name);
}

// What `act` leads to, which is announced.
async function until_restored(page, act) {
  await page.evaluate(() => (document.getElementById("announced").textContent = ""));
  await act();
  const is_restored = () => /^Restored/.test(document.getElementById("announced").textContent);
  await page.waitForFunction(is_restored);
}

async function drags_a_picture_and_scrolls_nothing(page, visitor, fingers) {
  const before = (await settled(page, visitor, "RMSE")).box.y;
  const { box } = await visitor.find(shown);
  await fingers.swipe({ x: box.x + 60, y: box.y + box.height * 0.7 }, { x: 0, y: -100 });
  const { y } = (await visitor.find("RMSE")).box;
  check(y === before, "a finger on the picture scrolls nothing");
}

async function scrolls_what_is_below_the_finger(page, visitor, fingers) {
  const before = await settled(page, visitor, "SSIM");
  await fingers.swipe(middle((await visitor.find("RMSE")).box), { x: 5, y: -120 });
  const { y } = (await visitor.find("SSIM")).box;
  check(is_near(before.box.y - y, 120, 3), `a swipe by 120 scrolls by ${before.box.y - y}`);
  await shoot(page, "phone-swiped");
}

const is_chosen = (name) => (control) => control.name === name && control.chosen;

async function presses_only_with_a_tap(page, visitor, fingers) {
  const row = await swipe_to(page, visitor, fingers, "forest.png");
  await fingers.swipe(middle(row.box), { x: 0, y: -60 });
  const swiped = await settled(page, visitor, "forest.png");
  const way = row.box.y - swiped.box.y;
  check(is_near(way, 60, 3), `a swipe that begins on a row of the list scrolls by ${way}`);
  check(!swiped.chosen, "and does not choose it");
  await visitor.wait_for("coast.png, still shown,", is_chosen("coast.png"));
  await until_restored(page, async () => {
    await fingers.tap({ x: swiped.box.x + 40, y: middle(swiped.box).y });
    await visitor.wait_for("forest.png, which was tapped,", is_chosen("forest.png"));
  });
  check(true, "a tap does");
}

async function drags_a_slider(page, visitor, fingers) {
  await swipe_to(page, visitor, fingers, "Seed"); // below the slider
  const { box, value } = await settled(page, visitor, "Strength");
  const from = { x: box.x + 8 + Number(value) * (box.width - 16), y: middle(box).y };
  await until_restored(page, () => fingers.swipe(from, { x: box.width * 0.4, y: -40 }));
  const after = await settled(page, visitor, "Strength");
  check(Number(after.value) > Number(value) + 0.2, `a slider: ${value} becomes ${after.value}`);
  check(is_near(after.box.y, box.y, 1), "and scrolls nothing, though the finger went up too");
}

// Keyboards of phones tell keys without codes.
async function understands_a_phones_keyboard(page, visitor, fingers) {
  const { box } = await swipe_to(page, visitor, fingers, "Seed");
  await fingers.tap({ x: box.x + 20, y: box.y + box.height - 12 });
  await page.waitForFunction(() => document.activeElement.id === "keyboard");
  const mode = await page.evaluate(() => document.activeElement.inputMode);
  check(mode === "decimal", `a tap on a number brings a ${mode} keyboard`);
  await page.evaluate(() => {
    const keyboard = document.activeElement;
    keyboard.value = "12";
    keyboard.dispatchEvent(new InputEvent("input", { data: "12", bubbles: true }));
  });
  const is_seed = (value) => (c) => c.name === "Seed" && c.value === value;
  await visitor.wait_for("a seed of 12", is_seed("12"));
  await page.evaluate(async () => {
    for (const type of ["keydown", "keyup"]) {
      const event = new KeyboardEvent(type, { key: "Backspace", bubbles: true, cancelable: true });
      document.activeElement.dispatchEvent(event);
      await new Promise((done) => setTimeout(done, 100));
    }
  });
  await visitor.wait_for("a seed of 1", is_seed("1"));
  check(true, "Backspace without a code takes a digit away");
}

// The pixels beside the line, between both fingers, stay those of the same version.
async function pinches_without_dragging_the_line(page, visitor, fingers) {
  await visitor.find("RMSE");
  const { box } = await visitor.find(shown);
  const y = box.y + box.height / 2;
  const clip = { x: box.x + box.width * 0.56, y: box.y + box.height * 0.2, width: 80, height: 80 };
  const first = { x: box.x + box.width / 2, y };
  await fingers.send("touchStart", first);
  await page.waitForTimeout(300);
  const before = await page.screenshot({ clip });
  await fingers.send("touchStart", first, { x: box.x + box.width * 0.9, y: y + 60 });
  await page.waitForTimeout(400);
  const both = await difference(page, before, await page.screenshot({ clip }));
  check(both.most === 0, `a second finger: ${both.most} of 255 changed beside the split line`);
  await fingers.send("touchEnd");
  await page.waitForTimeout(400);
  const after = await difference(page, before, await page.screenshot({ clip }));
  check(after.most === 0, `both lifted: ${after.most} of 255`);
}

// Black, with a red square whose upper left corner is the middle.
const draw_corner = (page) =>
  page.evaluate(async () => {
    const canvas = new OffscreenCanvas(256, 256);
    const context = canvas.getContext("2d");
    context.fillRect(0, 0, 256, 256);
    context.fillStyle = "#f00";
    context.fillRect(128, 128, 64, 64);
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
  });

// Where the page shows red: {left, top, right, bottom} in its pixels.
async function red_of(page, clip) {
  const bytes = [...(await page.screenshot({ clip, scale: "css" }))];
  const found = await page.evaluate(async (bytes) => {
    const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data, width } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const xs = [];
    const ys = [];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i] < 160 || data[i + 1] > 90 || data[i + 2] > 90) continue;
      xs.push((i / 4) % width);
      ys.push(Math.floor(i / 4 / width));
    }
    xs.sort((a, b) => a - b);
    return { x: [xs.at(0), xs.at(-1)], y: [ys.at(0), ys.at(-1)] };
  }, bytes);
  const [left, right] = found.x.map((x) => x + clip.x);
  const [top, bottom] = found.y.map((y) => y + clip.y);
  return { left, top, right, bottom };
}

async function zooms_about_the_middle_of_the_fingers(page, visitor, fingers) {
  await visitor.drop([{ name: "corner.png", bytes: await draw_corner(page) }]);
  await visitor.wait_for("it, shown,", (c) => c.name === shown && c.value === "corner.png");
  await visitor.find("RMSE");
  await visitor.press("Clean");
  await page.waitForTimeout(800);
  const { box } = await visitor.find(shown);
  const before = await red_of(page, box);
  const at = { x: before.left, y: before.top };
  const both = (half) => [
    { x: at.x - half, y: at.y },
    { x: at.x + half, y: at.y },
  ];
  await fingers.send("touchStart", both(30)[0]);
  await fingers.send("touchStart", ...both(30));
  for (const half of [35, 40, 45, 50, 55, 60]) await fingers.send("touchMove", ...both(half));
  await fingers.send("touchEnd");
  await page.waitForTimeout(600);
  const after = await red_of(page, box);
  await shoot(page, "phone-pinched");
  const times = (after.right - after.left) / (before.right - before.left);
  check(is_near(times, 1.75, 0.12), `fingers twice as far apart: ${times.toFixed(2)} x as large`);
  const held = is_near(after.left, at.x, 5) && is_near(after.top, at.y, 5);
  check(held, `what was between them is: ${JSON.stringify({ at, after })}`);

  await fingers.send("touchStart", both(50)[0]);
  await page.waitForTimeout(300);
  await fingers.send("touchStart", ...both(50));
  await fingers.send("touchEnd");
  await page.waitForTimeout(600);
  const again = await red_of(page, box);
  const stays = Object.keys(again).every((side) => is_near(again[side], after[side], 1));
  check(stays, `a second finger moves nothing by itself: ${JSON.stringify(again)}`);
}

// Nothing in the bar lies on anything else.
async function fits_the_bar(page, visitor) {
  for (const width of [390, 375, 360, 320, 280]) {
    await page.setViewportSize({ width, height: 640 });
    const at_end = ({ name, box }) => name === "Dark" && is_near(box.x + box.width, width - 14, 2);
    await visitor.wait_for(`the bar at ${width} pixels`, at_end);
    const controls = await visitor.controls();
    const bar = ["Denoise", "Train", "Dark"].map((of) => controls.find(({ name }) => name === of));
    check(bar.every(Boolean), `the bar at ${width} pixels is whole`, true);
    const ends = bar.map(({ box }) => box.x + box.width);
    const apart = ends[0] <= bar[1].box.x + 1 && ends[1] <= bar[2].box.x;
    check(apart && bar[0].box.x >= 44, `the bar at ${width} pixels: ${ends.map(Math.round)}`);
    await shoot(page, `bar-${width}`);
  }
}

async function with_page(host, options, prepare, use) {
  const browser = await open_browser(host.url, options);
  try {
    await browser.context.addInitScript(prepare);
    const page = await browser.page();
    const visitor = new Visitor(page);
    await visitor.find("RMSE");
    await use(page, visitor);
    check(browser.problems.length === 0, `no error ${browser.problems}`);
  } finally {
    await browser.close();
  }
}

const as_it_is = () => {};
const as_a_mac = () => Object.defineProperty(navigator, "platform", { get: () => "MacIntel" });

const host = await serve();
try {
  await with_page(host, phone, as_it_is, async (page, visitor) => {
    const fingers = await Fingers.on(page);
    await drags_a_picture_and_scrolls_nothing(page, visitor, fingers);
    await scrolls_what_is_below_the_finger(page, visitor, fingers);
    await presses_only_with_a_tap(page, visitor, fingers);
    await drags_a_slider(page, visitor, fingers);
    await understands_a_phones_keyboard(page, visitor, fingers);
  });
  await with_page(host, phone, as_it_is, async (page, visitor) => {
    const fingers = await Fingers.on(page);
    await pinches_without_dragging_the_line(page, visitor, fingers);
    await zooms_about_the_middle_of_the_fingers(page, visitor, fingers);
    await fits_the_bar(page, visitor);
  });
  await with_page(host, {}, as_a_mac, async (page, visitor) => {
    await visitor.press("Restored"); // the canvas has the keys then
    for (const time of ["once", "again"]) {
      const { name } = await visitor.download(() => page.keyboard.press("Meta+s"));
      check(/\.png$/.test(name), `Cmd+S on a Mac saves ${name} ${time}`);
    }
    const focused = () => page.evaluate(() => document.activeElement.id);
    await page.keyboard.press("Tab", { delay: 60 });
    check((await focused()) === "canvas", "Tab stays in the canvas");
    await page.keyboard.press("Escape", { delay: 60 });
    check((await focused()) === "", "until Escape leaves it");
    // Its release was not told to the canvas, where a held Escape would cancel whatever takes long.
    const before = await visitor.value("RMSE");
    await visitor.scroll_to("Views");
    await visitor.choose("Views", /^Mean of 4/);
    const others = (c) => c.name === "RMSE" && c.value !== before;
    await visitor.wait_for("the scores of four views", others);
    check(true, "and is not held there");
    await cancels_what_takes_long(page, visitor);
  });
} finally {
  host.stop();
}
