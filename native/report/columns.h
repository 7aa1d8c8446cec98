// Text on a terminal, where a character of UTF-8 takes a column however many bytes it has.
#pragma once

#include <cstddef>
#include <string>

namespace limpid {

// Characters; a byte that is no UTF-8 is one, too.
size_t columns_of(const std::string& text);

// The first `columns` characters, or all.
std::string first_columns(const std::string& text, size_t columns);

// In exactly so many columns, at least one: filled with spaces, or an ellipsis and the end, by
// which paths and numbered names differ.
std::string in_columns(const std::string& text, size_t columns);

}  // namespace limpid
