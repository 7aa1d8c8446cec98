// Every awkward file, dropped on the page: it opens, or one sentence says why not.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { check, data, open_browser, serve, shoot, site } from "./site.mjs";
import { Visitor } from "./visitor.mjs";

const folder = join(data, "awkward");
if (!existsSync(folder)) {
  console.log(`SKIPPED: ${folder} is not there`);
  process.exit(77);
}
const [, ...rows] = readFileSync(join(folder, "index.tsv"), "utf8").trim().split("\n");
const files = rows.map((row) => row.split("\t")).map(([name, , , kind]) => ({ name, kind }));

const is_sentence = (text) => text.length > 10 && !text.includes("\n") && !text.includes("/files/");

// What became of it: the sentences that say why not, once it is shown or refused.
async function outcome(visitor, name) {
  const about = (c) => c.name === "Notice" && c.value.includes(name);
  const first = await visitor.wait_for(name, (c) => c.name === name || about(c));
  if (about(first)) return { messages: [first.value] };
  const end = await visitor.wait_for(
    `${name}, opened or refused,`,
    (c) => (c.name === name && c.value !== "") || c.name === "RMSE",
  );
  if (end.name === "RMSE") return { messages: [] };
  return { messages: [end.value] };
}

const host = await serve();
const browser = await open_browser(host.url);
try {
  const page = await browser.page();
  const visitor = new Visitor(page);
  await visitor.find("RMSE");
  for (const { name, kind } of files) {
    await visitor.drop([join(folder, "files", name)]);
    const { messages } = await outcome(visitor, name);
    for (const message of messages) {
      check(is_sentence(message) && message.includes(name), `${name}: "${message}"`);
    }
    if (kind === "valid") check(messages.length === 0, `${name} opens`);
    if (kind === "invalid" || kind === "huge") check(messages.length === 1, `${name} is refused`);
  }
  const model = [...readFileSync(join(site, "model.safetensors"))];
  await visitor.drop([{ name: "cut.safetensors", bytes: model.slice(0, model.length / 2) }]);
  const { value } = await visitor.wait_for(
    "a notice of the cut model",
    (c) => c.name === "Notice" && c.value.includes("cut.safetensors"),
  );
  check(is_sentence(value), `a cut model: "${value}"`);
  await shoot(page, "cut-model");
  check((await visitor.value("model")) !== "cut", "the model before it stays in use");
  check(browser.problems.length === 0, `no error, no request left the origin ${browser.problems}`);
} finally {
  await browser.close();
  host.stop();
}
