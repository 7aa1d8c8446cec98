// Runs the real limpid command, with what the tests of it share: small pictures, a tiny model, a
// folder that goes away.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "core/image/file.h"
#include "core/image/picture.h"
#include "tests/temporary_folder.h"

namespace limpid {

struct Outcome {
  int status = 0;  // 128 + the signal that ended it
  std::string out;
  std::string err;
};

inline std::string text_of(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

class CliTest : public testing::Test {
 protected:
  CliTest() { std::filesystem::create_directories(folder); }

  using Arguments = std::vector<std::string>;

  static const char* binary() {
    const char* const other = std::getenv("LIMPID_CLI");
    return other ? other : LIMPID_CLI;  // the one that was built beside this test
  }

  // Runs in `folder`; stdout and stderr go to the files "out" and "err" beside it.
  pid_t start(const Arguments& arguments) const {
    const pid_t child = ::fork();
    if (child == 0) become(arguments);
    return child;
  }

  // Nobody reads what it says on stderr: as where Ctrl-C has ended `tee`.
  pid_t start_unheard(const Arguments& arguments) const {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    ::close(ends[0]);
    const pid_t child = ::fork();
    if (child == 0) become(arguments, ends[1]);
    ::close(ends[1]);
    return child;
  }

  // No file may be larger: as on a full disk. What is said goes through a pipe, which has no such
  // bound and holds all of it.
  Outcome with_files_up_to(size_t bytes, const Arguments& arguments) const {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    EXPECT_GE(::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20), 1 << 20);
    const pid_t child = ::fork();
    if (child == 0) {
      const rlimit limit = {bytes, bytes};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      become(arguments, ends[1]);
    }
    ::close(ends[1]);
    Outcome outcome = wait(child);
    outcome.err.clear();
    char part[4096];
    while (const ssize_t count = ::read(ends[0], part, sizeof part)) {
      if (count < 0) break;
      outcome.err.append(part, size_t(count));
    }
    ::close(ends[0]);
    return outcome;
  }

  Outcome wait(pid_t child) const {
    int status = 0;
    ::waitpid(child, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {code, text_of(out_file), text_of(err_file)};
  }

  Outcome limpid(const Arguments& arguments) const { return wait(start(arguments)); }

  // A picture with edges and slopes, another one for each number.
  void write_sample(const std::string& name, int number, int side = 16, int channels = 3) const {
    Picture picture = {.color = Image(side, side, channels), .alpha = {}};
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        for (int c = 0; c < channels; ++c) {
          const bool inside = (x + number) % side < side / 2 && y > number % side / 2;
          picture.color.at(y, x, c) =
              inside ? 0.8f - 0.2f * float(c) : float(x + y) / float(2 * side);
        }
      }
    }
    std::filesystem::create_directories((folder / name).parent_path());
    write_picture(folder / name, picture);
  }

  void write_data(int pictures) const {
    for (int i = 0; i < pictures; ++i) {
      write_sample("data/" + std::to_string(i) + ".png", i);
    }
    write_file(folder / "tiny.json", std::string_view(R"({"name": "tiny", "channels": 3, "layers": [
                 {"name": "enc", "kind": "conv", "channels": 4, "activation": "relu"},
                 {"name": "pool", "kind": "max_pool"},
                 {"name": "up", "kind": "upsample"},
                 {"name": "out", "kind": "conv", "channels": 3, "activation": "sigmoid"}]})"));
  }

  // limpid train with what makes it quick, and more.
  Arguments training(const std::string& run, const Arguments& more = {}) const {
    Arguments arguments = {"train",  "data", "-o",       run,        "--model", "tiny.json",
                           "--size", "16",   "--batch",  "4",        "--noise", "0.2",
                           "--lr",   "0.01", "--engine", "reference"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  const TemporaryFolder temporary;
  const std::filesystem::path folder = temporary.path() / "work";
  const std::filesystem::path out_file = temporary.path() / "out";
  const std::filesystem::path err_file = temporary.path() / "err";

 private:
  // Of the child; stderr goes to its file unless told otherwise.
  [[noreturn]] void become(const Arguments& arguments, int err = -1) const {
    std::vector<char*> argv = {const_cast<char*>("limpid")};
    for (const std::string& text : arguments) argv.push_back(const_cast<char*>(text.c_str()));
    argv.push_back(nullptr);
    if (!std::freopen(out_file.c_str(), "w", stdout)) ::_exit(99);
    if (err >= 0 ? ::dup2(err, 2) < 0 : !std::freopen(err_file.c_str(), "w", stderr)) ::_exit(99);
    if (::chdir(folder.c_str()) != 0) ::_exit(99);
    ::execv(binary(), argv.data());
    ::_exit(99);
  }
};

// One sentence in one line that begins with "limpid: " and holds the words.
inline void expect_message(const Outcome& outcome, int status, const std::string& words) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.err << "lacks: " << words;
  EXPECT_EQ(outcome.err.rfind("limpid: ", 0), 0u) << outcome.err;
  EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
}

// With pictures in data/, and a model in run/ that one epoch taught.
class TrainedCliTest : public CliTest {
 protected:
  TrainedCliTest() {
    write_data(8);
    const Outcome trained = limpid(training("run", {"--epochs", "1"}));
    EXPECT_EQ(trained.status, 0) << trained.err;
  }
};

}  // namespace limpid
