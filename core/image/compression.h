// The bytes of a JPEG, and what it leaves of a picture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/image/batch.h"
#include "core/image/image.h"

namespace limpid {

// A JPEG file of that quality, 1..100; up to 90 it has the colours at half the size. `pixels`:
// height x width x channels (1 or 3) bytes.
std::vector<uint8_t> compress_jpeg(std::span<const uint8_t> pixels, Shape shape, int quality);

// The picture, 1 or 3 channels, clamped to 0..1 and rounded to 8 bits, as such a file gives it
// back.
Image as_jpeg(const Image& image, int quality);

}  // namespace limpid
