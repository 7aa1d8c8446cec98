// Samples made on the emulated GPU by the very kernel that nvcc compiles, and training by them.
#include <gtest/gtest.h>

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

TEST(CudaSamples, TrainingGoesOnFromAnyPlaceAsIfItHadNeverStopped) {
  expect_resume_everywhere(*make_cuda_engine(CudaPrecision::fp32), VariedLesson());
}

}  // namespace
}  // namespace limpid
