#include "native/cli/byte_size.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include "native/cli/usage_error.h"

namespace limpid {

namespace {

// How many times 1024 the unit stands for; -1 for none that is known.
int power_of(std::string unit) {
  for (char& c : unit) c = char(std::toupper(static_cast<unsigned char>(c)));
  if (unit.empty() || unit == "B") return 0;
  static const std::string letters = "KMGT";
  const size_t place = letters.find(unit[0]);
  const std::string rest = unit.substr(1);
  if (place == std::string::npos || !(rest.empty() || rest == "B" || rest == "IB")) return -1;
  return int(place) + 1;
}

}  // namespace

size_t parse_byte_size(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const char* unit = rest;
  while (unit != end && *unit == ' ') ++unit;
  const int power = power_of(std::string(unit, end));
  const double bytes = std::floor(std::ldexp(number, 10 * power));
  // 2^digits itself is one too many, and the largest size_t is no double.
  if (error != std::errc() || power < 0 || !(bytes >= 1) ||
      bytes >= std::ldexp(1.0, std::numeric_limits<size_t>::digits)) {
    throw UsageError("'" + text + "' is no amount of memory (such as 512M or 2G)");
  }
  return size_t(bytes);
}

}  // namespace limpid
