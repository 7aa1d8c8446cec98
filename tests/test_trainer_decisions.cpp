// What a trainer tells the network and makes of its answers, with a network that answers by script.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/training_lesson.h"

namespace limpid {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Call {
  int n = 0;
  TrainingPlace place;
};

// What the network answers, and what it was asked.
struct Script {
  std::vector<float> levels;  // of the restored (black) test pictures, a value an epoch
  int bad_call = 0;           // this call of accumulate gives no number
  bool holds = false;         // pictures, and tells losses only when it is asked
  int bad_moment = 0;         // this step leaves an infinite moment behind
  std::vector<Call> learned;
  std::vector<UpdateStep> steps;
  std::vector<float> validated;  // first weight at each call of denoise
};

// Its first weight is the number of steps; the average is that minus a half.
class ScriptedNetwork : public Network {
 public:
  ScriptedNetwork(const Model& model, Script& script) : script_(script) {
    state_.weights = state_.first_moment = state_.second_moment = zeros(model);
  }
  void denoise(ConstBatch, Batch restored) override {
    script_.validated.push_back(first(state_.weights));
    const size_t epoch = script_.validated.size() - 1;
    std::fill(restored.data.begin(), restored.data.end(), script_.levels.at(epoch));
  }
  double accumulate(ConstBatch noisy, ConstBatch, const TrainingPlace& place) override {
    script_.learned.push_back({noisy.n, place});
    return int(script_.learned.size()) == script_.bad_call ? nan : 0.5 * noisy.n;
  }
  bool hold(std::span<const Raster* const>) override { return script_.holds; }
  void accumulate_samples(std::span<const Sample> samples, const TrainingPlace& place) override {
    losses_.push_back(accumulate({int(samples.size()), {}, {}}, {}, place));
  }
  std::vector<double> losses() override { return std::exchange(losses_, {}); }
  void update(const UpdateStep& step) override {
    script_.steps.push_back(step);
    first(state_.weights) += 1;
    if (step.average_decay > 0) {
      state_.average = state_.weights;
      first(state_.average) -= 0.5f;
    }
    if (int(script_.steps.size()) == script_.bad_moment) first(state_.second_moment) = INFINITY;
  }
  State read() const override { return state_; }
  void write(const State& state) override {
    if (!state.weights.empty()) state_.weights = state.weights;
    if (!state.average.empty()) state_.average = state.average;
  }
  size_t memory_bytes() const override { return 0; }

 private:
  static float& first(std::vector<Tensor>& tensors) { return tensors.front().data.front(); }

  Script& script_;
  State state_;
  std::vector<double> losses_;
};

class ScriptedEngine : public Engine {
 public:
  explicit ScriptedEngine(Script& script) : script_(script) {}
  std::string name() const override { return "scripted"; }
  std::string describe() const override { return "answers by script"; }
  size_t memory_bytes(const Model&, const Limits&) override { return 0; }
  std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) override {
    asked = limits;
    return std::make_unique<ScriptedNetwork>(model, script_);
  }

  int best_batch(const Model&, const Limits& limits) override {
    asked_best = limits;
    return best;
  }

  Limits asked, asked_best;
  int best = 0;

 private:
  Script& script_;
};

// Two steps an epoch; the test pictures are black, so that their loss is the level's square.
class TrainerDecisions : public testing::Test {
 protected:
  TrainerDecisions() {
    for (const size_t i : lesson_.split.test) {
      write_picture(lesson_.pictures.file(int(i)), {.color = Image(8, 8, 3), .alpha = {}});
    }
    lesson_.open({.size = 0});
    lesson_.settings = {.batch = 4, .at_once = 3, .learning_rate = 0.5f};
  }

  Outcome learn(const std::vector<float>& levels) {
    script_.levels = levels;
    lesson_.settings.epochs = int(levels.size());
    const auto trainer = lesson_.trainer(engine_);
    first_ = initial_weights(lesson_.model, lesson_.settings.seed)[0].data[0];
    return limpid::learn(*trainer);
  }

  // Steps behind the weights.
  float steps_of(const std::vector<Tensor>& weights) const { return weights[0].data[0] - first_; }

  Lesson lesson_;
  Script script_;
  ScriptedEngine engine_{script_};
  float first_ = 0;
};

TEST_F(TrainerDecisions, TellsTheNetworkEachBatch) {
  lesson_.settings.seed = 7;
  lesson_.settings.threads = 3;
  lesson_.settings.memory_bytes = 12345;
  lesson_.settings.loss = Loss::l1;
  const Outcome outcome = learn({0.5f, 0.25f});
  EXPECT_EQ(engine_.asked.batch, 3);
  EXPECT_EQ(engine_.asked.width, 8);
  EXPECT_EQ(engine_.asked.threads, 3);
  EXPECT_EQ(engine_.asked.memory_bytes, 12345u);
  EXPECT_EQ(engine_.asked.loss, Loss::l1);
  EXPECT_TRUE(engine_.asked.training);
  const int n[] = {3, 1, 3, 3, 1, 3};
  const uint32_t picture[] = {0, 3, 4, 0, 3, 4};
  ASSERT_EQ(script_.learned.size(), 6u);
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(script_.learned[i].n, n[i]);
    EXPECT_EQ(script_.learned[i].place.seed, 7u);
    EXPECT_EQ(script_.learned[i].place.epoch, uint32_t(i / 3));
    EXPECT_EQ(script_.learned[i].place.picture, picture[i]);
  }
  ASSERT_EQ(script_.steps.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(script_.steps[i].step, int64_t(i) + 1);
    EXPECT_EQ(script_.steps[i].gradient_scale, i % 2 == 0 ? 1.0f / 4 : 1.0f / 3);
    EXPECT_EQ(script_.steps[i].learning_rate, 0.5f);
    EXPECT_EQ(script_.steps[i].beta1, 0.9f);
    EXPECT_EQ(script_.steps[i].average_decay, 0);
  }
  ASSERT_EQ(outcome.result.history.size(), 2u);
  EXPECT_EQ(outcome.result.history[1].epoch, 2);
  EXPECT_EQ(outcome.result.history[1].loss, 0.5);
  EXPECT_EQ(outcome.result.history[1].val_loss, 0.25);
  EXPECT_EQ(outcome.result.history[1].rmse, 0.25);
  EXPECT_EQ(steps_of(outcome.result.weights), 4);
}

TEST_F(TrainerDecisions, TakesAsManyPicturesInACallAsTheEngineLikes) {
  const auto asked_batch = [&](int at_once, int best) {
    lesson_.settings.at_once = at_once;
    engine_.best = best;
    lesson_.trainer(engine_);
    return engine_.asked.batch;
  };
  lesson_.settings.memory_bytes = 12345;
  EXPECT_EQ(asked_batch(0, 0), 4);  // they fit in 2 MiB
  EXPECT_EQ(asked_batch(0, 2), 2);
  EXPECT_EQ(engine_.asked_best.batch, 4);
  EXPECT_EQ(engine_.asked_best.width, 8);
  EXPECT_EQ(engine_.asked_best.memory_bytes, 12345u);
  EXPECT_TRUE(engine_.asked_best.training);
  EXPECT_EQ(asked_batch(3, 2), 3);
}

TEST_F(TrainerDecisions, GivesSgdItsMomentum) {
  lesson_.settings.optimizer = Optimizer::sgd;
  lesson_.settings.momentum = 0.25f;
  learn({0.5f});
  EXPECT_EQ(script_.steps[0].optimizer, Optimizer::sgd);
  EXPECT_EQ(script_.steps[0].beta1, 0.25f);
}

TEST_F(TrainerDecisions, CosineRunsOverAllSteps) {
  lesson_.settings.schedule = Schedule::cosine;
  const Outcome outcome = learn({0.5f, 0.25f});
  EXPECT_EQ(script_.steps[0].learning_rate, 0.5f);
  EXPECT_FLOAT_EQ(script_.steps[2].learning_rate, 0.25f);
  EXPECT_EQ(outcome.result.history[1].learning_rate, script_.steps[3].learning_rate);
}

// Also in the second epoch: steps are counted from the training's beginning.
TEST_F(TrainerDecisions, WarmsUpStepByStep) {
  lesson_.settings.warm_up = 4;
  const Outcome outcome = learn({0.5f, 0.25f, 0.2f});
  std::vector<float> rates;
  for (const UpdateStep& step : script_.steps) rates.push_back(step.learning_rate);
  EXPECT_EQ(rates, (std::vector<float>{0.125f, 0.25f, 0.375f, 0.5f, 0.5f, 0.5f}));
  EXPECT_EQ(outcome.result.history[0].learning_rate, 0.25f);
}

TEST_F(TrainerDecisions, EveryStepIsClippedAsAsked) {
  lesson_.settings.clip_norm = 0.75f;
  learn({0.5f});
  ASSERT_FALSE(script_.steps.empty());
  for (const UpdateStep& step : script_.steps) EXPECT_EQ(step.clip_norm, 0.75f);
}

TEST_F(TrainerDecisions, PlateauHalvesForTheNextEpoch) {
  lesson_.settings.schedule = Schedule::plateau;
  lesson_.settings.plateau_patience = 2;
  const Outcome outcome = learn({0.5f, 0.25f, 0.25f, 0.3f, 0.3f, 0.3f});
  std::vector<float> rates;
  for (const EpochRecord& record : outcome.result.history) rates.push_back(record.learning_rate);
  EXPECT_EQ(rates, (std::vector<float>{0.5f, 0.5f, 0.5f, 0.5f, 0.25f, 0.25f}));
  EXPECT_EQ(outcome.last.plateau.halvings, 2);
}

TEST_F(TrainerDecisions, KeepsTheBestEpoch) {
  lesson_.settings.keep_best = true;
  const Outcome outcome = learn({0.5f, 0.25f, 0.25f, 0.3f});
  EXPECT_EQ(steps_of(outcome.result.weights), 4);
  EXPECT_EQ(steps_of(outcome.last.best), 4);
  EXPECT_EQ(steps_of(outcome.last.state.weights), 8);
  EXPECT_EQ(outcome.last.patience.best, 0.0625);
}

TEST_F(TrainerDecisions, KeepsTheLastEpochUnlessToldOtherwise) {
  const Outcome outcome = learn({0.25f, 0.5f});
  EXPECT_EQ(steps_of(outcome.result.weights), 4);
  EXPECT_TRUE(outcome.last.best.empty());
}

TEST_F(TrainerDecisions, StopsWhenNothingGetsBetter) {
  lesson_.settings.stop_patience = 2;
  const Outcome outcome = learn({0.5f, 0.25f, 0.3f, 0.25f, 0.1f});
  EXPECT_EQ(outcome.result.end, TrainingEnd::stopped_early);
  EXPECT_EQ(outcome.result.message,
            "stopped after epoch 4: 2 epochs without a lower validation loss");
  EXPECT_EQ(outcome.result.history.size(), 4u);
  EXPECT_EQ(script_.steps.size(), 8u);
  EXPECT_EQ(steps_of(outcome.result.weights), 8);
  // Resumed, it has still waited in vain.
  const auto resumed = lesson_.trainer(engine_);
  resumed->resume(outcome.last, "bytes");
  EXPECT_EQ(resumed->run({}).end, TrainingEnd::stopped_early);
  EXPECT_EQ(script_.steps.size(), 8u);
}

TEST_F(TrainerDecisions, ComesToItsEndInTheEpochThatWasWaitedFor) {
  lesson_.settings.stop_patience = 1;
  EXPECT_EQ(learn({0.25f, 0.5f}).result.end, TrainingEnd::finished);
}

TEST_F(TrainerDecisions, ValidatesAndGivesTheAverageAndLearnsOnFromTheWeights) {
  lesson_.settings.average_decay = 0.9f;
  const Outcome outcome = learn({0.5f, 0.25f});
  EXPECT_EQ(script_.steps[0].average_decay, 0.9f);
  EXPECT_EQ(script_.validated, (std::vector<float>{first_ + 1.5f, first_ + 3.5f}));
  EXPECT_EQ(steps_of(outcome.result.weights), 3.5f);
  EXPECT_EQ(steps_of(outcome.last.state.weights), 4);
  EXPECT_EQ(outcome.last.state.average, outcome.result.weights);
}

TEST_F(TrainerDecisions, BestIsTheAverageWhereOneIsKept) {
  lesson_.settings.average_decay = 0.9f;
  lesson_.settings.keep_best = true;
  EXPECT_EQ(steps_of(learn({0.25f, 0.5f}).result.weights), 1.5f);
}

TEST_F(TrainerDecisions, ALossThatIsNoNumberEndsAtTheLastGoodEpoch) {
  script_.bad_call = 8;  // of 3 an epoch: the middle of epoch 3
  const Outcome outcome = learn({0.5f, 0.25f, 0.2f});
  EXPECT_EQ(outcome.result.end, TrainingEnd::diverged);
  EXPECT_EQ(outcome.result.history.size(), 2u);
  EXPECT_EQ(steps_of(outcome.result.weights), 4);
  EXPECT_EQ(outcome.last.epoch, 2);
  EXPECT_EQ(outcome.last.state.weights, outcome.result.weights);
  EXPECT_EQ(outcome.result.message,
            "the training diverged in epoch 3: its numbers are no longer finite; the last good "
            "state is kept. Try a learning rate lower than 0.5, or clipped gradients");
}

TEST_F(TrainerDecisions, ALossThatIsNoNumberInTheFirstEpochGivesTheFirstWeights) {
  script_.bad_call = 3;
  const Outcome outcome = learn({0.5f});
  EXPECT_EQ(outcome.result.end, TrainingEnd::diverged);
  EXPECT_TRUE(outcome.result.history.empty());
  EXPECT_EQ(steps_of(outcome.result.weights), 0);
}

// Whenever they are told, they are known before anything is kept.
TEST_F(TrainerDecisions, LossesThatAreToldLateChangeNothing) {
  const auto learned = [&](bool holds, int bad_call) {
    script_ = {};
    script_.bad_call = bad_call;
    script_.holds = holds;
    return learn({0.5f, 0.25f, 0.2f});
  };
  for (const int bad_call : {0, 2, 3, 8, 9}) {
    SCOPED_TRACE(bad_call);
    const Outcome late = learned(true, bad_call), at_once = learned(false, bad_call);
    EXPECT_EQ(late.result.end, bad_call ? TrainingEnd::diverged : TrainingEnd::finished);
    EXPECT_EQ(late.result.message, at_once.result.message);
    expect_same(late, at_once);
  }
}

TEST_F(TrainerDecisions, AMomentThatIsInfiniteIsFoundBeforeItIsKept) {
  script_.bad_moment = 3;
  const Outcome outcome = learn({0.5f, 0.25f});
  EXPECT_EQ(outcome.result.end, TrainingEnd::diverged);
  EXPECT_EQ(outcome.last.epoch, 1);
  EXPECT_EQ(steps_of(outcome.result.weights), 2);
}

TEST_F(TrainerDecisions, AValidationThatIsNoNumberIsNotKept) {
  const Outcome outcome = learn({0.5f, float(nan), 0.5f});
  EXPECT_EQ(outcome.result.end, TrainingEnd::diverged);
  EXPECT_EQ(outcome.result.history.size(), 1u);
  EXPECT_EQ(outcome.last.epoch, 1);
  EXPECT_EQ(steps_of(outcome.result.weights), 2);
}

TEST_F(TrainerDecisions, KeepsACheckpointAfterEachBatchWhenItsTimeIsUp) {
  script_.levels = {0.5f, 0.25f};
  lesson_.settings.epochs = 2;
  for (const double every_s : {0.0, 3600.0}) {
    script_.validated.clear();
    std::vector<std::string> kept;
    const auto trainer = lesson_.trainer(engine_);
    trainer->keep_checkpoint(
        [&](const Checkpoint& at) {
          kept.push_back(std::to_string(at.epoch) + ":" + std::to_string(at.picture));
        },
        every_s);
    trainer->run({});
    EXPECT_EQ(kept, every_s == 0
                        ? (std::vector<std::string>{"0:4", "0:7", "1:0", "1:4", "1:7", "2:0"})
                        : (std::vector<std::string>{"1:0", "2:0"}));
  }
}

}  // namespace
}  // namespace limpid
