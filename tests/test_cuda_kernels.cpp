// The CUDA engine over the emulated GPU: the very kernels that nvcc compiles, on every layer kind,
// against the reference. test_cuda.cpp runs the same on a real one.
#include <gtest/gtest.h>

#include "core/error.h"
#include "native/cuda/emulation/emulation.h"
#include "tests/cuda_engine.h"

namespace limpid {
namespace {

using namespace engine_table;

class CudaKernels : public testing::TestWithParam<CudaCase> {};

TEST_P(CudaKernels, EveryLayerAgreesWithTheReference) { expect_every_layer_agrees(GetParam()); }

// Every other test runs on a GPU that has them, where bf16 uses them.
TEST(CudaKernels, WithoutWarpgroupsEveryLayerAgreesToo) {
  expect_every_layer_agrees({CudaPrecision::bf16, 2e-2, 1e-1}, 1);
}

TEST_P(CudaKernels, LossesAgreeWithTheReference) { expect_all_losses_agree(GetParam()); }

TEST_P(CudaKernels, StateIsReadAndWrittenWhole) {
  expect_whole_states(*make_cuda_engine(GetParam().precision));
}

TEST_P(CudaKernels, MicroBatchesChangeNoBit) { expect_micro_batches_equal(GetParam().precision); }

// Of threads and blocks: nothing that they share is used without a barrier, and no sum is taken in
// the order in which they come.
TEST_P(CudaKernels, TheOrderOfThreadsChangesNoBit) {
  const auto engine = make_cuda_engine(GetParam().precision);
  for (const Model& model : models()) {
    SCOPED_TRACE(model.name);
    const int m = size_multiple(model);
    const Pictures pictures(2, {3 * m, 2 * m, model.channels});
    cuda::emulation::set_order(cuda::emulation::Order::ascending);
    const State ascending = trained(*engine, model, {.batch = 2}, pictures);
    cuda::emulation::set_order(cuda::emulation::Order::descending);
    EXPECT_EQ(trained(*engine, model, {.batch = 2}, pictures), ascending);
    cuda::emulation::set_order(cuda::emulation::Order::ascending);
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, CudaKernels, testing::ValuesIn(cuda_cases), cuda_case_name);

TEST(CudaKernels, UpdatesAgreeWithTheReference) { expect_updates_agree(); }

TEST(CudaKernels, SeveralGpusKeepApart) { expect_devices_apart(); }

TEST(CudaKernels, WhatIsNoGpuIsRefusedInWords) {
  try {
    make_cuda_engine(CudaPrecision::bf16, 2);
    FAIL() << "there are two";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "there is no GPU 2 in this machine: they are 0 to 1");
  }
}

TEST(CudaKernels, DenoisingIsPictureByPictureAndInPlace) { expect_denoising_by_pictures(); }

TEST(CudaKernels, ALastLayerThatIsTheFirstIsNotRounded) {
  const Model model = {"one", 1, {conv("a", 1)}};
  const auto network =
      make_cuda_engine(CudaPrecision::bf16)->prepare(model, {.height = 2, .width = 2});
  State state;
  state.weights = zeros(model);
  state.weights[0].data[4] = 1;  // of 3 x 3
  state.weights[1].data[0] = 0x1p-12f;
  network->write(state);
  Pictures pictures(1, {2, 2, 1});
  pictures.noisy.assign(4, 0.5f);
  EXPECT_EQ(denoised(*network, pictures), std::vector<float>(4, 0.5f + 0x1p-12f));
}

TEST(CudaKernels, MemoryIsKnownBeforeAndWhatDoesNotFitIsRefused) {
  const auto engine = make_cuda_engine();
  EXPECT_EQ(engine->name(), "cuda");
  expect_refusals(*engine, "the CUDA engine");
}

}  // namespace
}  // namespace limpid
