// The bilateral filter: Tomasi & Manduchi 1998, "Bilateral filtering for gray and color images".
#pragma once

#include "core/image/image.h"
#include "core/image/restoration.h"

namespace limpid {

// Those rows of the picture, restored: a mean over near pixels of near colours, by weights exp(-d^2
// / (2 s_d^2)) exp(-e^2 / (2 s_r^2)), d the distance in pixels and e that of the colours (root mean
// square over the channels). s_d is 1.8 pixels and s_r twice the noise, the best according to Zhang
// & Gunturk 2008, "Multiresolution bilateral filtering for image denoising", section II. Beyond the
// border the picture is mirrored. They depend on bilateral_radius rows above and below: a picture
// without the others gives the same. `sigma`: 1e-6 or more.
Image bilateral_rows(const Image& noisy, RowSpan rows, double sigma);

constexpr int bilateral_radius = 5;  // pixels: where the weight is 2 % of the middle's

}  // namespace limpid
