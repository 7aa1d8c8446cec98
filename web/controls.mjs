// What the canvas shows, as elements: a reader of screens finds every control at its place, with
// its name and what it is set to, and can press it. The pointer goes through to the canvas.

const roles = { option: "radio", choice: "combobox", number: "spinbutton", picture: "button" };

export class Controls {
  #list;
  #press;
  #canvas;
  #elements = [];

  // `press(x, y)`: a click at that place of the canvas, in its pixels.
  constructor(list, canvas, press) {
    this.#list = list;
    this.#canvas = canvas;
    this.#press = press;
  }

  // `controls`: what core/ui/controls.h says of a frame.
  show(controls) {
    const density = this.#canvas.width / this.#canvas.clientWidth;
    while (this.#elements.length > controls.length) this.#elements.pop().remove();
    while (this.#elements.length < controls.length) {
      const element = document.createElement("div");
      element.addEventListener("click", () => {
        const [x, y, width, height] = element.box;
        this.#press(x + width / 2, y + height / 2);
      });
      this.#elements.push(element);
      this.#list.append(element);
    }
    controls.forEach((control, i) => describe(this.#elements[i], control, density));
  }
}

function describe(element, { role, name, value, chosen, enabled, box }, density) {
  element.box = box;
  element.dataset.role = role;
  element.setAttribute("aria-label", name);
  if (role === "text") element.removeAttribute("role");
  else element.setAttribute("role", roles[role] ?? role);
  element.setAttribute("aria-disabled", String(!enabled));
  element.setAttribute(role === "option" ? "aria-checked" : "aria-current", String(chosen));
  if (role === "slider") element.setAttribute("aria-valuenow", value);
  element.textContent = role === "text" ? `${name} ${value}`.trim() : value;
  element.dataset.value = value;
  const [x, y, width, height] = box.map((length) => `${length / density}px`);
  Object.assign(element.style, { left: x, top: y, width, height });
}
