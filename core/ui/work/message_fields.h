// Which fields a message has: each request's and each event's, once, for writing and reading.
#pragma once

#include "core/ui/work/event.h"
#include "core/ui/work/request.h"

namespace limpid {

// `v` is called with each field's name and the field.
template <class V>
void fields(V& v, NoiseSettings& m) {
  v("kind", m.kind), v("strength", m.strength), v("seed", m.seed), v("clip", m.clip);
  v("fixed_field", m.fixed_field), v("weakest", m.weakest), v("no_clip_share", m.no_clip_share);
  v("monochrome_share", m.monochrome_share), v("camera_share", m.camera_share);
}

template <class V>
void fields(V& v, Quality& m) {
  v("rmse", m.rmse), v("psnr", m.psnr), v("ssim", m.ssim);
}

template <class V>
void fields(V& v, SplitSettings& m) {
  v("test_size", m.test_size), v("seed", m.seed), v("group_duplicates", m.group_duplicates);
}

template <class V>
void fields(V& v, TrainingOrder& m) {
  v("paths", m.paths), v("noisy", m.noisy), v("tests", m.tests), v("size", m.size),
      v("channels", m.channels);
  v("model_name", m.model_name), v("model_json", m.model_json), v("settings", m.settings);
  v("begins_with", m.begins_with);
  v("split", m.split), v("engine", m.engine);
}

template <class V>
void fields(V& v, EpochRecord& m) {
  v("epoch", m.epoch), v("loss", m.loss), v("val_loss", m.val_loss), v("rmse", m.rmse);
  v("seconds", m.seconds), v("learning_rate", m.learning_rate);
}

template <class V>
void fields(V& v, TrainingProgress& m) {
  v("epoch", m.epoch), v("picture", m.picture), v("pictures", m.pictures), v("loss", m.loss);
  v("pictures_per_s", m.pictures_per_s), v("eta_s", m.eta_s), v("validating", m.validating);
}

template <class V>
void fields(V& v, EnginesFound::Entry& m) {
  v("name", m.name), v("description", m.description);
}

template <class V>
void fields(V& v, PicturesFound::File& m) {
  v("path", m.path), v("name", m.name);
}

template <class V>
void fields(V& v, PreviewDrawn::Row& m) {
  v("name", m.name), v("clean", m.clean), v("noisy", m.noisy), v("restored", m.restored);
  v("noisy_rmse", m.noisy_rmse), v("restored_rmse", m.restored_rmse);
}

template <class V>
void fields(V& v, FindPictures& m) {
  v("paths", m.paths), v("show", m.show);
}

template <class V>
void fields(V& v, OpenPicture& m) {
  v("picture", m.picture), v("path", m.path);
}

template <class V>
void fields(V& v, ClosePicture& m) {
  v("picture", m.picture);
}

template <class V>
void fields(V& v, Restore& m) {
  v("picture", m.picture), v("model", m.model), v("already_noisy", m.already_noisy);
  v("noise", m.noise), v("engine", m.engine), v("memory_bytes", m.memory_bytes);
  v("threads", m.threads), v("views", m.views), v("amount", m.amount), v("first", m.first);
  v("send_pictures", m.send_pictures), v("beside", m.beside), v("queue", m.queue);
  v("save_to", m.save_to);
}

template <class V>
void fields(V& v, CancelRestore& m) {
  v("picture", m.picture);
}

template <class V>
void fields(V& v, CancelQueue& m) {
  v("queue", m.queue), v("goes_on", m.goes_on);
}

template <class V>
void fields(V& v, EncodePicture& m) {
  v("picture", m.picture), v("version", m.version), v("format", m.format);
}

template <class V>
void fields(V& v, DrawMaps& m) {
  v("picture", m.picture), v("model", m.model), v("layer", m.layer);
  v("already_noisy", m.already_noisy), v("threads", m.threads);
}

template <class V>
void fields(V& v, LoadModel& m) {
  v("model", m.model), v("path", m.path);
}

template <class V>
void fields(V& v, PlanTraining& m) {
  v("order", m.order);
}

template <class V>
void fields(V& v, OpenRun& m) {
  v("run", m.run), v("folder", m.folder);
}

template <class V>
void fields(V& v, StartTraining& m) {
  v("order", m.order), v("model", m.model), v("checkpoint", m.checkpoint);
  v("run", m.run), v("resume", m.resume), v("keep_every_s", m.keep_every_s);
}

template <class V>
void fields(V& v, PauseTraining& m) {
  v("paused", m.paused);
}

template <class V>
void fields(V&, StopTraining&) {}

template <class V>
void fields(V& v, EnginesFound& m) {
  v("engines", m.engines), v("threads", m.threads), v("methods", m.methods);
}

template <class V>
void fields(V& v, PicturesFound& m) {
  v("files", m.files), v("skipped", m.skipped), v("show", m.show);
}

template <class V>
void fields(V& v, PictureOpened& m) {
  v("picture", m.picture), v("image", m.image), v("noise_strength", m.noise_strength);
  v("white_noise", m.white_noise);
}

template <class V>
void fields(V& v, NoiseAdded& m) {
  v("picture", m.picture), v("image", m.image);
}

template <class V>
void fields(V& v, Restoring& m) {
  v("picture", m.picture), v("done", m.done), v("total", m.total);
}

template <class V>
void fields(V& v, Restored& m) {
  v("picture", m.picture), v("request", m.request), v("cancelled", m.cancelled);
  v("image", m.image), v("has_quality", m.has_quality), v("noisy", m.noisy);
  v("restored", m.restored), v("ms", m.ms), v("saved_to", m.saved_to);
}

template <class V>
void fields(V& v, EncodingPicture& m) {
  v("picture", m.picture), v("done", m.done), v("total", m.total);
}

template <class V>
void fields(V& v, PictureEncoded& m) {
  v("picture", m.picture), v("version", m.version), v("cancelled", m.cancelled);
  v("name", m.name), v("file", m.file);
}

template <class V>
void fields(V& v, MapsDrawn& m) {
  v("request", m.request), v("layer", m.layer), v("count", m.count);
  v("height", m.height), v("width", m.width), v("columns", m.columns), v("gap", m.gap),
      v("picture", m.picture);
}

template <class V>
void fields(V& v, ModelLoaded& m) {
  v("model", m.model), v("name", m.name), v("channels", m.channels);
  v("parameters", m.parameters), v("summary", m.summary), v("json", m.json);
  v("training", m.training);
}

template <class V>
void fields(V& v, TrainingPlanned& m) {
  v("order", m.order), v("pictures", m.pictures), v("test_pictures", m.test_pictures);
  v("skipped", m.skipped), v("parameters", m.parameters), v("memory_bytes", m.memory_bytes);
  v("seconds", m.seconds), v("filters", m.filters);
}

template <class V>
void fields(V& v, RunOpened& m) {
  v("run", m.run), v("order", m.order), v("history", m.history), v("model_file", m.model_file);
}

template <class V>
void fields(V& v, ReadingPictures& m) {
  v("done", m.done), v("total", m.total);
}

template <class V>
void fields(V& v, TrainingBegun& m) {
  v("order", m.order), v("pictures", m.pictures), v("test_pictures", m.test_pictures);
  v("noisy_rmse", m.noisy_rmse), v("skipped", m.skipped), v("history", m.history);
}

template <class V>
void fields(V& v, TrainingProgressed& m) {
  v("progress", m.progress), v("seconds", m.seconds);
}

template <class V>
void fields(V& v, EpochEnded& m) {
  v("record", m.record);
}

template <class V>
void fields(V& v, PreviewDrawn& m) {
  v("epoch", m.epoch), v("rows", m.rows), v("filters", m.filters);
}

template <class V>
void fields(V& v, CheckpointKept& m) {
  v("epoch", m.epoch), v("picture", m.picture), v("bytes", m.bytes);
}

template <class V>
void fields(V& v, TrainingPaused& m) {
  v("paused", m.paused);
}

template <class V>
void fields(V& v, TrainingEnded& m) {
  v("end", m.end), v("model", m.model), v("history", m.history), v("message", m.message);
  v("model_file", m.model_file);
}

template <class V>
void fields(V& v, Failed& m) {
  v("what", m.what), v("number", m.number), v("message", m.message), v("queue", m.queue);
}

}  // namespace limpid
