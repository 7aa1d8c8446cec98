// TIFF files, by libtiff: gray and red-green-blue of 8 and 16 bits, gray and palettes of fewer,
// with alpha or without; uncompressed or packed by LZW, PackBits or Deflate; in strips or tiles. Of
// several pages the first. Of what is said beside the pixels EXIF is not taken.
#pragma once

#include <cstdint>
#include <span>

#include "core/image/picture.h"
#include "core/image/source.h"

namespace limpid {

// True for BigTIFF too, and for cameras' raw files that begin as TIFF does.
bool is_tiff(std::span<const uint8_t> file);

// Reads a file that is_tiff. Refuses one that is over the limits or broken, one of another kind
// than above, and cameras' raw files, of which it would find the preview.
StoredPicture read_tiff(const Source& source);

}  // namespace limpid
