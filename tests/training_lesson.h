// A short training that can be stopped anywhere, resumed and compared; its test brings the engine.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/train/trainer.h"
#include "tests/training_pictures.h"

namespace limpid {

// 7 pictures in batches of 4 and 3, in calls of at most 3, and 3 test pictures: 5 calls an epoch
// (3, 1 | 3 | 3 of the test), with everything kept that a training can keep.
struct Lesson {
  TrainingPictures pictures{10};
  std::optional<Dataset> dataset{pictures.open()};
  Split split{.train = {4, 0, 6, 2, 5, 1, 3}, .test = {7, 8, 9}};
  Model model = tiny_model();
  TrainingSettings settings{.epochs = 3,
                            .batch = 4,
                            .at_once = 3,
                            .learning_rate = 0.01f,
                            .schedule = Schedule::plateau,
                            .plateau_patience = 1,
                            .keep_best = true,
                            .average_decay = 0.9f};

  void open(const DatasetSettings& opening) { dataset.emplace(pictures.open(opening)); }
  std::unique_ptr<Trainer> trainer(Engine& engine) const {
    return std::make_unique<Trainer>(engine, *dataset, split, model, settings);
  }
};

struct Outcome {
  TrainingResult result;
  Checkpoint last;  // handed over
  int calls = 0;    // of progress
};

// Runs until the progress is called for the `cancel_at`-th time, or to the end.
inline Outcome learn(Trainer& trainer, int cancel_at = 0) {
  Outcome outcome;
  trainer.keep_checkpoint([&](const Checkpoint& checkpoint) { outcome.last = checkpoint; });
  outcome.result = trainer.run(
      {.progress = [&](const TrainingProgress&) { return ++outcome.calls != cancel_at; },
       .epoch = {}});
  return outcome;
}

inline Checkpoint without_times(Checkpoint checkpoint) {
  checkpoint.seconds = 0;
  for (EpochRecord& record : checkpoint.history) record.seconds = 0;
  checkpoint.settings.threads = 0;
  return checkpoint;
}

inline void expect_same(const Outcome& outcome, const Outcome& expected) {
  EXPECT_EQ(outcome.result.end, expected.result.end);
  EXPECT_EQ(outcome.result.weights, expected.result.weights);
  EXPECT_EQ(without_times(outcome.last), without_times(expected.last));
}

// Stops at each call, goes on with another Trainer from the checkpoint as bytes, and with the same.
inline void expect_resume_everywhere(Engine& engine, const Lesson& lesson) {
  const Outcome whole = learn(*lesson.trainer(engine));
  ASSERT_EQ(whole.result.end, TrainingEnd::finished);
  for (int call = 1; call < whole.calls; ++call) {
    SCOPED_TRACE("stopped at call " + std::to_string(call));
    const auto stopped = lesson.trainer(engine);
    const Outcome part = learn(*stopped, call);
    ASSERT_EQ(part.result.end, TrainingEnd::cancelled);
    EXPECT_EQ(part.calls, call);
    const auto resumed = lesson.trainer(engine);
    resumed->resume(decode_checkpoint(encode_checkpoint(part.last, "bytes"), "bytes"), "bytes");
    expect_same(learn(*resumed), whole);
    expect_same(learn(*stopped), whole);
  }
}

using MakeEngine = std::function<std::unique_ptr<Engine>()>;

// In a process of its own: goes on from `file` when it is there, keeps it after every batch, and is
// killed at call `kill_at` or after some time. True when it came to its end.
inline bool learn_in_child(const MakeEngine& make_engine, const Lesson& lesson,
                           const std::filesystem::path& file, int kill_at,
                           std::optional<std::chrono::microseconds> kill_after = {}) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      const auto engine = make_engine();
      const auto trainer = lesson.trainer(*engine);
      if (std::filesystem::exists(file)) trainer->resume(file);
      trainer->keep_checkpoint(file, 0);
      int calls = 0;
      trainer->run({.progress =
                        [&](const TrainingProgress&) {
                          if (++calls == kill_at) raise(SIGKILL);
                          return true;
                        },
                    .epoch = {}});
      _exit(0);
    } catch (const std::exception& error) {
      fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
  }
  if (kill_after) {
    std::this_thread::sleep_for(*kill_after);
    kill(child, SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  return WIFEXITED(status);
}

inline void expect_resume_after_kill(const MakeEngine& make_engine, const Lesson& lesson) {
  const Outcome whole = learn(*lesson.trainer(*make_engine()));
  const std::filesystem::path file = lesson.pictures.folder() / "run" / "checkpoint.safetensors";
  std::filesystem::create_directory(file.parent_path());
  const auto expect_whole = [&] {
    EXPECT_EQ(without_times(read_checkpoint(file)), without_times(whole.last));
    std::filesystem::remove(file);
  };
  for (int call = 1; call <= whole.calls; call += 2) {
    SCOPED_TRACE("killed at call " + std::to_string(call));
    EXPECT_FALSE(learn_in_child(make_engine, lesson, file, call));
    EXPECT_TRUE(learn_in_child(make_engine, lesson, file, 0));
    expect_whole();
  }
  // Whatever it is at, also while it writes: longer and longer, so that it comes to its end.
  std::chrono::microseconds wait(500);
  int kills = 0;
  for (; !learn_in_child(make_engine, lesson, file, 0, wait); ++kills) wait += wait / 8;
  EXPECT_GT(kills, 3);
  expect_whole();
}

}  // namespace limpid
