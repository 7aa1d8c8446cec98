// The CUDA engine on this machine's GPU. test_cuda_kernels.cpp runs the same kernels without one.
#include <gtest/gtest.h>

#include "core/error.h"
#include "native/cuda/check.h"
#include "tests/cuda_engine.h"
#include "tests/cuda_samples.h"

namespace limpid {
namespace {

using namespace engine_table;

class Cuda : public testing::TestWithParam<CudaCase> {
 protected:
  void SetUp() override {
    const std::string absence = cuda_absence();
    if (!absence.empty()) GTEST_SKIP() << "NOT TESTED on a GPU: " << absence;
  }
};

TEST_P(Cuda, EveryLayerAgreesWithTheReference) { expect_every_layer_agrees(GetParam()); }

TEST_P(Cuda, LossesAgreeWithTheReference) { expect_all_losses_agree(GetParam()); }

TEST_P(Cuda, StateIsReadAndWrittenWhole) {
  expect_whole_states(*make_cuda_engine(GetParam().precision));
}

TEST_P(Cuda, MicroBatchesChangeNoBit) { expect_micro_batches_equal(GetParam().precision); }

// At a size where every SM has work, and the copies of several stages are under way at once.
TEST_P(Cuda, TheArticlesNetworkAgreesWithTheReference) {
  const auto engine = make_cuda_engine(GetParam().precision);
  const Pictures pictures(1, {64, 96, 3});
  const Ran ours = run_twice(*engine, article(), pictures);
  const Ran truth = run_twice(*make_reference_engine(), article(), pictures);
  EXPECT_NEAR(ours.loss, truth.loss, GetParam().restored * truth.loss);
  EXPECT_LE(distance(ours.state.gradients, truth.state.gradients), GetParam().gradient);
  EXPECT_LE(relative_error(ours.restored, truth.restored, 0.1), GetParam().restored);
}

// What a race would sooner or later change.
TEST_P(Cuda, AThousandStepsTwiceGiveTheSameBits) {
  const Pictures pictures(4, {64, 64, 3});
  std::vector<State> ends;
  for (int run = 0; run < 2; ++run) {
    const auto network =
        make_cuda_engine(GetParam().precision)
            ->prepare(classroom(), {.height = 64, .width = 64, .batch = 4, .training = true});
    network->write(random_state(classroom()));
    for (int step = 1; step <= 1000; ++step) {
      network->accumulate(pictures.noisy_batch(), pictures.clean_batch(), place);
      network->update({.step = step, .gradient_scale = 0.25f, .average_decay = 0.99f});
    }
    ends.push_back(network->read());
  }
  EXPECT_TRUE(is_finite(ends[0]));
  EXPECT_EQ(ends[0], ends[1]);
}

INSTANTIATE_TEST_SUITE_P(Precisions, Cuda, testing::ValuesIn(cuda_cases), cuda_case_name);

TEST_F(Cuda, UpdatesAgreeWithTheReference) { expect_updates_agree(); }

TEST_F(Cuda, SeveralGpusKeepApart) {
  if (cuda_devices() < 2) GTEST_SKIP() << "NOT TESTED: there is one GPU";
  expect_devices_apart();
}

TEST_F(Cuda, DenoisingIsPictureByPictureAndInPlace) { expect_denoising_by_pictures(); }

TEST_F(Cuda, MemoryIsKnownBeforeAndWhatDoesNotFitIsRefused) {
  const auto engine = make_cuda_engine();
  EXPECT_EQ(engine->name(), "cuda");
  expect_refusals(*engine, "the CUDA engine");
}

TEST_F(Cuda, SamplesAreTheCpusBitForBit) { expect_equal_samples(); }

TEST_P(Cuda, SamplesTrainToTheSameBitsAsFloats) {
  expect_same_training_with_samples(GetParam().precision);
}

TEST_F(Cuda, SamplesAreMadeOnlyWhereThePicturesFit) { expect_held_pictures_within_the_memory(); }

TEST_F(Cuda, AWholeBatchIsLearnedAtOnceWhereItFits) { expect_whole_batches(); }

TEST_F(Cuda, SamplesTellTheirLossesInOrder) { expect_losses_in_order(10000); }

TEST_F(Cuda, TrainingGoesOnFromAnyPlaceAsIfItHadNeverStopped) {
  expect_resume_everywhere(*make_cuda_engine(CudaPrecision::fp32), VariedLesson());
}

TEST_F(Cuda, MoreThanTheGpuHasIsRefusedInWords) {
  const Limits limits{.height = 8192, .width = 8192, .batch = 4096};
  const auto engine = make_cuda_engine();
  try {
    engine->prepare(article(), limits);
    FAIL() << "there is no such GPU";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("bytes are needed"), std::string::npos)
        << error.what();
  }
  EXPECT_NO_THROW(engine->prepare(classroom(), {.height = 8, .width = 8}));  // it goes on
}

// None is needed for this.
TEST(CudaFailures, AreToldInWords) {
  const auto words = [](cudaError_t code) -> std::string {
    try {
      cuda::check(code, "upload");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(words(cudaSuccess), "");
  EXPECT_EQ(words(cudaErrorMemoryAllocation),
            "the GPU has not enough free memory (upload: cudaErrorMemoryAllocation)");
  EXPECT_EQ(words(cudaErrorNoDevice),
            "there is no NVIDIA GPU in this machine (upload: cudaErrorNoDevice)");
  EXPECT_EQ(words(cudaErrorDevicesUnavailable),
            "another program keeps the GPU to itself, or it is gone (upload: "
            "cudaErrorDevicesUnavailable)");
  for (const cudaError_t code : {cudaErrorECCUncorrectable, cudaErrorLaunchFailure,
                                 cudaErrorIllegalAddress, cudaErrorUnknown}) {
    EXPECT_TRUE(words(code).starts_with("the GPU stopped working: ")) << words(code);
  }
  EXPECT_TRUE(words(cudaErrorInvalidValue).starts_with("the GPU failed: "));
}

// Where there is none, the sentence says so.
TEST(CudaAbsence, IsOneSentence) {
  const std::string absence = cuda_absence();
  if (absence.empty()) GTEST_SKIP() << "NOT TESTED without a GPU: there is one";
  EXPECT_NE(absence.find("GPU"), std::string::npos) << absence;
  EXPECT_THROW(make_cuda_engine(), Error);
}

}  // namespace
}  // namespace limpid
