#include "core/ui/work/worker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "core/classical/classical.h"
#include "core/denoise.h"
#include "core/engine/reference.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "core/model/json.h"
#include "core/model/model_file.h"
#include "core/noise/estimate.h"
#include "core/noise/noise.h"
#include "core/train/run_record.h"
#include "core/ui/work/worker_thread.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

constexpr const char* tiny_json =
    R"({"name": "tiny", "channels": 3, "layers": [
         {"name": "in", "kind": "conv", "channels": 4, "activation": "relu"},
         {"name": "pool", "kind": "max_pool"},
         {"name": "up", "kind": "upsample"},
         {"name": "out", "kind": "conv", "channels": 3, "activation": "sigmoid"}]})";

auto steps(const SharedPyramid& pyramid) { return pyramid->picture().steps; }
// Works in slices, as a web worker without threads does.
class WorkerTest : public testing::Test {
 protected:
  WorkerTest() : worker_(engines(), 1) {
    fs::create_directories(folder_ / "pictures");
    for (int i = 0; i < 8; ++i) {
      Image image(24, 20, 3);
      for (int y = 0; y < 24; ++y) {
        for (int x = 0; x < 20; ++x) image.at(y, x, i % 3) = float((x * (i + 1) + y) % 20) / 20;
      }
      write_picture(path(i), {image, {}, 8});
    }
    write_model_file(folder_ / "tiny.safetensors", {model_, initial_weights(model_, 1), {}});
  }

  static std::vector<std::unique_ptr<Engine>> engines() {
    std::vector<std::unique_ptr<Engine>> engines;
    engines.push_back(make_reference_engine());
    return engines;
  }
  std::string path(int i) const {
    return (folder_ / "pictures" / ("p" + std::to_string(i) + ".png")).string();
  }
  TrainingOrder order() const {
    TrainingOrder order{.paths = {(folder_ / "pictures").string()}, .size = 16};
    order.model_json = tiny_json;
    order.settings.epochs = 3;
    order.settings.batch = 2;
    order.settings.learning_rate = 1e-2f;
    return order;
  }

  // Until there is nothing to do; all events so far.
  void work() {
    for (bool more = true; more;) {
      more = worker_.step(0);  // the shortest slices
      ++steps_;
      collect();
    }
  }
  void collect() {
    for (Event& event : worker_.receive()) events_.push_back(std::move(event));
  }
  template <class Kind>
  std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const Event& event : events_) {
      if (const Kind* kind = std::get_if<Kind>(&event)) found.push_back(*kind);
    }
    return found;
  }
  template <class Kind>
  Kind last() const {
    const std::vector<Kind> found = all<Kind>();
    if (found.empty()) throw std::runtime_error("no such event");
    return found.back();
  }
  void load_model() { worker_.send(LoadModel{1, (folder_ / "tiny.safetensors").string()}); }

  const Model model_ = model_from_json(tiny_json, "tiny");
  const TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
  Worker worker_;
  std::vector<Event> events_;
  int steps_ = 0;
};

TEST_F(WorkerTest, TellsItsEngines) {
  collect();
  EXPECT_EQ(last<EnginesFound>().engines.at(0).name, "reference");
}

TEST_F(WorkerTest, FindsAndOpensPictures) {
  write_picture(path(2), {add_noise(Image(64, 64, 1, 0.5f), {.strength = 0.1f}), {}, 8});
  worker_.send(FindPictures{{(folder_ / "pictures").string()}});
  worker_.send(OpenPicture{5, path(2)});
  work();
  EXPECT_EQ(last<PicturesFound>().files.size(), 8u);
  EXPECT_EQ(last<PicturesFound>().files[1].name, "p1.png");
  EXPECT_EQ(last<PictureOpened>().picture, 5);
  EXPECT_EQ(to_image(last<PictureOpened>().image->picture()).pixels,
            read_picture(path(2)).color.pixels);
  EXPECT_NEAR(last<PictureOpened>().noise_strength, 0.1, 0.01);
  EXPECT_TRUE(last<PictureOpened>().white_noise);
}

TEST_F(WorkerTest, RestoresAsTheDenoiserDoes) {
  load_model();
  worker_.send(OpenPicture{2, path(0)});
  const NoiseSettings noise{.strength = 0.3f, .seed = 11};
  worker_.send(Restore{.picture = 2, .model = 1, .noise = noise});
  work();
  const Image clean = read_picture(path(0)).color, noisy = add_noise(clean, noise);
  const auto engine = make_reference_engine();
  const Image restored = Denoiser(*engine, model_, initial_weights(model_, 1), {}).denoise(noisy);
  EXPECT_EQ(steps(last<NoiseAdded>().image), to_raster(noisy, 255).steps);
  const Restored answer = last<Restored>();
  EXPECT_EQ(steps(answer.image), to_raster(restored, 255).steps);
  EXPECT_TRUE(answer.has_quality);
  EXPECT_EQ(answer.noisy.rmse, rmse(clean, noisy));
  EXPECT_EQ(answer.restored.rmse, rmse(clean, restored));
}

TEST_F(WorkerTest, TellsHowAModelWasTrained) {
  const std::string file = (folder_ / "told.safetensors").string();
  write_model_file(
      file, {model_, initial_weights(model_, 1), {{"training", to_json(TrainingSettings())}}});
  worker_.send(LoadModel{7, file});
  work();
  EXPECT_EQ(last<ModelLoaded>().training.rfind("trained on gaussian noise of ", 0), 0u);
}

TEST_F(WorkerTest, RestoresWithoutHavingLearned) {
  collect();
  const auto methods = last<EnginesFound>().methods;
  ASSERT_EQ(methods, (std::vector<std::string>{"median", "bilateral", "nlm", "wavelet"}));
  worker_.send(OpenPicture{2, path(0)});
  const NoiseSettings noise{.strength = 0.3f};
  const Image clean = read_picture(path(0)).color, noisy = add_noise(clean, noise);
  for (int i = 0; i < 4; ++i) {
    const ClassicalMethod method = classical_methods()[size_t(i)];
    worker_.send(Restore{.picture = 2, .model = -1 - i, .noise = noise});
    work();
    const double expected = rmse(clean, classical_denoise(method, noisy, noise.strength));
    EXPECT_EQ(last<Restored>().restored.rmse, expected) << methods[size_t(i)];
    worker_.send(Restore{.picture = 2, .model = -1 - i, .already_noisy = true});
    work();
    EXPECT_EQ(steps(last<Restored>().image),
              to_raster(classical_denoise(method, clean, estimate_noise(clean)), 255).steps);
  }
  worker_.send(Restore{.picture = 2, .model = -5, .noise = noise});
  work();
  EXPECT_EQ(last<Failed>().number, 2);
}

TEST_F(WorkerTest, ANoisyPictureIsTakenAsItIs) {
  load_model();
  worker_.send(OpenPicture{2, path(0)});
  worker_.send(Restore{.picture = 2, .model = 1, .already_noisy = true});
  work();
  EXPECT_TRUE(all<NoiseAdded>().empty());
  EXPECT_FALSE(last<Restored>().has_quality);
}

TEST_F(WorkerTest, OnlyTheNewestWishOfAPictureIsCarriedOut) {
  load_model();
  worker_.send(OpenPicture{2, path(0)});
  for (int i = 1; i <= 9; ++i) {
    worker_.send(Restore{.picture = 2, .model = 1, .noise = {.strength = float(i) / 10}});
  }
  work();
  ASSERT_EQ(all<Restored>().size(), 1u);
  EXPECT_FLOAT_EQ(last<Restored>().request.noise.strength, 0.9f);
}

TEST_F(WorkerTest, ModelsBesideWaitBesideThePicturesOwn) {
  load_model();
  worker_.send(LoadModel{2, (folder_ / "tiny.safetensors").string()});
  worker_.send(OpenPicture{2, path(0)});
  worker_.send(Restore{.picture = 2, .model = 1, .first = true});
  for (int i = 0; i < 3; ++i) worker_.send(Restore{.picture = 2, .model = 2, .beside = true});
  work();
  ASSERT_EQ(all<Restored>().size(), 2u);
  EXPECT_EQ(all<Restored>()[0].request.model, 1);
  EXPECT_EQ(all<Restored>()[1].request.model, 2);
  EXPECT_EQ(steps(all<Restored>()[0].image), steps(all<Restored>()[1].image));
  EXPECT_EQ(all<NoiseAdded>().size(), 1u);
}

TEST_F(WorkerTest, ThePictureOnTheScreenComesFirst) {
  load_model();
  for (int i = 1; i <= 3; ++i) {
    worker_.send(OpenPicture{i, path(i)});
    worker_.send(Restore{.picture = i, .model = 1, .first = i == 3});
  }
  work();
  ASSERT_EQ(all<Restored>().size(), 3u);
  EXPECT_EQ(all<Restored>().front().picture, 3);
}

TEST_F(WorkerTest, CancelsWhatWaits) {
  load_model();
  worker_.send(OpenPicture{1, path(1)});
  worker_.send(Restore{.picture = 1, .model = 1});
  worker_.send(CancelRestore{});
  work();
  EXPECT_TRUE(last<Restored>().cancelled);
  EXPECT_EQ(last<Restored>().image, nullptr);
}

TEST_F(WorkerTest, SavesAndEncodes) {
  load_model();
  worker_.send(OpenPicture{1, path(1)});
  for (const PictureFormat format : {PictureFormat::png, PictureFormat::jpeg}) {
    const std::string file = (folder_ / "out").string() + ending_of(format);
    worker_.send(Restore{.picture = 1, .model = 1, .save_to = file});
    work();
    worker_.send(EncodePicture{1, Version::restored, format});
    work();
    const auto encoded = last<PictureEncoded>();
    EXPECT_EQ(encoded.name, "p1-restored");
    EXPECT_EQ(encoded.file, read_file(file, 1 << 20));
  }
}

TEST_F(WorkerTest, EachErrorIsASentenceThatNamesTheThing) {
  write_file(folder_ / "broken.png", "no picture");
  worker_.send(OpenPicture{7, (folder_ / "broken.png").string()});
  worker_.send(LoadModel{8, (folder_ / "broken.png").string()});
  worker_.send(FindPictures{{(folder_ / "absent").string()}});
  worker_.send(Restore{.picture = 9, .model = 1});
  TrainingOrder wrong = order();
  wrong.size = 15;
  worker_.send(PlanTraining{wrong});
  wrong.model_json = "{";
  worker_.send(StartTraining{.order = wrong});
  work();
  const std::vector<Failed> failed = all<Failed>();
  ASSERT_EQ(failed.size(), 6u);
  EXPECT_EQ(failed[0].number, 7);
  for (const size_t i : {0, 1, 2}) {
    EXPECT_NE(failed[i].message.find(i == 2 ? "absent" : "broken.png"), std::string::npos);
  }
}

TEST_F(WorkerTest, ForecastsATraining) {
  worker_.send(PlanTraining{order()});
  work();
  EXPECT_EQ(last<TrainingPlanned>().order, order());
}

// Slices end within batches and validations: the bits are those of one run.
TEST_F(WorkerTest, TrainsInSlicesAsInOneRun) {
  worker_.send(StartTraining{.order = order(), .model = 4});
  work();
  EXPECT_GT(steps_, 6);
  const TrainingEnded ended = last<TrainingEnded>();
  EXPECT_EQ(ended.end, TrainingEnd::finished);
  ASSERT_EQ(ended.history.size(), 3u);
  EXPECT_EQ(all<EpochEnded>().size(), 3u);
  const std::vector<PreviewDrawn> previews = all<PreviewDrawn>();
  EXPECT_EQ(previews.front().epoch, 0);
  EXPECT_EQ(previews.back().rows.size(), 2u);
  EXPECT_NE(previews.back().filters->picture().steps, previews.front().filters->picture().steps);

  const auto engine = make_reference_engine();
  const Dataset dataset({folder_ / "pictures"}, {.size = 16});
  Trainer trainer(*engine, dataset, split(dataset, {}), model_, order().settings);
  const TrainingResult whole = trainer.run({});
  EXPECT_EQ(decode_model_file(ended.model_file, "the model").weights, whole.weights);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(ended.history[i].val_loss, whole.history[i].val_loss);
}

TEST_F(WorkerTest, RestoresWithTheNetworkThatLearned) {
  worker_.send(StartTraining{.order = order(), .model = 4});
  worker_.send(OpenPicture{1, path(1)});
  work();
  worker_.send(Restore{.picture = 1, .model = 4});
  work();
  EXPECT_NE(last<Restored>().image, nullptr);
}

TEST_F(WorkerTest, StopsPausesAndGoesOnFromTheCheckpoint) {
  TrainingOrder longer = order();
  longer.settings.epochs = 1000;
  worker_.send(StartTraining{.order = longer, .model = 4});
  while (all<EpochEnded>().size() < 2) {
    worker_.step(0.001);
    collect();
  }
  worker_.send(PauseTraining{true});
  work();  // ends, for a training that is held is no work
  EXPECT_TRUE(last<TrainingPaused>().paused);
  worker_.send(PauseTraining{false});
  worker_.step(0.001);
  worker_.send(StopTraining{});
  work();
  EXPECT_EQ(last<TrainingEnded>().end, TrainingEnd::cancelled);
  EXPECT_FALSE(last<TrainingEnded>().model_file.empty());
  const size_t epochs = last<TrainingEnded>().history.size();
  const std::string file = (folder_ / "checkpoint.safetensors").string();
  const std::vector<uint8_t> bytes = last<CheckpointKept>().bytes;
  write_file(file, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  worker_.send(StartTraining{.order = longer, .model = 5, .checkpoint = file});
  const size_t before = all<EpochEnded>().size();
  while (all<EpochEnded>().size() < before + 2) {
    worker_.step(0.001);
    collect();
  }
  worker_.send(StopTraining{});
  work();
  EXPECT_EQ(last<TrainingBegun>().history.size(), epochs);
  EXPECT_GE(last<TrainingEnded>().history.size(), epochs + 2);
}

// What a run folder holds after a stop and a resume is what one run would have left.
TEST_F(WorkerTest, KeepsARunAndGoesOnWithIt) {
  const std::string run = (folder_ / "run").string();
  worker_.send(StartTraining{.order = order(), .model = 4, .run = run});
  while (all<EpochEnded>().empty()) {
    worker_.step(0.001);
    collect();
  }
  worker_.send(StopTraining{});
  work();
  worker_.send(OpenRun{3, run});
  work();
  RunOpened opened = last<RunOpened>();
  EXPECT_EQ(opened.run, 3);
  EXPECT_EQ(read_run(run).state, "stopped");
  EXPECT_EQ(opened.history.size(), last<TrainingEnded>().history.size());
  EXPECT_EQ(opened.order.paths, order().paths);
  EXPECT_EQ(opened.order.settings, order().settings);
  EXPECT_EQ(read_model_file(opened.model_file).model, model_);
  worker_.send(StartTraining{.order = opened.order, .model = 5, .run = run, .resume = true});
  work();
  EXPECT_EQ(last<TrainingEnded>().end, TrainingEnd::finished);

  const auto engine = make_reference_engine();
  const Dataset dataset({folder_ / "pictures"}, {.size = 16});
  Trainer trainer(*engine, dataset, split(dataset, {}), model_, order().settings);
  EXPECT_EQ(read_model_file(opened.model_file).weights, trainer.run({}).weights);
  EXPECT_EQ(read_run(run).state, "finished");
  EXPECT_EQ(read_run(run).history.size(), 3u);
  EXPECT_TRUE(fs::exists(fs::path(run) / "history.csv"));
}

TEST_F(WorkerTest, ARunGoesOnOnlyAsItBegan) {
  const std::string run = (folder_ / "run").string();
  worker_.send(OpenRun{3, run});
  work();
  EXPECT_EQ(last<Failed>().what, Failed::What::run);
  worker_.send(StartTraining{.order = order(), .model = 4, .run = run});
  work();
  TrainingOrder other = order();
  other.settings.batch = 3;
  worker_.send(StartTraining{.order = other, .model = 5, .run = run, .resume = true});
  work();
  EXPECT_NE(last<Failed>().message.find("batch is 3, was 2"), std::string::npos);
  worker_.send(StartTraining{.order = order(), .model = 5, .run = run});
  work();
  EXPECT_NE(last<Failed>().message.find("run: the folder is not empty"), std::string::npos);
  EXPECT_EQ(all<Failed>().size(), 3u);
}

TEST_F(WorkerTest, OnAThreadOfItsOwn) {
  WorkerThread thread(std::make_unique<Worker>(engines(), 1));
  thread.send(LoadModel{1, (folder_ / "tiny.safetensors").string()});
  thread.send(OpenPicture{1, path(1)});
  thread.send(Restore{.picture = 1, .model = 1});
  while (all<Restored>().empty()) {
    for (Event& event : thread.receive()) events_.push_back(std::move(event));
    std::this_thread::yield();
  }
  EXPECT_NE(last<Restored>().image, nullptr);
  thread.send(StartTraining{.order = order(), .model = 2});  // does not keep it from ending
}

}  // namespace
}  // namespace limpid
