#include "native/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace limpid {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto redraw_every = std::chrono::milliseconds(100);
constexpr auto print_every = std::chrono::seconds(30);
constexpr int bar_width = 24;

int terminal_width() {
  winsize size = {};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string bar(double share) {
  const int done = int(std::lround(std::clamp(share, 0.0, 1.0) * bar_width));
  return "[" + std::string(size_t(done), '#') + std::string(size_t(bar_width - done), '.') + "] ";
}

}  // namespace

// Nothing is printed for what is over within the first period.
Progress::Progress()
    : terminal_(::isatty(STDERR_FILENO) == 1),
      last_(Clock::now() - (terminal_ ? redraw_every : Clock::duration(0))) {}

Progress::~Progress() { clear(); }

void Progress::show(double share, const std::string& text) {
  const Clock::time_point now = Clock::now();
  if (now - last_ < (terminal_ ? Clock::duration(redraw_every) : Clock::duration(print_every))) {
    return;
  }
  last_ = now;
  if (!terminal_) {
    std::fprintf(stderr, "%s\n", text.c_str());
    return;
  }
  std::string line = bar(share) + text;
  line.resize(std::min(line.size(), size_t(terminal_width() - 1)));
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());   // to the line's end
  std::fflush(stderr);
  shown_ = true;
}

void Progress::say(const std::string& line) {
  clear();
  std::fprintf(stderr, "%s\n", line.c_str());
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
  last_ = Clock::now() - redraw_every;
}

std::string duration_text(double seconds) {
  if (!(seconds >= 0) || seconds > 1e9) return "?";
  const long long whole = std::llround(seconds);
  char text[48];
  if (whole < 60) {
    std::snprintf(text, sizeof text, "%lld s", whole);
  } else if (whole < 3600) {
    std::snprintf(text, sizeof text, "%lld:%02lld", whole / 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60,
                  whole % 60);
  }
  return text;
}

}  // namespace limpid
