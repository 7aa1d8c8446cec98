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

  const touches = new Map();
  let apart = 0;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") touches.set(event.pointerId, event);
    at(event);
    if (touches.size === 2) {
      // a pinch is no drag
      module._page_button(0, false);
      apart = distance();
    } else {
      module._page_button(buttons[event.button] ?? 0, true);
    }
    // The on-screen keyboard comes only in answer to a touch.
    setTimeout(
      () => (module._page_wants_text() ? keyboard : canvas).focus({ preventScroll: true }),
      60,
    );
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (touches.has(event.pointerId)) touches.set(event.pointerId, event);
    if (touches.size < 2) {
      at(event);
    } else {
      const now = distance();
      if (apart > 0) module._page_wheel(0, Math.log2(now / apart) * 4);
      apart = now;
      changed();
    }
    canvas.style.cursor = cursors[module._page_cursor()] ?? "default";
  });
  const up = (event) => {
    touches.delete(event.pointerId);
    at(event);
    module._page_button(buttons[event.button] ?? 0, false);
    if (event.pointerType === "touch") setTimeout(leave, 50);
  };
  const leave = () => {
    module._page_pointer(-1e6, -1e6, false);
    changed();
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  function distance() {
    const [a, b] = [...touches.values()];
    return Math.hypot(a.offsetX - b.offsetX, a.offsetY - b.offsetY);
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

  const modifiers = (event) =>
    event.ctrlKey * 1 + event.shiftKey * 2 + event.altKey * 4 + event.metaKey * 8;
  const key = (event, down) => {
    const chord = event.ctrlKey || event.metaKey;
    const known = ui.with_text(event.code, (code) =>
      module._page_key(code, down, modifiers(event)),
    );
    if (down && !chord && [...event.key].length === 1) {
      ui.with_text(event.key, (text) => module._page_text(text));
    }
    changed();
    // The browser keeps its own chords, and pasting, which comes as an event of its own.
    const own = chord && !["KeyO", "KeyS", "KeyA"].includes(event.code);
    if (known && !own && !event.code.startsWith("F")) event.preventDefault();
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
  window.addEventListener("focus", () => {
    module._page_focus(true);
    changed();
  });
  window.addEventListener("blur", () => {
    module._page_focus(false);
    changed();
  });
}
