#include "core/engine/thread_pool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <vector>

#include "core/error.h"

namespace limpid {
namespace {

TEST(ThreadPool, EveryTaskRunsOnce) {
  for (int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (size_t count : {0, 1, 2, 1000}) {
      std::vector<int> calls(count);
      pool.run(count, [&](size_t i) { ++calls[i]; });
      EXPECT_EQ(calls, std::vector<int>(count, 1));
    }
  }
}

TEST(ThreadPool, NoTwoTasksAreOneThreadsAtATime) {
  for (int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    std::vector<std::atomic<int>> busy(threads);
    std::vector<int> calls(1000);
    std::atomic<int> faults = 0;
    pool.run_by_thread(calls.size(), [&](size_t thread, size_t i) {
      if (thread >= busy.size() || busy[thread]++ != 0) ++faults;
      ++calls[i];
      --busy[thread];
    });
    EXPECT_EQ(faults, 0);
    EXPECT_EQ(calls, std::vector<int>(calls.size(), 1));
  }
}

TEST(ThreadPool, PartsCoverAllAndDependOnTheSizeOnly) {
  for (size_t count : {size_t(0), size_t(1), size_t(16384), size_t(16385), size_t(100000)}) {
    std::vector<std::vector<int>> runs;
    for (int threads : {1, 2}) {
      ThreadPool pool(threads);
      std::vector<int> first_of(count);
      pool.run_parts(count, [&](size_t first, size_t last) {
        for (size_t i = first; i < last; ++i) first_of[i] += int(first) + 1;
      });
      runs.push_back(first_of);
    }
    EXPECT_EQ(runs[0], runs[1]);
    for (int value : runs[0]) EXPECT_GT(value, 0);
  }
}

TEST(ThreadPool, ZeroIsAllOfTheMachine) {
  EXPECT_EQ(ThreadPool(0).threads(), machine_threads());
  EXPECT_EQ(ThreadPool(1).handle(), nullptr);
}

// Their stacks alone need more than that.
TEST(ThreadPoolDeathTest, ThreadsThatCannotBeStartedAreNotWaitedFor) {
  const auto start_too_many = [] {
    const rlimit limit = {rlim_t(1) << 30, rlim_t(1) << 30};
    ::setrlimit(RLIMIT_AS, &limit);
    try {
      ThreadPool(4096);
    } catch (const Error& error) {
      std::fprintf(stderr, "%s\n", error.what());
      ::_exit(1);
    }
    ::_exit(0);
  };
  EXPECT_EXIT(start_too_many(), testing::ExitedWithCode(1), "4096 threads could not be started");
}

}  // namespace
}  // namespace limpid
