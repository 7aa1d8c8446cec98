// Non-local means: Buades, Coll & Morel 2005, "A non-local algorithm for image denoising".
#pragma once

#include "core/image/image.h"
#include "core/image/restoration.h"

namespace limpid {

// Those rows of the picture, restored: a mean over the pixels of a 21 x 21 window whose patches
// look alike, by weights exp(-max(d^2 - 2 sigma^2, 0) / h^2), d^2 the mean squared difference of
// the patches over pixels and channels. Patch and h as the authors set them in "Non-Local Means
// Denoising", Image Processing On Line 2011, for gray and for colour. Beyond the border the picture
// is mirrored. They depend on nlm_reach() rows above and below: a picture without the others gives
// the same. `sigma`: 1e-6 or more.
Image nlm_rows(const Image& noisy, RowSpan rows, double sigma);

int nlm_reach(double sigma, int channels);

struct NlmSettings {
  int patch_radius = 1;
  double h = 0;  // 0..1 scale
};
NlmSettings nlm_settings(double sigma, int channels);

}  // namespace limpid
