#include "native/desktop/platform.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include "core/engine/cpu.h"
#include "core/error.h"
#include "core/image/file.h"
#include "core/ui/front_end.h"
#include "native/desktop/folders.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

constexpr size_t choices_bytes = 1 << 20;

std::unique_ptr<Worker> make_worker() {
  std::vector<std::unique_ptr<Engine>> engines;
  engines.push_back(make_cpu_engine());
  return std::make_unique<Worker>(std::move(engines), int(std::thread::hardware_concurrency()));
}

std::string find_copy_command() {
  for (const auto& [program, command] :
       {std::pair{"wl-copy", "wl-copy --type image/png"},
        std::pair{"xclip", "xclip -selection clipboard -t image/png -i"}}) {
    const bool suits = std::string(program) != "wl-copy" || std::getenv("WAYLAND_DISPLAY");
    const std::string test = std::string("command -v ") + program + " >/dev/null 2>&1";
    if (suits && std::system(test.c_str()) == 0) return command;
  }
  return "";
}

// A name that nothing has yet: "beach-restored-2.png".
fs::path free_name(const fs::path& folder, const fs::path& name) {
  fs::path file = folder / name;
  for (int i = 2; fs::exists(file); ++i) {
    file = folder / (name.stem().string() + "-" + std::to_string(i) + name.extension().string());
  }
  return file;
}

}  // namespace

DesktopPlatform::DesktopPlatform() : copy_command_(find_copy_command()), worker_(make_worker()) {}

void DesktopPlatform::pick(Pick what) {
  if (!Dialogs::available()) {
    front_end_->notify("No file dialog (zenity or kdialog) is installed: drop files on the window.",
                       true);
    return;
  }
  Question question;
  question.kind = what == Pick::folder ? Question::Kind::folder : Question::Kind::files;
  question.title = what == Pick::model ? "Open a model" : "Open pictures";
  dialogs_.ask(question, [this](const auto& paths) { front_end_->add_files(paths); });
}

void DesktopPlatform::save(const std::string& name, std::vector<uint8_t> bytes) {
  const fs::path proposed = free_name(pictures_folder(), name);
  if (!Dialogs::available()) return write(proposed.string(), bytes);
  dialogs_.ask(
      {Question::Kind::save, "Save", proposed.string()},
      [this, bytes = std::move(bytes)](const auto& paths) { write(paths.front(), bytes); });
}

void DesktopPlatform::write(const std::string& file, const std::vector<uint8_t>& bytes) {
  try {
    write_file(file, bytes);
    front_end_->notify("Saved " + file, false);
  } catch (const Error& error) {
    front_end_->notify(error.what(), true);
  }
}

void DesktopPlatform::copy_picture(std::vector<uint8_t> png) {
  std::FILE* pipe = popen(copy_command_.c_str(), "w");
  if (!pipe) return front_end_->notify("The clipboard cannot be reached.", true);
  const bool whole = std::fwrite(png.data(), 1, png.size(), pipe) == png.size();
  const bool good = pclose(pipe) == 0 && whole;
  front_end_->notify(good ? "Copied to the clipboard" : "The clipboard did not take the picture.",
                     !good);
}

void DesktopPlatform::pick_results_folder() {
  if (Dialogs::available()) {
    dialogs_.ask({Question::Kind::folder, "Folder for the restored pictures", ""},
                 [this](const auto& paths) { front_end_->restore_all(paths.front()); });
    return;
  }
  const fs::path folder = free_name(pictures_folder(), "limpid-restored");
  fs::create_directories(folder);
  front_end_->restore_all(folder.string());
}

void DesktopPlatform::results_complete(const std::string& folder) {
  front_end_->notify("The restored pictures are in " + folder, false);
}

std::string DesktopPlatform::checkpoint_file() {
  fs::create_directories(data_folder());
  return (data_folder() / "last-training.safetensors").string();
}

std::string DesktopPlatform::stored_choices() {
  const fs::path file = choices_folder() / "choices.json";
  if (!fs::exists(file)) return "";
  try {
    const std::vector<uint8_t> bytes = read_file(file, choices_bytes);
    return {bytes.begin(), bytes.end()};
  } catch (const Error&) {
    return "";  // as if it were the first start
  }
}

void DesktopPlatform::store_choices(const std::string& text) {
  try {
    fs::create_directories(choices_folder());
    write_file(choices_folder() / "choices.json", text);
  } catch (const std::exception& error) {
    front_end_->notify(std::string("Choices are not remembered: ") + error.what(), true);
  }
}

}  // namespace limpid
