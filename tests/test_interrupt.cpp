#include "native/cli/interrupt.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace limpid {
namespace {

// Its status tells whether one signal is noted and leaves errno as it is, where stderr is closed.
[[noreturn]] void be_interrupted() {
  watch_interrupts();
  ::close(STDERR_FILENO);
  errno = EEXIST;
  std::raise(SIGTERM);
  ::_exit(errno == EEXIST && interrupted() ? 0 : 1);
}

TEST(InterruptDeathTest, IsNoErrorOfTheCodeThatItMeets) {
  EXPECT_EXIT(be_interrupted(), testing::ExitedWithCode(0), "");
}

[[noreturn]] void be_interrupted_twice() {
  watch_interrupts();
  std::raise(SIGINT);
  std::raise(SIGTERM);
  ::_exit(interrupted_status());
}

TEST(InterruptDeathTest, TheSecondEndsAtOnce) {
  EXPECT_EXIT(be_interrupted_twice(), testing::ExitedWithCode(128 + SIGTERM),
              "stopping at the next safe point");
}

}  // namespace
}  // namespace limpid
