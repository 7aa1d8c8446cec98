#include "core/train/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "core/data/folder.h"
#include "core/error.h"
#include "core/image/file.h"

namespace limpid {

namespace fs = std::filesystem;

RunFolder::RunFolder(fs::path folder, Use use) : folder_(std::move(folder)) {
  std::error_code code;
  const bool holds_one = fs::is_regular_file(record_of(folder_), code);
  if (use == Use::resume && !holds_one) {
    if (code == std::errc::permission_denied) {
      throw Error("cannot look into " + folder_.string() + ": " + code.message());
    }
    throw Error(folder_.string() + ": there is no training to go on with (no run.json in it)");
  }
  made_ = fs::create_directories(folder_, code);
  if (code) throw Error("cannot make the folder " + folder_.string() + ": " + code.message());
  lock();
  if (use == Use::start && !made_ && !fs::is_empty(folder_, code)) {
    ::close(descriptor_);
    throw Error(folder_.string() +
                ": the folder is not empty; choose another one, or go on with its training by "
                "--resume");
  }
  remove_unfinished_files(folder_);
}

RunFolder::~RunFolder() {
  if (made_) ::rmdir(folder_.c_str());  // fails, as it should, when there is something in it
  ::close(descriptor_);
}

fs::path RunFolder::record_of(const fs::path& folder) { return folder / run_record_name; }
fs::path RunFolder::model_of(const fs::path& folder) { return folder / run_model_name; }
fs::path RunFolder::checkpoint_of(const fs::path& folder) {
  return folder / "checkpoint.safetensors";
}

bool RunFolder::holds_run(const fs::path& folder) {
  std::error_code none;
  return fs::is_regular_file(record_of(folder), none);
}

void RunFolder::lock() {
  descriptor_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor_ < 0) {
    throw Error("cannot open the folder " + folder_.string() + ": " +
                std::generic_category().message(errno));
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const bool taken = errno == EWOULDBLOCK;
  const std::string reason = std::generic_category().message(errno);
  ::close(descriptor_);
  throw Error(
      folder_.string() + ": " +
      (taken ? "another training is writing to this folder" : "cannot be locked: " + reason));
}

}  // namespace limpid
