// The article's network as a TensorFlow Lite file (schema.fbs of TensorFlow, version 3), weights
// random: only its speed is asked for. NHWC, float32.

const op = { conv: 3, logistic: 14, pool: 17, resize: 97 }; // BuiltinOperator
const options_of = { conv: 1, pool: 5, resize: 74 }; // BuiltinOptions
const same_padding = 0;
const relu = 1;

class Writer {
  #builder;
  #buffers = []; // the first is empty, by convention
  #tensors = [];
  #operators = [];
  #codes = [];

  constructor(flatbuffers) {
    this.#builder = new flatbuffers.Builder(1 << 22);
    this.#buffer(new Uint8Array(0));
  }

  // `fields`: [slot, kind, value]; kinds are the builder's, "Offset" for what was built before.
  #table(slots, fields) {
    const b = this.#builder;
    b.startObject(slots);
    for (const [slot, kind, value] of fields) b[`addField${kind}`](slot, value, undefined);
    return b.endObject();
  }
  #vector(values, kind, bytes) {
    const b = this.#builder;
    b.startVector(bytes, values.length, bytes);
    for (let i = values.length - 1; i >= 0; --i) b[`add${kind}`](values[i]);
    return b.endVector();
  }
  #ints = (values) => this.#vector(values, "Int32", 4);
  #offsets = (values) => this.#vector(values, "Offset", 4);

  #buffer(content) {
    const b = this.#builder;
    if (content.length === 0) return this.#buffers.push(this.#table(1, [])) - 1;
    b.startVector(1, content.length, 16);
    b.bb.setPosition((b.space -= content.length));
    b.bb.bytes().set(content, b.space);
    return this.#buffers.push(this.#table(1, [[0, "Offset", b.endVector()]])) - 1;
  }

  tensor(name, shape, values) {
    const content = values ? new Uint8Array(values.buffer) : null;
    const type = values instanceof Int32Array ? 2 : 0;
    const buffer = content ? this.#buffer(content) : 0;
    const fields = [
      [0, "Offset", this.#ints(shape)],
      [1, "Int8", type],
      [2, "Int32", buffer],
      [3, "Offset", this.#builder.createString(name)],
    ];
    return this.#tensors.push(this.#table(8, fields)) - 1;
  }

  add(kind, inputs, output, options = []) {
    let code = this.#codes.indexOf(kind);
    if (code < 0) code = this.#codes.push(kind) - 1;
    const built = options_of[kind] ? this.#table(6, options) : null;
    const fields = [
      [0, "Int32", code],
      [1, "Offset", this.#ints(inputs)],
      [2, "Offset", this.#ints([output])],
    ];
    if (built !== null) fields.push([3, "Int8", options_of[kind]], [4, "Offset", built]);
    this.#operators.push(this.#table(9, fields));
  }

  finish(input, output) {
    const b = this.#builder;
    const codes = this.#codes.map((kind) =>
      this.#table(4, [
        [0, "Int8", op[kind]],
        [2, "Int32", kind === "resize" ? 3 : 1],
        [3, "Int32", op[kind]],
      ]),
    );
    const graph = this.#table(5, [
      [0, "Offset", this.#offsets(this.#tensors)],
      [1, "Offset", this.#ints([input])],
      [2, "Offset", this.#ints([output])],
      [3, "Offset", this.#offsets(this.#operators)],
    ]);
    const fields = [
      [0, "Int32", 3],
      [1, "Offset", this.#offsets(codes)],
      [2, "Offset", this.#offsets([graph])],
      [4, "Offset", this.#offsets(this.#buffers)],
    ];
    b.finish(this.#table(8, fields), "TFL3");
    return b.asUint8Array();
  }
}

export function tflite_article(flatbuffers, size) {
  const writer = new Writer(flatbuffers);
  let side = size;
  let channels = 3;
  const input = writer.tensor("input", [1, side, side, channels]);
  let last = input;
  const next = (name, to) => {
    channels = to;
    return writer.tensor(name, [1, side, side, to]);
  };
  const conv = (name, to, activation) => {
    const scale = 2 * Math.sqrt(6 / (9 * (channels + to)));
    const values = Float32Array.from({ length: 9 * channels * to }, () => {
      return (Math.random() - 0.5) * scale;
    });
    const kernel = writer.tensor(`${name}.w`, [to, 3, 3, channels], values);
    const bias = writer.tensor(`${name}.b`, [to], new Float32Array(to));
    const output = next(name, to);
    writer.add("conv", [last, kernel, bias], output, [
      [0, "Int8", same_padding],
      [1, "Int32", 1],
      [2, "Int32", 1],
      [3, "Int8", activation],
      [4, "Int32", 1],
      [5, "Int32", 1],
    ]);
    last = output;
  };
  const pool = (name) => {
    side /= 2;
    const output = next(name, channels);
    writer.add("pool", [last], output, [
      [0, "Int8", same_padding],
      ...[1, 2, 3, 4].map((slot) => [slot, "Int32", 2]),
    ]);
    last = output;
  };
  const up = (name) => {
    side *= 2;
    const to = writer.tensor(`${name}.size`, [2], Int32Array.from([side, side]));
    const output = next(name, channels);
    writer.add("resize", [last, to], output);
    last = output;
  };
  conv("enc1", 256, relu);
  pool("pool1");
  conv("enc2", 128, relu);
  pool("pool2");
  conv("bottleneck", 64, relu);
  conv("dec1", 128, relu);
  up("up1");
  conv("dec2", 256, relu);
  up("up2");
  conv("out", 3, 0);
  const output = next("restored", 3);
  writer.add("logistic", [last], output);
  return writer.finish(input, output);
}
