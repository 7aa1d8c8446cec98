// Resizing as Pillow's Image.resize(BICUBIC) does it, which the article uses.
#pragma once

#include "core/image/image.h"

namespace limpid {

// `image` at `height` x `width`: separable Keys cubic (a = -0.5), its support widened by the scale
// when shrinking (antialias), edges renormalized, first along rows, then along columns; each pass
// rounds to 1/255 as Pillow's 8-bit pictures do. Source: Pillow, src/libImaging/Resample.c.
Image resize_bicubic(const Image& image, int height, int width);

}  // namespace limpid
