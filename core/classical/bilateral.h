// The bilateral filter: Tomasi & Manduchi 1998, "Bilateral filtering for gray and color images".
#pragma once

#include "core/classical/classical.h"

namespace limpid {

// A mean over near pixels of near colours: weights exp(-d^2 / (2 s_d^2)) exp(-e^2 / (2 s_r^2)), d
// the distance in pixels and e that of the colours (root mean square over the channels). s_d is 1.8
// pixels and s_r twice the noise, the best according to Zhang & Gunturk 2008, "Multiresolution
// bilateral filtering for image denoising", section II. Beyond the border the picture is mirrored.
Image bilateral_denoise(const Image& noisy, double sigma, const ClassicalProgress& progress);

}  // namespace limpid
