// The folder a training writes to: its files, and the right to write them.
#pragma once

#include <filesystem>

namespace limpid {

class RunFolder {
 public:
  enum class Use { start, resume };

  // Locked until this goes. To start, the folder is made if it is missing and must be empty; to
  // resume it must hold a run. Throws Error naming it, also when another process has it locked.
  RunFolder(std::filesystem::path folder, Use use);
  ~RunFolder();  // removes a folder that it made and that stayed empty
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  // Whether a training has written there; its run.json; its model.
  static bool holds_run(const std::filesystem::path& folder);
  static std::filesystem::path record_of(const std::filesystem::path& folder);
  static std::filesystem::path model_of(const std::filesystem::path& folder);
  static std::filesystem::path checkpoint_of(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path model() const { return model_of(folder_); }
  std::filesystem::path checkpoint() const { return checkpoint_of(folder_); }
  std::filesystem::path history() const { return folder_ / "history.csv"; }
  std::filesystem::path loss() const { return folder_ / "loss.png"; }
  std::filesystem::path grid() const { return folder_ / "grid.png"; }
  std::filesystem::path summary() const { return folder_ / "summary.txt"; }
  std::filesystem::path run() const { return record_of(folder_); }

 private:
  void lock();

  const std::filesystem::path folder_;
  bool made_ = false;
  int descriptor_ = -1;  // of the folder itself: the lock needs no file
};

}  // namespace limpid
