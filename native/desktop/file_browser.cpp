#include "native/desktop/file_browser.h"

#include <imgui.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"
#include "native/desktop/folders.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

std::string home() {
  const char* folder = std::getenv("HOME");
  return folder && *folder ? folder : "/";
}

bool is_path(const std::string& typed) {
  return typed.find('/') != std::string::npos || typed == "~";
}

// Without a slash at its end, which would be a folder of its own for parent_path().
std::string plain(const fs::path& folder) {
  const fs::path normal = folder.lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).string();
}

}  // namespace

FileBrowser::FileBrowser() : folder_(pictures_folder().string()) {}

void FileBrowser::ask(const Question& question, Dialogs::Answer answer) {
  question_ = question;
  answer_ = std::move(answer);
  opening_ = true;
  hidden_ = all_ = false;
  early_.clear();
  early_enter_ = false;
  const fs::path proposed = fs::path(question.proposed).parent_path();
  go(proposed.empty() ? folder_ : proposed.string());
  type(fs::path(question.proposed).filename().string());
}

// In place of what the user typed. A new field, since ImGui keeps the text of one that was edited.
void FileBrowser::type(const std::string& text) {
  typed_ = text;
  ++field_;
  to_field_ = true;
  listens_ = false;
}

void FileBrowser::go(const std::string& folder, const std::string& marked) {
  folder_ = plain(folder);
  entries_.clear();
  unreadable_.clear();
  refusal_.clear();
  type(saves() && !is_path(typed_) ? typed_ : "");
  list();
  to_mark_ = marked;
  reader_.emplace(folder_);
}

void FileBrowser::go_up() {
  const fs::path folder = folder_;
  if (folder.has_relative_path()) go(folder.parent_path().string(), folder.filename().string());
}

void FileBrowser::take_listing() {
  if (!reader_) return;
  std::optional<FolderListing> listing = reader_->take();
  if (!listing) return;
  reader_.reset();
  entries_ = std::move(listing->entries);
  unreadable_ = std::move(listing->problem);
  list();
  for (size_t row = 0; row < listed_.size(); ++row) {
    if (entry(int(row)).name == to_mark_) mark(int(row));
  }
  if (std::exchange(enters_, false)) enter();
}

// The rows, by what is typed: a name that begins so is marked, else the first that holds it.
void FileBrowser::list() {
  const std::string part = saves() || is_path(typed_) ? "" : lower(typed_);
  listed_.clear();
  chosen_.clear();
  of_other_kind_ = false;
  marked_ = anchor_ = -1;
  int first = -1;
  for (size_t i = 0; i < entries_.size(); ++i) {
    const std::string name = lower(entries_[i].name);
    if (name[0] == '.' && !hidden_ && part[0] != '.') continue;
    const size_t at = name.find(part);
    if (at == std::string::npos) continue;
    if (!all_ && !entries_[i].folder && !question_.offered.has(entries_[i].name)) {
      of_other_kind_ = true;
      continue;
    }
    if (at == 0 && first < 0) first = int(listed_.size());
    listed_.push_back(i);
  }
  if (!part.empty() && !listed_.empty()) mark(std::max(first, 0));
}

void FileBrowser::mark(int row) {
  marked_ = anchor_ = row;
  reveal_ = true;
  chosen_.clear();
  if (!entry(row).folder) chosen_ = {entry(row).name};
}

void FileBrowser::press(int row) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool several = question_.kind == Question::Kind::files;
  if (several && io.KeyCtrl && !entry(row).folder) {
    marked_ = anchor_ = row;
    if (!chosen_.erase(entry(row).name)) chosen_.insert(entry(row).name);
  } else if (several && io.KeyShift && anchor_ >= 0) {
    marked_ = row;
    chosen_.clear();
    for (int i = std::min(anchor_, row); i <= std::max(anchor_, row); ++i) {
      if (!entry(i).folder) chosen_.insert(entry(i).name);
    }
  } else {
    mark(row);
  }
  if (saves() && !entry(row).folder) type(entry(row).name);
}

void FileBrowser::open(int row) {
  if (entry(row).folder) return go(path_of(entry(row).name));
  choose();
}

void FileBrowser::enter() {
  refusal_.clear();
  to_field_ = true;
  if (reader_ && !is_path(typed_)) {  // once its names are known
    enters_ = true;
    return;
  }
  if (marked_ >= 0 && (!saves() || entry(marked_).folder)) return open(marked_);
  if (typed_.empty()) {
    if (question_.kind == Question::Kind::folder) choose();
    return;
  }
  const std::string path = path_of(typed_);
  std::error_code code;
  if (fs::is_directory(path, code)) return go(path);
  // A file is replaced by the button alone, which says so.
  if (saves() && !replaces() && can_choose()) return choose();
  if (question_.kind == Question::Kind::files && fs::exists(path, code)) return finish({path});
  if (saves()) return;
  char sentence[256];
  const std::string name = fs::path(path).filename().string();
  std::snprintf(sentence, sizeof sentence, text(Text::no_such_file), fitted(name, px(300)).c_str());
  refusal_ = sentence;
}

std::string FileBrowser::path_of(const std::string& name) const {
  if (name == "~" || name.rfind("~/", 0) == 0) return plain(home() + name.substr(1));
  return plain(fs::path(folder_) / name);
}

bool FileBrowser::replaces() const {
  std::error_code code;
  return saves() && !typed_.empty() && fs::is_regular_file(path_of(typed_), code);
}

bool FileBrowser::can_choose() const {
  std::error_code code;
  switch (question_.kind) {
    case Question::Kind::files: return !chosen_.empty();
    case Question::Kind::folder: return unreadable_.empty();
    case Question::Kind::save:
      return !typed_.empty() && fs::is_directory(fs::path(path_of(typed_)).parent_path(), code) &&
             !fs::is_directory(path_of(typed_), code);
  }
  return false;
}

void FileBrowser::choose() {
  if (!can_choose()) return;
  std::vector<std::string> paths;
  if (saves()) paths = {path_of(typed_)};
  if (question_.kind == Question::Kind::folder) paths = {folder_};
  if (question_.kind == Question::Kind::files) {
    for (const std::string& name : chosen_) paths.push_back(path_of(name));
  }
  finish(std::move(paths));
}

void FileBrowser::finish(std::vector<std::string> paths) {
  ImGui::CloseCurrentPopup();
  open_ = false;
  if (!paths.empty()) answer_(paths);
}

}  // namespace limpid
