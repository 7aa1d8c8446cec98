#include "native/cli/option_values.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace limpid {

std::string number_text(double value) {
  // A float's 1e-3 may be a little less.
  const int power = value > 0 ? int(std::floor(std::log10(value) + 1e-6)) : 0;
  char text[32];
  std::snprintf(text, sizeof text, "%g", power < -2 ? value * std::pow(10, -power) : value);
  return power < -2 ? text + ("e" + std::to_string(power)) : text;
}

CLI::Validator not_empty() {
  return CLI::Validator(
      [](const std::string& text) { return text.empty() ? std::string("it is empty") : ""; }, "",
      "");
}

CLI::Validator real_in(double low, double high) {
  return CLI::Validator(
      [=](const std::string& text) {
        char* end = nullptr;
        const double value = std::strtod(text.c_str(), &end);
        const bool is_number = !text.empty() && *end == 0;
        if (is_number && value >= low && value <= high) return std::string();
        return "'" + text + "' is no number of " + number_text(low) + " to " + number_text(high);
      },
      "", "");
}

CLI::Validator whole_in(uint64_t least, uint64_t most) {
  return CLI::Validator(
      [=](std::string& text) {
        uint64_t value = 0;
        const char* const end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, value);
        if (text.empty() || rest != end || error != std::errc() || value < least || value > most) {
          return "'" + text + "' is no whole number of " + std::to_string(least) + " to " +
                 std::to_string(most);
        }
        text = std::to_string(value);
        return std::string();
      },
      "", "");
}

}  // namespace limpid
