// The names under which a worker finds pictures.
import { ending_of, picture_blob, readable } from "./pictures.mjs";

// A file that was dropped or picked, as the worker can read it. In folders it looks for endings
// that it knows: there a picture that the browser reads for it gets one.
export async function readable_file({ name, blob }) {
  const read = await readable(blob);
  return { name: name.includes("/") ? found_name(name, read !== blob) : name, blob: read };
}
const found_name = (name, is_png) => (is_png && !/\.webp$/i.test(name) ? `${name}.png` : name);

// The same files, of which no two have one name: one that is taken gets a folder of its own, which
// it then tells as `above`.
export function with_free_names(files) {
  const taken = new Set();
  return files.map(({ name, blob }, i) => {
    let above = "";
    while (taken.has(above + name)) above += `${i}/`;
    taken.add(above + name);
    return { name: above + name, above, blob };
  });
}

// {name, blob} each.
export async function named_files(pictures) {
  return with_free_names(await Promise.all(pictures.map(file_of)));
}

// They are all in a folder: one without an ending would not be there.
async function file_of(picture, i) {
  const given = picture?.webkitRelativePath || picture?.name || `picture-${i}`;
  const blob = await picture_blob(picture);
  const name = found_name(given, picture instanceof Blob && blob !== picture);
  return { name: /\.\w+$/.test(name) ? name : name + (await ending_of(blob)), blob };
}
