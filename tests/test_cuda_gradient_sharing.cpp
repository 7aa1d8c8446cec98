// Which gradients may lie in one buffer: steps by hand, with all that forbids it.
#include "native/cuda/gradient_sharing.h"

#include <gtest/gtest.h>

namespace limpid::cuda {
namespace {

struct Hand {
  std::vector<int> inputs;
  bool passes = false, overwrites = false, needed = true;
};

std::vector<int> owners(const std::vector<Hand>& steps) {
  std::vector<GradientUse> uses;
  for (const Hand& step : steps) {
    uses.push_back({step.inputs, step.needed, step.passes, step.overwrites});
  }
  return shared_gradients(uses);
}

constexpr bool addition = true;

TEST(CudaGradientSharing, AResidualBlockHasOneBuffer) {
  // 1 = stem, 2 = first convolution, whose activation changes the gradient, 3 = second, 4 = 1 + 3.
  const std::vector<Hand> block = {{{0}}, {{1}, false, true}, {{2}}, {{1, 3}, addition}};
  EXPECT_EQ(owners(block), (std::vector{0, 4, 2, 4, 4}));
  // A second block behind it: all of the way past the convolutions.
  std::vector<Hand> two = block;
  two.insert(two.end(), {{{4}, false, true}, {{5}}, {{4, 6}, addition}});
  EXPECT_EQ(owners(two), (std::vector{0, 7, 2, 7, 7, 5, 7, 7}));
  // The stem may change it: nobody reads it afterwards.
  std::vector<Hand> bent = block;
  bent[0].overwrites = true;
  EXPECT_EQ(owners(bent), (std::vector{0, 4, 2, 4, 4}));
}

TEST(CudaGradientSharing, NotWhatOthersChangeBeforeItIsRead) {
  // The second summand's own step changes the gradient while the first's is still to be read.
  EXPECT_EQ(owners({{{0}}, {{0}, false, true}, {{1, 2}, addition}}), (std::vector{0, 3, 2, 3}));
  // Value 2 is made from value 1: it would add to what it reads.
  EXPECT_EQ(owners({{{0}}, {{1}}, {{1, 2}, addition}}), (std::vector{0, 3, 2, 3}));
  // Value 2 is read after step 2 added to value 1's gradient.
  EXPECT_EQ(owners({{{0}}, {{0}}, {{1}}, {{1, 2}, addition}}), (std::vector{0, 4, 2, 3, 4}));
  // Value 2 waits in the buffer of an addition further on while step 3 adds to value 1's gradient.
  EXPECT_EQ(owners({{{0}}, {{0}}, {{0}}, {{1}}, {{1, 3}, addition}, {{2, 5, 4}, addition}}),
            (std::vector{0, 1, 6, 6, 6, 6, 6}));
}

TEST(CudaGradientSharing, NotWhatIsAddedTwiceOrUsedLaterOrNotAsked) {
  EXPECT_EQ(owners({{{0}}, {{1, 1}, addition}}), (std::vector{0, 1, 2}));
  EXPECT_EQ(owners({{{0}}, {{1, 0}, addition}, {{1, 2}}}), (std::vector{0, 1, 2, 3}));
  EXPECT_EQ(owners({{{0}, false, false, false}, {{1, 0}, addition}}), (std::vector{0, 1, 2}));
  EXPECT_EQ(owners({{{0}}, {{1, 0}, !addition}}), (std::vector{0, 1, 2}));
}

}  // namespace
}  // namespace limpid::cuda
