#include "core/ui/training.h"

#include <gtest/gtest.h>

#include "core/ui/apply.h"
#include "core/ui/proposal.h"
#include "tests/quiet_platform.h"

namespace limpid {
namespace {

using Status = TrainingState::Status;

// Keeps trainings in `folder`, and remembers what it was told.
class Host : public QuietPlatform {
 public:
  std::string folder;
  std::string saved_as;  // last
  std::vector<std::vector<uint8_t>> saved;
  int forgotten = 0;

  void save(const std::string& name, std::vector<uint8_t> bytes) override {
    saved_as = name;
    saved.push_back(std::move(bytes));
  }
  bool keeps_files() const override { return !folder.empty(); }
  std::string new_run_folder(const std::string&) override { return folder; }
  void forget_training() override { ++forgotten; }
};

class TrainingTest : public testing::Test {
 protected:
  TrainingTest() {
    training_.order = proposed_order();
    training_.order.paths = {"/pictures"};
  }

  // The last request, which begins a training.
  const StartTraining& begun() { return std::get<StartTraining>(state_.requests.back()); }
  void end() { apply(state_, TrainingEnded{.model = training_.model, .model_file = {1, 2, 3}}); }

  Host host_;
  UiState state_;
  TrainingState& training_ = state_.training;
};

TEST_F(TrainingTest, BeginsAsTheControlsAreSet) {
  host_.folder = "/runs/first";
  training_.error = "of the one before";
  start_training(state_, host_);
  const RunEntry& run = state_.runs.at(0);
  EXPECT_EQ(run.name, "first");
  EXPECT_EQ(state_.chosen_run, run.number);
  EXPECT_EQ(training_.run, run.number);
  EXPECT_EQ(training_.status, Status::reading);
  EXPECT_EQ(training_.error, "");
  EXPECT_EQ(training_.running, training_.order);
  EXPECT_EQ(begun().order, training_.order);
  EXPECT_EQ(begun().run, "/runs/first");
  EXPECT_FALSE(begun().resume);
  const ModelEntry& model = *find_model(state_, begun().model);
  EXPECT_EQ(model.name, "first");
  EXPECT_TRUE(model.keeps_name);
  EXPECT_FALSE(model.ready);
}

TEST_F(TrainingTest, WithoutAFolderItHasItsNetworksNameAndANumber) {
  start_training(state_, host_);
  start_training(state_, host_);
  EXPECT_EQ(state_.runs.at(0).name, "fast 1");
  EXPECT_EQ(state_.runs.at(1).name, "fast 2");
  EXPECT_NE(state_.runs[0].model, state_.runs[1].model);
}

TEST_F(TrainingTest, OfANetworkThatIsNoneDoesNotBegin) {
  training_.order.model_json = "{";
  start_training(state_, host_);
  EXPECT_NE(training_.error, "");
  EXPECT_EQ(training_.status, Status::idle);
  EXPECT_TRUE(state_.runs.empty());
  EXPECT_TRUE(state_.requests.empty());
}

TEST_F(TrainingTest, WaitsUntilItsDrawsAreKnown) {
  training_.begins_once_planned = true;
  start_once_planned(state_, host_);
  EXPECT_TRUE(state_.requests.empty());
  apply(state_, TrainingPlanned{.order = training_.order, .pictures = 5, .test_pictures = 2});
  start_once_planned(state_, host_);
  EXPECT_EQ(begun().order.settings.draws, 10);
  EXPECT_FALSE(training_.begins_once_planned);
}

TEST_F(TrainingTest, WithoutPicturesIsNotWaitedFor) {
  training_.order.paths.clear();
  training_.draws_chosen = training_.begins_once_planned = true;
  start_once_planned(state_, host_);
  EXPECT_FALSE(training_.begins_once_planned);
  EXPECT_TRUE(state_.requests.empty());
}

TEST_F(TrainingTest, ARunGoesOnAsItIsOrdered) {
  host_.folder = "/runs/first";
  start_training(state_, host_);
  end();
  RunEntry& run = state_.runs.at(0);
  run.order.settings.epochs = 77;
  go_on_with_run(state_, run);
  EXPECT_EQ(begun().order.settings.epochs, 77);
  EXPECT_EQ(begun().run, "/runs/first");
  EXPECT_TRUE(begun().resume);
  EXPECT_EQ(begun().model, run.model);
  EXPECT_EQ(state_.models.size(), 1u);
  EXPECT_FALSE(training_.ended);
}

TEST_F(TrainingTest, OneThatBrokeOffGoesOnFromItsCheckpoint) {
  host_.folder = "/runs/first";
  training_.unfinished = {.order = training_.order, .checkpoint = "/kept", .over = 3};
  training_.unfinished->order.paths = {"/as/it/was"};
  training_.unfinished->order.noisy = "/noisy";
  training_.unfinished->order.tests = "/tests";
  go_on_with_unfinished(state_, host_);
  EXPECT_EQ(begun().checkpoint, "/kept");
  EXPECT_EQ(begun().run, "");
  EXPECT_EQ(begun().order.paths, std::vector<std::string>{"/as/it/was"});
  EXPECT_EQ(begun().order.noisy, "/noisy");
  EXPECT_EQ(begun().order.tests, "/tests");
  EXPECT_EQ(
      training_.order.paths.size() + training_.order.noisy.size() + training_.order.tests.size(),
      0u);
  EXPECT_TRUE(training_.unfinished);  // until it has begun
}

TEST_F(TrainingTest, OneThatIsGivenUpIsForgotten) {
  training_.unfinished = {.order = training_.order, .checkpoint = "/kept", .over = 3};
  give_up_unfinished(state_, host_);
  EXPECT_FALSE(training_.unfinished);
  EXPECT_EQ(host_.forgotten, 1);
}

TEST_F(TrainingTest, AModelIsLoadedWhereItsWeightsAreNotThere) {
  RunEntry& run = state_.runs.emplace_back();
  run.name = "first";
  run.model_file = "/runs/first/model.safetensors";
  state_.page = Page::train;
  use_model_of(state_, run);
  EXPECT_EQ(state_.page, Page::denoise);
  const LoadModel& load = std::get<LoadModel>(state_.requests.at(0));
  EXPECT_EQ(load.path, run.model_file);
  EXPECT_EQ(load.model, run.model);
  EXPECT_EQ(find_model(state_, run.model)->name, "first");

  find_model(state_, run.model)->ready = true;
  use_model_of(state_, run);
  EXPECT_EQ(state_.choices.model, run.model);
  EXPECT_EQ(state_.requests.size(), 1u);
}

TEST_F(TrainingTest, AModelThatIsSavedNeedsNoCheckpoint) {
  EXPECT_FALSE(ended_run(state_));
  start_training(state_, host_);
  EXPECT_FALSE(ended_run(state_));
  end();
  RunEntry* first = ended_run(state_);
  ASSERT_EQ(first, &state_.runs.at(0));
  save_model_of(state_, host_, *first);
  EXPECT_EQ(host_.saved_as, "model.safetensors");
  EXPECT_EQ(host_.saved, (std::vector<std::vector<uint8_t>>{{1, 2, 3}}));
  EXPECT_EQ(host_.forgotten, 1);

  start_training(state_, host_);
  EXPECT_FALSE(ended_run(state_));
  end();
  save_model_of(state_, host_, state_.runs.at(0));  // the checkpoint is the other's
  EXPECT_EQ(host_.saved.size(), 2u);
  EXPECT_EQ(host_.forgotten, 1);
}

// And its model is as unsaved as before.
TEST_F(TrainingTest, ItsCurvesAreSavedAsTheTableOfARun) {
  start_training(state_, host_);
  TrainingEnded ended{.model = training_.model};
  ended.history = {{.epoch = 1, .loss = 0.5, .val_loss = 0.25, .rmse = 0.1},
                   {.epoch = 2, .loss = 0.4, .val_loss = 0.3, .rmse = 0.2, .seconds = 1.5}};
  apply(state_, ended);
  save_curves_of(host_, *ended_run(state_));
  EXPECT_EQ(host_.saved_as, "history.csv");
  EXPECT_EQ(std::string(host_.saved.at(0).begin(), host_.saved[0].end()),
            "epoch,loss,val_loss,rmse,seconds\n1,0.5,0.25,0.1,0.000\n2,0.4,0.3,0.2,1.500\n");
  EXPECT_EQ(host_.forgotten, 0);
}

}  // namespace
}  // namespace limpid
