// How pictures are split, in JSON: among what else is said of the data of a training.
#pragma once

#include <nlohmann/json.hpp>

#include "core/data/number_json.h"
#include "core/data/split.h"

namespace limpid {

inline void add_split(const SplitSettings& split, nlohmann::ordered_json& data) {
  data["test_size"] = split.test_size;
  data["split_seed"] = split.seed;
  data["group_duplicates"] = split.group_duplicates;
}

// Throws nlohmann::ordered_json::exception where something is missing or of another kind.
inline SplitSettings split_of(const nlohmann::ordered_json& data) {
  return {.test_size = data.at("test_size").get<double>(),
          .seed = whole_number<uint32_t>(data.at("split_seed")),
          .group_duplicates = data.at("group_duplicates").get<bool>()};
}

}  // namespace limpid
