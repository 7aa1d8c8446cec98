#include "core/model/strict_json.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "core/error.h"

namespace limpid {
namespace {

using Json = nlohmann::json;

// Hears of each piece of the text; keeps only the names of the objects that are open.
class Listener : public nlohmann::json_sax<Json> {
 public:
  Listener(std::string_view text, const std::string& where, const JsonLimits& limits)
      : text_(text), where_(where), limits_(limits) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }

  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    std::set<std::string>& names = open_.back().names;
    if (!names.insert(name).second) {
      throw Error(where_ + ": the name '" + shown(name) + "' comes twice in one JSON object");
    }
    if (names.size() > limits_.members) {
      throw Error(where_ + ": a JSON object has over " + std::to_string(limits_.members) +
                  " members, at '" + shown(name) + "'");
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    const std::string_view before = text_.substr(0, std::max<size_t>(position, 1) - 1);
    const size_t line = 1 + size_t(std::count(before.begin(), before.end(), '\n'));
    const size_t column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
    throw Error(where_ + ": no JSON at line " + std::to_string(line) + ", column " +
                std::to_string(column));
  }

 private:
  struct Open {
    std::set<std::string> names = {};  // of an object's members so far
    size_t values = 0;
  };

  bool value() {
    if (open_.empty()) return true;
    Open& inside = open_.back();
    ++inside.values;
    if (inside.names.empty() && inside.values > limits_.elements) {
      throw Error(where_ + ": a JSON array has over " + std::to_string(limits_.elements) +
                  " elements");
    }
    return true;
  }
  bool open() {
    value();
    open_.emplace_back();
    if (open_.size() > limits_.depth) {
      throw Error(where_ + ": JSON is nested over " + std::to_string(limits_.depth) + " deep");
    }
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string_view text_;
  const std::string& where_;
  const JsonLimits limits_;
  std::vector<Open> open_;
};

}  // namespace

void check_json(std::string_view text, const std::string& where, const JsonLimits& limits) {
  Listener listener(text, where, limits);
  Json::sax_parse(text, &listener);
}

std::string shown(std::string_view text) {
  constexpr size_t most = 60;
  size_t length = std::min(text.size(), most);
  while (length < text.size() && length > 0 && (text[length] & 0xC0) == 0x80) --length;  // UTF-8
  std::string result(text.substr(0, length));
  for (char& c : result) {
    if (uint8_t(c) < 0x20 || c == 0x7F) c = '?';
  }
  return length < text.size() ? result + "..." : result;
}

}  // namespace limpid
