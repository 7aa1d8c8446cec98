// Files that are dropped on the page, pasted or picked, folders walked through: {name, blob} each;
// names may have folders in them.

const named = (blob) => ({ name: blob.webkitRelativePath || blob.name, blob });

// add(files, picked): a promise; picked: what was asked for (Host.pick()), or nothing. Text that is
// pasted goes to the front end.
export function connect_files(ui, add) {
  const take = (files, picked) => add(files, picked).catch(ui.failed);
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", async (event) => {
    event.preventDefault();
    const refused = (name) => ui.notify(`${name} could not be read.`, true);
    take(await dropped(event.dataTransfer, refused));
  });
  addEventListener("paste", ({ clipboardData }) => {
    const files = [...clipboardData.files].map(named);
    if (files.length > 0) take(files);
    else ui.paste(clipboardData.getData("text"));
  });
  for (const what of ["pictures", "folder", "noisy", "tests", "model"]) {
    const input = document.getElementById(`pick-${what}`);
    input.addEventListener("change", () => take([...input.files].map(named), what));
  }
}

// What the browser does not hand out costs no other file: refused(name).
async function dropped(transfer, refused) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map(named);
  const found = [];
  for (const entry of entries) await walk(entry, "", found, refused);
  return found;
}

async function walk(entry, above, found, refused) {
  const name = above + entry.name;
  try {
    if (entry.isFile) {
      found.push({ name, blob: await new Promise((done, failed) => entry.file(done, failed)) });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (some.length === 0) return;
      for (const inner of some) await walk(inner, `${name}/`, found, refused);
    }
  } catch {
    refused(name);
  }
}
