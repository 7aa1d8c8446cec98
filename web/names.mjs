// The names under which a worker finds pictures.
import { ending_of, picture_blob, readable_file } from "./pictures.mjs";

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

// In folders the worker looks for endings that it knows: without one a picture is not there.
async function file_of(picture, i) {
  const given = picture?.webkitRelativePath || picture?.name || `picture-${i}`;
  const whole = picture instanceof Blob ? picture : await picture_blob(picture);
  const { name, blob } = await readable_file({ name: given, blob: whole });
  return { name: /\.\w+$/.test(name) ? name : name + (await ending_of(blob)), blob };
}
