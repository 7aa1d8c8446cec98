#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <optional>

#include "core/classical/classical.h"
#include "core/denoise.h"
#include "core/engine/reference.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "core/model/json.h"
#include "core/model/model_file.h"
#include "core/noise/noise.h"
#include "core/ui/work/worker.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

constexpr const char* tiny_json =
    R"({"name": "tiny", "channels": 3, "layers": [
         {"name": "in", "kind": "conv", "channels": 2, "activation": "relu"},
         {"name": "out", "kind": "conv", "channels": 3, "activation": "sigmoid"}]})";
constexpr size_t memory = size_t(12) << 20;  // of the network: several rows of several tiles
constexpr int height = 1100, width = 1010;   // noise is added in two parts, scores in more

std::vector<std::unique_ptr<Engine>> engines() {
  std::vector<std::unique_ptr<Engine>> engines;
  engines.push_back(make_reference_engine());
  return engines;
}

// A picture that is too large to be worked on in one go.
class RestoresTest : public testing::Test {
 protected:
  RestoresTest() : worker_(engines(), 1) {
    Image image(height, width, 3);
    for (size_t i = 0; i < image.count(); ++i) {
      image.pixels[i] = 0.5f + 0.4f * std::sin(float(i % 9973) / 50);
    }
    write_picture(file_, {image, {}, 16, metadata_});
    const Model model = model_from_json(tiny_json, "tiny");
    const auto model_file = folder_.path() / "tiny.safetensors";
    write_model_file(model_file, {model, initial_weights(model, 1), {}});
    worker_.send(LoadModel{1, model_file.string()});
    worker_.send(OpenPicture{2, file_.string()});
  }

  // Until an event of that kind comes, or all is done.
  template <class Kind>
  std::optional<Kind> work_until() {
    for (bool more = true; more;) {
      more = worker_.step(0);
      for (Event& event : worker_.receive()) {
        if (std::holds_alternative<Restoring>(event)) restoring_ = std::get<Restoring>(event);
        if (std::holds_alternative<NoiseAdded>(event)) noisy_ = std::get<NoiseAdded>(event).image;
        if (std::holds_alternative<Kind>(event)) return std::get<Kind>(event);
      }
    }
    return std::nullopt;
  }

  const TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "large.png";
  const PictureMetadata metadata_ = {.exif = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0}};
  const Restore request_ = {
      .picture = 2, .model = 1, .noise = {.strength = 0.3f, .seed = 3}, .memory_bytes = memory};
  Worker worker_;
  Restoring restoring_;
  SharedPyramid noisy_;
};

TEST_F(RestoresTest, InRowsAsTheWhole) {
  worker_.send(request_);
  const auto answer = work_until<Restored>();
  ASSERT_TRUE(answer);
  EXPECT_GT(restoring_.total, 4);
  const Image clean = read_picture(file_).color, noisy = add_noise(clean, request_.noise);
  const auto engine = make_reference_engine();
  const Model model = model_from_json(tiny_json, "tiny");
  const Image restored = Denoiser(*engine, model, initial_weights(model, 1), {}).denoise(noisy);
  EXPECT_TRUE(noisy_->picture().steps == to_raster(noisy, 65535).steps);
  EXPECT_TRUE(answer->image->picture().steps == to_raster(restored, 65535).steps);
  const Quality before = compare(clean, noisy), after = compare(clean, restored);
  EXPECT_EQ(answer->noisy.rmse, before.rmse);
  EXPECT_EQ(answer->noisy.ssim, before.ssim);
  EXPECT_EQ(answer->restored.rmse, after.rmse);
  EXPECT_EQ(answer->restored.ssim, after.ssim);

  worker_.send(EncodePicture{2, Version::restored});
  EXPECT_TRUE(work_until<PictureEncoded>()->file == encode_png({restored, {}, 16, metadata_}));
}

TEST_F(RestoresTest, SeesThePictureInAsManyViewsAsAreAskedFor) {
  const auto engine = make_reference_engine();
  const Model model = model_from_json(tiny_json, "tiny");
  const std::vector<Tensor> weights = initial_weights(model, 1);
  const Image noisy = add_noise(read_picture(file_).color, request_.noise);
  int tiles = 0;
  for (const int views : {1, 2, 4, 1}) {
    Restore request = request_;
    request.views = views;
    worker_.send(request);
    const auto answer = work_until<Restored>();
    ASSERT_TRUE(answer);
    if (views == 1) tiles = restoring_.total;
    EXPECT_EQ(restoring_.total, tiles * views);
    const Image restored = Denoiser(*engine, model, weights, {.views = views}).denoise(noisy);
    EXPECT_TRUE(answer->image->picture().steps == to_raster(restored, 65535).steps) << views;
  }
}

// The same bits, and the time that the network took, which it did only once.
TEST_F(RestoresTest, AnotherAmountOfAPictureIsBlendedFromWhatIsKnown) {
  const auto restored_with = [&](float amount, uint64_t seed = 3) {
    Restore request = request_;
    request.amount = amount;
    request.noise.seed = seed;
    worker_.send(request);
    return *work_until<Restored>();
  };
  const Restored whole = restored_with(1);
  const Image clean = read_picture(file_).color, noisy = add_noise(clean, request_.noise);
  const Image expected = blended(noisy, to_image(whole.image->picture()), 0.25f);
  const Restored known = restored_with(0.25f);
  EXPECT_TRUE(known.image->picture().steps == to_raster(expected, 65535).steps);
  EXPECT_EQ(known.restored.rmse, compare(clean, expected).rmse);
  EXPECT_EQ(known.ms, whole.ms);
  EXPECT_NE(restored_with(0.25f, 4).ms, whole.ms);  // other noise: restored anew
  const Restored again = restored_with(0.25f);
  EXPECT_NE(again.ms, whole.ms);
  EXPECT_TRUE(again.image->picture().steps == known.image->picture().steps);
  const Restored all = restored_with(1);
  EXPECT_TRUE(all.image->picture().steps == whole.image->picture().steps);
  EXPECT_EQ(all.restored.rmse, whole.restored.rmse);
}

TEST_F(RestoresTest, WhatAnotherNetworkRestoredIsNotBlended) {
  Restore request = request_;
  worker_.send(request);
  const Restored before = *work_until<Restored>();
  const Model model = model_from_json(tiny_json, "tiny");
  const auto other = folder_.path() / "other.safetensors";
  write_model_file(other, {model, initial_weights(model, 2), {}});
  worker_.send(LoadModel{1, other.string()});
  request.amount = 0.5f;
  worker_.send(request);
  const Restored after = *work_until<Restored>();
  request.already_noisy = true;  // another question: what was kept is of no use
  worker_.send(request);
  work_until<Restored>();
  request.already_noisy = false;
  worker_.send(request);
  EXPECT_TRUE(work_until<Restored>()->image->picture().steps == after.image->picture().steps);
  EXPECT_FALSE(before.image->picture().steps == after.image->picture().steps);
}

TEST_F(RestoresTest, TheNoisyPictureComesBeforeTheFirstTile) {
  worker_.send(request_);
  ASSERT_TRUE(work_until<NoiseAdded>());
  EXPECT_EQ(restoring_.done, 0);
  worker_.send(CancelRestore{2});
  worker_.step(0);
  const std::vector<Event> events = worker_.receive();
  ASSERT_EQ(events.size(), 1u);  // no tile was worked on any more
  EXPECT_TRUE(std::get<Restored>(events[0]).cancelled);
}

TEST_F(RestoresTest, IsCancelledWithinTheNoise) {
  worker_.send(request_);
  ASSERT_TRUE(work_until<Restoring>());  // begun; the noise takes more than one step
  EXPECT_EQ(noisy_, nullptr);
  worker_.send(CancelRestore{});
  const auto answer = work_until<Restored>();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->cancelled);
  EXPECT_EQ(noisy_, nullptr);
}

TEST_F(RestoresTest, AMethodRestoresInBandsAsTheWhole) {
  for (const int model : {-1, -4}) {
    Restore request = request_;
    request.model = model;
    worker_.send(request);
    const auto answer = work_until<Restored>();
    ASSERT_TRUE(answer);
    EXPECT_GT(restoring_.total, 4);
    const Image clean = read_picture(file_).color, noisy = add_noise(clean, request_.noise);
    const ClassicalMethod method = classical_methods()[size_t(-1 - model)];
    const Image restored = classical_denoise(method, noisy, request_.noise.strength);
    EXPECT_TRUE(noisy_->picture().steps == to_raster(noisy, 65535).steps);
    EXPECT_TRUE(answer->image->picture().steps == to_raster(restored, 65535).steps);
    EXPECT_EQ(answer->restored.ssim, compare(clean, restored).ssim);
  }
}

TEST_F(RestoresTest, AFileIsWrittenInPartsAndNotWhenCancelled) {
  const std::filesystem::path saved = folder_.path() / "saved.png";
  Restore request = request_;
  request.model = -1;
  request.save_to = saved.string();
  worker_.send(request);
  while (restoring_.total == 0 || restoring_.done < restoring_.total) {
    ASSERT_TRUE(work_until<Restoring>());
  }
  worker_.step(0);  // into the scores
  worker_.send(CancelRestore{});
  EXPECT_TRUE(work_until<Restored>()->cancelled);
  EXPECT_FALSE(std::filesystem::exists(saved));
  worker_.send(request);
  EXPECT_EQ(work_until<Restored>()->saved_to, saved.string());
  worker_.send(EncodePicture{2, Version::restored});
  EXPECT_TRUE(work_until<PictureEncoded>()->file == read_file(saved, size_t(1) << 30));
}

// What the screen asks for and what a queue does wait beside each other, and are ended each by its
// own.
TEST_F(RestoresTest, AQueuesAndTheScreensLeaveEachOtherAlone) {
  Restore shown = request_, queued = request_;
  shown.first = true;
  queued.send_pictures = false;
  queued.queue = 7;
  queued.save_to = (folder_.path() / "queued.png").string();
  worker_.send(queued);
  worker_.send(shown);
  EXPECT_EQ(work_until<Restored>()->request, shown);
  const auto saved = work_until<Restored>();
  EXPECT_EQ(saved->request, queued);
  EXPECT_EQ(saved->saved_to, queued.save_to);

  for (const bool ends_queue : {false, true}) {
    worker_.send(queued);
    worker_.send(shown);
    worker_.send(ends_queue ? Request(CancelQueue{7}) : Request(CancelRestore{2}));
    const Restored first = *work_until<Restored>(), second = *work_until<Restored>();
    EXPECT_TRUE(first.cancelled);
    EXPECT_EQ(first.request, ends_queue ? queued : shown);
    EXPECT_FALSE(second.cancelled);
    EXPECT_EQ(second.request, ends_queue ? shown : queued);
  }
}

TEST_F(RestoresTest, AResultThatCannotBeWrittenIsAFailureOfItsOwn) {
  Restore queued = request_;
  queued.send_pictures = false;
  queued.queue = 7;
  queued.save_to = (folder_.path() / "gone" / "queued.png").string();
  worker_.send(queued);
  const auto failed = work_until<Failed>();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->what, Failed::What::result);
  EXPECT_EQ(failed->queue, 7);
  EXPECT_EQ(failed->number, queued.picture);
  EXPECT_NE(failed->message.find(queued.save_to), std::string::npos) << failed->message;
}

// As after each epoch of a network that learns: an answer that it was cancelled would be taken for
// the second one's.
TEST_F(RestoresTest, TheSameOnceMoreHasOneAnswer) {
  worker_.send(request_);
  ASSERT_TRUE(work_until<Restoring>());
  worker_.send(request_);
  EXPECT_FALSE(work_until<Restored>()->cancelled);
  EXPECT_FALSE(work_until<Restored>());
}

TEST_F(RestoresTest, AQueueLeavesWhatIsOnTheScreen) {
  worker_.send(request_);
  const Restored shown = *work_until<Restored>();
  Restore queued = request_;
  queued.noise.seed += 1;
  queued.send_pictures = false;
  queued.queue = 7;
  worker_.send(queued);
  EXPECT_EQ(work_until<Restored>()->image, nullptr);
  worker_.send(EncodePicture{2, Version::restored});
  const Picture saved = decode_picture(work_until<PictureEncoded>()->file, "saved");
  EXPECT_TRUE(to_raster(saved.color, 65535).steps == shown.image->picture().steps);
}

TEST_F(RestoresTest, AnEncodingGoesInPartsAndIsCancelledBetweenThem) {
  worker_.send(EncodePicture{2, Version::clean});
  const auto begun = work_until<EncodingPicture>();
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->done, 0);
  EXPECT_GT(begun->total, 1);
  worker_.send(CancelRestore{2});
  worker_.step(0);
  const std::vector<Event> events = worker_.receive();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(std::get<PictureEncoded>(events[0]).cancelled);
  worker_.send(EncodePicture{2, Version::clean});
  EXPECT_EQ(work_until<PictureEncoded>()->file, read_file(file_, size_t(1) << 30));
}

// In slices, as where there are no threads: the request is seen between two bands.
TEST_F(RestoresTest, AMethodIsCancelledBetweenTwoBands) {
  for (const int model : {-1, -2, -3, -4}) {
    Restore request = request_;
    request.model = model;
    worker_.send(request);
    restoring_ = {};
    while (restoring_.done < 2) ASSERT_TRUE(work_until<Restoring>());
    worker_.send(CancelRestore{2});
    worker_.step(0);
    const std::vector<Event> events = worker_.receive();
    ASSERT_EQ(events.size(), 1u);  // no band was worked on any more
    EXPECT_TRUE(std::get<Restored>(events[0]).cancelled);
  }
}

}  // namespace
}  // namespace limpid
