#include "core/train/settings.h"

#include <algorithm>
#include <array>
#include <climits>
#include <concepts>
#include <nlohmann/json.hpp>

#include "core/engine/loss.h"
#include "core/error.h"
#include "core/model/json.h"
#include "core/model/strict_json.h"
#include "core/names.h"

namespace limpid {
namespace {

using Json = nlohmann::ordered_json;

// In the order of the enums.
constexpr const char* optimizer_names[] = {"adam", "sgd"};
constexpr const char* schedule_names[] = {"constant", "cosine", "plateau"};

// Settings that files of the first versions do not have.
constexpr std::array younger_fields = {"noise_weakest",
                                       "noise_no_clip_share",
                                       "noise_monochrome_share",
                                       "noise_camera_share",
                                       "noisy_pictures",
                                       "gray_share",
                                       "jpeg_share",
                                       "draws",
                                       "warm_up",
                                       "clip_norm"};

constexpr size_t at_once_bytes = size_t(2) << 20;  // of pictures, when at_once is 0

// Hands every setting with its name to `field`: the one list that writing and reading share.
template <class Settings, class Field>
void each_field(Settings& s, Field&& field) {
  field("epochs", s.epochs);
  field("batch", s.batch);
  field("at_once", s.at_once);
  field("loss", s.loss);
  field("optimizer", s.optimizer);
  field("learning_rate", s.learning_rate);
  field("momentum", s.momentum);
  field("schedule", s.schedule);
  field("warm_up", s.warm_up);
  field("clip_norm", s.clip_norm);
  field("plateau_patience", s.plateau_patience);
  field("stop_patience", s.stop_patience);
  field("keep_best", s.keep_best);
  field("average_decay", s.average_decay);
  field("noise", s.noise.strength);
  field("noise_kind", s.noise.kind);
  field("noise_clip", s.noise.clip);
  field("noise_fixed_field", s.noise.fixed_field);
  field("noise_weakest", s.noise.weakest);
  field("noise_no_clip_share", s.noise.no_clip_share);
  field("noise_monochrome_share", s.noise.monochrome_share);
  field("noise_camera_share", s.noise.camera_share);
  field("noisy_pictures", s.noisy_pictures);
  field("crop", s.crop);
  field("flip", s.flip);
  field("gray_share", s.gray_share);
  field("jpeg_share", s.jpeg_share);
  field("draws", s.draws);
  field("seed", s.seed);
  field("threads", s.threads);
  field("memory_bytes", s.memory_bytes);
}

Json value_of(int value) { return value; }
Json value_of(bool value) { return value; }
template <std::unsigned_integral Value>
Json value_of(Value value) {
  return uint64_t(value);
}
Json value_of(float value) { return shortest(value); }
Json value_of(std::optional<float> value) { return value ? Json(shortest(*value)) : Json(); }
Json value_of(Loss value) { return to_string(value); }
Json value_of(Optimizer value) { return to_string(value); }
Json value_of(Schedule value) { return to_string(value); }
Json value_of(NoiseKind value) { return to_string(value); }

Json json_of(const TrainingSettings& settings) {
  Json json;
  each_field(settings, [&](const char* name, const auto& value) { json[name] = value_of(value); });
  return json;
}

// One field read from JSON: false when the value is of another kind or does not fit.
bool read(const Json& json, int& value) {
  if (!json.is_number_integer()) return false;
  if (json.is_number_unsigned() && json.get<uint64_t>() > INT_MAX) return false;
  const int64_t number = json.get<int64_t>();
  value = int(number);
  return value == number;
}
bool read(const Json& json, bool& value) {
  if (!json.is_boolean()) return false;
  value = json.get<bool>();
  return true;
}
template <std::unsigned_integral Value>
bool read(const Json& json, Value& value) {
  if (!json.is_number_unsigned()) return false;
  value = Value(json.get<uint64_t>());
  return value == json.get<uint64_t>();
}
bool read(const Json& json, float& value) {
  if (!json.is_number()) return false;
  value = float(json.get<double>());
  return true;
}
bool read(const Json& json, std::optional<float>& value) {
  if (json.is_null()) return true;
  return read(json, value.emplace());
}
bool read(const Json& json, Loss& value) {
  if (!json.is_string()) return false;
  value = parse_loss(json.get<std::string>());
  return true;
}
bool read(const Json& json, Optimizer& value) {
  if (!json.is_string()) return false;
  value = parse_optimizer(json.get<std::string>());
  return true;
}
bool read(const Json& json, Schedule& value) {
  if (!json.is_string()) return false;
  value = parse_schedule(json.get<std::string>());
  return true;
}
bool read(const Json& json, NoiseKind& value) {
  if (!json.is_string()) return false;
  value = parse_noise_kind(json.get<std::string>());
  return true;
}

void require(bool holds, const std::string& sentence) {
  if (!holds) throw Error("training: " + sentence);
}

void require_between(const char* name, int value, int least, int most) {
  require(value >= least && value <= most, std::string(name) + " " + std::to_string(value) +
                                               " is not in " + std::to_string(least) + ".." +
                                               std::to_string(most));
}

// The statistics of batch_norm are those of one call of the network.
bool needs_batch(const Model& model) { return has_layer(model, LayerKind::batch_norm); }

}  // namespace

void check(const TrainingSettings& settings) {
  require_between("epochs", settings.epochs, 1, most_epochs);
  require_between("batch", settings.batch, 1, most_batch);
  require_between("at_once", settings.at_once, 0, settings.batch);
  // Written so that a value that is not a number is refused too.
  require(settings.learning_rate > 0 && settings.learning_rate <= 1000,
          "learning rate " + std::to_string(settings.learning_rate) + " is not in 0..1000");
  require(settings.momentum >= 0 && settings.momentum < 1,
          "momentum " + std::to_string(settings.momentum) + " is not in 0..1, 1 left out");
  require(
      settings.average_decay >= 0 && settings.average_decay < 1,
      "average decay " + std::to_string(settings.average_decay) + " is not in 0..1, 1 left out");
  require_between("warm-up", settings.warm_up, 0, most_warm_up);
  require(settings.clip_norm >= 0 && settings.clip_norm <= 1e6f,
          "clip norm " + std::to_string(settings.clip_norm) + " is not in 0..1000000");
  require_between("plateau patience", settings.plateau_patience, 1, most_epochs);
  require_between("stop patience", settings.stop_patience, 0, most_epochs);
  require_between("crop", settings.crop, 0, largest_side);
  require(settings.gray_share >= 0 && settings.gray_share <= 1,
          "gray share " + std::to_string(settings.gray_share) + " is not in 0..1");
  require(settings.jpeg_share >= 0 && settings.jpeg_share <= 1,
          "JPEG share " + std::to_string(settings.jpeg_share) + " is not in 0..1");
  require_between("draws", settings.draws, 1, most_draws);
  require_between("threads", settings.threads, 0, most_threads);
  check(settings.noise);
  require(!settings.noisy_pictures || settings.noise.strength == 0,
          "noisy pictures get no other noise, and that of " +
              std::to_string(settings.noise.strength) + " was asked for");
}

BatchSettings training_batches(const TrainingSettings& settings) {
  return {.batch = settings.batch,
          .noise = settings.noise,
          .seed = settings.seed,
          .crop = settings.crop,
          .flip = settings.flip,
          .gray_share = settings.gray_share,
          .jpeg_share = settings.jpeg_share,
          .draws = settings.draws};
}

BatchSettings test_batches(const TrainingSettings& settings) {
  BatchSettings test = training_batches(settings);
  test.shuffle = false;
  test.flip = false;
  test.gray_share = 0;
  test.draws = 1;
  return test;
}

int pictures_at_once(const TrainingSettings& settings, const Model& model, Shape shape) {
  if (needs_batch(model)) return settings.batch;
  if (settings.at_once > 0) return settings.at_once;
  const size_t fit = at_once_bytes / (shape.count() * sizeof(float));
  return int(std::clamp(fit, size_t(1), size_t(settings.batch)));
}

int pictures_at_once(Engine& engine, const TrainingSettings& settings, const Model& model,
                     Shape shape) {
  const bool is_told = settings.at_once > 0 || needs_batch(model);
  const int best = is_told ? 0
                           : engine.best_batch(model, {.height = shape.height,
                                                       .width = shape.width,
                                                       .batch = settings.batch,
                                                       .training = true,
                                                       .memory_bytes = settings.memory_bytes});
  return best > 0 ? best : pictures_at_once(settings, model, shape);
}

std::string to_json(const TrainingSettings& settings) { return json_of(settings).dump(); }

TrainingSettings settings_from_json(std::string_view text, const std::string& where,
                                    UnknownSettings unknown) {
  check_json(text, where + ": the training settings");
  Json json = Json::parse(text);
  if (!json.is_object()) throw Error(where + ": the training settings are no JSON object");
  TrainingSettings settings;
  each_field(settings, [&](const char* name, auto& value) {
    const auto found = json.find(name);
    if (found == json.end()) {
      if (std::count(younger_fields.begin(), younger_fields.end(), std::string_view(name))) return;
      throw Error(where + ": the training setting '" + name + "' is missing");
    }
    bool fits = false;
    try {
      fits = read(*found, value);
    } catch (const Error& error) {
      throw Error(where + ": the training setting '" + name + "': " + error.what());
    }
    if (!fits) {
      throw Error(where + ": the training setting '" + name + "' cannot be " + found->dump());
    }
    json.erase(name);
  });
  if (!json.empty() && unknown == UnknownSettings::refused) {
    throw Error(where + ": there is no training setting '" + json.begin().key() + "'");
  }
  settings.noise.seed = settings.seed;
  return settings;
}

std::string difference(const TrainingSettings& before, const TrainingSettings& now) {
  const Json old_values = json_of(before);
  const Json new_values = json_of(now);
  for (const auto& [name, value] : new_values.items()) {
    if (name == "threads" || name == "memory_bytes" || value == old_values[name]) continue;
    if (name == "epochs" && now.epochs > before.epochs) continue;
    return name + " is " + value.dump() + ", was " + old_values[name].dump();
  }
  return "";
}

std::string to_string(Optimizer optimizer) { return optimizer_names[size_t(optimizer)]; }

Optimizer parse_optimizer(const std::string& text) {
  return named<Optimizer>(optimizer_names, text, "optimizer");
}

std::string to_string(Schedule schedule) { return schedule_names[size_t(schedule)]; }

Schedule parse_schedule(const std::string& text) {
  return named<Schedule>(schedule_names, text, "learning-rate schedule");
}

}  // namespace limpid
