// JSON that comes from anywhere, looked over before it is taken apart.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace limpid {

struct JsonLimits {
  size_t depth = 8;        // of objects and arrays in each other
  size_t members = 1000;   // of one object
  size_t elements = 1000;  // of one array
};

// Throws Error naming `where` and the place when the text is not JSON in UTF-8, an object has two
// members of one name, or a limit is passed. What passes can be parsed without a care.
void check_json(std::string_view text, const std::string& where, const JsonLimits& limits = {});

// A text from a file as a sentence for the user can hold it: at most 60 bytes, cut with "...", and
// '?' for control characters.
std::string shown(std::string_view text);

}  // namespace limpid
