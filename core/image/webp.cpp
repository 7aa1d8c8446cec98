#include "core/image/webp.h"

#include <webp/decode.h>

#include <cassert>
#include <string_view>

#include "core/image/bytes.h"

namespace limpid {

namespace {

using Bytes = std::span<const uint8_t>;

constexpr size_t file_header = 12, chunk_header = 8;  // of RIFF

size_t read_u32(Bytes bytes, size_t at) {
  return size_t(bytes[at]) | size_t(bytes[at + 1]) << 8 | size_t(bytes[at + 2]) << 16 |
         size_t(bytes[at + 3]) << 24;
}

// The content of the first chunk of that kind; empty when there is none.
Bytes chunk(Bytes file, std::string_view kind) {
  for (size_t at = file_header; at + chunk_header <= file.size();) {
    const size_t size = read_u32(file, at + 4);
    if (size > file.size() - at - chunk_header) break;
    if (says(file, at, kind)) return file.subspan(at + chunk_header, size);
    at += chunk_header + size + size % 2;  // chunks begin at even places
  }
  return {};
}

Bytes exif_of(Bytes file) {
  constexpr std::string_view start("Exif\0\0", 6);  // some writers take it along from a JPEG
  const Bytes exif = chunk(file, "EXIF");
  return says(exif, 0, start) ? exif.subspan(start.size()) : exif;
}

}  // namespace

WebpPicture read_webp(const Source& source) {
  const Bytes file = source.bytes;
  assert(is_webp(file));
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(file.data(), file.size(), &features) != VP8_STATUS_OK) {
    source.refuse("the WebP is broken or cut short");
  }
  if (features.has_animation) source.refuse("it is an animated WebP");
  source.check_size(uint64_t(features.width), uint64_t(features.height));
  const auto decode = features.has_alpha ? WebPDecodeRGBA : WebPDecodeRGB;
  WebpPicture picture{.height = features.height,
                      .width = features.width,
                      .channels = features.has_alpha ? 4 : 3,
                      .data = {decode(file.data(), file.size(), nullptr, nullptr), WebPFree}};
  if (!picture.data) source.refuse("the WebP is broken or cut short");
  picture.exif = exif_of(file);
  picture.xmp = chunk(file, "XMP ");
  const Bytes profile = chunk(file, "ICCP");
  picture.profile.assign(profile.begin(), profile.end());
  return picture;
}

}  // namespace limpid
