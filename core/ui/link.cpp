#include "core/ui/link.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/model/json.h"
#include "core/names.h"

namespace limpid {
namespace {

using Json = nlohmann::json;

constexpr size_t longest_shown = 40;

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool encodes = text[i] == '%' && i + 2 < text.size();
    const int high = encodes ? hexadecimal(text[i + 1]) : -1;
    const int low = encodes ? hexadecimal(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      plain += char(high * 16 + low);
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string encoded(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string link;
  for (const char c : text) {
    if (is_plain(c))
      link += c;
    else
      link += {'%', digits[uint8_t(c) >> 4], digits[uint8_t(c) & 15]};
  }
  return link;
}

Json number(const std::string& value) {
  const Json json = Json::parse(value, nullptr, false);
  if (!json.is_number()) throw Error("'" + shown(value) + "' is no number");
  return json;
}

}  // namespace

std::vector<LinkField> read_link(std::string_view link) {
  std::vector<LinkField> fields;
  while (!link.empty()) {
    const std::string_view field = link.substr(0, link.find('&'));
    link.remove_prefix(std::min(field.size() + 1, link.size()));
    if (field.empty()) continue;
    const size_t name = std::min(field.find('='), field.size());
    const size_t value = std::min(name + 1, field.size());
    fields.push_back({decoded(field.substr(0, name)), decoded(field.substr(value))});
  }
  return fields;
}

std::string write_link(std::span<const LinkField> fields) {
  std::string link;
  for (const LinkField& field : fields) {
    if (!link.empty()) link += '&';
    link += encoded(field.name) + '=' + encoded(field.value);
  }
  return link;
}

bool truth_of(const std::string& value) {
  if (value != "true" && value != "false")
    throw Error("'" + shown(value) + "' is neither true nor false");
  return value == "true";
}

int64_t whole_of(const std::string& value, int64_t least, int64_t most) {
  const Json json = number(value);
  // One that only an unsigned number holds is below 0 as a signed one.
  const bool is_huge = json.is_number_unsigned() && json.get<uint64_t>() > uint64_t(INT64_MAX);
  const int64_t whole = json.is_number_integer() && !is_huge ? json.get<int64_t>() : INT64_MIN;
  if (whole >= least && whole <= most) return whole;
  throw Error(shown(value) + " is no whole number in " + std::to_string(least) + ".." +
              std::to_string(most));
}

float share_of(const std::string& value) {
  const double share = number(value).get<double>();
  if (!(share >= 0 && share <= 1)) throw Error(shown(value) + " is not in 0..1");
  return float(share);
}

void check_one_of(const std::vector<std::string>& names, const std::string& value,
                  const char* what) {
  if (std::ranges::find(names, value) == names.end()) throw unknown_name(what, shown(value), names);
}

std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(float value) { return Json(shortest(value)).dump(); }

std::string shown(std::string text) {
  for (char& c : text) {
    if (uint8_t(c) < ' ' || c == 0x7f) c = ' ';
  }
  if (text.size() <= longest_shown) return text;
  size_t end = longest_shown;
  while (end > 0 && (uint8_t(text[end]) & 0xc0) == 0x80) --end;  // within a character
  return text.substr(0, end) + "…";
}

}  // namespace limpid
