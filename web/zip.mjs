// A ZIP of files that are compressed already: stored, names in UTF-8, each below 4 GiB; ZIP64 where
// the whole needs it (APPNOTE.TXT 4.3.14, 4.5.3).
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
const version = 20,
  version_of_zip64 = 45; // that a reader must know
const most = { 2: 0xffff, 4: 0xffffffff }; // in so many bytes it says: see the ZIP64 record

const in_zip64 = (value, size) => value >= most[size];
const field = (value, size) => [Math.min(value, most[size]), size];

// What is said of a file in front of it and in the directory: `extra` bytes follow its name.
const description = ({ title, blob, crc }, extra) => [
  [extra > 0 ? version_of_zip64 : version, 2],
  [utf8_names, 2],
  [0, 2],
  [0, 2],
  [first_of_1980, 2],
  [crc, 4],
  [blob.size, 4],
  [blob.size, 4],
  [title.length, 2],
  [extra, 2],
];

// The entry of a file that begins `at`.
function entry(file, at) {
  const far = in_zip64(at, 4) ? record([1, 2], [8, 2], [at, 8]) : new Uint8Array(0);
  const rest = [[0, 2], [0, 2], [0, 2], [0, 4], field(at, 4)];
  const made_by = [version_of_zip64, 2];
  return [
    record([0x02014b50, 4], made_by, ...description(file, far.length), ...rest),
    file.title,
    far,
  ];
}

// The end of an archive whose directory of so many entries and bytes begins `at`.
function end(entries, size, at) {
  const last = record(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    field(entries, 2),
    field(entries, 2),
    field(size, 4),
    field(at, 4),
    [0, 2],
  );
  if (!in_zip64(entries, 2) && !in_zip64(size, 4) && !in_zip64(at, 4)) return [last];
  const zip64 = record(
    [0x06064b50, 4],
    [44, 8], // bytes of it that follow
    [version_of_zip64, 2],
    [version_of_zip64, 2],
    [0, 4],
    [0, 4],
    [entries, 8],
    [entries, 8],
    [size, 8],
    [at, 8],
  );
  return [zip64, record([0x07064b50, 4], [0, 4], [at + size, 8], [1, 4]), last];
}

// files: [{name, blob, crc}]. What it returns are the archive's parts, in their order.
export function zip(files) {
  const parts = [],
    directory = [];
  let at = 0;
  for (const { name, blob, crc } of files) {
    const file = { title: new TextEncoder().encode(name), blob, crc };
    const header = record([0x04034b50, 4], ...description(file, 0));
    parts.push(header, file.title, blob);
    directory.push(...entry(file, at));
    at += header.length + file.title.length + blob.size;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  return [...parts, ...directory, ...end(files.length, size, at)];
}
