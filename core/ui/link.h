// The text of a link: fields with their values, "picture=phantom&view=side%20by%20side".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace limpid {

struct LinkField {
  std::string name, value;

  bool operator==(const LinkField&) const = default;
};

// Any text is a link: a field without "=" has an empty value, a "%" that encodes nothing stands for
// itself, "+" for a space.
std::vector<LinkField> read_link(std::string_view link);

// What a browser leaves as it is in an address: letters, digits and -._~, the others encoded.
std::string write_link(std::span<const LinkField> fields);

// Values and the way back. What cannot be one throws Error, which names the value and says why.
bool truth_of(const std::string& value);  // "true", "false"
int64_t whole_of(const std::string& value, int64_t least, int64_t most);
float share_of(const std::string& value);  // 0..1
// `what` as in unknown_name().
void check_one_of(const std::vector<std::string>& names, const std::string& value,
                  const char* what);
std::string text_of(bool value);
std::string text_of(float value);  // as short as reads back as the same

// Any text in one short line of a sentence.
std::string shown(std::string text);

}  // namespace limpid
