// Training on the CPU engine: the same bits at any number of threads, however often it is stopped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "core/data/folder.h"
#include "core/engine/cpu.h"
#include "core/model/presets.h"
#include "tests/training_lesson.h"

namespace limpid {
namespace {

TEST(TrainerCpu, OneAndTwoThreadsGiveTheSameBits) {
  Lesson lesson;
  const auto engine = make_cpu_engine();
  lesson.settings.threads = 1;
  const Outcome one = learn(*lesson.trainer(*engine));
  ASSERT_EQ(one.result.end, TrainingEnd::finished);
  lesson.settings.threads = 2;
  expect_same(learn(*lesson.trainer(*engine)), one);
  // Begun with two, ended with one.
  const Checkpoint half = learn(*lesson.trainer(*engine), 6).last;
  lesson.settings.threads = 1;
  const auto resumed = lesson.trainer(*engine);
  resumed->resume(half, "bytes");
  expect_same(learn(*resumed), one);
}

TEST(TrainerCpu, GoesOnFromAnyPlaceAsIfItHadNeverStopped) {
  Lesson lesson;
  lesson.settings.threads = 1;
  const auto engine = make_cpu_engine();
  expect_resume_everywhere(*engine, lesson);
  lesson.settings.threads = 2;
  lesson.model.layers.insert(lesson.model.layers.begin() + 1,
                             {.name = "norm", .kind = LayerKind::batch_norm});
  lesson.model.layers.insert(lesson.model.layers.begin() + 4,
                             {.name = "drop", .kind = LayerKind::dropout, .rate = 0.2f});
  expect_resume_everywhere(*engine, lesson);
}

TEST(TrainerCpu, GoesOnAfterItWasKilled) {
  Lesson lesson;
  lesson.settings.threads = 1;
  expect_resume_after_kill(make_cpu_engine, lesson);
}

TEST(TrainerCpu, ArticleLearnsFromLandscapes) {
  const char* shared = std::getenv("LIMPID_SHARED_DATA");
  const std::filesystem::path folder = std::filesystem::path(shared ? shared : "") / "landscape";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP()
        << "NOT TESTED: no landscape pictures: LIMPID_SHARED_DATA names no folder with them";
  }
  std::vector<std::filesystem::path> files;
  for (const FoundFile& found : find_pictures({folder}).files) {
    if (files.size() < 20) files.push_back(found.file);
  }
  const Dataset dataset(files, {.size = 64});
  Split some;
  for (size_t i = 0; i < dataset.size(); ++i) (i < 16 ? some.train : some.test).push_back(i);
  const auto engine = make_cpu_engine();
  Trainer trainer(*engine, dataset, some, article(),
                  {.epochs = 4, .batch = 4, .noise = {.strength = 0.2f}});
  const TrainingResult result = trainer.run({});
  ASSERT_EQ(result.history.size(), 4u);
  EXPECT_LT(result.history.back().loss, result.history.front().loss * 0.8);
  EXPECT_LT(result.history.back().val_loss, result.history.front().val_loss);
}

}  // namespace
}  // namespace limpid
