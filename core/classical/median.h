// The median of each pixel's neighbourhood, channel by channel: Tukey 1977, "Exploratory Data
// Analysis", chapter 7, in two dimensions.
#pragma once

#include "core/image/image.h"
#include "core/image/restoration.h"

namespace limpid {

// Those rows of the picture, restored. The window of 2 r + 1 pixels a side grows with the noise: r
// is 1 up to a strength of 0.12, 2 up to 0.3, then 3. Beyond the border the picture is mirrored.
// They depend on r rows above and below: a picture without the others gives the same.
Image median_rows(const Image& noisy, RowSpan rows, double sigma);

int median_radius(double sigma);

}  // namespace limpid
