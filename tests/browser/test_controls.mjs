// The page as a reader of screens has it: what each control is, what it is set to, and how to set
// it without a pointer.
import { check, open_browser, samples, serve } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

// As the browser tells it to the reader: {value, valuemin, valuemax, ...}.
async function told_of(page, role, name) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const node = nodes.find((node) => node.role?.value === role && node.name?.value === name);
  check(node, `there is a ${role} '${name}'`, true);
  const told = node.properties.map(({ name, value }) => [name, value.value]);
  return { value: node.value?.value, ...Object.fromEntries(told) };
}

async function tells_ranges(page) {
  const slider = await told_of(page, "slider", "Strength");
  check(
    Math.abs(slider.value - 0.2) < 1e-6 && slider.valuemin === 0 && slider.valuemax === 1,
    `Strength: ${slider.value} of ${slider.valuemin} to ${slider.valuemax}`,
  );
  const step = await page.locator('#controls [aria-label="Strength"]').getAttribute("step");
  check(step === "0.01", `in steps of ${step}`);
  const seed = await told_of(page, "spinbutton", "Seed");
  check(
    Number(seed.value) === 1 && seed.valuemin === 0 && seed.valuemax >= 1_000_000,
    `Seed: ${seed.value} of ${seed.valuemin} to ${seed.valuemax}`,
  );
}

// Also beside a mark, which pulls.
async function sets_sliders(page, visitor) {
  for (const value of ["0.21", "0.87", "0", "1", "0.39", "0.20"]) {
    await page.evaluate((value) => {
      const slider = document.querySelector('#controls [aria-label="Strength"]');
      slider.value = value;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }, value);
    const is_set = (c) => c.name === "Strength" && Number(c.value) === Number(value);
    await visitor.wait_for(`Strength ${value}`, is_set, 10_000);
    check(true, `Strength is set to ${value}`);
    await page.waitForTimeout(400);
  }
}

async function types_a_number(page, visitor) {
  await page.evaluate(() => {
    document.activeElement.blur();
    document.querySelector('#controls [aria-label="Seed"]').click();
  });
  await page.waitForTimeout(600);
  await page.keyboard.type("77", { delay: 60 });
  await page.keyboard.press("Enter", { delay: 60 });
  await visitor.wait_for("Seed 77", (c) => c.name === "Seed" && c.value === "77", 10_000);
  check(true, "a number is typed where its element was pressed");
}

async function announces_a_training(page, visitor) {
  await page.evaluate(() => {
    globalThis.announced = [];
    const tell = ([{ target }]) => announced.push(target.textContent);
    const options = { childList: true, characterData: true, subtree: true };
    new MutationObserver(tell).observe(document.getElementById("announced"), options);
  });
  await visitor.press("Train");
  await visitor.drop(samples);
  await visitor.find(/^5 pictures/); // what is below it has its place then
  await visitor.choose("Size", "32 x 32");
  await visitor.set_number("Epochs", 3);
  await visitor.set_number("Batch", 2);
  await visitor.press("Start training");
  await page.waitForFunction(() => announced.some((text) => /is finished/.test(text)));
  const epochs = await page.evaluate(() => announced.filter((text) => /^Epoch/.test(text)));
  check(
    epochs.length > 0 && epochs.every((text) => text.replace(/.*loss [0.]*/, "").length <= 6),
    `its end is announced, and before it: "${epochs[0]}"`,
  );
}

const host = await serve();
const browser = await open_browser(host.url);
try {
  const page = await browser.page();
  const visitor = new Visitor(page);
  await visitor.find("RMSE");
  await visitor.find("text.png");
  await tells_ranges(page);
  await sets_sliders(page, visitor);
  await types_a_number(page, visitor);
  await announces_a_training(page, visitor);
  check(browser.problems.length === 0, `no error ${browser.problems}`);
} finally {
  await browser.close();
  host.stop();
}
