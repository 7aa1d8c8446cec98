#include "native/cli/model_argument.h"

#include <filesystem>

#include "core/image/file.h"
#include "core/model/json.h"
#include "core/model/presets.h"
#include "core/names.h"
#include "core/train/run_folder.h"
#include "native/cli/usage_error.h"
#include "native/shipped_model.h"

namespace limpid {

namespace fs = std::filesystem;

namespace {

constexpr size_t most_json_bytes = size_t(1) << 20;  // a thousand layers need a tenth of it

ModelFile read_architecture(const fs::path& file) {
  const std::vector<uint8_t> bytes = read_file(file, most_json_bytes);
  return {.model = model_from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                   file.string()),
          .weights = {},
          .metadata = {}};
}

}  // namespace

ModelFile given_model(const std::string& text, std::optional<int> channels) {
  if (is_preset(text)) {
    return {.model = preset(text, channels.value_or(3)), .weights = {}, .metadata = {}};
  }
  fs::path file = text;
  std::error_code none;
  if (fs::is_directory(file, none)) file = RunFolder::model_of(file);
  if (!fs::exists(file, none)) {
    if (fs::is_directory(text, none)) throw Error("no model '" + text + "': it holds no run");
    if (const std::optional<fs::path> shipped = shipped_model(text)) {
      throw Error("no model '" + text +
                  "' here: to go on from the network that comes with Limpid, "
                  "give its file, " +
                  shipped->string());
    }
    throw Error("no model '" + text + "': it is neither a preset (" + listed(preset_names()) +
                ") nor a file that exists");
  }
  ModelFile model = file.extension() == ".json" ? read_architecture(file) : read_model_file(file);
  if (channels && *channels != model.model.channels) {
    throw UsageError(file.string() + ": the model takes pictures of " +
                     std::to_string(model.model.channels) + " channels, not of " +
                     std::to_string(*channels));
  }
  return model;
}

ModelFile any_model(const std::string& text) {
  std::error_code none;
  const std::optional<fs::path> file = shipped_model(text);
  if (file && !is_preset(text) && !fs::exists(text, none)) return read_model_file(*file);
  return given_model(text);
}

ModelFile trained_model(const std::string& text) {
  const std::string name = text.empty() ? default_model : text;
  std::error_code none;
  const bool is_run = !text.empty() && fs::exists(RunFolder::model_of(name), none);
  if (const std::optional<fs::path> file = shipped_model(name)) {
    if (!is_run) return read_model_file(*file);
    throw UsageError("'" + name + "' is a network that comes with Limpid and a training here: " +
                     (fs::path(".") / name).string() + " is the training, " + file->string() +
                     " the network");
  }
  if (is_run) return read_model_file(RunFolder::model_of(name));
  const bool is_there = fs::exists(name, none);
  if (!is_preset(name) && !is_there && (!none || none == std::errc::no_such_file_or_directory)) {
    throw Error("no model '" + name + "': there are " + model_help());
  }
  ModelFile model = given_model(name);
  if (model.weights.empty()) {
    throw Error("model '" + name +
                "' is an architecture without weights: train it first (limpid "
                "train PICTURES -o RUN --model " +
                name + ")");
  }
  return model;
}

std::string model_help() {
  std::string names;
  for (const std::string name : shipped_models) {
    if (shipped_model(name)) names += name + ", ";
  }
  return names + "a model file, or the folder of a training";
}

std::string optional_model_help(const std::string& otherwise) {
  if (!shipped_model(default_model)) return model_help();
  return model_help() + " (" +
         (otherwise.empty() ? std::string(default_model) + " if not given" : otherwise) + ")";
}

}  // namespace limpid
