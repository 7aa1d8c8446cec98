#include "native/desktop/file_browser.h"

#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

constexpr const char* popup = "Files";

std::string home() {
  const char* folder = std::getenv("HOME");
  return folder && *folder ? folder : "/";
}

}  // namespace

struct FileBrowser::Reading {
  std::mutex mutex;
  bool done = false;  // guarded by mutex, as what follows
  std::vector<Entry> entries;
  std::string problem;
};

FileBrowser::FileBrowser() : folder_(home()) {}
FileBrowser::~FileBrowser() = default;

void FileBrowser::ask(const Question& question, Dialogs::Answer answer) {
  question_ = question;
  answer_ = std::move(answer);
  opening_ = true;
  name_ = fs::path(question.proposed).filename().string();
  const fs::path proposed = fs::path(question.proposed).parent_path();
  go(proposed.empty() ? folder_ : proposed.string());
}

void FileBrowser::go(const std::string& folder) {
  folder_ = place_ = fs::path(folder).lexically_normal().string();
  entries_.clear();
  problem_.clear();
  chosen_.clear();
  reading_ = std::make_shared<Reading>();
  std::thread([reading = reading_, folder = folder_] {
    std::vector<Entry> entries;
    std::error_code code;
    fs::directory_iterator end, entry(folder, code);
    for (; !code && entry != end; entry.increment(code)) {
      std::error_code unknown;
      const std::string name = entry->path().filename().string();
      if (name[0] != '.') entries.push_back({name, entry->is_directory(unknown)});
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::pair(!a.folder, a.name) < std::pair(!b.folder, b.name);
    });
    const std::lock_guard lock(reading->mutex);
    reading->entries = std::move(entries);
    if (code) reading->problem = folder + ": " + code.message();
    reading->done = true;
  }).detach();
}

void FileBrowser::draw() {
  if (std::exchange(opening_, false)) {
    ImGui::OpenPopup(popup);
    open_ = true;
  }
  if (!open_) return;
  if (const std::shared_ptr<Reading> reading = reading_) {
    const std::lock_guard lock(reading->mutex);
    if (reading->done) {
      entries_ = std::move(reading->entries);
      problem_ = std::move(reading->problem);
      reading_.reset();
    }
  }
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({screen.x / 2, screen.y / 2}, ImGuiCond_Always, {0.5f, 0.5f});
  ImGui::SetNextWindowSize(
      {std::min(px(720), screen.x - px(24)), std::min(px(560), screen.y - px(24))});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(18), px(16)});
  const bool shown = ImGui::BeginPopupModal(
      popup, nullptr,
      ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove);
  ImGui::PopStyleVar();
  if (!shown) {
    open_ = false;
    return;
  }
  {
    const WithFont font(Face::strong, title_px);
    ImGui::TextUnformatted(question_.title.c_str());
  }
  draw_place();
  const float below = ImGui::GetFrameHeightWithSpacing() + px(8) +
                      (question_.kind == Question::Kind::save ? px(56) : 0);
  draw_entries(ImGui::GetContentRegionAvail().y - below);
  draw_buttons();
  ImGui::EndPopup();
}

void FileBrowser::draw_place() {
  if (button("Up")) go(fs::path(folder_).parent_path().string());
  ImGui::SameLine();
  if (button("Home")) go(home());
  ImGui::SameLine();
  ImGui::SetNextItemWidth(-FLT_MIN);
  if (ImGui::InputText("##place", &place_, ImGuiInputTextFlags_EnterReturnsTrue)) go(place_);
}

void FileBrowser::draw_entries(float height) {
  ImGui::BeginChild("entries", {0, std::max(height, px(80))}, ImGuiChildFlags_Borders);
  if (!problem_.empty()) paragraph(problem_.c_str(), colors().bad);
  const std::vector<Entry> entries = entries_;  // a press reads another folder
  ImGuiListClipper clipper;
  clipper.Begin(int(entries.size()));
  while (clipper.Step()) {
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const Entry& entry = entries[size_t(i)];
      if (!entry.folder && question_.kind == Question::Kind::folder) ImGui::BeginDisabled();
      ImGui::PushID(i);
      const std::string label = entry.folder ? entry.name + "/" : entry.name;
      if (ImGui::Selectable(label.c_str(), chosen_.count(entry.name) > 0,
                            ImGuiSelectableFlags_NoAutoClosePopups)) {
        press(entry);
      }
      ImGui::PopID();
      if (!entry.folder && question_.kind == Question::Kind::folder) ImGui::EndDisabled();
    }
  }
  ImGui::EndChild();
}

void FileBrowser::press(const Entry& entry) {
  if (entry.folder) return go((fs::path(folder_) / entry.name).string());
  if (question_.kind == Question::Kind::save) {
    name_ = entry.name;
  } else if (!chosen_.erase(entry.name)) {
    chosen_.insert(entry.name);
  }
}

bool FileBrowser::can_finish() const {
  switch (question_.kind) {
    case Question::Kind::files: return !chosen_.empty();
    case Question::Kind::folder: return problem_.empty();
    case Question::Kind::save: return !name_.empty() && problem_.empty();
  }
  return false;
}

void FileBrowser::draw_buttons() {
  const bool saves = question_.kind == Question::Kind::save;
  if (saves) {
    caption("Name");
    ImGui::SetNextItemWidth(-FLT_MIN);
    ImGui::InputText("##name", &name_);
  }
  const bool replaces =
      saves && std::any_of(entries_.begin(), entries_.end(),
                           [&](const Entry& entry) { return entry.name == name_; });
  const char* open = question_.kind == Question::Kind::folder ? "Choose this folder" : "Open";
  ImGui::BeginDisabled(!can_finish());
  const bool yes = button(!saves     ? open
                          : replaces ? "Replace the file"
                                     : "Save",
                          Look::main, share_of_row(2));
  ImGui::EndDisabled();
  ImGui::SameLine();
  const bool no =
      button("Cancel", Look::plain, share_of_row(1)) || ImGui::IsKeyPressed(ImGuiKey_Escape);
  if (yes && can_finish()) {
    std::vector<std::string> paths;
    const fs::path folder = folder_;
    if (question_.kind == Question::Kind::folder) paths = {folder_};
    if (saves) paths = {(folder / name_).string()};
    for (const std::string& name : chosen_) paths.push_back((folder / name).string());
    finish(std::move(paths));
  } else if (no) {
    finish({});
  }
}

void FileBrowser::finish(std::vector<std::string> paths) {
  ImGui::CloseCurrentPopup();
  open_ = false;
  if (!paths.empty()) answer_(paths);
}

}  // namespace limpid
