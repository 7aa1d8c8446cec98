// What the values of options must be, beyond what CLI11 checks.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "core/error.h"

namespace limpid {

// "0.25", "1e-3": with six digits at most, as people write it.
std::string number_text(double value);

// No "", as an unset variable of a shell leaves it.
CLI::Validator not_empty();

// A finite number of low..high; CLI::Range takes "nan" too.
CLI::Validator real_in(double low, double high);

// Decimal digits, a number of least..most, for CLI::Option::transform: CLI11 wraps -1 to the
// largest number there is, cuts what is larger than that, and reads 010 as 8.
CLI::Validator whole_in(uint64_t least, uint64_t most);

// What `parse` takes; what it refuses with an Error is refused with that sentence.
template <class Parse>
CLI::Validator parsed_by(Parse parse) {
  return CLI::Validator(
      [parse](const std::string& text) {
        try {
          parse(text);
          return std::string();
        } catch (const Error& error) {
          return std::string(error.what());
        }
      },
      "", "");
}

}  // namespace limpid
