// The article's network as an ONNX file, weights random: only its speed is asked for.

// The few parts of protocol buffers that ONNX needs.
const bytes = (text) => [...Buffer.from(text)];
function varint(value) {
  const out = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 128);
  return [...out, value];
}
const number = (field, value) => [...varint(field * 8), ...varint(value)];
function block(field, content) {
  return Buffer.concat([
    Buffer.from([...varint(field * 8 + 2), ...varint(content.length)]),
    Buffer.from(content),
  ]);
}
const join = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

const FLOAT = 1;
function tensor(name, dims, values) {
  return join(
    ...dims.map((d) => number(1, d)),
    number(2, FLOAT),
    block(8, bytes(name)),
    block(9, Buffer.from(values.buffer)),
  );
}
function valueInfo(name, dims) {
  const shape = join(...dims.map((d) => block(1, number(1, d))));
  return join(block(1, bytes(name)), block(2, block(1, join(number(1, FLOAT), block(2, shape)))));
}
const ATTRIBUTE = { int: 2, string: 3, ints: 7 };
function attribute(name, kind, value) {
  const body =
    kind === "string"
      ? block(4, bytes(value))
      : kind === "int"
        ? number(3, value)
        : join(...value.map((v) => number(8, v)));
  return join(block(1, bytes(name)), body, number(20, ATTRIBUTE[kind]));
}
function node(op, inputs, output, attributes = []) {
  return join(
    ...inputs.map((name) => block(1, bytes(name))),
    block(2, bytes(output)),
    block(4, bytes(op)),
    ...attributes.map((a) => block(5, a)),
  );
}

export function onnx_article(size) {
  const nodes = [];
  const weights = [];
  let last = "input";
  const conv = (name, from, to, act) => {
    const random = (n, scale) =>
      Float32Array.from({ length: n }, () => (Math.random() - 0.5) * scale);
    weights.push(
      tensor(
        name + ".w",
        [to, from, 3, 3],
        random(9 * from * to, 2 * Math.sqrt(6 / (9 * (from + to)))),
      ),
      tensor(name + ".b", [to], random(to, 0)),
    );
    nodes.push(
      node("Conv", [last, name + ".w", name + ".b"], name, [
        attribute("kernel_shape", "ints", [3, 3]),
        attribute("pads", "ints", [1, 1, 1, 1]),
      ]),
      node(act, [name], name + ".a"),
    );
    last = name + ".a";
  };
  const pool = (name) => {
    nodes.push(
      node("MaxPool", [last], name, [
        attribute("kernel_shape", "ints", [2, 2]),
        attribute("strides", "ints", [2, 2]),
      ]),
    );
    last = name;
  };
  weights.push(tensor("scales", [4], Float32Array.from([1, 1, 2, 2])));
  const up = (name) => {
    nodes.push(
      node("Resize", [last, "", "scales"], name, [
        attribute("mode", "string", "nearest"),
        attribute("coordinate_transformation_mode", "string", "asymmetric"),
        attribute("nearest_mode", "string", "floor"),
      ]),
    );
    last = name;
  };
  (conv("enc1", 3, 256, "Relu"), pool("pool1"));
  (conv("enc2", 256, 128, "Relu"), pool("pool2"));
  conv("bottleneck", 128, 64, "Relu");
  (conv("dec1", 64, 128, "Relu"), up("up1"));
  (conv("dec2", 128, 256, "Relu"), up("up2"));
  conv("out", 256, 3, "Sigmoid");
  const graph = join(
    ...nodes.map((n) => block(1, n)),
    block(2, bytes("article")),
    ...weights.map((w) => block(5, w)),
    block(11, valueInfo("input", [1, 3, size, size])),
    block(12, valueInfo(last, [1, 3, size, size])),
  );
  const IR_VERSION = 8,
    OPSET = 13;
  return {
    bytes: join(number(1, IR_VERSION), block(7, graph), block(8, number(2, OPSET))),
    output: last,
  };
}
