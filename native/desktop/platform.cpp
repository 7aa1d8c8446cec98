#include "native/desktop/platform.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <new>
#include <thread>
#include <utility>

#include "core/engine/cpu.h"
#include "core/error.h"
#include "core/image/encoding.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "core/train/run_folder.h"
#include "core/ui/front_end.h"
#include "core/ui/texts.h"
#include "native/desktop/folders.h"
#include "native/report/run_report.h"
#ifdef LIMPID_CUDA
#include "native/cuda/engine.h"
#endif

namespace limpid {
namespace {

namespace fs = std::filesystem;

constexpr size_t choices_bytes = 1 << 20;

std::unique_ptr<Worker> make_worker() {
  std::vector<std::unique_ptr<Engine>> engines;
  engines.push_back(make_cpu_engine());
#ifdef LIMPID_CUDA
  for (int i = 0; i < cuda_devices(); ++i) {
    engines.push_back(make_cuda_engine(CudaPrecision::bf16, i));
  }
#endif
  return std::make_unique<Worker>(
      std::move(engines), int(std::thread::hardware_concurrency()),
      [](const RunRecord::Subject& subject, std::function<bool()> interrupted) {
        return std::make_unique<RunReport>(subject, std::move(interrupted));
      });
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
  std::error_code code;
  for (int i = 2; fs::exists(file, code); ++i) {
    file = folder / (name.stem().string() + "-" + std::to_string(i) + name.extension().string());
  }
  return file;
}

// A picture comes as a PNG, its name may be a JPEG's. The name gets the ending that was proposed
// where it has none of the kind's, but never that of a file that is there, for which nobody was
// asked.
Saved write(const std::string& chosen, const FileKind& kind, const fs::path& proposed,
            const std::vector<uint8_t>& bytes) {
  fs::path file = chosen;
  if (!kind.has(chosen)) {
    file = free_name(file.parent_path(), file.filename().string() + proposed.extension().string());
  }
  try {
    if (!is_writable_picture(file) || format_of(file) != PictureFormat::jpeg) {
      write_file(file, bytes);
      return {"Saved " + file.string(), false};
    }
    const StoredPicture picture =
        decode_stored(bytes, file.string(), PictureLimits{.max_bytes = bytes.size()});
    write_picture(file, picture.color, picture);
    const std::string loss = picture.alpha.empty() ? "" : text(Text::no_transparency);
    return {"Saved " + file.string() + loss, false};
  } catch (const Error& error) {
    return {error.what(), true};
  } catch (const std::bad_alloc&) {
    return {file.string() + text(Text::no_memory_to_write), true};
  }
}

}  // namespace

DesktopPlatform::DesktopPlatform(const std::string& window)
    : dialogs_(window,
               [this](const Question& question, Dialogs::Answer answer) {
                 browser_.ask(question, std::move(answer));
               }),
      copy_command_(find_copy_command()),
      worker_(make_worker()) {}

void DesktopPlatform::pick(Pick what) {
  const auto folder = [](Text title) {
    return Question{.kind = Question::Kind::folder, .title = text(title)};
  };
  const auto files = [](Text title, const FileKind& offered) {
    return Question{.kind = Question::Kind::files, .title = text(title), .offered = offered};
  };
  const auto add = [this](const auto& paths) { front_end_->add_files(paths); };
  const auto take = [this, what](const auto& paths) {
    front_end_->take_folder(what, paths.front());
  };
  switch (what) {
    case Pick::pictures: return dialogs_.ask(files(Text::open_pictures, picture_files()), add);
    case Pick::folder: return dialogs_.ask(folder(Text::open_folder), add);
    case Pick::noisy_folder: return dialogs_.ask(folder(Text::open_noisy_folder), take);
    case Pick::test_folder: return dialogs_.ask(folder(Text::open_test_folder), take);
    case Pick::model: return dialogs_.ask(files(Text::open_model, model_files()), add);
  }
}

void DesktopPlatform::save(const std::string& name, std::vector<uint8_t> bytes) {
  const fs::path proposed = free_name(pictures_folder(), name);
  const bool model = model_files().has(name);
  const FileKind kind = model ? model_files() : writable_files();
  const auto file = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  dialogs_.ask({Question::Kind::save, text(model ? Text::download_model : Text::save_picture),
                proposed.string(), kind},
               [this, kind, proposed, file](const auto& paths) {
                 writings_.push_back(std::async(std::launch::async, [=, path = paths.front()] {
                   return write(path, kind, proposed, *file);
                 }));
               });
}

void DesktopPlatform::poll() {
  dialogs_.poll();
  std::erase_if(writings_, [&](std::future<Saved>& writing) {
    if (writing.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return false;
    const Saved saved = writing.get();
    front_end_->notify(saved.told, saved.failed ? News::bad : News::good);
    return true;
  });
}

void DesktopPlatform::copy_picture(std::vector<uint8_t> png) {
  std::FILE* pipe = popen(copy_command_.c_str(), "w");
  if (!pipe) return front_end_->notify("The clipboard cannot be reached.", News::bad);
  const bool whole = std::fwrite(png.data(), 1, png.size(), pipe) == png.size();
  const bool good = pclose(pipe) == 0 && whole;
  front_end_->notify(good ? "Copied to the clipboard" : "The clipboard did not take the picture.",
                     good ? News::good : News::bad);
}

void DesktopPlatform::pick_results_folder() {
  dialogs_.ask({Question::Kind::folder, text(Text::results_folder), ""},
               [this](const auto& paths) { front_end_->restore_all(paths.front()); });
}

void DesktopPlatform::results_complete(const std::string& folder, size_t failed, size_t all) {
  if (failed == 0) return front_end_->notify("The restored pictures are in " + folder, News::good);
  if (failed == all) return front_end_->notify("No picture could be restored.", News::bad);
  front_end_->notify(std::to_string(failed) + " of " + std::to_string(all) +
                         " pictures could not be restored; the others are in " + folder,
                     News::bad);
}

std::string DesktopPlatform::new_run_folder(const std::string& network) {
  const std::time_t now = std::time(nullptr);
  char day[32];
  std::strftime(day, sizeof day, "%Y-%m-%d", std::localtime(&now));
  return free_name(runs_folder(), network + " " + day).string();
}

std::vector<std::string> DesktopPlatform::kept_runs(size_t most) {
  std::vector<std::pair<fs::file_time_type, std::string>> runs;
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(runs_folder(), code)) {
    if (!RunFolder::holds_run(entry.path())) continue;
    const fs::file_time_type written = fs::last_write_time(entry.path(), code);
    runs.emplace_back(written, entry.path().string());
  }
  std::sort(runs.rbegin(), runs.rend());
  if (runs.size() > most) runs.resize(most);
  std::vector<std::string> folders;
  for (const auto& [written, folder] : runs) folders.push_back(folder);
  return folders;
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
    front_end_->notify(std::string("Choices are not remembered: ") + error.what(), News::bad);
  }
}

}  // namespace limpid
