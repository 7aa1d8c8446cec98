// A ZIP of files that are compressed already: stored, names in UTF-8. Below 4 GiB and 65,536 files.
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

export function crc32(bytes) {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; ++i) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// Little-endian fields: [value, bytes] each.
function record(...fields) {
  const bytes = [];
  for (const [value, size] of fields) {
    for (let i = 0; i < size; ++i) bytes.push(Math.floor(value / 2 ** (8 * i)) & 255);
  }
  return new Uint8Array(bytes);
}

const utf8_names = 0x0800;
const first_of_1980 = 0x21; // the earliest date there is

// files: [{name, blob, crc}].
export function zip(files) {
  const parts = [],
    directory = [];
  let at = 0;
  for (const { name, blob, crc } of files) {
    const title = new TextEncoder().encode(name);
    const common = [
      [20, 2],
      [utf8_names, 2],
      [0, 2],
      [0, 2],
      [first_of_1980, 2],
      [crc, 4],
      [blob.size, 4],
      [blob.size, 4],
      [title.length, 2],
      [0, 2],
    ];
    parts.push(record([0x04034b50, 4], ...common), title, blob);
    directory.push(
      record([0x02014b50, 4], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]),
      title,
    );
    at += 30 + title.length + blob.size;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [files.length, 2],
    [files.length, 2],
    [size, 4],
    [at, 4],
    [0, 2],
  );
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}
