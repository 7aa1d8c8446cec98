// Picture files <-> Image. Reads PNG (1 to 16 bit, palette, alpha, interlaced), JPEG, WebP (where
// libwebp was there, see webp.h), TIFF (first page, see tiff.h), BMP, GIF (first frame), TGA, PNM
// and Radiance HDR; writes PNG (8, 16 bit) and JPEG. A palette that shows grays alone makes a gray
// picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/image/encoding.h"
#include "core/image/image.h"
#include "core/image/picture_metadata.h"
#include "core/image/raster.h"
#include "core/image/restoration.h"

namespace limpid {

struct Picture {
  Image color = {};   // 1 or 3 channels, upright (EXIF orientation is applied on reading)
  Image alpha = {};   // 1 channel of the same size, or empty when the file has no transparency
  int bit_depth = 8;  // 8 or 16 bits a channel, as stored; what write_picture writes to PNG
  PictureMetadata metadata = {};
};

// The same as the file stores it, for pictures that are too large to hold as floats.
struct StoredPicture {
  Raster color = {};
  Raster alpha = {};
  int bit_depth = 8;
  PictureMetadata metadata = {};
};

// The step of white in a file of that depth.
constexpr int white_of(int bit_depth) { return bit_depth == 16 ? 65535 : 255; }

// Caps that hold before anything is allocated. What is then allocated for the pixels follows from
// the size, however many more the file holds.
struct PictureLimits {
  size_t max_bytes = size_t(512) << 20;  // of the file
  size_t max_pixels = 200'000'000;       // width x height
};

// Decodes a picture held in memory; `name` is used in messages. Throws Error when it is not a
// picture, is broken or cut short, or is over the limits.
Picture decode_picture(std::span<const uint8_t> bytes, const std::string& name,
                       const PictureLimits& limits = {});
StoredPicture decode_stored(std::span<const uint8_t> bytes, const std::string& name,
                            const PictureLimits& limits = {});

// Reads a picture file. Throws Error naming the file.
Picture read_picture(const std::filesystem::path& file, const PictureLimits& limits = {});
StoredPicture read_stored(const std::filesystem::path& file, const PictureLimits& limits = {});

// Encodes; values are clamped to 0..1 and rounded to the nearest step. JPEG drops alpha. For large
// ones: encoding.h.
std::vector<uint8_t> encode_png(const Picture& picture);
std::vector<uint8_t> encode_png(const Raster& color, const Raster& alpha, int bit_depth);
std::vector<uint8_t> encode_jpeg(const Picture& picture);

// Writes PNG or JPEG by the ending (.png, .jpg, .jpeg; any case). The file appears whole or not at
// all: it is written beside its place, flushed and renamed. `jpeg_quality`: see encoding.h. Throws
// Error naming the file.
void write_picture(const std::filesystem::path& file, const Picture& picture,
                   int jpeg_quality = usual_jpeg_quality);
// The same with other colours than the picture's own. False: cancelled.
bool write_picture(const std::filesystem::path& file, const Raster& color,
                   const StoredPicture& picture, const PartsProgress& progress = {},
                   int jpeg_quality = usual_jpeg_quality);

// The endings of the picture files that are read, and of those that are written: ".png" and others,
// in lower case.
std::span<const std::string_view> picture_endings();
std::span<const std::string_view> writable_endings();

// True when the ending is one write_picture knows.
bool is_writable_picture(const std::filesystem::path& file);

// True when the ending is one of a picture file (any case); says nothing about the content.
bool has_picture_ending(const std::filesystem::path& file);
// The same of a JPEG: .jpg, .jpeg, .jpe, .jfif.
bool has_jpeg_ending(const std::filesystem::path& file);
// The same of pictures that are not read: HEIC, AVIF, JPEG XL, JPEG 2000, PAM, PFM, OpenEXR, QOI,
// PSD, cameras' raw files.
bool has_foreign_ending(const std::filesystem::path& file);

}  // namespace limpid
