// What covers the canvas: while there is nothing to see yet, and once there is nothing more.
const element = (id) => document.getElementById(id);
let refused = false; // nothing uncovers it any more

element("reload").addEventListener("click", () => location.reload());

export function say(sentence) {
  element("status").textContent = sentence;
}

export function uncover() {
  if (!refused) element("loading").hidden = true;
}

// The page cannot go on, for that reason: of several the first, from which the others follow.
export function refuse(sentence) {
  if (refused) return;
  refused = true;
  say(sentence);
  element("loading").hidden = false;
  element("progress").hidden = true;
  element("reload").hidden = false;
  for (const id of ["canvas", "controls", "keyboard"]) element(id).inert = true;
  element("reload").focus();
}
