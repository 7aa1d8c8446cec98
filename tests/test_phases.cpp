#include "core/engine/phases.h"

#include <gtest/gtest.h>

#include "tests/plain_convolution.h"

namespace limpid {
namespace {

// What each output of a row reads, by the phases, is what the definition connects it with.
TEST(Phases, AreTheTapsOfTheDefinition) {
  for (const auto& [transposed, kernel, stride] : {std::tuple(false, 1, 1),
                                                   {false, 3, 1},
                                                   {false, 5, 1},
                                                   {false, 3, 2},
                                                   {false, 4, 2},
                                                   {true, 1, 2},
                                                   {true, 2, 2},
                                                   {true, 3, 2},
                                                   {true, 4, 2},
                                                   {true, 5, 2}}) {
    const ConvolutionShape shape = convolution_of(transposed, kernel, stride, {8, 8, 1}, 1);
    SCOPED_TRACE(text_of(shape));
    std::vector<std::array<int, 3>> expected, found;  // output, input, tap, along a row
    for_each_tap(shape, [&](size_t from, size_t to, size_t tap) {
      const auto [in, out] = std::pair(shape.input.width, shape.output.width);
      const std::array<int, 3> along = {int(to) % out, int(from) % in, int(tap) % kernel};
      if (std::find(expected.begin(), expected.end(), along) == expected.end()) {
        expected.push_back(along);
      }
    });
    const int step = transposed ? 2 : 1;
    for (int x = 0; x < shape.output.width; ++x) {
      const PhaseTaps taps = phase_taps(shape, x % step);
      for (size_t i = 0; i < taps.taps.size(); ++i) {
        const int from = (transposed ? x / 2 : stride * x) + taps.offsets[i];
        if (from >= 0 && from < shape.input.width) found.push_back({x, from, taps.taps[i]});
      }
    }
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, expected);
  }
}

}  // namespace
}  // namespace limpid
