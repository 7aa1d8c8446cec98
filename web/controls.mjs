// What the canvas shows, as elements: a reader of screens finds every control at its place, with
// its name and what it is set to, can press it, and set a slider. The pointer goes through to the
// canvas.

const roles = { option: "radio", choice: "combobox", number: "spinbutton", picture: "button" };

// Of every slider and every number there is (core/ui/panels).
const slider = { min: 0, max: 1, step: 0.01 };
const numbers = { min: 0, max: 1_000_000_000 };

const slider_end_px = 8; // its way begins so far from its ends (core/ui/widgets.cpp)
const answered_ms = 120; // a press and what follows from it are on the canvas by then
const most_steps = 5; // that a slider still is away after a press: marks pull

export class Controls {
  #list;
  #canvas;
  #ui;
  #elements = [];
  #setting = null; // the slider that is on its way to what it was set to

  // ui: click(x, y) at a place of the canvas, in its pixels; press(code), a key and its release;
  // density(), pixels of the canvas in one of CSS.
  constructor(list, canvas, ui) {
    this.#list = list;
    this.#canvas = canvas;
    this.#ui = ui;
  }

  // `controls`: what core/ui/controls.h says of a frame.
  show(controls) {
    while (this.#elements.length > controls.length) this.#elements.pop().remove();
    controls.forEach((control, i) => {
      const element = this.#element(i, control.role === "slider" ? "input" : "div");
      describe(element, control, this.#ui.density());
      if (control.role === "slider" && element !== this.#setting) element.value = control.value;
    });
  }

  #element(i, kind) {
    const old = this.#elements[i];
    if (old?.localName === kind) return old;
    const element = document.createElement(kind);
    if (kind === "input") {
      Object.assign(element, { type: "range", tabIndex: -1, ...slider });
      element.addEventListener("input", () => this.#set(element));
    } else {
      element.addEventListener("click", () => this.#press(element));
    }
    if (old) old.replaceWith(element);
    else this.#list.append(element);
    return (this.#elements[i] = element);
  }

  #press(element) {
    const [x, y, width, height] = element.box;
    this.#ui.click(x + width / 2, y + height / 2);
    if (element.dataset.role === "number") this.#canvas.focus({ preventScroll: true }); // for keys
  }

  // Presses where the value lies, and goes the rest by arrow keys.
  async #set(element) {
    if (this.#setting) return; // it looks at what is wanted again
    this.#setting = element;
    const away = () => Math.round((element.value - element.dataset.value) / slider.step);
    const answered = () => new Promise((done) => setTimeout(done, answered_ms));
    while (away() !== 0) {
      const wanted = element.value;
      const [x, y, width, height] = element.box;
      const end = slider_end_px * this.#ui.density();
      this.#ui.click(x + end + wanted * (width - 2 * end), y + height / 2);
      await answered();
      for (let i = 0; i < most_steps && away() !== 0 && element.value === wanted; ++i) {
        this.#ui.press(away() > 0 ? "ArrowRight" : "ArrowLeft");
        await answered();
      }
      if (element.value === wanted) break;
    }
    this.#setting = null;
    element.value = element.dataset.value;
  }
}

function describe(element, { role, name, value, chosen, enabled, box }, density) {
  element.box = box;
  element.dataset.role = role;
  element.dataset.value = value;
  element.setAttribute("aria-label", name);
  element.setAttribute("aria-disabled", String(!enabled));
  const [x, y, width, height] = box.map((length) => `${length / density}px`);
  Object.assign(element.style, { left: x, top: y, width, height });
  if (role === "slider") {
    element.disabled = !enabled;
    return;
  }
  if (role === "text") element.removeAttribute("role");
  else element.setAttribute("role", roles[role] ?? role);
  const marks = ["aria-checked", "aria-current"];
  if (role !== "option") marks.reverse();
  element.setAttribute(marks[0], String(chosen));
  element.removeAttribute(marks[1]); // of what was at its place before
  element.textContent = role === "text" ? `${name} ${value}`.trim() : value;
  const range = role === "number" ? { ...numbers, now: value } : {};
  for (const end of ["min", "max", "now"]) {
    if (end in range) element.setAttribute(`aria-value${end}`, range[end]);
    else element.removeAttribute(`aria-value${end}`);
  }
}
