#include "core/train/run_record.h"

#include "core/engine/reference.h"
#include "core/image/file.h"
#include "core/model/model_file.h"
#include "core/train/training_facts.h"
#include "tests/temporary_folder.h"
#include "tests/training_pictures.h"

namespace limpid {
namespace {

std::string text_of(const std::filesystem::path& file) {
  const std::vector<uint8_t> bytes = read_file(file, 1 << 20);
  return {bytes.begin(), bytes.end()};
}

// A run of tiny pictures in a folder of its own.
class RunRecordTest : public testing::Test {
 protected:
  RunRecordTest() {
    settings_.data = {pictures_.folder()};
    settings_.size = 0;
    settings_.engine = "reference";
    settings_.training.epochs = 3;
    folder_.emplace(temporary_.path() / "run", RunFolder::Use::start);
  }
  RunRecord record() {
    return RunRecord({*folder_, settings_, model_, dataset_, split_, *engine_});
  }

  const TemporaryFolder temporary_;
  TrainingPictures pictures_{6};
  const Dataset dataset_ = pictures_.open();
  const Split split_ = split(dataset_, {});
  const Model model_ = tiny_model();
  RunSettings settings_;
  const std::unique_ptr<Engine> engine_ = make_reference_engine();
  std::optional<RunFolder> folder_;
  const std::vector<EpochRecord> history_ = {{.epoch = 1, .loss = 0.5, .val_loss = 0.25}};
};

TEST_F(RunRecordTest, ReadsBackWhatItWasAndHowItEnded) {
  RunRecord record = this->record();
  record.start(initial_weights(model_, 1));
  EXPECT_TRUE(RunFolder::holds_run(folder_->path()));
  EXPECT_EQ(read_run(folder_->path()).state, "running");
  EXPECT_TRUE(read_run(folder_->path()).history.empty());
  EXPECT_NE(text_of(folder_->summary()).find("enc"), std::string::npos);
  record.epoch(history_, initial_weights(model_, 2));
  record.end(TrainingEnd::cancelled);
  const RecordedRun run = read_run(folder_->path());
  EXPECT_EQ(run.state, "stopped");
  EXPECT_EQ(run.history, history_);
  EXPECT_EQ(run.model, model_);
  EXPECT_EQ(to_json(run.settings), to_json(settings_));
  EXPECT_EQ(text_of(folder_->history()), history_csv(history_));
}

TEST_F(RunRecordTest, TheModelFileTellsOfItsTraining) {
  RunRecord record = this->record();
  record.start(initial_weights(model_, 1));
  record.epoch(history_, initial_weights(model_, 2));
  const ModelFile file = read_model_file(folder_->model());
  EXPECT_EQ(file.weights, initial_weights(model_, 2));
  const auto facts = read_facts(file.metadata, "the model");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->history, history_);
  EXPECT_EQ(facts->split_hash, split_hash(dataset_, split_));
  EXPECT_TRUE(file.metadata.count("limpid"));
}

TEST_F(RunRecordTest, KeepsWhatItSaysWhenItGoesOn) {
  {
    RunRecord record = this->record();
    record.start(initial_weights(model_, 1));
    record.set("final", R"({"pictures":2})");
    record.end(TrainingEnd::finished);
  }
  settings_.training.epochs = 9;
  RunRecord record = this->record();
  record.resume();
  EXPECT_EQ(read_run(folder_->path()).state, "running");
  EXPECT_EQ(read_run(folder_->path()).settings.training.epochs, 9);
  EXPECT_NE(text_of(folder_->run()).find("\"final\""), std::string::npos);
  record.set("final", "");
  EXPECT_EQ(text_of(folder_->run()).find("\"final\""), std::string::npos);
}

TEST_F(RunRecordTest, ARunWithoutACheckpointStartsFromItsFirstWeights) {
  record().start(initial_weights(model_, 5));
  const RunStart start = read_start(*folder_);
  EXPECT_FALSE(start.checkpoint);
  EXPECT_EQ(start.weights, initial_weights(model_, 5));
  EXPECT_EQ(start.model, model_);
}

TEST_F(RunRecordTest, ABrokenOneIsASentenceThatNamesTheFile) {
  const std::string file = folder_->run().string();
  for (const char* text : {"", "[]", "{}", "{\"settings\":", "null", R"({"settings":{}})"}) {
    write_file(folder_->run(), std::string_view(text));
    EXPECT_NE(message_of([&] { read_run(folder_->path()); }).find(file), std::string::npos) << text;
    EXPECT_NE(message_of([&] { read_start(*folder_); }).find(file), std::string::npos) << text;
  }
  write_file(folder_->run(), "{\"settings\":" + to_json(settings_) + "}");
  EXPECT_NE(message_of([&] { read_run(folder_->path()); }).find("lacks the model"),
            std::string::npos);
}

}  // namespace
}  // namespace limpid
