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
  RunRecord::Subject subject() const {
    return {*folder_, settings_, model_, dataset_, split_, *engine_};
  }
  RunRecord record() { return RunRecord(subject()); }

  // Of a training, after each batch and each epoch.
  std::vector<Checkpoint> checkpoints() {
    std::vector<Checkpoint> checkpoints;
    Trainer trainer(*engine_, dataset_, split_, model_, settings_.training);
    trainer.keep_checkpoint([&](const Checkpoint& at) { checkpoints.push_back(at); }, 0);
    trainer.run({});
    return checkpoints;
  }
  void expect_files_after(const Checkpoint& epoch, const Checkpoint& newest) const {
    EXPECT_EQ(read_checkpoint(folder_->checkpoint()), newest);
    EXPECT_EQ(read_model_file(folder_->model()).weights, model_weights(epoch));
    EXPECT_EQ(text_of(folder_->history()), history_csv(epoch.history));
    EXPECT_EQ(read_run(folder_->path()).history, epoch.history);
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

// Each look at the clock takes a second, so writing takes one and the next is due 20 later.
TEST_F(RunRecordTest, HoldsBackTheEndsOfShortEpochs) {
  settings_.training.epochs = 5;
  settings_.training.batch = 2;
  const std::vector<Checkpoint> kept = checkpoints();  // after two batches and the epoch
  ASSERT_EQ(kept.size(), 15u);
  const Checkpoint &first = kept[2], &second = kept[5], &third = kept[8], &fourth = kept[11];
  double now = 0;
  RunRecord record(subject(), Renewal([&] { return ++now; }));
  record.start(initial_weights(model_, 1));
  EXPECT_TRUE(record.keep(first));
  expect_files_after(first, first);
  EXPECT_FALSE(record.keep(second));
  expect_files_after(first, first);
  EXPECT_TRUE(record.keep(kept[6]));  // within the third: what was held back goes before it
  expect_files_after(second, kept[6]);
  EXPECT_FALSE(record.keep(third));
  now += 100;
  EXPECT_TRUE(record.keep(fourth));
  expect_files_after(fourth, fourth);
  EXPECT_TRUE(record.keep(kept[12]));  // the third was overtaken
  expect_files_after(fourth, kept[12]);
  EXPECT_FALSE(record.keep(kept[14]));
  record.finish(kept[14].history, model_weights(kept[14]));
  expect_files_after(kept[14], kept[14]);
}

TEST_F(RunRecordTest, WritesWhatItHeldBackHoweverItEnds) {
  settings_.training.batch = 4;
  const std::vector<Checkpoint> kept = checkpoints();
  ASSERT_EQ(kept.size(), 6u);
  double now = 0;
  RunRecord record(subject(), Renewal([&] { return ++now; }));
  record.start(initial_weights(model_, 1));
  EXPECT_TRUE(record.keep(kept[1]));
  EXPECT_FALSE(record.keep(kept[3]));
  record.end(TrainingEnd::diverged);
  expect_files_after(kept[3], kept[3]);
  EXPECT_EQ(read_run(folder_->path()).state, "diverged");
  EXPECT_TRUE(record.keep(kept[5], 0));  // never held back so long
  expect_files_after(kept[5], kept[5]);
}

TEST_F(RunRecordTest, AFailureIsToldUntilItGoesOn) {
  settings_.training.batch = 4;
  const std::vector<Checkpoint> kept = checkpoints();
  double now = 0;
  RunRecord record(subject(), Renewal([&] { return ++now; }));
  record.start(initial_weights(model_, 1));
  EXPECT_TRUE(record.keep(kept[1]));
  EXPECT_FALSE(record.keep(kept[3]));  // held back
  record.fail("caf\xe9.png: it has vanished");
  EXPECT_EQ(read_run(folder_->path()).state, "failed");
  EXPECT_NE(text_of(folder_->run()).find("\"error\": \"caf\xef\xbf\xbd.png: it has vanished\""),
            std::string::npos);
  expect_files_after(kept[3], kept[3]);
  RunRecord resumed = this->record();
  resumed.resume();
  EXPECT_EQ(read_run(folder_->path()).state, "running");
  EXPECT_EQ(text_of(folder_->run()).find("\"error\""), std::string::npos);
}

TEST_F(RunRecordTest, AFailureThatCannotBeToldIsNoSecondOne) {
  record().fail("before there is a run");
  EXPECT_FALSE(std::filesystem::exists(folder_->run()));
  RunRecord record = this->record();
  record.start(initial_weights(model_, 1));
  std::filesystem::remove(folder_->run());
  std::filesystem::create_directory(folder_->run());  // nothing can be written there
  record.fail("the disk is full");
  EXPECT_TRUE(std::filesystem::is_directory(folder_->run()));
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
