// Serves a folder on localhost as a good host would: isolating headers, brotli where the file lies
// ready-made beside the plain one. serve.mjs FOLDER [PORT]; with --bare no headers and no brotli,
// as the plainest static host. Prints the address.
import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, resolve } from "node:path";

const [folder, port = "8080"] = process.argv.slice(2).filter((argument) => argument !== "--bare");
const bare = process.argv.includes("--bare");
const root = resolve(folder);
if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
  console.error(`serve: ${port} is no port: name a number from 0, for any that is free, to 65535`);
  process.exit(2);
}

const types = {
  ".html": "text/html; charset=utf-8",
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
  ".safetensors": "application/octet-stream",
};
const isolating = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

async function body_of(file, accepts_brotli) {
  if (accepts_brotli) {
    const [plain, small] = await Promise.all(
      [file, `${file}.br`].map((path) => stat(path).catch(() => null)),
    );
    // One that is older than the file is of an earlier build.
    if (plain && small && small.mtimeMs >= plain.mtimeMs) {
      return { body: await readFile(`${file}.br`), encoding: { "Content-Encoding": "br" } };
    }
  }
  return { body: await readFile(file), encoding: {} };
}

const server = createServer(async (request, response) => {
  let path = request.url;
  try {
    path = normalize(decodeURIComponent(new URL(path, "http://localhost").pathname));
    const file = join(root, path.endsWith("/") ? `${path}index.html` : path);
    if (!file.startsWith(root)) throw new Error("outside");
    const brotli = !bare && (request.headers["accept-encoding"] ?? "").includes("br");
    const { body, encoding } = await body_of(file, brotli);
    response.writeHead(200, {
      "Content-Type": types[extname(file)] ?? "application/octet-stream",
      "Cache-Control": "no-cache",
      ...encoding,
      ...(bare ? {} : isolating),
    });
    response.end(body);
  } catch {
    response.writeHead(404, { "Content-Type": "text/plain", ...(bare ? {} : isolating) });
    response.end(`${path} is not here\n`);
  }
});

server.on("error", (error) => {
  console.error(
    `serve: ${error.code === "EADDRINUSE" ? `port ${port} is taken` : error.message}`,
  );
  process.exit(1);
});
server.listen(Number(port), "localhost", () => {
  console.log(`http://localhost:${server.address().port}/`);
});
