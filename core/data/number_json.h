// Whole numbers in JSON, whose library makes them of any number: an int of 2^32 is 0, of 48.5 it is
// 48, of 1e300 undefined.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

namespace limpid {

// Throws nlohmann::ordered_json::exception where it is none, or none that a Number holds.
template <class Number>
Number whole_number(const nlohmann::ordered_json& json) {
  const bool fits = json.is_number_unsigned()
                        ? std::in_range<Number>(json.get<uint64_t>())
                        : json.is_number_integer() && std::in_range<Number>(json.get<int64_t>());
  if (fits) return json.get<Number>();
  throw nlohmann::ordered_json::type_error::create(302, "no whole number of that size", &json);
}

}  // namespace limpid
