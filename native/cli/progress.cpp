#include "native/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "native/report/columns.h"

namespace limpid {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto redraw_every = std::chrono::milliseconds(100);
constexpr auto print_every = std::chrono::seconds(30);
constexpr double least_to_tell_s = 2;
constexpr int least_bar = 8, most_bar = 30;  // characters

int terminal_width() {
  winsize size = {};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// A bar in what the text leaves of the line, and none where that is too little.
std::string line_of(double share, const std::string& text) {
  const int room = terminal_width() - 1;
  const int length = std::min(room - int(columns_of(text)) - 3, most_bar);
  if (length < least_bar) return first_columns(text, size_t(room));
  const int done = int(std::lround(std::clamp(share, 0.0, 1.0) * length));
  return "[" + std::string(size_t(done), '#') + std::string(size_t(length - done), '.') + "] " +
         text;
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
  std::fprintf(stderr, "\r%s\x1b[K", line_of(share, text).c_str());  // to the line's end
  std::fflush(stderr);
  shown_ = true;
}

void Progress::say(std::string line) {
  clear();
  std::replace(line.begin(), line.end(), '\n', ' ');  // of a file's name
  std::fprintf(stderr, "%s\n", line.c_str());
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
  last_ = Clock::now() - redraw_every;
}

std::string Progress::time_left(double share) {
  const Clock::time_point now = Clock::now();
  if (!first_) {
    first_ = now;
    first_share_ = share;
  }
  const double seconds = std::chrono::duration<double>(now - *first_).count();
  const double done = share - first_share_;
  if (seconds < least_to_tell_s || done <= 0) return "";
  return "  " + clock_text(seconds * (1 - share) / done) + " left";
}

std::string clock_text(double seconds) {
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
