// Paths in JSON, which knows UTF-8 alone where a path is any bytes: one that is not UTF-8 is an
// array of its bytes.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/data/number_json.h"

namespace limpid {

inline nlohmann::ordered_json path_to_json(const std::string& path) {
  nlohmann::ordered_json text = path;
  try {
    text.dump();
    return text;
  } catch (const nlohmann::ordered_json::type_error&) {
    return std::vector<uint8_t>(path.begin(), path.end());
  }
}

// Throws nlohmann::ordered_json::exception where it is neither.
inline std::string path_from_json(const nlohmann::ordered_json& json) {
  if (!json.is_array()) return json.get<std::string>();
  std::string path;
  for (const auto& byte : json) path += char(whole_number<uint8_t>(byte));
  return path;
}

}  // namespace limpid
