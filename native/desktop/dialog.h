// File dialogs of the desktop, on threads of their own: the window goes on.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "native/desktop/question.h"

namespace limpid {

class Dialogs {
 public:
  // Called with what was chosen, not at all when nothing was.
  using Answer = std::function<void(const std::vector<std::string>&)>;
  using Ask = std::function<void(const Question& question, Answer answer)>;

  // A dialog that is open does not keep the program from ending.
  // `parent`: the window, as portal.h has it. `otherwise` asks where the desktop has no dialog.
  Dialogs(std::string parent, Ask otherwise);

  // The desktop's portal where there is one, else zenity, else kdialog, else `otherwise`. poll()
  // calls `answer`.
  void ask(const Question& question, const Answer& answer);
  void poll();

 private:
  struct Given {
    Question question;
    Answer answer;
    std::vector<std::string> paths;
    bool failed = false;  // the portal; to be asked elsewhere
  };
  // What the threads know, which may outlive this.
  struct Shared {
    std::mutex mutex;
    std::vector<Given> given;  // guarded by mutex
    void give(Given one);
  };

  void ask_programs(const Question& question, const Answer& answer);

  const std::string parent_;
  const Ask otherwise_;
  std::shared_future<bool> has_portal_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace limpid
