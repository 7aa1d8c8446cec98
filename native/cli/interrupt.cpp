#include "native/cli/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

namespace limpid {

namespace {

// Any thread may be the one that is interrupted, and any may ask.
std::atomic<int> caught = 0;
static_assert(std::atomic<int>::is_always_lock_free);

// Calls nothing that a signal handler must not, and leaves the code that it interrupts its errno:
// a terminal that has been closed takes no line.
void note(int signal) {
  const int error = errno;
  if (caught.exchange(signal) != 0) ::_exit(128 + signal);
  static constexpr std::string_view text =
      "\nlimpid: stopping at the next safe point; once more ends at once\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  errno = error;
}

}  // namespace

void watch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;  // reads and writes of files go on
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  struct sigaction before = {};  // of nohup and the like
  ::sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(SIGHUP, &action, nullptr);
  for (const int signal : {SIGXFSZ, SIGPIPE}) std::signal(signal, SIG_IGN);
}

bool interrupted() { return caught != 0; }

int interrupted_status() { return 128 + caught; }

}  // namespace limpid
