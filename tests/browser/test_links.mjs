// A link sets the scene of the page: what it names, over the choices of an earlier visit; what it
// cannot set is told. The page makes such links.
import { check, open_browser, samples, serve, shoot } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

const shown = "The picture on the screen";
const is = (name, value) => (control) => control.name === name && control.value === value;
const is_chosen = (name) => (control) => control.name === name && control.chosen;
const notice = (text) => ({ name, value }) => name === "Notice" && text.test(value);

async function is_scene(visitor, scene) {
  for (const [name, value] of Object.entries(scene)) {
    await visitor.wait_for(`${name} ${value}`, is(name, value));
  }
}

// Before the scores are there nothing else was chosen.
async function opens(page, visitor) {
  await visitor.find("RMSE");
  await is_scene(visitor, { [shown]: "phantom.png", Strength: "0.40", Seed: "7" });
  await visitor.wait_for("the view", is_chosen("Side by side"));
  await visitor.scroll_to("Load model");
  await is_scene(visitor, { model: "median" });
  check(true, "a link sets picture, noise, model and view");
  await shoot(page, "link-opened");
}

async function copied(page, visitor, label = "Copy link") {
  const read = () => page.evaluate(() => navigator.clipboard.readText());
  await page.evaluate(() => navigator.clipboard.writeText("nothing yet"));
  await visitor.press(label);
  await visitor.wait_for("that it was copied", notice(/link .* is in the clipboard/));
  while ((await read()) === "nothing yet") await page.waitForTimeout(50);
  return read();
}

// Opened where other choices are kept, a link brings those of whoever copied it.
async function goes_round(browser, page, visitor) {
  const link = await copied(page, visitor);
  const fields = new URLSearchParams(new URL(link).hash.slice(1));
  const told = ["picture", "noise", "seed", "model", "view"].map((name) => fields.get(name));
  check(told.join() === "phantom,0.4,7,median,side by side", `the copied link is ${link}`);
  check(link.split("#")[0] === page.url().split("#")[0], "it is this page's address");
  await visitor.press("Split");
  await visitor.set_number("Seed", 99);
  await page.waitForTimeout(500); // until the choices are kept
  const other = await browser.page(`#${link.split("#")[1]}`);
  await opens(other, new Visitor(other));
  await other.close();
}

// In the page that is open, from its address bar.
async function follows_the_address(page, visitor) {
  await page.evaluate(() => (location.hash = "noise=0.1&picture=text"));
  await is_scene(visitor, { Strength: "0.10", [shown]: "text.png", Seed: "99" });
  check(true, "an address that changes sets what it names, and the rest stays");
}

async function tells_what_is_wrong(page, visitor) {
  await page.evaluate(() => {
    globalThis.announced = [];
    const tell = ([{ target }]) => announced.push(target.textContent);
    const options = { childList: true, characterData: true, subtree: true };
    new MutationObserver(tell).observe(document.getElementById("announced"), options);
  });
  for (const [field, sentence] of [
    ["noise=7", /The link's 'noise' is left out: 7 is not in 0\.\.1/],
    ["colour=red", /The link's 'colour' is left out: there is no such field/],
    ["picture=mine", /no picture is called 'mine' \(there are: .*phantom/],
    ["training.epochs=0", /The link's 'training.epochs' is left out: .*epochs 0 is not in/],
    ["%zz=%", /The link's '%zz' is left out/],
  ]) {
    const seed = String(3 + field.length);
    await page.evaluate((hash) => (location.hash = hash), `${field}&seed=${seed}`);
    const { value } = await visitor.wait_for(`a sentence about ${field}`, notice(sentence));
    await is_scene(visitor, { Seed: seed });
    const announced = await page.evaluate(() => globalThis.announced);
    check(announced.includes(value), `"${value}", which is announced; and the rest is set`);
  }
  await shoot(page, "link-refused");
}

async function leaves_out_what_is_the_visitors(page, visitor) {
  await visitor.drop([samples[0]]);
  await visitor.wait_for("chart.png, shown", is(shown, "chart.png"));
  const link = await copied(page, visitor);
  check(!link.includes("picture="), `of a picture that was dropped the link names none: ${link}`);
}

async function sets_a_training(browser) {
  const settings = "network=classroom&size=32&training.epochs=30&training.batch=2";
  const page = await browser.page(`#page=train&${settings}`);
  const visitor = new Visitor(page);
  await is_scene(visitor, { Network: "classroom", Size: "32 x 32", Epochs: "30", Batch: "2" });
  const link = await copied(page, visitor);
  check(link.endsWith(settings), `a link sets a training, and is copied there: ${link}`);
  await shoot(page, "link-train");
  await page.close();
}

async function fits_a_phone(host) {
  for (const width of [320, 390]) {
    const viewport = { width, height: 844 };
    const browser = await open_browser(host.url, { viewport, hasTouch: true });
    try {
      await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const page = await browser.page("#noise=0.4");
      const visitor = new Visitor(page);
      await visitor.find("RMSE");
      check((await copied(page, visitor, "Link")).includes("noise=0.4"), `${width} pixels suffice`);
      await page.waitForTimeout(500);
      await shoot(page, `link-phone-${width}`);
    } finally {
      await browser.close();
    }
  }
}

// Where the browser refuses, the address bar has it.
async function goes_without_a_clipboard(browser) {
  const page = await browser.page("#page=denoise&noise=0.4");
  const visitor = new Visitor(page);
  await visitor.find("RMSE");
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
    location.hash = "";
  });
  await visitor.press("Copy link");
  await visitor.wait_for("where it is", notice(/the link is in the address bar/));
  check(page.url().includes("&noise=0.4&"), `without a clipboard: ${page.url()}`);
  await page.close();
}

const host = await serve();
// High enough for all controls.
const browser = await open_browser(host.url, { viewport: { width: 1280, height: 1100 } });
try {
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await browser.page(
    "#picture=phantom&noise=0.4&seed=7&model=median&view=side%20by%20side",
  );
  const visitor = new Visitor(page);
  await opens(page, visitor);
  await goes_round(browser, page, visitor);
  await page.bringToFront();
  await follows_the_address(page, visitor);
  await tells_what_is_wrong(page, visitor);
  await leaves_out_what_is_the_visitors(page, visitor);
  await sets_a_training(browser);
  await goes_without_a_clipboard(browser);
  check(browser.problems.length === 0, `no error ${browser.problems}`);
  await fits_a_phone(host);
} finally {
  await browser.close();
  host.stop();
}
