// The canvas's mouse, touch, keys and pasted text, handed to the front end's module.

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
const notches_of_double = 4; // of the wheel, for fingers twice as far apart
const take_keys_ms = 60; // after a press, when it is known whether it was on a field
const is_mac = /Mac|iPhone|iPad/.test(navigator.platform);

export function connect(canvas, keyboard, ui, changed) {
  const { module } = ui;
  const density = () => canvas.width / canvas.clientWidth;
  const at = (event) => {
    module._page_pointer(
      event.offsetX * density(),
      event.offsetY * density(),
      event.pointerType === "touch",
    );
    changed();
  };

  keyboard.inputMode = "decimal"; // all that is typed in the page are numbers
  const take_keys = () =>
    (module._page_wants_text() ? keyboard : canvas).focus({ preventScroll: true });

  const touches = new Map();
  let apart = 0; // the two fingers; 0: that was not measured yet
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    const touch = event.pointerType === "touch";
    if (touch) touches.set(event.pointerId, event);
    if (touches.size < 2) {
      at(event);
      module._page_button(buttons[event.button] ?? 0, true);
    } else {
      pinch();
    }
    if (!touch) setTimeout(take_keys, take_keys_ms);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (touches.has(event.pointerId)) touches.set(event.pointerId, event);
    if (touches.size < 2) at(event);
    else pinch();
    canvas.style.cursor = cursors[module._page_cursor()] ?? "default";
  });
  const up = (event) => {
    touches.delete(event.pointerId);
    apart = 0;
    at(event);
    module._page_button(buttons[event.button] ?? 0, false);
    if (event.pointerType !== "touch") return;
    setTimeout(point_nowhere, 50);
    // The on-screen keyboard comes only in answer to a touch that ends, some only at once.
    take_keys();
    setTimeout(take_keys, take_keys_ms);
  };
  const point_nowhere = () => {
    module._page_pointer(-1e6, -1e6, false);
    changed();
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", point_nowhere);
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  // Zooms about the middle of two fingers, wherever that goes.
  function pinch() {
    const [a, b] = [...touches.values()];
    const before = apart;
    apart = Math.max(1, Math.hypot(a.offsetX - b.offsetX, a.offsetY - b.offsetY));
    module._page_pinch(
      ((a.offsetX + b.offsetX) / 2) * density(),
      ((a.offsetY + b.offsetY) / 2) * density(),
      before > 0 ? Math.log2(apart / before) * notches_of_double : 0,
    );
    changed();
  }

  canvas.addEventListener(
    "wheel",
    (event) => {
      const px = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? 33 : 800;
      module._page_wheel(
        (-event.deltaX * px) / wheel_step_px,
        (-event.deltaY * px) / wheel_step_px,
      );
      changed();
      event.preventDefault();
    },
    { passive: false },
  );

  // On a Mac Cmd is what Ctrl is elsewhere.
  const modifiers = ({ ctrlKey, shiftKey, altKey, metaKey }) =>
    (ctrlKey || (is_mac && metaKey)) * 1 + shiftKey * 2 + altKey * 4 + (metaKey && !is_mac) * 8;
  const key = (event, down) => {
    const chord = event.ctrlKey || event.metaKey;
    // An on-screen keyboard may know no codes, but what a key means.
    const send = (is_down) =>
      ui.with_text(event.code || event.key, (code) =>
        module._page_key(code, is_down, modifiers(event)),
      );
    // Its release is told to whatever has the focus then: it would stay pressed here.
    if (down && event.key === "Escape" && leaves(event.target)) return changed();
    const known = send(down);
    if (down && is_mac && event.metaKey) send(false); // a Mac never tells that with Cmd
    const typed = down && !chord && [...event.key].length === 1;
    if (typed) ui.with_text(event.key, (text) => module._page_text(text));
    changed();
    // The browser keeps its own chords, and pasting, which comes as an event of its own.
    const own = chord && !["KeyO", "KeyS", "KeyA", "KeyZ", "KeyY"].includes(event.code);
    if ((known || typed) && !own && !event.code.startsWith("F")) event.preventDefault();
  };
  // Tab goes round within the canvas. Escape is the way out, unless it ends something there: the
  // next Tab is the browser's.
  const leaves = (target) => {
    if (module._page_uses_escape()) return false;
    target.blur();
    return true;
  };
  for (const target of [canvas, keyboard]) {
    target.addEventListener("keydown", (event) => {
      if (!event.isComposing) key(event, true);
    });
    target.addEventListener("keyup", (event) => key(event, false));
  }
  // What an on-screen keyboard or an input method writes has no key of its own.
  keyboard.addEventListener("input", () => {
    ui.with_text(keyboard.value, (text) => module._page_text(text));
    keyboard.value = "";
    changed();
  });
  // Some tell no key at all, but what it would do.
  keyboard.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "deleteContentBackward") return;
    for (const down of [true, false]) {
      ui.with_text("Backspace", (code) => module._page_key(code, down, 0));
    }
    changed();
    event.preventDefault();
  });
  window.addEventListener("focus", () => {
    module._page_focus(true);
    changed();
  });
  window.addEventListener("blur", () => {
    module._page_focus(false);
    changed();
  });
}
