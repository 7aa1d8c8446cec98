// Going through patches meets the source pixels and taps that a Gather says.
#include "native/cuda/patches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "native/cuda/gather.h"
#include "tests/plain_convolution.h"

namespace limpid::cuda {
namespace {

using Meeting = std::tuple<int, int, int>;  // row and column of the source, tap of the kernel

struct Case {
  std::string text;
  Gather gather;
};

// Of all convolutions that are made, forwards and backwards: both ways through conv and transposed
// conv, also of kernels that are folded with an upsampling.
std::vector<Case> cases() {
  std::vector<Case> cases;
  for (int kernel = 1; kernel <= 6; ++kernel) {
    for (const int stride : {1, 2}) {
      for (const bool transposed : {false, true}) {
        const ConvolutionShape s = convolution_of(transposed, kernel, stride, {10, 36, 8}, 8);
        const Connection connection{.coarse = transposed ? s.input : s.output,
                                    .fine = transposed ? s.output : s.input,
                                    .kernel = kernel,
                                    .stride = stride,
                                    .pad = s.pad};
        const std::string text = std::string(transposed ? "transposed conv" : "conv") + " of " +
                                 std::to_string(kernel) + ", stride " + std::to_string(stride);
        cases.push_back({text + ", into coarse", gather_into_coarse(connection)});
        cases.push_back({text + ", into fine", gather_into_fine(connection)});
      }
    }
  }
  return cases;
}

std::vector<Meeting> said(const Gather& gather, const Phase& phase, int y, int x) {
  std::vector<Meeting> meetings;
  for (int t = phase.first; t < phase.first + phase.taps; ++t) {
    const Tap& tap = gather.taps[t];
    meetings.emplace_back(gather.step * y + tap.dy, gather.step * x + tap.dx, tap.index);
  }
  std::sort(meetings.begin(), meetings.end());
  return meetings;
}

// Of pixel (row, col) of the tile that begins at (y, x), as warpgroup_convolution.cu goes.
std::vector<Meeting> met(const Gather& gather, const PatchPlan& plan, int phase, int y, int x,
                         int row, int col) {
  std::vector<Meeting> meetings;
  for (int i = phase * plan.of_phase; i < (phase + 1) * plan.of_phase; ++i) {
    const Patch& patch = plan.patch[i];
    for (int t = patch.first; t < patch.first + patch.taps; ++t) {
      const int in_row = row + plan.taps[t].dy, in_col = col + plan.taps[t].dx;
      EXPECT_TRUE(in_row >= 0 && in_row < plan.height && in_col >= 0 && in_col < plan.width)
          << "tap " << t << " of patch " << i << ": " << in_row << ", " << in_col;
      meetings.emplace_back(gather.step * (y + in_row) + patch.y,
                            gather.step * (x + in_col) + patch.x, plan.taps[t].index);
    }
  }
  std::sort(meetings.begin(), meetings.end());
  return meetings;
}

TEST(Patches, MeetWhatTheGatherSaysOnceEach) {
  for (const auto& [text, gather] : cases()) {
    SCOPED_TRACE(text);
    const PatchPlan plan = plan_patches(gather);
    ASSERT_LE(gather.phases * plan.of_phase, max_patches);
    for (int phase = 0; phase < gather.phases; ++phase) {
      for (int y = 0; y < gather.rows; ++y) {
        for (int x = 0; x < gather.cols; ++x) {
          const int row = y % patch_tile_height, col = x % patch_tile_width;
          ASSERT_EQ(met(gather, plan, phase, y - row, x - col, row, col),
                    said(gather, gather.phase[phase], y, x))
              << "phase " << phase << ", pixel " << y << ", " << x;
        }
      }
    }
  }
}

// No row and no column is brought that no tap of any patch needs.
TEST(Patches, AreNoLargerThanTheTapsNeed) {
  for (const auto& [text, gather] : cases()) {
    SCOPED_TRACE(text);
    const PatchPlan plan = plan_patches(gather);
    int height = 0, width = 0;
    for (const Patch& patch : plan.patch) {
      int least_dy = max_taps, least_dx = max_taps;
      for (int t = patch.first; t < patch.first + patch.taps; ++t) {
        height = std::max(height, patch_tile_height + plan.taps[t].dy);
        width = std::max(width, patch_tile_width + plan.taps[t].dx);
        least_dy = std::min<int>(least_dy, plan.taps[t].dy);
        least_dx = std::min<int>(least_dx, plan.taps[t].dx);
      }
      if (patch.taps == 0) continue;
      EXPECT_EQ(least_dy, 0);
      EXPECT_EQ(least_dx, 0);
    }
    EXPECT_EQ(plan.height, height);
    EXPECT_EQ(plan.width, width);
  }
}

}  // namespace
}  // namespace limpid::cuda
