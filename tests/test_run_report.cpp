#include "native/report/run_report.h"

#include "core/engine/reference.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "tests/temporary_folder.h"
#include "tests/training_pictures.h"

namespace limpid {
namespace {

// A run of tiny pictures in a folder of its own.
class RunReportTest : public testing::Test {
 protected:
  RunReportTest() {
    settings_.data = {pictures_.folder()};
    settings_.size = 0;
    folder_.emplace(temporary_.path() / "run", RunFolder::Use::start);
    report_.emplace(RunRecord::Subject{*folder_, settings_, model_, dataset_, split_, *engine_},
                    [this] { return interrupted_; });
    report_->start(weights_);
  }

  const TemporaryFolder temporary_;
  TrainingPictures pictures_{6};
  const Dataset dataset_ = pictures_.open();
  const Split split_ = split(dataset_, {});
  const Model model_ = tiny_model();
  const std::vector<Tensor> weights_ = initial_weights(model_, 1);
  RunSettings settings_;
  const std::unique_ptr<Engine> engine_ = make_reference_engine();
  std::optional<RunFolder> folder_;
  std::optional<RunReport> report_;
  bool interrupted_ = false;
  std::vector<EpochRecord> history_ = {{.epoch = 1, .loss = 0.5, .val_loss = 0.25}};
};

TEST_F(RunReportTest, DrawsCurvesAndPicturesOfTheFirstEpoch) {
  report_->epoch(history_, weights_);
  EXPECT_EQ(read_picture(folder_->loss()).color.width, 1280);
  EXPECT_GT(read_picture(folder_->grid()).color.height, 3 * 192);
  EXPECT_EQ(report_->examples().size(), split_.test.size());
  EXPECT_EQ(read_run(folder_->path()).history, history_);
}

TEST_F(RunReportTest, FinishesWhatWasLeftOut) {
  report_->finish(history_, weights_);
  EXPECT_TRUE(std::filesystem::exists(folder_->grid()));
  std::filesystem::remove(folder_->grid());
  report_->finish(history_, weights_);  // drawn already
  EXPECT_FALSE(std::filesystem::exists(folder_->grid()));
  history_.push_back({.epoch = 2, .loss = 0.4, .val_loss = 0.2});
  report_->finish(history_, weights_);
  EXPECT_TRUE(std::filesystem::exists(folder_->grid()));
  EXPECT_EQ(read_run(folder_->path()).history, history_);
}

TEST_F(RunReportTest, InterruptedLeavesThePicturesAsTheyWere) {
  interrupted_ = true;
  report_->epoch(history_, weights_);
  EXPECT_TRUE(std::filesystem::exists(folder_->loss()));
  EXPECT_FALSE(std::filesystem::exists(folder_->grid()));
  EXPECT_TRUE(report_->examples().empty());
  EXPECT_FALSE(report_->final_scores(weights_));
  EXPECT_EQ(read_run(folder_->path()).history, history_);
}

TEST_F(RunReportTest, TellsTheScoresOfAllTestPictures) {
  const auto scores = report_->final_scores(weights_);
  ASSERT_TRUE(scores);
  EXPECT_EQ(scores->pictures, split_.test.size());
  EXPECT_GT(scores->noisy.rmse, 0);
  report_->set_final(scores);
  const auto text = [&] {
    const std::vector<uint8_t> bytes = read_file(folder_->run(), 1 << 20);
    return std::string(bytes.begin(), bytes.end());
  };
  EXPECT_NE(text().find("\"final\""), std::string::npos);
  report_->set_final(std::nullopt);
  EXPECT_EQ(text().find("\"final\""), std::string::npos);
}

}  // namespace
}  // namespace limpid
