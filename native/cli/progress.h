// One line on stderr that says how far the work is: redrawn in place on a terminal, printed now and
// then elsewhere, never on stdout.
#pragma once

#include <chrono>
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

 private:
  void clear();

  const bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

// "4 s", "3:07", "2:15:00".
std::string duration_text(double seconds);

}  // namespace limpid
