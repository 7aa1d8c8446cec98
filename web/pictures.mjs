// Pictures on their way to the worker and back.

// A TGA file: every pixel as it is, alpha included, which no canvas promises.
function tga({ width, height, data }) {
  const file = new Uint8Array(18 + data.length);
  const sizes = [width & 255, width >> 8, height & 255, height >> 8];
  file.set([0, 0, 2, ...new Array(9).fill(0), ...sizes, 32, 0x28]);
  for (let i = 0; i < data.length; i += 4) {
    file[18 + i] = data[i + 2];
    file[19 + i] = data[i + 1];
    file[20 + i] = data[i];
    file[21 + i] = data[i + 3];
  }
  return new Blob([file]);
}

// WebP, AVIF and HEIC, by their first bytes: the worker reads none of them, browsers read some.
async function is_the_browsers(blob) {
  return /^RIFF....WEBP|^....ftyp(avif|avis|heic|heix|mif1)/s.test(await first_bytes(blob));
}
async function first_bytes(blob) {
  return String.fromCharCode(...new Uint8Array(await blob.slice(0, 12).arrayBuffer()));
}

// A picture file as the worker can read it: such a one as a PNG, upright, in sRGB and 8 bits; as it
// is where the browser does not read it either, or cannot get at the file: the worker says so.
export async function readable(blob) {
  try {
    if (!(await is_the_browsers(blob))) return blob;
    const bitmap = await createImageBitmap(blob, { premultiplyAlpha: "none" });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    return await canvas.convertToBlob({ type: "image/png" });
  } catch {
    return blob;
  }
}

// A picture as a program has it, a Blob of an image file or ImageData, in the same way.
export async function picture_blob(source) {
  if (source instanceof ImageData) return tga(source);
  if (source instanceof Blob) return readable(source);
  const what = source?.constructor?.name ?? String(source);
  throw new Error(`A picture is a Blob of an image file or ImageData, not ${what}.`);
}

// What a file's name ends with, by its first bytes. TGA has none of its own.
const beginnings = [
  [/^\x89PNG/, ".png"],
  [/^\xff\xd8/, ".jpg"],
  [/^GIF8/, ".gif"],
  [/^BM/, ".bmp"],
  [/^(II[*+]\0|MM\0[*+])/, ".tif"],
  [/^P[1-6]/, ".pnm"],
  [/^#\?R/, ".hdr"],
];
export async function ending_of(blob) {
  const start = await first_bytes(blob);
  return beginnings.find(([beginning]) => beginning.test(start))?.[1] ?? ".tga";
}

// A byte a value, rows x columns x channels, as they come in an event.
export class Bytes {
  #buffer;
  #at = 0;
  constructor(buffer) {
    this.#buffer = buffer;
  }
  file(size) {
    return this.#buffer.slice(this.#at, (this.#at += size));
  }
  image(shape) {
    if (!shape) return null;
    const [height, width, channels] = shape;
    const values = new Uint8Array(this.file(height * width * channels));
    const data = new Uint8ClampedArray(height * width * 4);
    for (let i = 0, from = 0; i < data.length; i += 4, from += channels) {
      for (let c = 0; c < 3; ++c) {
        data[i + c] = values[from + (channels === 3 ? c : 0)];
      }
      data[i + 3] = 255;
    }
    return new ImageData(data, width, height);
  }
}
