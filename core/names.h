// Things that go by a name, in lists: how a list reads, and which of an enum's values is meant.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/error.h"

namespace limpid {

// "a, b, c".
template <class Names>
std::string listed(const Names& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

// `what` as in "activation". Thrown it names those that there are.
template <class Names>
Error unknown_name(const char* what, const std::string& text, const Names& names) {
  return Error(std::string("no ") + what + " is called '" + text +
               "' (there are: " + listed(names) + ")");
}

// The value whose name, in the order of the enum, is `text`. Throws unknown_name().
template <class Value>
Value named(std::span<const char* const> names, const std::string& text, const char* what) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (text == names[i]) return Value(i);
  }
  throw unknown_name(what, text, names);
}

}  // namespace limpid
