#include "core/ui/format.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>

#include "core/ui/texts.h"

namespace limpid {
namespace {

template <class... Values>
std::string printed(const char* format, Values... values) {
  char line[64];
  std::snprintf(line, sizeof line, format, values...);
  return line;
}

std::string not_finite(double value) { return std::isnan(value) ? "–" : value > 0 ? "∞" : "-∞"; }

}  // namespace

std::string count_text(double count) {
  if (count >= 999'500) return printed(text(Text::million), count / 1e6);
  const long whole = std::lround(count);
  return whole < 1000 ? printed("%ld", whole) : printed("%ld,%03ld", whole / 1000, whole % 1000);
}

std::string bytes_text(double bytes) {
  if (bytes >= 999.5e6) return printed("%.1f GB", bytes / 1e9);
  if (bytes >= 9.95e6) return printed("%.0f MB", bytes / 1e6);
  return bytes >= 0.95e6 ? printed("%.1f MB", bytes / 1e6) : printed("%.0f kB", bytes / 1e3);
}

std::string memory_text(size_t bytes) {
  const size_t mebibytes = bytes >> 20;
  return mebibytes >= 1024 && mebibytes % 1024 == 0 ? printed("%zu GiB", mebibytes / 1024)
                                                    : printed("%zu MiB", mebibytes);
}

std::string duration_text(double seconds) {
  const long whole = std::lround(std::clamp(seconds, 0.0, 1e12));
  if (whole < 60) return printed("%ld s", whole);
  if (whole < 600 && whole % 60 != 0) return printed("%ld min %ld s", whole / 60, whole % 60);
  if (whole < 3600) return printed("%ld min", (whole + 30) / 60);
  const long minutes = (whole + 30) / 60;
  return minutes < 48 * 60 ? printed("%ld h %ld min", minutes / 60, minutes % 60)
                           : printed(text(Text::days), (minutes + 720) / 1440);
}

std::string ms_text(double ms) {
  return ms < 999.5 ? printed("%.0f ms", ms) : printed("%.1f s", ms / 1e3);
}

std::string rate_text(double per_s) {
  if (per_s >= 9.95) return printed("%.0f", per_s);
  return per_s >= 0.995 ? printed("%.1f", per_s) : printed("%.2f", per_s);
}

std::string epochs_text(int epochs) {
  return epochs == 1 ? text(Text::one_epoch) : printed(text(Text::several_epochs), epochs);
}

std::string parameters_text(size_t count) {
  return printed(text(Text::parameters), count_text(double(count)).c_str());
}

std::string fixed_text(double value, int digits) {
  return std::isfinite(value) ? printed("%.*f", digits, value) : not_finite(value);
}

std::string significant_text(double value, int digits) {
  return std::isfinite(value) ? printed("%.*g", digits, value) : not_finite(value);
}

std::string name_in(const std::string& path) {
  const std::filesystem::path whole(path);
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

std::vector<std::string> device_titles(const std::vector<std::string>& descriptions) {
  std::vector<std::string> titles;
  std::map<std::string, int> alike;
  for (const std::string& description : descriptions) {
    const std::string title = description.substr(0, description.find(','));
    const int count = ++alike[title];
    titles.push_back(count > 1 ? title + " (" + std::to_string(count) + ")" : title);
  }
  return titles;
}

}  // namespace limpid
