#include "core/train/trainer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <thread>
#include <vector>

#include "core/engine/reference.h"
#include "core/model/presets.h"
#include "core/train/portions.h"
#include "core/train/validation.h"
#include "tests/training_lesson.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// What is written and drawn after an epoch is part of none.
TEST(Trainer, AnEpochsSecondsAreThoseOfItsLearning) {
  Lesson lesson;
  lesson.settings = {.epochs = 3, .batch = 4};
  const auto engine = make_reference_engine();
  const auto trainer = lesson.trainer(*engine);
  constexpr std::chrono::milliseconds drawing(50);
  int drawn = 0;
  trainer->keep_checkpoint([&](const Checkpoint&) {
    std::this_thread::sleep_for(drawing);
    ++drawn;
  });
  const auto start = std::chrono::steady_clock::now();
  const TrainingResult result = trainer->run({});
  const std::chrono::duration<double> all = std::chrono::steady_clock::now() - start;
  double learning = 0;
  for (const EpochRecord& record : result.history) learning += record.seconds;
  ASSERT_GE(drawn, 3);
  EXPECT_LE(learning, all.count() - drawn * 0.05);
}

TEST(Trainer, LearnsToRestoreBetterThanTheNoisyPicture) {
  Lesson lesson;
  lesson.settings = {.epochs = 60, .batch = 4, .learning_rate = 0.02f, .noise = {.strength = 0.4f}};
  const auto engine = make_reference_engine();
  const TrainingResult result = lesson.trainer(*engine)->run({});
  EXPECT_EQ(result.end, TrainingEnd::finished);
  EXPECT_EQ(result.message, "");
  ASSERT_EQ(result.history.size(), 60u);
  EXPECT_LT(result.history.back().loss, result.history.front().loss / 2);
  EXPECT_LT(result.history.back().val_loss, result.history.front().val_loss / 2);

  const Shape shape{8, 8, 3};
  const Batches tests(*lesson.dataset, lesson.split.test,
                      {.noise = lesson.settings.noise, .shuffle = false});
  std::vector<float> clean(3 * shape.count()), noisy(clean.size());
  tests.fill(validation_epoch, 0, {3, shape, clean}, {3, shape, noisy});
  Validation input(Loss::mse), output(Loss::mse);
  input.add({3, shape, noisy}, {3, shape, clean});
  EXPECT_LT(result.history.back().rmse, input.rmse() * 0.8);

  // The weights that are returned are those that were validated.
  const auto network = engine->prepare(lesson.model, {.height = 8, .width = 8});
  State state;
  state.weights = result.weights;
  network->write(state);
  network->denoise({3, shape, noisy}, {3, shape, noisy});
  output.add({3, shape, noisy}, {3, shape, clean});
  EXPECT_EQ(output.rmse(), result.history.back().rmse);
  EXPECT_EQ(output.loss(), result.history.back().val_loss);
}

TEST(Trainer, GivesTheSameBitsTwiceAndOthersForAnotherSeed) {
  Lesson lesson;
  const auto engine = make_reference_engine();
  const Outcome one = learn(*lesson.trainer(*engine));
  expect_same(learn(*lesson.trainer(*engine)), one);
  lesson.settings.seed = 2;
  EXPECT_NE(learn(*lesson.trainer(*engine)).result.weights, one.result.weights);
}

TEST(Trainer, BeginsFromTheWeightsItIsGiven) {
  Lesson lesson;
  lesson.settings.seed = 3;
  const auto engine = make_reference_engine();
  // Cancelled within the first batch: nothing is learned yet.
  EXPECT_EQ(learn(*lesson.trainer(*engine), 1).result.weights, initial_weights(lesson.model, 3));
  const std::vector<Tensor> own = initial_weights(lesson.model, 99);
  Trainer trainer(*engine, *lesson.dataset, lesson.split, lesson.model, lesson.settings, own);
  EXPECT_EQ(learn(trainer, 1).result.weights, own);
}

TEST(Trainer, PartsOfABatchAddUpToTheBatch) {
  Lesson lesson;
  lesson.settings = {.epochs = 2, .batch = 4, .optimizer = Optimizer::sgd, .learning_rate = 0.1f};
  const auto engine = make_reference_engine();
  const TrainingResult whole = lesson.trainer(*engine)->run({});
  for (const int at_once : {1, 2, 3}) {
    lesson.settings.at_once = at_once;
    const TrainingResult parts = lesson.trainer(*engine)->run({});
    EXPECT_NEAR(parts.history[1].loss, whole.history[1].loss, 1e-6);
    for (size_t i = 0; i < whole.weights.size(); ++i) {
      for (size_t j = 0; j < whole.weights[i].data.size(); ++j) {
        EXPECT_NEAR(parts.weights[i].data[j], whole.weights[i].data[j], 1e-6);
      }
    }
  }
}

TEST(Trainer, GoesOnFromAnyPlaceAsIfItHadNeverStopped) {
  Lesson lesson;
  const auto engine = make_reference_engine();
  expect_resume_everywhere(*engine, lesson);
  lesson.settings.optimizer = Optimizer::sgd;
  lesson.settings.schedule = Schedule::cosine;
  lesson.settings.warm_up = 4;  // of 6 steps: into the second epoch
  lesson.settings.clip_norm = 0.1f;
  lesson.settings.average_decay = 0;
  lesson.settings.crop = 4;
  lesson.settings.flip = true;
  lesson.settings.gray_share = 0.5f;
  lesson.settings.noise.weakest = 0.0f;
  lesson.settings.noise.no_clip_share = 0.5f;
  lesson.model.layers.insert(lesson.model.layers.begin() + 3,
                             {.name = "drop", .kind = LayerKind::dropout, .rate = 0.2f});
  expect_resume_everywhere(*engine, lesson);
}

TEST(Trainer, GoesOnWithBatchNormalization) {
  Lesson lesson;
  lesson.model.layers.insert(lesson.model.layers.begin() + 1,
                             {.name = "norm", .kind = LayerKind::batch_norm});
  const auto engine = make_reference_engine();
  // at_once yields to the batch: 2 calls for training, one for the test pictures.
  EXPECT_EQ(learn(*lesson.trainer(*engine)).calls, 3 * lesson.settings.epochs);
  expect_resume_everywhere(*engine, lesson);
}

TEST(Trainer, GoesOnAfterItWasKilled) {
  const Lesson lesson;
  expect_resume_after_kill(make_reference_engine, lesson);
}

TEST(Trainer, GoesOnForMoreEpochsThanWereAsked) {
  Lesson lesson;
  const auto engine = make_reference_engine();
  const Outcome long_run = learn(*lesson.trainer(*engine));
  lesson.settings.epochs = 2;
  const Outcome short_run = learn(*lesson.trainer(*engine));
  lesson.settings.epochs = 3;
  lesson.settings.memory_bytes = 100 << 20;
  const auto resumed = lesson.trainer(*engine);
  resumed->resume(short_run.last, "bytes");
  Outcome rest = learn(*resumed);
  EXPECT_EQ(rest.last.settings.memory_bytes, size_t(100) << 20);
  rest.last.settings.memory_bytes = 0;
  expect_same(rest, long_run);
  // All is done: nothing is left to learn, the result is there.
  const auto done = lesson.trainer(*engine);
  done->resume(rest.last, "bytes");
  const TrainingResult result = done->run({});
  EXPECT_EQ(result.end, TrainingEnd::finished);
  EXPECT_EQ(result.weights, long_run.result.weights);
  EXPECT_EQ(result.history, rest.result.history);
}

TEST(Trainer, RefusesToGoOnWithSomethingElse) {
  const Lesson lesson;
  const auto engine = make_reference_engine();
  const Checkpoint checkpoint = learn(*lesson.trainer(*engine), 7).last;
  const auto resume = [&](const auto& change) {
    Lesson other;
    change(other);
    return refusal([&] { other.trainer(*engine)->resume(checkpoint, "run"); });
  };
  EXPECT_EQ(resume([](Lesson&) {}), "");
  EXPECT_EQ(resume([](Lesson& l) { l.settings.threads = 3; }), "");
  const std::string start = "run: the training cannot go on: ";
  EXPECT_EQ(resume([](Lesson& l) { l.settings.batch = 5; }), start + "batch is 5, was 4");
  EXPECT_EQ(resume([](Lesson& l) { l.settings.seed = 2; }), start + "seed is 2, was 1");
  EXPECT_EQ(resume([](Lesson& l) { l.settings.epochs = 2; }), start + "epochs is 2, was 3");
  EXPECT_EQ(resume([](Lesson& l) { l.settings.noise.strength = 0.25f; }),
            start + "noise is 0.25, was 0.2");
  EXPECT_EQ(resume([](Lesson& l) { l.model = classroom(); }),
            start + "the model is 'classroom', was 'tiny'");
  EXPECT_EQ(resume([](Lesson& l) { l.model.layers[0].channels = 7; }),
            start + "the layers of model 'tiny' are not the same");
  EXPECT_EQ(resume([](Lesson& l) { std::swap(l.split.train[0], l.split.test[0]); }),
            start + "the pictures or their split into training and test are not the same");
  EXPECT_EQ(resume([](Lesson& l) { l.open({.size = 16}); }),
            start + "the pictures are 16 x 16 x 3, were 8 x 8 x 3");
}

TEST(Trainer, RefusesPicturesThatDoNotSuit) {
  const auto engine = make_reference_engine();
  const auto start = [&](const auto& change) {
    Lesson lesson;
    change(lesson);
    return refusal([&] { lesson.trainer(*engine); });
  };
  EXPECT_EQ(start([](Lesson& l) { l.open({.size = 0, .channels = 1}); }),
            "training: the model 'tiny' takes pictures of 3 channels, the data set has 1");
  const TrainingPictures noisy(8);
  EXPECT_EQ(start([&](Lesson& l) { l.open({.size = 0, .noisy = noisy.folder()}); }),
            "training: it is not to learn from noisy pictures, and the data set has some");
  EXPECT_EQ(start([](Lesson& l) {
              l.settings.noisy_pictures = true;
              l.settings.noise.strength = 0;
            }),
            "training: it is to learn from noisy pictures, and the data set has none");
  EXPECT_NE(start([](Lesson& l) { l.open({.size = 9}); }), "");
  EXPECT_NE(start([](Lesson& l) { l.settings.memory_bytes = 1000; }), "");
  EXPECT_EQ(start([](Lesson& l) { l.settings.epochs = 0; }),
            "training: epochs 0 is not in 1..200000");
  const auto with_a_larger_test_picture = [&](int crop) {
    return start([crop](Lesson& l) {
      write_picture(l.pictures.file(7), {.color = Image(12, 16, 3), .alpha = {}});
      l.open({.size = 0});
      l.split.test = {7};
      l.settings.crop = crop;
    });
  };
  const std::string sentence = with_a_larger_test_picture(0);
  EXPECT_NE(sentence.find("picture 07.png: the picture is 16 x 12 x 3, those to learn from are "
                          "8 x 8 x 3"),
            std::string::npos)
      << sentence;
  EXPECT_EQ(with_a_larger_test_picture(8), "");
}

TEST(Trainer, TellsWhereItStands) {
  const Lesson lesson;
  const auto engine = make_reference_engine();
  std::vector<std::string> places;
  std::vector<EpochRecord> records;
  double last_loss = 0;
  const TrainingResult result = lesson.trainer(*engine)->run(
      {.progress =
           [&](const TrainingProgress& p) {
             places.push_back((p.validating ? "v" : "t") + std::to_string(p.epoch) + ":" +
                              std::to_string(p.picture) + "/" + std::to_string(p.pictures));
             EXPECT_GT(p.pictures_per_s, 0);
             EXPECT_EQ(p.eta_s == 0, p.epoch == 3 && p.validating);
             last_loss = p.loss;
             return true;
           },
       .epoch =
           [&](const EpochRecord& record) {
             EXPECT_EQ(record.loss, last_loss);
             records.push_back(record);
           }});
  EXPECT_EQ(places,
            (std::vector<std::string>{"t1:3/7", "t1:4/7", "t1:7/7", "v1:3/3", "t2:3/7", "t2:4/7",
                                      "t2:7/7", "v2:3/3", "t3:3/7", "t3:4/7", "t3:7/7", "v3:3/3"}));
  EXPECT_EQ(records, result.history);
  for (const EpochRecord& record : records) EXPECT_GT(record.seconds, 0);
}

TEST(Trainer, DivergesWithTheLastGoodState) {
  Lesson lesson;
  for (Layer& layer : lesson.model.layers) layer.activation = Activation::linear;
  lesson.settings.optimizer = Optimizer::sgd;
  lesson.settings.learning_rate = 1000;
  lesson.settings.epochs = 20;
  const auto engine = make_reference_engine();
  const Outcome outcome = learn(*lesson.trainer(*engine));
  EXPECT_EQ(outcome.result.end, TrainingEnd::diverged);
  EXPECT_EQ(outcome.result.message,
            "the training diverged in epoch " + std::to_string(outcome.result.history.size() + 1) +
                ": its numbers are no longer finite; the last good state is kept. Try a learning "
                "rate lower than 1000, or clipped gradients");
  for (const Tensor& tensor : outcome.result.weights) {
    for (const float value : tensor.data) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST(Trainer, LeavesTheLastCheckpointWhenTheDiskIsFull) {
  const Lesson lesson;
  const auto engine = make_reference_engine();
  const fs::path file = lesson.pictures.folder() / "run" / "checkpoint.safetensors";
  fs::create_directory(file.parent_path());
  const auto trainer = lesson.trainer(*engine);
  trainer->keep_checkpoint(file);
  const auto old_action = signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit = {};
  getrlimit(RLIMIT_FSIZE, &old_limit);
  const std::string sentence = refusal([&] {
    trainer->run({.progress = {}, .epoch = [&](const EpochRecord&) {
                    const rlimit limit{1000, old_limit.rlim_max};
                    setrlimit(RLIMIT_FSIZE, &limit);
                  }});
  });
  setrlimit(RLIMIT_FSIZE, &old_limit);
  signal(SIGXFSZ, old_action);
  EXPECT_NE(sentence.find(file.string()), std::string::npos) << sentence;
  EXPECT_EQ(read_checkpoint(file).epoch, 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1);
  const auto resumed = lesson.trainer(*engine);
  resumed->resume(file);
  expect_same(learn(*resumed), learn(*lesson.trainer(*engine)));
}

TEST(Trainer, NamesTheFolderThatTakesNoCheckpoint) {
  const Lesson lesson;
  const auto engine = make_reference_engine();
  const auto trainer = lesson.trainer(*engine);
  const fs::path file = lesson.pictures.folder() / "absent" / "checkpoint.safetensors";
  trainer->keep_checkpoint(file);
  const std::string sentence = refusal([&] { trainer->run({}); });
  EXPECT_NE(sentence.find(file.string()), std::string::npos) << sentence;
  EXPECT_NE(refusal([&] { lesson.trainer(*engine)->resume(file); }).find(file.string()),
            std::string::npos);
}

TEST(Trainer, NamesThePictureThatHasVanished) {
  Lesson lesson;
  lesson.open({.size = 0, .cache_bytes = 0});
  const auto engine = make_reference_engine();
  const auto trainer = lesson.trainer(*engine);
  fs::remove(lesson.pictures.file(8));
  const std::string sentence = refusal([&] { trainer->run({}); });
  EXPECT_NE(sentence.find("picture 08.png"), std::string::npos) << sentence;
}

}  // namespace
}  // namespace limpid
