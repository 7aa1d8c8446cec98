#include "native/desktop/question.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/image/picture.h"
#include "core/ui/texts.h"
#include "native/desktop/folder_listing.h"

namespace limpid {
namespace {

FileKind kind(Text name, std::span<const std::string_view> endings) {
  return {text(name), {endings.begin(), endings.end()}};
}

std::string in_any_case(const std::string& ending) {
  std::string pattern;
  for (const char c : ending) {
    if (c >= 'a' && c <= 'z')
      pattern += {'[', c, char(std::toupper(c)), ']'};
    else
      pattern += c;
  }
  return pattern;
}

}  // namespace

bool FileKind::has(const std::string& file) const {
  const std::string ending = lower(std::filesystem::path(file).extension().string());
  return endings.empty() || std::find(endings.begin(), endings.end(), ending) != endings.end();
}

std::vector<std::string> FileKind::patterns() const {
  if (endings.empty()) return {"*"};
  std::vector<std::string> patterns;
  for (const std::string& ending : endings) patterns.push_back("*" + in_any_case(ending));
  return patterns;
}

FileKind all_files() { return {text(Text::all_files), {}}; }
FileKind picture_files() { return kind(Text::picture_files, picture_endings()); }
FileKind writable_files() { return kind(Text::writable_files, writable_endings()); }
FileKind model_files() { return {text(Text::model_files), {".safetensors"}}; }

}  // namespace limpid
