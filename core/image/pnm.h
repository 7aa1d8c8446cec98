// PBM, PGM and PPM files, plain and binary, with any maximum up to 65535.
#pragma once

#include <cstdint>
#include <span>

#include "core/image/picture.h"
#include "core/image/source.h"

namespace limpid {

bool is_pnm(std::span<const uint8_t> file);

// Reads a file that is_pnm; of several pictures in a row the first.
StoredPicture read_pnm(const Source& source);

}  // namespace limpid
