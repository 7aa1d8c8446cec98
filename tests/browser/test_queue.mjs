// 500 pictures through the queue: none is lost, a broken one stops nothing, memory stays flat.
import { check, names_in, open_browser, serve, shoot } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

const count = 500;
const side = 96;
const most_growth_mib = 150; // between the 100th picture and the last; their pixels alone are 160

// Pictures of their own, made in the page, and a broken one.
const drop_many = (page) =>
  page.evaluate(
    async ([count, side]) => {
      const transfer = new DataTransfer();
      const canvas = new OffscreenCanvas(side, side);
      const context = canvas.getContext("2d");
      for (let i = 0; i < count; ++i) {
        context.fillStyle = `hsl(${i % 360} 60% 50%)`;
        context.fillRect(0, 0, side, side);
        context.fillStyle = "white";
        context.fillText(String(i), 10, 50);
        const blob = await canvas.convertToBlob();
        transfer.items.add(new File([blob], `picture-${String(i).padStart(3, "0")}.png`));
      }
      // Two of one name, as a search over folders finds them.
      for (let i = 0; i < 2; ++i) {
        transfer.items.add(new File([await canvas.convertToBlob()], "twin.png"));
      }
      const jpeg = await canvas.convertToBlob({ type: "image/jpeg" });
      transfer.items.add(new File([jpeg], "photo.jpg"));
      transfer.items.add(new File([new Uint8Array(50)], "broken.png"));
      // One that the browser cannot look into costs no other.
      const slice = Blob.prototype.slice;
      Blob.prototype.slice = function (...range) {
        if (this.name === "broken.png") throw new DOMException("no", "NotReadableError");
        return slice.apply(this, range);
      };
      const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
      document.body.dispatchEvent(new DragEvent("drop", options));
    },
    [count, side],
  );

// How a file in the archive begins, where it lies as it is.
function beginning_of(zip, name) {
  const at = zip.indexOf(name); // in its own header, before which there is none of its name
  const from = at + name.length + zip.readUInt16LE(at - 2);
  return zip.toString("hex", from, from + 2);
}

const host = await serve();
const browser = await open_browser(host.url);
try {
  const page = await browser.page();
  const visitor = new Visitor(page);
  await visitor.find("RMSE");
  await drop_many(page);
  const all = await visitor.find(/^Restore all \d{3}/);
  const listed = Number(/\d+/.exec(all.name)[0]);
  let early = 0;
  const archive = await visitor.download(async () => {
    await visitor.press(/^Restore all/);
    await visitor.wait_for("a fifth of them", ({ name }) => {
      const done = /(\d+) of \d+/.exec(name);
      return done !== null && Number(done[1]) >= 100;
    }, 300_000);
    await shoot(page, "queue");
    early = browser.memory_mib();
  }, 600_000);
  const names = names_in(archive.bytes);
  check(
    archive.name === "restored.zip" && names.length === listed - 1,
    `${names.length} of ${listed} pictures are in ${archive.name}`,
  );
  check(
    new Set(names).size === names.length && names.includes("picture-499.png"),
    "each has its own name",
  );
  check(names.includes("twin.png") && names.includes("twin-restored.png"), "twins are both there");
  check(
    names.includes("photo.jpg") && beginning_of(archive.bytes, "photo.jpg") === "ffd8",
    "and the JPEG is one",
  );
  const growth = browser.memory_mib() - early;
  check(growth < most_growth_mib, `memory grew by ${Math.round(growth)} MiB after the 100th`);
  check(browser.problems.length === 0, `no error, no request left the origin ${browser.problems}`);
} finally {
  await browser.close();
  host.stop();
}
