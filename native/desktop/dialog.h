// File dialogs of the desktop (zenity or kdialog), on threads of their own: the window goes on.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace limpid {

struct Question {
  enum class Kind { files, folder, save };
  Kind kind = Kind::files;
  std::string title;
  std::string proposed;  // the name or folder to begin with
};

class Dialogs {
 public:
  Dialogs() = default;
  ~Dialogs();

  // One of the two programs is there.
  static bool available();

  // `answer` is called by poll() with what was chosen, not at all when nothing was.
  using Answer = std::function<void(const std::vector<std::string>&)>;
  void ask(const Question& question, Answer answer);
  void poll();

 private:
  struct Given {
    Answer answer;
    std::vector<std::string> paths;
  };
  std::mutex mutex_;
  std::vector<Given> given_;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace limpid
