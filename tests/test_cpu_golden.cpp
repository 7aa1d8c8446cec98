// The CPU engine against PyTorch, in float on both sides.
#include <gtest/gtest.h>

#include "core/engine/cpu.h"
#include "tests/golden_network.h"

namespace limpid {
namespace {

// What the project promises: 1e-4 of a gradient, 1e-3 of the weights after ten steps, in which Adam
// turns the rounding of small gradients into whole steps.
constexpr GoldenTolerance tolerance = {
    .output = 1e-5, .loss = 1e-5, .later_loss = 1e-5, .gradient = 1e-4, .weight = 1e-3};

TEST(CpuGolden, SmallNetworksAgreeWithPyTorch) { expect_networks(*make_cpu_engine(), tolerance); }

TEST(CpuGolden, ArticleAgreesWithPyTorch) { expect_article(*make_cpu_engine(), tolerance); }

}  // namespace
}  // namespace limpid
