// The names under which a worker finds pictures.

// {name, blob} each; a name that is taken gets a folder of its own.
export function with_names(blobs) {
  const taken = new Set();
  return blobs.map((blob, i) => {
    let name = blob.webkitRelativePath || blob.name || `picture-${i}`;
    if (taken.has(name)) name = `${i}/${name}`;
    taken.add(name);
    return { name, blob };
  });
}
