#include "core/train/training_facts.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/model/strict_json.h"

namespace limpid {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* settings_key = "training";
constexpr const char* data_key = "data";
constexpr const char* hash_key = "split_hash";
constexpr const char* history_key = "history";
constexpr const char* program_key = "limpid";

}  // namespace

void write_facts(const TrainingFacts& facts, Metadata& metadata) {
  metadata[settings_key] = to_json(facts.settings);
  metadata[data_key] = Json{{"size", facts.size},
                            {"test_size", facts.split.test_size},
                            {"split_seed", facts.split.seed},
                            {"group_duplicates", facts.split.group_duplicates}}
                           .dump();
  metadata[hash_key] = facts.split_hash;
  metadata[history_key] = history_json(facts.history);
  metadata[program_key] = LIMPID_VERSION;
}

std::optional<TrainingFacts> read_facts(const Metadata& metadata, const std::string& where) {
  const auto settings = metadata.find(settings_key);
  const auto data = metadata.find(data_key);
  const auto hash = metadata.find(hash_key);
  const auto end = metadata.end();
  if (settings == end || data == end || hash == end) return std::nullopt;
  TrainingFacts facts;
  facts.settings = settings_from_json(settings->second, where, UnknownSettings::ignored);
  check_json(data->second, where + ": the training data");
  try {
    const Json json = Json::parse(data->second);
    facts.size = json.at("size").get<int>();
    facts.split = {.test_size = json.at("test_size").get<double>(),
                   .seed = json.at("split_seed").get<uint32_t>(),
                   .group_duplicates = json.at("group_duplicates").get<bool>()};
  } catch (const Json::exception&) {
    throw Error(where + ": what it says about its training data makes no sense");
  }
  facts.split_hash = hash->second;
  if (const auto history = metadata.find(history_key); history != end) {
    check_json(history->second, where + ": the history", {.elements = 1'000'000});
    facts.history = history_from_json(history->second, where);
  }
  if (facts.size < 0 || facts.size > 65536) {
    throw Error(where + ": it says that its pictures had " + std::to_string(facts.size) +
                " pixels");
  }
  return facts;
}

}  // namespace limpid
