#include "core/train/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/image/file.h"
#include "core/model/json.h"
#include "core/model/model_file.h"
#include "core/model/strict_json.h"
#include "core/train/training_facts.h"

namespace limpid {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t most_pictures = std::numeric_limits<uint32_t>::max();  // TrainingPlace's
constexpr int largest_side = 1 << 20;

struct Prefixes {
  const char* first_moment;
  const char* second_moment;  // none: SGD has none
};
Prefixes prefixes_of(Optimizer optimizer) {
  return optimizer == Optimizer::adam ? Prefixes{adam_first_moment, adam_second_moment}
                                      : Prefixes{sgd_velocity, nullptr};
}

// Writing and reading ask the same: what is written can be read.
class Checker {
 public:
  Checker(const Checkpoint& checkpoint, const std::string& where)
      : checkpoint_(checkpoint), settings_(checkpoint.settings), where_(where) {}

  void run() const {
    try {
      check(checkpoint_.model);
      check(settings_);
    } catch (const Error& error) {
      require(false, error.what());
    }
    check_place();
    check_waiting();
    check_history();
    check_lists();
  }

 private:
  void require(bool holds, const std::string& sentence) const {
    if (!holds) throw Error(where_ + ": " + sentence);
  }

  void check_place() const {
    const Shape& shape = checkpoint_.shape;
    const int multiple = size_multiple(checkpoint_.model);
    const auto fits = [&](int side) {
      return side >= 1 && side <= largest_side && side % multiple == 0;
    };
    require(fits(shape.height) && fits(shape.width) && shape.channels == checkpoint_.model.channels,
            "pictures of " + to_string(shape) + " do not fit the model");
    const size_t pictures = checkpoint_.pictures, picture = checkpoint_.picture;
    require(pictures >= 1 && pictures <= size_t(most_pictures),
            "an epoch of " + std::to_string(pictures) + " pictures is none");
    const size_t batch = size_t(settings_.batch);
    const bool last = checkpoint_.epoch == settings_.epochs;
    require(checkpoint_.epoch >= 0 && checkpoint_.epoch <= settings_.epochs &&
                picture <= (last ? 0 : pictures) && (picture == pictures || picture % batch == 0),
            "epoch " + std::to_string(checkpoint_.epoch) + ", picture " + std::to_string(picture) +
                " is no place between two batches of the training");
    const int64_t step =
        checkpoint_.epoch * batches_in_epoch(checkpoint_) + int64_t((picture + batch - 1) / batch);
    require(checkpoint_.step == step, "step " + std::to_string(checkpoint_.step) +
                                          " is not the place's, " + std::to_string(step));
    require(std::isfinite(checkpoint_.loss_sum), "the loss is not finite");
    require(std::isfinite(checkpoint_.seconds) && checkpoint_.seconds >= 0,
            "the epoch's seconds are no time");
  }

  void check_waiting() const {
    const auto counts = [&](int n) { return n >= 0 && n <= checkpoint_.epoch; };
    for (const Patience* patience : {&checkpoint_.patience, &checkpoint_.plateau.patience}) {
      require(counts(patience->waited) && std::isfinite(patience->best.value_or(0)),
              "the epochs waited or the best loss are none of the training");
    }
    require(counts(checkpoint_.plateau.halvings),
            std::to_string(checkpoint_.plateau.halvings) + " halvings of the learning rate in " +
                std::to_string(checkpoint_.epoch) + " epochs cannot be");
  }

  void check_history() const {
    const std::vector<EpochRecord>& history = checkpoint_.history;
    require(history.size() == size_t(checkpoint_.epoch),
            "the history has " + std::to_string(history.size()) + " epochs, the training " +
                std::to_string(checkpoint_.epoch));
    for (size_t i = 0; i < history.size(); ++i) {
      const EpochRecord& record = history[i];
      bool whole = record.epoch == int(i) + 1 && std::isfinite(record.learning_rate);
      for (double value : {record.loss, record.val_loss, record.rmse, record.seconds}) {
        whole = whole && std::isfinite(value);
      }
      require(whole, "the history's epoch " + std::to_string(i + 1) +
                         " is out of order or has a "
                         "number that is not finite");
    }
  }

  void check_lists() const {
    const State& state = checkpoint_.state;
    const Prefixes prefixes = prefixes_of(settings_.optimizer);
    check_list(state.weights, "", true);
    check_list(state.first_moment, prefixes.first_moment, true);
    if (prefixes.second_moment) check_list(state.second_moment, prefixes.second_moment, true);
    for (const Tensor& tensor : state.second_moment) {
      require(std::none_of(tensor.data.begin(), tensor.data.end(), [](float v) { return v < 0; }),
              "tensor '" + tensor.name + "' has a negative second moment");
    }
    check_list(state.average, moving_average, settings_.average_decay > 0 && checkpoint_.step > 0);
    check_list(checkpoint_.best, best_weights, settings_.keep_best && checkpoint_.epoch > 0);
  }

  void check_list(const std::vector<Tensor>& tensors, const std::string& prefix,
                  bool needed) const {
    if (tensors.empty() && !needed) return;
    check_tensors(checkpoint_.model, tensors, prefix.empty() ? where_ : where_ + ": " + prefix);
  }

  const Checkpoint& checkpoint_;
  const TrainingSettings& settings_;
  const std::string& where_;
};

Json json_of(const Patience& patience) {
  return {{"best", patience.best ? Json(*patience.best) : Json()}, {"waited", patience.waited}};
}

std::string place_json(const Checkpoint& checkpoint) {
  const Shape& shape = checkpoint.shape;
  const Json json = {{"shape", {shape.height, shape.width, shape.channels}},
                     {"pictures", checkpoint.pictures},
                     {"epoch", checkpoint.epoch},
                     {"picture", checkpoint.picture},
                     {"step", checkpoint.step},
                     {"loss_sum", checkpoint.loss_sum},
                     {"seconds", checkpoint.seconds},
                     {"patience", json_of(checkpoint.patience)},
                     {"plateau", json_of(checkpoint.plateau.patience)},
                     {"halvings", checkpoint.plateau.halvings}};
  return json.dump();
}

// The place, field by field. Whole numbers are counts: none is below 0.
class PlaceReader {
 public:
  PlaceReader(const std::string& text, const std::string& where) : where_(where) {
    check_json(text, where_, {.depth = 2});
    json_ = Json::parse(text);
  }

  void read(Checkpoint& checkpoint) const {
    const Json& shape = field(json_, "shape");
    if (!shape.is_array() || shape.size() != 3) refuse("shape", shape);
    checkpoint.shape = {int(count(shape[0], "shape", largest_side)),
                        int(count(shape[1], "shape", largest_side)),
                        int(count(shape[2], "shape", largest_side))};
    checkpoint.pictures = size_t(count("pictures", most_pictures));
    checkpoint.epoch = int(count("epoch", most_int));
    checkpoint.picture = size_t(count("picture", most_pictures));
    checkpoint.step = count("step", std::numeric_limits<int64_t>::max());
    checkpoint.loss_sum = number(json_, "loss_sum");
    checkpoint.seconds = number(json_, "seconds");
    checkpoint.patience = patience("patience");
    checkpoint.plateau = {patience("plateau"), int(count("halvings", most_int))};
  }

 private:
  static constexpr int64_t most_int = std::numeric_limits<int>::max();

  [[noreturn]] void refuse(const std::string& name, const Json& value) const {
    throw Error(where_ + ": '" + name + "' cannot be " + shown(value.dump()));
  }

  const Json& field(const Json& json, const char* name) const {
    const auto found = json.is_object() ? json.find(name) : json.end();
    if (found == json.end()) throw Error(where_ + ": '" + name + "' is missing");
    return *found;
  }

  int64_t count(const Json& value, const char* name, int64_t most) const {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > uint64_t(most)) refuse(name, value);
    return value.get<int64_t>();
  }
  int64_t count(const char* name, int64_t most) const {
    return count(field(json_, name), name, most);
  }

  double number(const Json& json, const char* name) const {
    const Json& value = field(json, name);
    if (!value.is_number()) refuse(name, value);
    return value.get<double>();
  }

  Patience patience(const char* name) const {
    const Json& json = field(json_, name);
    Patience patience;
    if (!field(json, "best").is_null()) patience.best = number(json, "best");
    patience.waited = int(count(field(json, "waited"), "waited", most_int));
    return patience;
  }

  Json json_;
  const std::string where_;
};

const std::string& text(const Metadata& metadata, const char* name, const std::string& where) {
  const auto found = metadata.find(name);
  if (found != metadata.end()) return found->second;
  throw Error(where + ": no checkpoint of a training, its metadata has no '" + name + "'");
}

}  // namespace

const std::vector<Tensor>& model_weights(const Checkpoint& checkpoint) {
  const bool best = checkpoint.settings.keep_best && !checkpoint.best.empty();
  return best ? checkpoint.best : model_weights(checkpoint.state);
}

int64_t batches_in_epoch(const Checkpoint& checkpoint) {
  const size_t batch = size_t(checkpoint.settings.batch);
  return int64_t((checkpoint.pictures + batch - 1) / batch);
}

std::string difference(const Checkpoint& before, const Checkpoint& now) {
  if (before.model != now.model) {
    return before.model.name == now.model.name
               ? "the layers of model '" + now.model.name + "' are not the same"
               : "the model is '" + now.model.name + "', was '" + before.model.name + "'";
  }
  const std::string setting = difference(before.settings, now.settings);
  if (!setting.empty()) return setting;
  if (before.shape != now.shape) {
    return "the pictures are " + to_string(now.shape) + ", were " + to_string(before.shape);
  }
  if (before.split_hash != now.split_hash) {
    return "the pictures or their split into training and test are not the same";
  }
  if (before.pictures != now.pictures) {
    return "there are " + std::to_string(now.pictures) + " pictures to learn from, were " +
           std::to_string(before.pictures);
  }
  return "";
}

std::vector<uint8_t> encode_checkpoint(const Checkpoint& checkpoint, const std::string& where) {
  Checker(checkpoint, where).run();
  std::vector<NamedTensor> tensors;
  const auto add = [&](const std::string& prefix, const std::vector<Tensor>& list) {
    for (const Tensor& tensor : list) tensors.push_back({prefix + tensor.name, &tensor});
  };
  const Prefixes prefixes = prefixes_of(checkpoint.settings.optimizer);
  add("", checkpoint.state.weights);
  add(prefixes.first_moment, checkpoint.state.first_moment);
  if (prefixes.second_moment) add(prefixes.second_moment, checkpoint.state.second_moment);
  add(moving_average, checkpoint.state.average);
  add(best_weights, checkpoint.best);
  return encode_safetensors(tensors,
                            {{"model", to_json(checkpoint.model)},
                             {training_key, to_json(checkpoint.settings)},
                             {history_key, history_json(checkpoint.history)},
                             {split_hash_key, checkpoint.split_hash},
                             {"checkpoint", place_json(checkpoint)}},
                            where);
}

Checkpoint decode_checkpoint(std::span<const uint8_t> bytes, const std::string& where) {
  Safetensors content = decode_safetensors(bytes, where);
  Checkpoint checkpoint;
  PlaceReader(text(content.metadata, "checkpoint", where), where + ": the place of the training")
      .read(checkpoint);
  checkpoint.model = take_model(content, where);
  const std::string& training = text(content.metadata, training_key, where);
  check_json(training, where + ": the training settings", {.depth = 1});
  checkpoint.settings = settings_from_json(training, where);
  const std::string& history = text(content.metadata, history_key, where);
  check_json(history, where + ": the history", {.depth = 2, .elements = 1'000'000});
  checkpoint.history = history_from_json(history, where);
  checkpoint.split_hash = text(content.metadata, split_hash_key, where);

  const auto take = [&](const std::string& prefix) {
    return take_tensors(content, checkpoint.model, prefix, where);
  };
  const Prefixes prefixes = prefixes_of(checkpoint.settings.optimizer);
  checkpoint.state.first_moment = take(prefixes.first_moment);
  if (prefixes.second_moment) checkpoint.state.second_moment = take(prefixes.second_moment);
  checkpoint.state.average = take(moving_average);
  checkpoint.best = take(best_weights);
  checkpoint.state.weights = take("");  // last: whatever is left is a weight or refused
  Checker(checkpoint, where).run();
  return checkpoint;
}

void write_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint) {
  write_file(file, encode_checkpoint(checkpoint, file.string()));
}

Checkpoint read_checkpoint(const std::filesystem::path& file) {
  return decode_checkpoint(read_file(file, max_safetensors_bytes), file.string());
}

}  // namespace limpid
