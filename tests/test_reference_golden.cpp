// The reference engine against PyTorch. In double, so only the roundings to float and to the nine
// digits of the golden files show; after a step also Adam's, whose weights are floats.
#include <gtest/gtest.h>

#include "core/engine/reference.h"
#include "tests/golden_network.h"

namespace limpid {
namespace {

constexpr GoldenTolerance tolerance = {
    .output = 1e-6, .loss = 1e-6, .later_loss = 3e-6, .gradient = 1e-6, .weight = 1e-4};

TEST(ReferenceGolden, SmallNetworksAgreeWithPyTorch) {
  expect_networks(*make_reference_engine(), tolerance);
}

TEST(ReferenceGolden, ArticleAgreesWithPyTorch) {
  expect_article(*make_reference_engine(), tolerance);
}

}  // namespace
}  // namespace limpid
