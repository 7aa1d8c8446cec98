// The names under which a worker finds the pictures that it is to learn from.
import { ending_of, picture_blob, readable_file } from "./pictures.mjs";

// {name, blob} each; a name that is taken gets a folder of its own.
export async function named_files(pictures) {
  const files = await Promise.all(pictures.map(file_of));
  const taken = new Set();
  return files.map(({ name, blob }, i) => {
    const free = taken.has(name) ? `${i}/${name}` : name;
    taken.add(free);
    return { name: free, blob };
  });
}

// In folders the worker looks for endings that it knows: without one a picture is not there.
async function file_of(picture, i) {
  const given = picture?.webkitRelativePath || picture?.name || `picture-${i}`;
  const whole = picture instanceof Blob ? picture : await picture_blob(picture);
  const { name, blob } = await readable_file({ name: given, blob: whole });
  return { name: /\.\w+$/.test(name) ? name : name + (await ending_of(blob)), blob };
}
