// Learning in the page: the loss falls, the model can be used and kept; it goes on while the tab is
// hidden, after a reload and after the browser was killed.
import { check, open_browser, samples, serve, shoot } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

const losses = (value) => {
  const [, epoch, training, test] = /epoch (\d+): training ([\d.]+), test ([\d.]+)/.exec(value);
  return { epoch: Number(epoch), training: Number(training), test: Number(test) };
};
const is_curve = (control) => control.name === "Loss" && control.value.startsWith("epoch");

async function epoch_of(visitor, at_least = 1) {
  const curve = await visitor.wait_for(
    `epoch ${at_least}`,
    (control) => is_curve(control) && losses(control.value).epoch >= at_least,
    180_000,
  );
  return losses(curve.value);
}

async function begin(visitor, epochs) {
  await visitor.press("Train");
  await visitor.drop(samples);
  await visitor.choose("Network", "classroom"); // the quickest; proposed is fast
  await visitor.choose("Size", "32 x 32");
  await visitor.set_number("Epochs", epochs);
  await visitor.set_number("Batch", 2);
  check((await visitor.value("Epochs")) === String(epochs), `${epochs} epochs are set`);
  const forecast = /^(about|less than) /;
  await visitor.wait_for("a forecast", (c) => c.name === "Time" && forecast.test(c.value));
  await visitor.press("Start training");
}

// It ended while nobody looked, and the tab went.
async function comes_back(page, visitor) {
  await page.reload();
  await visitor.wait_for("the offer", (c) => c.name === "Notice" && c.value.includes("not saved"));
  await visitor.press("Train");
  const about = (await visitor.find(/Its model was not saved/)).name;
  check(about === "classroom, 32 x 32, 30 epochs. Its model was not saved.", about);
  await shoot(page, "training-not-saved");
  await visitor.press("Bring it back");
  await visitor.find("Finished");
  await visitor.drop(samples); // those of the training were its own
}

async function is_forgotten(what, page, visitor) {
  await page.reload();
  await visitor.press("Denoise");
  await visitor.find("RMSE");
  const offered = (c) => c.name === "Notice" && /broke off|not saved/.test(c.value);
  check(!(await visitor.controls()).some(offered), `${what} is not offered again`);
}

async function learns(page, visitor) {
  await begin(visitor, 30);
  const first = await epoch_of(visitor);
  await visitor.find("Finished", 180_000);
  const last = await epoch_of(visitor, 30);
  await comes_back(page, visitor);
  const again = await epoch_of(visitor, 30);
  check(again.training === last.training, `its curve is there again, to ${last.training}`);
  check(
    last.training < 0.04, // about 0.09 at first; how soon one looks is chance
    `loss ${first.training} in epoch ${first.epoch}, ${last.training} in epoch ${last.epoch}`,
  );
  await shoot(page, "training-finished");
  await visitor.press("Layers");
  const layers = await visitor.wait_for("the layers", (c) => c.name === "Layers" && c.value);
  await shoot(page, "training-layers");
  check(layers.value === "classroom", "its layers and filters are shown");
  await visitor.press("Curves");
  const kept = await visitor.download(() => visitor.press("Save model"));
  check(
    kept.name === "model.safetensors" && kept.bytes.length > 1000,
    `its model was saved: ${kept.bytes.length} bytes`,
  );
  const curves = await visitor.download(() => visitor.press("Save curves"));
  const rows = String(curves.bytes).trim().split("\n");
  check(
    curves.name === "history.csv" &&
      rows.length === 31 &&
      rows[0] === "epoch,loss,val_loss,rmse,seconds" &&
      Math.abs(Number(rows[30].split(",")[1]) - last.training) < 1e-5,
    `its curves were saved: ${rows.length} lines, the last "${rows.at(-1)}"`,
  );
  await visitor.press("Use it");
  await visitor.find("RMSE");
  const chosen = await visitor.value("model");
  check(chosen.startsWith("classroom"), `the Denoise page uses the model '${chosen}'`);
  await visitor.drop([{ name: "again.safetensors", bytes: [...kept.bytes] }]);
  await visitor.wait_for("the saved model", (c) => c.name === "model" && c.value !== chosen);
  check(true, "the saved model was dropped and is in use");
  return last.training;
}

// The network in use learns on; then from crops, on all strengths, while its rate falls.
async function goes_on_learning(page, visitor, loss) {
  const name = await visitor.value("model");
  const learn = async () => {
    await visitor.set_number("Epochs", 2);
    const forecast = /^(about|less than) /;
    await visitor.wait_for("a forecast", (c) => c.name === "Time" && forecast.test(c.value));
    await visitor.press("Start training");
    await visitor.wait_for("its first epochs", (c) => is_curve(c) && losses(c.value).epoch <= 2);
    await visitor.find("Finished", 180_000);
    return epoch_of(visitor, 2);
  };
  await visitor.press("Train");
  await visitor.choose("Network", `${name}, goes on learning`);
  const { training } = await learn();
  // One that begins anew has lost seven times as much after two epochs.
  check(training < loss * 2, `${name} goes on learning from ${loss}: loss ${training}`);
  await visitor.choose("Pictures", "Random crops");
  await visitor.choose("Strengths", "All up to this");
  await visitor.choose("Schedule", "Falls to 0");
  const { epoch } = await learn();
  await shoot(page, "training-goes-on");
  check(epoch === 2, "on crops of pictures at their own size, on all strengths too");
}

// A hidden tab gets no frames: they wait here until it is shown again.
const frames_can_stop = () => {
  const ask = globalThis.requestAnimationFrame.bind(globalThis);
  const waiting = [];
  let stopped = false;
  globalThis.requestAnimationFrame = (draw) => (stopped ? waiting.push(draw) : ask(draw));
  globalThis.hide = () => (stopped = true);
  globalThis.show = () => {
    stopped = false;
    waiting.splice(0).forEach(ask);
  };
};

async function goes_on_hidden(page, visitor) {
  await begin(visitor, 100_000);
  await epoch_of(visitor, 2);
  await shoot(page, "training-running");
  await page.evaluate(() => hide());
  await page.waitForTimeout(500); // for the frame that was asked for before
  const before = (await epoch_of(visitor)).epoch;
  await page.waitForTimeout(4000);
  const meanwhile = (await epoch_of(visitor)).epoch;
  check(meanwhile === before, "a page that gets no frames draws none");
  await page.evaluate(() => show());
  await page.waitForTimeout(200);
  const { epoch } = await epoch_of(visitor);
  check(epoch > before + 1, `from epoch ${before} to ${epoch} without a frame`);
}

async function goes_on_after(what, page, visitor) {
  await visitor.wait_for("the offer", (c) => c.name === "Notice" && c.value.includes("broke off"));
  await visitor.press("Train");
  const about = (await visitor.find(/, in epoch \d+ of/)).name;
  const left = Number(/in epoch (\d+)/.exec(about)[1]);
  check(left >= 2, `${what}: offered is "${about}"`);
  await shoot(page, `training-offered-${what.replaceAll(" ", "-")}`);
  await visitor.press("Go on with it");
  const { epoch } = await epoch_of(visitor, left);
  check(epoch >= left, `${what}: it goes on, epoch ${epoch}`);
  return epoch_of(visitor, epoch + 2);
}

async function picks_folder(page, visitor, list, folder) {
  const chosen = page.waitForEvent("filechooser");
  await visitor.choose(list, "A folder of them");
  await (await chosen).setFiles(folder);
  const shown = folder.split("/").pop();
  await visitor.wait_for(`${shown}/`, (c) => c.name === list && c.value === shown);
}

// The noisy pictures are as the clean ones here, which those of added noise would not be; they are
// kept for a reload, too.
async function learns_pairs(page, visitor) {
  const folder = samples[0].split("/").slice(0, -1).join("/");
  await visitor.press("Train");
  await visitor.drop(samples);
  await visitor.scroll_to("More settings");
  await visitor.press("More settings");
  await visitor.scroll_to("Noisy pictures");
  await picks_folder(page, visitor, "Noisy pictures", folder);
  await shoot(page, "training-pairs");
  await visitor.press("Fewer settings");
  await visitor.find("The noise is that of the noisy pictures.");
  const names = (await visitor.controls()).map(({ name }) => name);
  check(!names.includes("Strength"), "where there are noisy pictures no noise is chosen");
  await visitor.set_number("Epochs", 100_000);
  await visitor.press("Start training");
  await epoch_of(visitor, 2);
  await page.reload();
  await goes_on_after("pairs after a reload", page, visitor);
  await visitor.press("Stop");
  const { name } = await visitor.find(/ epochs?, test RMSE /);
  check(name.endsWith(", noisy 0.0000"), `learned from pairs: ${name}`);
}

const host = await serve();
const browser = await open_browser(host.url);
try {
  await browser.context.addInitScript(frames_can_stop);
  let page = await browser.page();
  let visitor = new Visitor(page);
  await goes_on_learning(page, visitor, await learns(page, visitor));
  await goes_on_hidden(page, visitor);
  await page.reload();
  await goes_on_after("after a reload", page, visitor);
  await browser.kill();
  page = await browser.page();
  visitor = new Visitor(page);
  await goes_on_after("after a kill", page, visitor);
  await visitor.press("Stop");
  await visitor.find("Stopped");
  await is_forgotten("what was stopped", page, visitor);
  await begin(visitor, 1);
  await visitor.find("Finished");
  await visitor.download(() => visitor.press("Save model"));
  await is_forgotten("what was saved", page, visitor);
  await learns_pairs(page, visitor);
  check(browser.problems.length === 0, `no error, no request left the origin ${browser.problems}`);
} finally {
  await browser.close();
  host.stop();
}
