// The canvas's mouse, touch and keys, handed to the front end (ui.mjs).

const cursors = [
  "default",
  "text",
  "move",
  "ns-resize",
  "ew-resize",
  "nesw-resize",
  "nwse-resize",
  "pointer",
  "wait",
  "progress",
  "not-allowed",
];
const buttons = [0, 2, 1]; // the browser's left, middle, right as ImGui counts them
const wheel_step_px = 100; // of a notch
const wheel_px = [1, 33, 800]; // of a step of a wheel that counts pixels, lines, pages
const notches_of_double = 4; // of the wheel, for fingers twice as far apart
const lifted_ms = 50; // after a finger was, it points nowhere: what it pressed was seen
const take_keys_ms = 60; // after a press, when it is known whether it was on a field
const used_chords = ["KeyO", "KeyS", "KeyA", "KeyZ", "KeyY"];
const is_mac = /Mac|iPhone|iPad/.test(navigator.platform);

export function connect(canvas, keyboard, ui) {
  keyboard.inputMode = "decimal"; // all that is typed in the page are numbers
  const take_keys = () => (ui.wants_text() ? keyboard : canvas).focus({ preventScroll: true });
  connect_pointer(canvas, ui, take_keys);
  connect_wheel(canvas, ui);
  for (const target of [canvas, keyboard]) connect_keys(target, ui);
  connect_screen_keyboard(keyboard, ui);
  window.addEventListener("focus", () => ui.focus(true));
  window.addEventListener("blur", () => ui.focus(false));
}

function connect_pointer(canvas, ui, take_keys) {
  const touches = new Map(); // the last event of each finger
  let apart = 0; // the two fingers; 0: that was not measured yet
  const point = ({ offsetX, offsetY, pointerType }) =>
    ui.pointer(offsetX * ui.density(), offsetY * ui.density(), pointerType === "touch");
  const point_nowhere = () => ui.pointer(-1e6, -1e6, false);
  const press = ({ button }, down) => ui.button(buttons[button] ?? 0, down);
  // Zooms about the middle of two fingers, wherever that goes.
  const pinch = () => {
    const [a, b] = [...touches.values()];
    const before = apart;
    apart = Math.max(1, Math.hypot(a.offsetX - b.offsetX, a.offsetY - b.offsetY));
    ui.pinch(
      ((a.offsetX + b.offsetX) / 2) * ui.density(),
      ((a.offsetY + b.offsetY) / 2) * ui.density(),
      before > 0 ? Math.log2(apart / before) * notches_of_double : 0,
    );
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    const touch = event.pointerType === "touch";
    if (touch) touches.set(event.pointerId, event);
    if (touches.size < 2) {
      point(event);
      press(event, true);
    } else {
      pinch();
    }
    if (!touch) setTimeout(take_keys, take_keys_ms);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (touches.has(event.pointerId)) touches.set(event.pointerId, event);
    if (touches.size < 2) point(event);
    else pinch();
    canvas.style.cursor = cursors[ui.cursor()] ?? "default";
  });
  const up = (event) => {
    touches.delete(event.pointerId);
    apart = 0;
    point(event);
    press(event, false);
    if (event.pointerType !== "touch") return;
    setTimeout(point_nowhere, lifted_ms);
    // The on-screen keyboard comes only in answer to a touch that ends, some only at once.
    take_keys();
    setTimeout(take_keys, take_keys_ms);
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", point_nowhere);
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
}

function connect_wheel(canvas, ui) {
  const turn = (event) => {
    const notches = wheel_px[event.deltaMode] / wheel_step_px;
    ui.wheel(-event.deltaX * notches, -event.deltaY * notches);
    event.preventDefault();
  };
  canvas.addEventListener("wheel", turn, { passive: false });
}

function connect_keys(target, ui) {
  target.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    // Tab goes round within the canvas. Escape is the way out, unless it ends something there: the
    // next Tab is the browser's. Its release is told to whatever has the focus then: it would stay
    // pressed here.
    if (event.key === "Escape" && !ui.uses_escape()) target.blur();
    else take_key(ui, event, true);
  });
  target.addEventListener("keyup", (event) => take_key(ui, event, false));
}

// On a Mac Cmd is what Ctrl is elsewhere.
const modifiers = ({ ctrlKey, shiftKey, altKey, metaKey }) =>
  (ctrlKey || (is_mac && metaKey)) * 1 + shiftKey * 2 + altKey * 4 + (metaKey && !is_mac) * 8;

function take_key(ui, event, down) {
  const chord = event.ctrlKey || event.metaKey;
  // An on-screen keyboard may know no codes, but what a key means.
  const send = (is_down) => ui.key(event.code || event.key, is_down, modifiers(event));
  const known = send(down);
  if (down && is_mac && event.metaKey) send(false); // a Mac never tells that with Cmd
  const typed = down && !chord && [...event.key].length === 1;
  if (typed) ui.text(event.key);
  // The browser keeps its own chords, and pasting, which comes as an event of its own.
  const own = chord && !used_chords.includes(event.code);
  if ((known || typed) && !own && !event.code.startsWith("F")) event.preventDefault();
}

function connect_screen_keyboard(keyboard, ui) {
  // What an on-screen keyboard or an input method writes has no key of its own.
  keyboard.addEventListener("input", () => {
    ui.text(keyboard.value);
    keyboard.value = "";
  });
  // Some tell no key at all, but what it would do.
  keyboard.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "deleteContentBackward") return;
    ui.key("Backspace", true);
    ui.key("Backspace", false);
    event.preventDefault();
  });
}
