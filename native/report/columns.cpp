#include "native/report/columns.h"

#include <algorithm>
#include <cstdint>

namespace limpid {

namespace {

bool begins_character(char byte) { return (uint8_t(byte) & 0xC0) != 0x80; }

}  // namespace

size_t columns_of(const std::string& text) {
  return size_t(std::count_if(text.begin(), text.end(), begins_character));
}

std::string first_columns(const std::string& text, size_t columns) {
  size_t end = 0;
  for (; end < text.size(); ++end) {
    if (begins_character(text[end]) && columns-- == 0) break;
  }
  return text.substr(0, end);
}

std::string in_columns(const std::string& text, size_t columns) {
  const size_t count = columns_of(text);
  if (count <= columns) return text + std::string(columns - count, ' ');
  const std::string cut = first_columns(text, count - (columns - 1));
  return "…" + text.substr(cut.size());
}

}  // namespace limpid
