#include "native/desktop/dialog.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <utility>

namespace limpid {
namespace {

bool is_installed(const std::string& program) {
  std::istringstream folders(std::getenv("PATH") ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
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
  return command;
}

std::vector<std::string> kdialog(const Question& question) {
  const std::string start = question.proposed.empty() ? "." : question.proposed;
  switch (question.kind) {
    case Question::Kind::files:
      return {"kdialog",           "--title",           question.title, "--multiple",
              "--separate-output", "--getopenfilename", start};
    case Question::Kind::folder:
      return {"kdialog", "--title", question.title, "--getexistingdirectory", start};
    case Question::Kind::save:
      return {"kdialog", "--title", question.title, "--getsavefilename", start};
  }
  return {};
}

// What the program writes, line by line. No shell: names may hold anything.
std::vector<std::string> lines_of(const std::vector<std::string>& command) {
  std::array<int, 2> ends;
  if (pipe(ends.data()) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
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

Dialogs::~Dialogs() {
  // One that is open does not keep the program from ending.
  for (std::thread& thread : threads_) thread.detach();
}

bool Dialogs::available() { return is_installed("zenity") || is_installed("kdialog"); }

void Dialogs::ask(const Question& question, Answer answer) {
  const bool gnome = is_installed("zenity");
  threads_.emplace_back([this, question, gnome, answer = std::move(answer)] {
    std::vector<std::string> lines = lines_of(gnome ? zenity(question) : kdialog(question));
    if (lines.empty()) return;
    const std::lock_guard lock(mutex_);
    given_.push_back({answer, std::move(lines)});
  });
}

void Dialogs::poll() {
  std::vector<Given> given;
  {
    const std::lock_guard lock(mutex_);
    given.swap(given_);
  }
  for (const Given& one : given) one.answer(one.paths);
}

}  // namespace limpid
