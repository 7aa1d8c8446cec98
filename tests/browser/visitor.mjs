// Someone at the page: finds controls by what is written on them, presses, drags, types, drops.
import { readFileSync } from "node:fs";

const patience_ms = 60_000; // this machine may be busy

export class Visitor {
  constructor(page) {
    this.page = page;
  }

  // All controls on the screen: [{role, name, value, chosen, enabled, box: {x, y, width, height}}].
  controls() {
    const gone = (error) => {
      if (/navigation|closed/.test(error.message)) return []; // the page reloads
      throw error;
    };
    const read = this.page.evaluate(() =>
      [...document.querySelectorAll("#controls > *")].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return {
          role: element.dataset.role,
          name: element.getAttribute("aria-label"),
          value: element.dataset.value,
          chosen: (element.ariaChecked ?? element.ariaCurrent) === "true",
          enabled: element.ariaDisabled === "false",
          box: { x, y, width, height },
        };
      }),
    );
    return read.catch(gone);
  }

  // The first that `is_it`, once it is there.
  async wait_for(what, is_it, limit_ms = patience_ms) {
    const end = Date.now() + limit_ms;
    for (;;) {
      const controls = await this.controls();
      const found = controls.find(is_it);
      if (found) return found;
      if (Date.now() > end) {
        const seen = controls.map(({ name, value }) => `${name} ${value}`).join(" | ");
        throw new Error(`${what} is not on the screen, but: ${seen}`);
      }
      await this.page.waitForTimeout(40);
    }
  }
  find(name, limit_ms) {
    const matches = (control) =>
      name instanceof RegExp ? name.test(control.name) : control.name === name;
    return this.wait_for(String(name), matches, limit_ms);
  }
  // Turns the wheel over the middle of the page until it is on the screen.
  async scroll_to(name) {
    const { width, height } = this.page.viewportSize();
    await this.page.mouse.move(width * 0.15, height * 0.7); // the left column, or the only one
    for (let turn = 0; turn < 20; ++turn) {
      if ((await this.controls()).some((control) => control.name === name)) break;
      await this.page.mouse.wheel(0, 200);
      await this.page.waitForTimeout(150);
    }
    return this.find(name);
  }
  async value(name) {
    return (await this.find(name)).value;
  }

  // As soon as it is enabled and stays where it is.
  async press(name) {
    const is_it = ({ name: n, enabled }) =>
      enabled && (name instanceof RegExp ? name.test(n) : n === name);
    let control;
    for (let before; ; before = control) {
      control = await this.wait_for(`${name}, to be pressed,`, is_it);
      if (before && JSON.stringify(before.box) === JSON.stringify(control.box)) break;
      await this.page.waitForTimeout(150);
    }
    await this.press_at(middle(control.box));
  }
  // ImGui sees a press and its release in frames of their own.
  async press_at({ x, y }) {
    await this.page.mouse.move(x, y);
    await this.page.waitForTimeout(80);
    await this.page.mouse.down();
    await this.page.waitForTimeout(80);
    await this.page.mouse.up();
    await this.page.waitForTimeout(80);
  }
  async choose(list, entry) {
    await this.press(list);
    await this.press(entry);
  }

  // Drags from one place of a control to another, as shares of its width.
  async drag(name, from, to) {
    const { box } = await this.find(name);
    const y = box.y + box.height / 2;
    const { mouse } = this.page;
    await mouse.move(box.x + from * box.width, y);
    await this.page.waitForTimeout(80);
    await mouse.down();
    await this.page.waitForTimeout(80);
    await mouse.move(box.x + to * box.width, y, { steps: 8 });
    await this.page.waitForTimeout(80);
    await mouse.up();
    await this.page.waitForTimeout(80);
  }

  // Looks whether it took: what is above it may still be growing.
  async set_number(name, value) {
    for (let tries = 0; tries < 4; ++tries) {
      await this.#type_number(name, value);
      if ((await this.value(name)) === String(value)) return;
    }
    throw new Error(`${name} does not take ${value}`);
  }
  async #type_number(name, value) {
    const { box } = await this.find(name);
    const at = middle(box);
    await this.page.mouse.dblclick(at.x, at.y, { delay: 60 });
    await this.page.waitForTimeout(100);
    await this.page.keyboard.press("Control+A");
    await this.page.waitForTimeout(60);
    for (const digit of String(value)) {
      await this.page.keyboard.press(digit, { delay: 40 });
    }
    await this.page.keyboard.press("Enter", { delay: 60 });
    await this.page.waitForTimeout(200);
  }

  // Drops files: paths, or {name, bytes}.
  async drop(files, event = "drop") {
    const given = files.map((file) =>
      typeof file === "string"
        ? { name: file.split("/").pop(), bytes: [...readFileSync(file)] }
        : file,
    );
    await this.page.evaluate(
      ([given, event]) => {
        const transfer = new DataTransfer();
        for (const { name, bytes } of given) {
          transfer.items.add(new File([new Uint8Array(bytes)], name));
        }
        const options = { bubbles: true, cancelable: true };
        document.body.dispatchEvent(
          event === "paste"
            ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
            : new DragEvent("drop", { ...options, dataTransfer: transfer }),
        );
      },
      [given, event],
    );
  }

  // What `act` makes the page download: {name, bytes}.
  async download(act, limit_ms = patience_ms) {
    const [download] = await Promise.all([
      this.page.waitForEvent("download", { timeout: limit_ms }),
      act(),
    ]);
    return {
      name: download.suggestedFilename(),
      bytes: readFileSync(await download.path()),
    };
  }
}

const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });

// "0.1234 became 0.0567" as numbers.
export const scores = (value) => value.split(" became ").map(parseFloat);
