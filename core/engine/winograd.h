// Convolutions of 3 taps with fewer multiplications (Winograd 1980; Lavin, Gray 2015, "Fast
// algorithms for convolutional neural networks", F(4x4, 3x3)). Six values d of a picture and three
// taps g give four outputs
//   y = A' (G g * B' d),
// * value by value, and squares of them 4 x 4 outputs with 36 multiplications instead of 144: along
// columns, then along rows. Squares that several channels share are transformed once, and their
// products are sums over channels: a product of matrices at each of the 36 positions. The gradient
// by taps goes back the same way: the square A e A' of output gradients e times that of pixels,
// summed over squares.
//
// The six positions are the polynomial's values at 0, +-1/sqrt 2, +-sqrt 2 and infinity. With them
// float sums err about twice as much as with plain taps; with 0, +-1, +-2, four times.
#pragma once

#include <array>

namespace limpid {

constexpr int winograd_side = 6;  // of a transformed square, and of the pixels it is made of
constexpr int winograd_outputs = 4;
constexpr int winograd_positions = winograd_side * winograd_side;

// Taps, or their transform, along a row and then the next.
using WinogradTaps = std::array<float, 9>;
using WinogradKernel = std::array<float, winograd_positions>;

// G g G'. In double within: it is done once for each kernel.
WinogradKernel winograd_kernel(const WinogradTaps& taps);

// G' k G: the gradient by taps, of that by their transform, for so many kernels at a time.
constexpr int winograd_lanes = 16;
using WinogradLanes = std::array<float, winograd_lanes>;
std::array<WinogradLanes, 9> winograd_kernel_gradient(
    const std::array<WinogradLanes, winograd_positions>& gradient);

}  // namespace limpid
