// What Limpid.train() asks of the worker, and what it tells while one learns.
import { given } from "./given.mjs";
import { Bytes } from "./pictures.mjs";

// options: those of train(). `found`: order (the default), threads, and the network in use as
// {model, json}. Throws a sentence where they do not fit.
export function order_of(options, found) {
  const { model = "classroom", goes_on, size, noise, kind, fixed_field, ...others } = options;
  const { noisy, tests, ...settings } = others;
  delete settings.signal;
  const { order } = found;
  for (const name of Object.keys(settings)) {
    if (!(name in order.settings)) throw new Error(`training: there is no setting '${name}'`);
  }
  const noises = { noise, noise_kind: kind, noise_fixed_field: fixed_field };
  const network = goes_on
    ? { model_json: found.json, begins_with: found.model }
    : { model_name: model };
  if (goes_on && !found.json) throw new Error("training: use_model() first: none goes on");
  return {
    ...order,
    ...network,
    ...given({ size: settings.crop ? 0 : size }),
    settings: { ...order.settings, threads: found.threads, ...given({ ...noises, ...settings }) },
    paths: ["/training"],
    noisy: noisy ? "/noisy" : "",
    tests: tests ? "/tests" : "",
  };
}

export function report(event, bytes, on_progress) {
  if (event.type === "ReadingPictures") on_progress({ ...event, type: "reading" });
  if (event.type === "TrainingBegun") on_progress({ ...event, type: "begun" });
  if (event.type === "TrainingProgressed") {
    on_progress({ type: "progress", ...event.progress, seconds: event.seconds });
  }
  if (event.type === "EpochEnded") on_progress({ type: "epoch", ...event.record });
  if (event.type === "CheckpointKept") on_progress({ ...event, type: "checkpoint" });
  if (event.type === "PreviewDrawn") {
    const pictures = new Bytes(bytes);
    on_progress({
      type: "preview",
      epoch: event.epoch,
      rows: event.rows.map((row) => ({
        ...row,
        clean: pictures.image(row.clean),
        noisy: pictures.image(row.noisy),
        restored: pictures.image(row.restored),
      })),
    });
  }
}
