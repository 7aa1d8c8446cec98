// What the folder of a window's training tells when its GPU is gone in the middle.
#include "core/ui/work/learning.h"

#include <nlohmann/json.hpp>

#include "core/engine/reference.h"
#include "core/model/model_file.h"
#include "core/ui/work/order.h"
#include "tests/temporary_folder.h"
#include "tests/training_pictures.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// The reference engine, until it has been asked that often.
class FailingEngine : public Engine {
 public:
  static constexpr const char* sentence = "the GPU is gone";

  std::string name() const override { return "failing"; }
  std::string describe() const override { return "fails"; }
  size_t memory_bytes(const Model& model, const Limits& limits) override {
    return engine_->memory_bytes(model, limits);
  }
  std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) override {
    return std::make_unique<FailingNetwork>(engine_->prepare(model, limits), left);
  }

  int left = -1;  // -1: for ever

 private:
  class FailingNetwork : public Network {
   public:
    FailingNetwork(std::unique_ptr<Network> network, int& left)
        : network_(std::move(network)), left_(left) {}
    void denoise(ConstBatch noisy, Batch restored) override {
      ask();
      network_->denoise(noisy, restored);
    }
    double accumulate(ConstBatch noisy, ConstBatch clean, const TrainingPlace& place) override {
      ask();
      return network_->accumulate(noisy, clean, place);
    }
    void update(const UpdateStep& step) override { network_->update(step); }
    State read() const override { return network_->read(); }
    void write(const State& state) override { network_->write(state); }
    size_t memory_bytes() const override { return network_->memory_bytes(); }

   private:
    void ask() {
      if (left_ == 0) throw Error(sentence);
      if (left_ > 0) --left_;
    }

    const std::unique_ptr<Network> network_;
    int& left_;
  };

  const std::unique_ptr<Engine> engine_ = make_reference_engine();
};

class LearningTest : public testing::Test {
 protected:
  LearningTest() {
    request_.order = {.paths = {pictures_.folder().string()}, .size = 8};
    request_.order.model_json = R"({"name": "tiny", "channels": 3, "layers": [
        {"name": "in", "kind": "conv", "channels": 4, "activation": "relu"},
        {"name": "out", "kind": "conv", "channels": 3, "activation": "sigmoid"}]})";
    request_.order.settings.epochs = 3;
    request_.order.settings.batch = 2;
  }

  std::unique_ptr<Learning> begin(const std::string& run, bool resume = false) {
    request_.run = (temporary_.path() / run).string();
    request_.resume = resume;
    return std::make_unique<Learning>(request_, engine_,
                                      Learning::Host{.tell = [this](const Event& e) { note(e); },
                                                     .loaded = loaded_,
                                                     .renew = [](const ModelFile&) {},
                                                     .make_record = make_run_record,
                                                     .interrupted = [] { return false; }});
  }
  void finish(const std::string& run, bool resume) {
    const auto learning = begin(run, resume);
    while (learning->step([] { return false; })) {
    }
  }
  void note(const Event& event) {
    if (const auto* begun = std::get_if<TrainingBegun>(&event)) begun_ = *begun;
    if (const auto* drawn = std::get_if<PreviewDrawn>(&event)) drawn_ = *drawn;
  }
  Json told_of(const std::string& run) const {
    const auto bytes = read_file(temporary_.path() / run / "run.json", 1 << 20);
    return Json::parse(bytes.begin(), bytes.end());
  }
  std::vector<Tensor> weights(const std::string& run) const {
    return read_model_file(RunFolder::model_of(temporary_.path() / run)).weights;
  }
  void expect_failed_and_resumable(const std::string& run) {
    EXPECT_EQ(told_of(run)["state"], "failed");
    EXPECT_EQ(told_of(run)["error"], FailingEngine::sentence);
    engine_.left = -1;
    finish(run, true);
    EXPECT_EQ(told_of(run)["state"], "finished");
    EXPECT_FALSE(told_of(run).contains("error"));
    EXPECT_EQ(weights(run), weights("whole"));
  }

  const TemporaryFolder temporary_;
  const TrainingPictures pictures_{8};
  FailingEngine engine_;
  StartTraining request_;
  Models loaded_;
  TrainingBegun begun_;
  PreviewDrawn drawn_;
};

// The previews are of all test pictures here.
TEST_F(LearningTest, TellsHowNoisyTheTestPicturesAre) {
  begin("whole");
  ASSERT_EQ(drawn_.rows.size(), begun_.test_pictures);
  double sum = 0;
  for (const PreviewDrawn::Row& row : drawn_.rows) sum += row.noisy_rmse;
  EXPECT_NEAR(begun_.noisy_rmse, sum / double(drawn_.rows.size()), 1e-6);
  EXPECT_GT(begun_.noisy_rmse, 0.1);
}

// Noisy is each picture that of the next one.
TEST_F(LearningTest, PairsAndTestsOfTheirOwnGoOnAsTheRunWasToldOf) {
  const fs::path data = temporary_.path() / "data", noisy = temporary_.path() / "noisy";
  for (int i = 0; i < 8; ++i) {
    const std::string name = (i < 5 ? "" : "held/") + std::to_string(i) + ".png";
    temporary_.add("data/" + name, read_picture(pictures_.file(i)).color);
    temporary_.add("noisy/" + name, read_picture(pictures_.file((i + 1) % 8)).color);
  }
  request_.order.paths = {data.string()};
  request_.order.noisy = noisy.string();
  request_.order.tests = (data / "held").string();
  finish("whole", false);
  EXPECT_EQ(begun_.pictures, 5u);
  ASSERT_EQ(begun_.test_pictures, 3u);
  const PreviewDrawn::Row& row = drawn_.rows.at(2);
  EXPECT_EQ(row.name, "held/7.png");
  const Image clean = read_picture(pictures_.file(7)).color;
  EXPECT_EQ(row.noisy_rmse, rmse(clean, read_picture(pictures_.file(0)).color));

  request_.order.settings.epochs = 1;
  finish("cut", false);
  request_.order = order_of(read_run(temporary_.path() / "cut"));
  request_.order.settings.epochs = 3;
  finish("cut", true);
  EXPECT_EQ(told_of("cut")["settings"]["noisy"], noisy.string());
  EXPECT_EQ(told_of("cut")["settings"]["test_data"], (data / "held").string());
  EXPECT_EQ(weights("cut"), weights("whole"));
}

TEST_F(LearningTest, BeginsWithWhatALoadedModelHasLearned) {
  finish("first", false);
  loaded_[4] = read_model_file(RunFolder::model_of(temporary_.path() / "first"));
  request_.order.begins_with = 4;
  begin("second");  // its first weights are written at once
  EXPECT_EQ(weights("second"), loaded_[4].weights);
  finish("third", false);
  EXPECT_NE(weights("third"), loaded_[4].weights);
}

TEST_F(LearningTest, ARunWhoseEngineFailsSaysSoAndGoesOn) {
  finish("whole", false);
  for (const int most : {0, 3, 9, 15}) {  // in the first preview, and in each epoch
    SCOPED_TRACE(most);
    const std::string run = "cut " + std::to_string(most);
    engine_.left = most;
    EXPECT_EQ(message_of([&] { finish(run, false); }), FailingEngine::sentence);
    expect_failed_and_resumable(run);
  }
}

TEST_F(LearningTest, ARunWhoseEngineFailsWhenItIsStoppedSaysSo) {
  finish("whole", false);
  {
    const auto learning = begin("cut");
    learning->step([] { return true; });
    engine_.left = 0;
    EXPECT_EQ(message_of([&] { learning->stop(); }), FailingEngine::sentence);
  }
  expect_failed_and_resumable("cut");
}

}  // namespace
}  // namespace limpid
