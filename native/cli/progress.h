// One line on stderr that says how far the work is: redrawn in place on a terminal, printed now and
// then elsewhere, never on stdout.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace limpid {

class Progress {
 public:
  Progress();
  ~Progress();  // takes the line away
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `share` of the work that is done, 0..1. On a terminal a bar and the text, at most ten times a
  // second; else the text alone, every 30 seconds.
  void show(double share, const std::string& text);

  // A line that stays, above the progress.
  void say(std::string line);
  void leave_out(const std::string& reason) { say("limpid: left out: " + reason); }
  // Takes the line away, before something else is printed.
  void clear();

  // "  0:12 left", by what was done between the first call and this one; empty while that is too
  // little to tell.
  std::string time_left(double share);

 private:
  const bool terminal_;
  double first_share_ = 0;
  std::optional<std::chrono::steady_clock::time_point> first_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

// "4 s", "3:07", "2:15:00".
std::string clock_text(double seconds);

}  // namespace limpid
