// web/zip.mjs beyond 4 GiB and 65,535 files, by a reader that is not ours: zipfile of Python.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "./site.mjs";
import { crc32, zip } from "../../web/zip.mjs";

const mib = 2 ** 20;

// A file of zeros takes no room: of it the place alone is kept. Returns the archive's size.
async function write_sparse(path, parts) {
  const file = openSync(path, "w");
  let at = 0;
  for (const part of parts) {
    if (part instanceof Uint8Array) at += writeSync(file, part, 0, part.length, at);
    else if (part instanceof Blob) at += writeSync(file, await content(part), 0, part.size, at);
    else at += part.size;
  }
  closeSync(file);
  return at;
}
const content = async (blob) => new Uint8Array(await blob.arrayBuffer());

// The names, and the content of those that are wanted, whose CRC it checks.
const reader = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
print(json.dumps([archive.namelist(), [archive.read(name).decode() for name in sys.argv[2:]]]))`;
const options = { maxBuffer: 64 * mib, stdio: ["ignore", "pipe", "inherit"] };
const read = (path, wanted) =>
  JSON.parse(execFileSync("python3", ["-c", reader, path, ...wanted], options));

const small = (name, text) => {
  const bytes = new TextEncoder().encode(text);
  return { name, blob: new Blob([bytes]), crc: crc32(bytes) };
};
const zeros = (name, mebibytes) => ({ name, blob: { size: mebibytes * mib }, crc: 0 });

const folder = mkdtempSync(join(tmpdir(), "limpid-zip-"));
const path = join(folder, "restored.zip");
try {
  const far = [
    small("first.txt", "in front"),
    zeros("a.bin", 2500),
    zeros("b.bin", 2500),
    small("wäre.txt", "beyond 4 GiB"),
    small("last.txt", "the last"),
  ];
  const size = await write_sparse(path, zip(far));
  check(size > 2 ** 32, `an archive of ${(size / 2 ** 30).toFixed(2)} GiB`);
  const [names, texts] = read(path, ["first.txt", "wäre.txt", "last.txt"]);
  check(names.join() === far.map(({ name }) => name).join(), `all are listed: ${names}`);
  check(texts.join() === "in front,beyond 4 GiB,the last", `and whole: ${texts}`);

  const many = Array.from({ length: 70_000 }, (_, i) => small(`${i}.txt`, `no. ${i}`));
  await write_sparse(path, zip(many));
  const [all, [middle, last]] = read(path, ["35000.txt", "69999.txt"]);
  check(all.length === many.length, `${all.length} of ${many.length} files are listed`);
  check(middle === "no. 35000" && last === "no. 69999", "their content is their own");

  await write_sparse(path, zip([small("a.txt", "a")]));
  check(read(path, ["a.txt"])[1][0] === "a", "one file alone, without ZIP64");
} finally {
  rmSync(folder, { recursive: true });
}
