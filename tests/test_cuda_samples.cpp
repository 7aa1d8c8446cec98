// Samples made on the emulated GPU by the very kernel that nvcc compiles, and training by them.
#include <gtest/gtest.h>

#include "core/engine/reference.h"
#include "core/error.h"
#include "native/cuda/emulation/emulation.h"
#include "tests/cuda_samples.h"

namespace limpid {
namespace {

TEST(CudaSamples, AreTheCpusBitForBit) { expect_equal_samples(); }

TEST(CudaSamples, TrainToTheSameBitsAsFloats) {
  expect_same_training_with_samples(CudaPrecision::fp32);
  expect_same_training_with_samples(CudaPrecision::bf16);
}

TEST(CudaSamples, AreMadeOnlyWhereThePicturesFit) { expect_held_pictures_within_the_memory(); }

TEST(CudaSamples, AreLearnedAWholeBatchAtOnceWhereItFits) { expect_whole_batches(); }

TEST(CudaSamples, TellTheirLossesInOrder) { expect_losses_in_order(300); }

// The GPU, which a step of a small network keeps busy for a millisecond, waits for nothing.
TEST(CudaSamples, AStepIsOneUploadAndOneGraph) {
  using cuda::emulation::Requests, cuda::emulation::requests;
  const VariedLesson lesson;
  std::vector<const Raster*> pictures;
  for (size_t i = 0; i < lesson.dataset->size(); ++i) pictures.push_back(lesson.dataset->held(i));
  const auto network = make_cuda_engine()->prepare(
      lesson.model, {.height = 8, .width = 8, .batch = 3, .training = true});
  network->write({.weights = initial_weights(lesson.model, 1)});
  ASSERT_TRUE(network->hold(pictures));
  const std::vector<Sample> samples{{.picture = 1}, {.picture = 4}, {.picture = 2}};
  for (const float decay : {0.0f, 0.9f}) {
    Requests before = requests();
    network->accumulate_samples(samples, {});
    EXPECT_EQ(requests(), before);
    network->update({.gradient_scale = 1.0f / 3, .average_decay = decay});
    Requests after = requests();
    EXPECT_GT(after.launches, before.launches);
    after.launches = before.launches;
    ++before.uploads;
    ++before.graphs;
    EXPECT_EQ(after, before);
  }
  EXPECT_EQ(network->losses().size(), 2u);
}

TEST(CudaSamples, ATrainingAsksForAGraphABatch) {
  VariedLesson lesson;
  lesson.settings.at_once = lesson.settings.batch;
  const auto engine = make_cuda_engine();
  const auto trainer = lesson.trainer(*engine);
  const int before = cuda::emulation::requests().graphs;
  EXPECT_EQ(learn(*trainer).result.end, TrainingEnd::finished);
  // In each of two epochs one for 4 pictures, one for 3, two for the 3 of the test.
  EXPECT_EQ(cuda::emulation::requests().graphs - before, 2 * 4);
}

// Whoever asks for what comes of samples gets it, though they are learned as late as may be.
TEST(CudaSamples, AreLearnedBeforeAnybodySees) {
  const VariedLesson lesson;
  const Raster* const pictures[] = {lesson.dataset->held(0)};
  const Model model{
      "moving", 3, {{.name = "c", .channels = 3}, {.name = "n", .kind = LayerKind::batch_norm}}};
  const auto engine = make_cuda_engine(CudaPrecision::fp32);
  const Sample sample;
  std::vector<float> restored(8 * 8 * 3);
  const auto learned = [&](const std::function<void(Network&)>& look) {
    const auto network = engine->prepare(model, {.height = 8, .width = 8, .training = true});
    network->write({.weights = initial_weights(model, 1)});
    EXPECT_TRUE(network->hold(pictures));
    network->accumulate_samples({&sample, 1}, {});
    look(*network);
    std::ranges::fill(restored, 0.5f);
    network->denoise({1, {8, 8, 3}, restored}, {1, {8, 8, 3}, restored});
    return network->read();
  };
  const State expected = learned([](Network& network) { network.losses(); });
  const std::vector<float> expected_picture = restored;
  EXPECT_NE(expected.gradients, zeros(model));
  EXPECT_EQ(learned([](Network&) {}), expected);
  EXPECT_EQ(restored, expected_picture);
  EXPECT_EQ(learned([](Network& network) { network.read(); }), expected);
  const State written = {.weights = initial_weights(model, 2)};
  EXPECT_EQ(learned([&](Network& network) { network.write(written); }).gradients,
            expected.gradients);
  const State twice = learned([&](Network& network) {
    network.accumulate_samples({&sample, 1}, {});
    EXPECT_EQ(network.losses().size(), 2u);
  });
  EXPECT_NE(twice.gradients, expected.gradients);
}

// At whatever request: the training ends with the sentence, and goes on elsewhere from what it has
// kept last.
TEST(CudaSamples, AGpuThatVanishesLeavesACheckpointToGoOnFrom) {
  const auto engine = make_cuda_engine(CudaPrecision::fp32);
  const auto elsewhere = make_reference_engine();
  VariedLesson lesson;
  lesson.settings.epochs = 3;
  const Outcome whole = learn(*lesson.trainer(*elsewhere));
  for (const int most : {0, 40, 150, 250}) {
    SCOPED_TRACE(most);
    const auto trainer = lesson.trainer(*engine);
    std::optional<Checkpoint> kept;
    trainer->keep_checkpoint([&](const Checkpoint& checkpoint) { kept = checkpoint; });
    cuda::emulation::vanish_after(most);
    std::string message;
    try {
      trainer->run({});
    } catch (const Error& error) {
      message = error.what();
    }
    cuda::emulation::vanish_after(-1);
    EXPECT_NE(message.find("the GPU stopped working"), std::string::npos) << message;
    EXPECT_EQ(kept.has_value(), most > 100);  // after an epoch
    const auto resumed = lesson.trainer(*elsewhere);
    if (kept)
      resumed->resume(decode_checkpoint(encode_checkpoint(*kept, "bytes"), "bytes"), "bytes");
    const Outcome outcome = learn(*resumed);
    EXPECT_EQ(outcome.result.end, TrainingEnd::finished);
    EXPECT_NEAR(outcome.result.history.back().rmse, whole.result.history.back().rmse, 1e-3);
  }
}

TEST(CudaSamples, TrainingGoesOnFromAnyPlaceAsIfItHadNeverStopped) {
  expect_resume_everywhere(*make_cuda_engine(CudaPrecision::fp32), VariedLesson());
}

}  // namespace
}  // namespace limpid
