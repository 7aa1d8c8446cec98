#include "core/train/training_facts.h"

#include <nlohmann/json.hpp>

#include "core/data/number_json.h"
#include "core/data/split_json.h"
#include "core/error.h"
#include "core/model/strict_json.h"

namespace limpid {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* data_key = "data";
constexpr const char* program_key = "limpid";

}  // namespace

void write_facts(const TrainingFacts& facts, Metadata& metadata) {
  metadata[training_key] = to_json(facts.settings);
  Json data = {{"size", facts.size}};
  if (facts.has_test_data) data["test_data"] = true;
  add_split(facts.split, data);
  metadata[data_key] = data.dump();
  metadata[split_hash_key] = facts.split_hash;
  metadata[history_key] = history_json(facts.history);
  metadata[program_key] = LIMPID_VERSION;
}

ModelFile trained_model(const RunSettings& settings, const std::string& split_hash,
                        const std::vector<EpochRecord>& history, const Model& model,
                        const std::vector<Tensor>& weights) {
  ModelFile file = {.model = model, .weights = weights, .metadata = {}};
  write_facts({.settings = settings.training,
               .size = settings.size,
               .split = settings.split,
               .has_test_data = !settings.test_data.empty(),
               .split_hash = split_hash,
               .history = history},
              file.metadata);
  return file;
}

std::optional<TrainingFacts> read_facts(const Metadata& metadata, const std::string& where) {
  const auto settings = metadata.find(training_key);
  const auto data = metadata.find(data_key);
  const auto hash = metadata.find(split_hash_key);
  const auto end = metadata.end();
  if (settings == end || data == end || hash == end) return std::nullopt;
  TrainingFacts facts;
  facts.settings = settings_from_json(settings->second, where, UnknownSettings::ignored);
  check_json(data->second, where + ": the training data");
  try {
    const Json json = Json::parse(data->second);
    facts.size = whole_number<int>(json.at("size"));
    facts.split = split_of(json);
    facts.has_test_data = json.value("test_data", false);
  } catch (const Json::exception&) {
    throw Error(where + ": what it says about its training data makes no sense");
  }
  facts.split_hash = hash->second;
  if (const auto history = metadata.find(history_key); history != end) {
    check_json(history->second, where + ": the history", {.elements = 1'000'000});
    facts.history = history_from_json(history->second, where);
  }
  if (facts.size < 0 || facts.size > largest_side) {
    throw Error(where + ": it says that its pictures had " + std::to_string(facts.size) +
                " pixels");
  }
  return facts;
}

}  // namespace limpid
