#include "native/desktop/dialog.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>
#include <utility>

#include "core/error.h"
#include "native/desktop/portal.h"

namespace limpid {
namespace {

using namespace std::chrono_literals;

bool is_installed(const std::string& program) {
  std::istringstream folders(std::getenv("PATH") ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// " a b c"
std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += ' ' + word;
  return text;
}

std::vector<std::string> zenity(const Question& question) {
  std::vector<std::string> command = {"zenity", "--file-selection", "--title=" + question.title};
  switch (question.kind) {
    case Question::Kind::files:
      command.insert(command.end(), {"--multiple", "--separator=\n"});
      break;
    case Question::Kind::folder: command.push_back("--directory"); break;
    case Question::Kind::save:
      command.insert(command.end(), {"--save", "--confirm-overwrite"});
      break;
  }
  if (!question.proposed.empty()) command.push_back("--filename=" + question.proposed);
  if (!question.offers_all()) {
    for (const FileKind& kind : {question.offered, all_files()}) {
      command.push_back("--file-filter=" + kind.name + " |" + listed(kind.patterns()));
    }
  }
  return command;
}

// Qt's: it does not tell upper case from lower, and may show the patterns.
std::string kdialog_filter(const Question& question) {
  std::vector<std::string> patterns;
  for (const std::string& ending : question.offered.endings) patterns.push_back("*" + ending);
  const std::string all = all_files().name + " (*)";
  if (question.offers_all()) return all;
  return question.offered.name + " (" + listed(patterns).substr(1) + ");;" + all;
}

std::vector<std::string> kdialog(const Question& question) {
  const std::string start = question.proposed.empty() ? "." : question.proposed;
  switch (question.kind) {
    case Question::Kind::files:
      return {"kdialog",           "--title",           question.title, "--multiple",
              "--separate-output", "--getopenfilename", start,          kdialog_filter(question)};
    case Question::Kind::folder:
      return {"kdialog", "--title", question.title, "--getexistingdirectory", start};
    case Question::Kind::save:
      return {"kdialog",           "--title", question.title,
              "--getsavefilename", start,     kdialog_filter(question)};
  }
  return {};
}

// What the program writes, line by line. No shell: names may hold anything.
std::vector<std::string> lines_of(const std::vector<std::string>& command) {
  // Before the fork: of a program with threads, the child has no safe use of the heap.
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::array<int, 2> ends;
  // Closed in what another thread starts meanwhile: wl-copy stays, and would keep the answer from
  // ending.
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 4096> block;
  for (ssize_t got; (got = read(ends[0], block.data(), block.size())) > 0;) {
    text.append(block.data(), size_t(got));
  }
  close(ends[0]);
  if (child > 0) waitpid(child, nullptr, 0);
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

}  // namespace

void Dialogs::Shared::give(Given one) {
  const std::lock_guard lock(mutex);
  given.push_back(std::move(one));
}

Dialogs::Dialogs(std::string parent, Ask otherwise)
    : parent_(std::move(parent)), otherwise_(std::move(otherwise)) {
  std::packaged_task<bool()> look(has_portal);
  has_portal_ = look.get_future();
  std::thread(std::move(look)).detach();
}

void Dialogs::ask(const Question& question, const Answer& answer) {
  const bool known = has_portal_.wait_for(0s) == std::future_status::ready;
  if (known && !has_portal_.get()) return ask_programs(question, answer);
  std::thread([shared = shared_, has_portal = has_portal_, parent = parent_, question, answer] {
    Given given{question, answer, {}};
    try {
      // Who has clicked waits for a portal that only starts, but not for long.
      given.failed = has_portal.wait_for(5s) != std::future_status::ready || !has_portal.get();
      if (!given.failed) given.paths = ask_portal(question, parent);
    } catch (const Error&) {
      given.failed = true;
    }
    shared->give(std::move(given));
  }).detach();
}

void Dialogs::ask_programs(const Question& question, const Answer& answer) {
  const bool gnome = is_installed("zenity");
  if (!gnome && !is_installed("kdialog")) return otherwise_(question, answer);
  std::thread([shared = shared_, question, gnome, answer] {
    shared->give({question, answer, lines_of(gnome ? zenity(question) : kdialog(question))});
  }).detach();
}

void Dialogs::poll() {
  std::vector<Given> given;
  {
    const std::lock_guard lock(shared_->mutex);
    given.swap(shared_->given);
  }
  for (const Given& one : given) {
    if (one.failed)
      ask_programs(one.question, one.answer);
    else if (!one.paths.empty())
      one.answer(one.paths);
  }
}

}  // namespace limpid
