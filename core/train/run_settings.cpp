#include "core/train/run_settings.h"

#include <nlohmann/json.hpp>

#include "core/data/number_json.h"
#include "core/data/path_json.h"
#include "core/data/split_json.h"
#include "core/error.h"

namespace limpid {

namespace {

using Json = nlohmann::ordered_json;

Json data_json(const RunSettings& settings) {
  Json json = {{"size", settings.size}, {"channels", settings.channels}};
  add_split(settings.split, json);
  return json;
}

}  // namespace

DatasetSettings dataset_settings(const RunSettings& settings) {
  return {.size = settings.size,
          .channels = settings.channels,
          .noisy = settings.noisy,
          .tests = settings.test_data};
}

std::string to_json(const RunSettings& settings) {
  Json paths = Json::array();
  for (const std::filesystem::path& path : settings.data)
    paths.push_back(path_to_json(path.string()));
  Json json = {{"data", paths}};
  if (!settings.test_data.empty()) json["test_data"] = path_to_json(settings.test_data.string());
  if (!settings.noisy.empty()) json["noisy"] = path_to_json(settings.noisy.string());
  json.update(data_json(settings));
  if (!settings.begins_with.empty()) json["begins_with"] = settings.begins_with;
  json["engine"] = settings.engine;
  json["training"] = Json::parse(to_json(settings.training));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

RunSettings run_settings_from_json(std::string_view text, const std::string& where) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  RunSettings settings;
  try {
    for (const Json& path : json.at("data")) settings.data.push_back(path_from_json(path));
    if (json.contains("test_data")) settings.test_data = path_from_json(json["test_data"]);
    if (json.contains("noisy")) settings.noisy = path_from_json(json["noisy"]);
    settings.size = whole_number<int>(json.at("size"));
    settings.channels = whole_number<int>(json.at("channels"));
    settings.begins_with = json.value("begins_with", "");
    settings.split = split_of(json);
    settings.engine = json.at("engine").get<std::string>();
    settings.training = settings_from_json(json.at("training").dump(), where);
  } catch (const Json::exception&) {
    throw Error(where + ": the settings of the training are incomplete");
  }
  const auto refuse = [&](const char* name, int value) {
    throw Error(where + ": the training's " + name + " cannot be " + std::to_string(value));
  };
  if (settings.size < 0 || settings.size > largest_side) refuse("size", settings.size);
  if (settings.channels != 1 && settings.channels != 3) refuse("channels", settings.channels);
  return settings;
}

std::string difference(const RunSettings& before, const RunSettings& now) {
  const Json old_values = data_json(before);
  const Json new_values = data_json(now);
  for (const auto& [name, value] : new_values.items()) {
    if (value != old_values[name]) {
      return name + " is " + value.dump() + ", was " + old_values[name].dump();
    }
  }
  return difference(before.training, now.training);
}

}  // namespace limpid
