#include <algorithm>
#include <array>
#include <cassert>
#include <climits>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/image/bytes.h"
#include "core/image/exif.h"
#include "core/image/file.h"
#include "core/image/foreign.h"
#include "core/image/jpeg.h"
#include "core/image/palette.h"
#include "core/image/picture.h"
#include "core/image/png.h"
#include "core/image/pnm.h"
#include "core/image/source.h"
#include "core/image/stb.h"
#include "core/image/tiff.h"
#include "core/image/webp.h"
#include "core/image/xmp.h"
#include "stb_image.h"

namespace limpid {

namespace {

// What decode_whole appends: longer than the longest row of a TGA (65535 pixels of 4 bytes), which
// stb reads whole or not at all.
constexpr size_t tail_bytes = size_t(1) << 19;

using Bytes = std::span<const uint8_t>;

// Pixels as stb_image and libwebp deliver them: gray, gray + alpha, colour or colour + alpha.
struct Stored {
  int height = 0;
  int width = 0;
  int channels = 0;
  int bit_depth = 8;
  std::unique_ptr<void, void (*)(void*)> data{nullptr, stbi_image_free};

  size_t bytes() const { return size_t(height) * width * channels * (bit_depth / 8); }
  bool operator==(const Stored& other) const {
    return bit_depth == other.bit_depth && height == other.height && width == other.width &&
           channels == other.channels && std::memcmp(data.get(), other.data.get(), bytes()) == 0;
  }
};

// One call of stb_image; without data when it fails.
Stored decode_once(Bytes bytes) {
  Stored stored;
  const auto* data = bytes.data();
  const int size = int(bytes.size());
  stored.bit_depth = stbi_is_16_bit_from_memory(data, size) ? 16 : 8;
  const auto load = [&](auto* function) {
    stored.data.reset(function(data, size, &stored.width, &stored.height, &stored.channels, 0));
  };
  if (stored.bit_depth == 16) {
    load(stbi_load_16_from_memory);
  } else {
    load(stbi_load_from_memory);
  }
  // At a marker it cannot use stb ends a JPEG early and calls that success. The reason tells: it
  // tries PNG first, and that failure is the last one of a JPEG that went well.
  if (is_jpeg(bytes) && std::string_view(stbi_failure_reason()) != "bad png sig") {
    stored.data.reset();
  }
  return stored;
}

// A PNG counts its bytes, so that stb notices a missing part. But a few can unpack to a thousand
// times as many, and stb would unpack them all before it looks how many pixels there are.
Stored decode_png(const Source& source, const PngInfo& info) {
  // stb doubles a buffer that is too small: the one it gathers the packed bytes in, 4096 at first,
  // and, of an interlaced picture, the one of the unpacked.
  const uint64_t enough = 2 * (source.bytes.size() + info.unpacked_bytes);
  const GrowthCap cap(std::max(enough, uint64_t(4096)));
  Stored stored = decode_once(source.bytes);
  if (cap.was_met()) source.refuse("its pixels are more than its size says");
  if (!stored.data) source.refuse(stbi_failure_reason());
  return stored;
}

// True when the file says itself where it ends, so that stb notices a missing part: JPEG has an end
// marker, which the compressed pixels cannot contain.
bool ends_by_itself(Bytes bytes) {
  constexpr std::array<uint8_t, 2> end_marker = {0xFF, 0xD9};
  if (!is_jpeg(bytes)) return false;
  const Bytes pixels = read_jpeg_segments(bytes).pixels;
  return std::search(pixels.begin(), pixels.end(), end_marker.begin(), end_marker.end()) !=
         pixels.end();
}

// stb_image reads zeros behind the end of most files. Here a file is whole when its pixels do not
// depend on what follows it. (A progressive JPEG cut between two scans passes: it is one whose end
// marker alone is missing.)
Stored decode_whole(const Source& source) {
  if (ends_by_itself(source.bytes)) {
    Stored stored = decode_once(source.bytes);
    if (!stored.data) source.refuse(stbi_failure_reason());
    return stored;
  }
  std::vector<uint8_t> continued(source.bytes.begin(), source.bytes.end());
  continued.insert(continued.end(), {0xFF, 0xD9});  // a JPEG may lack its end marker alone
  Stored stored = decode_once(continued);
  if (!stored.data) source.refuse(stbi_failure_reason());
  continued.resize(source.bytes.size());
  continued.push_back(0);  // in a JPEG, FF and 00 make one byte of pixels if the file ends on FF
  for (size_t i = 1; i < tail_bytes; ++i) continued.push_back(uint8_t(i * 37 % 255));  // never FF
  continued.insert(continued.end(), {0xFF, 0xD9});
  const Stored other = decode_once(continued);
  if (!other.data || !(stored == other)) source.refuse("the file is cut short");
  return stored;
}

// One channel group of the stored pixels, upright: `count` channels from `first` on.
struct Channels {
  int first = 0;
  int count = 0;
};

template <class Step>
Raster unpack(const Stored& stored, const Walk& walk, Channels wanted) {
  Raster raster(walk.height, walk.width, wanted.count, white_of(stored.bit_depth));
  const Step* steps = static_cast<const Step*>(stored.data.get()) + wanted.first;
  Step* out = std::get<std::vector<Step>>(raster.steps).data();
  if (walk.column_step == 1 && walk.row_step == walk.width && stored.channels == wanted.count) {
    std::copy_n(steps, raster.count(), out);
    return raster;
  }
  for (int y = 0; y < walk.height; ++y) {
    for (int x = 0; x < walk.width; ++x) {
      const ptrdiff_t pixel = walk.first + y * walk.row_step + x * walk.column_step;
      out = std::copy_n(steps + pixel * stored.channels, wanted.count, out);
    }
  }
  return raster;
}

// `may_be_gray`: three channels that are equal everywhere are one.
StoredPicture to_picture(const Stored& stored, int orientation, bool may_be_gray) {
  const Walk walk = upright(orientation, stored.height, stored.width);
  const auto unpacked = [&](Channels wanted) {
    return stored.bit_depth == 16 ? unpack<uint16_t>(stored, walk, wanted)
                                  : unpack<uint8_t>(stored, walk, wanted);
  };
  const int color_channels = stored.channels >= 3 ? 3 : 1;
  StoredPicture picture;
  picture.bit_depth = stored.bit_depth;
  picture.color = unpacked({.first = 0, .count = color_channels});
  if (may_be_gray && is_gray(picture.color)) picture.color = unpacked({.first = 0, .count = 1});
  if (stored.channels > color_channels) {
    picture.alpha = unpacked({.first = color_channels, .count = 1});
  }
  return picture;
}

bool is_opaque(const Raster& alpha) {
  size_t i = 0;
  while (i < alpha.count() && alpha.step(i) == uint32_t(alpha.maximum)) ++i;
  return i == alpha.count();
}

// What a file says and stores; a profile may be one of other colours.
struct Content {
  Stored stored;
  Bytes exif = {};
  Bytes xmp = {};
  std::vector<uint8_t> profile = {};
  std::vector<uint8_t> png_chunks = {};
  uint32_t pixels_per_meter = 0;
};

Stored decode_by_stb(const Source& source) {
  int width = 0;
  int height = 0;
  int channels = 0;
  if (!stbi_info_from_memory(source.bytes.data(), int(source.bytes.size()), &width, &height,
                             &channels)) {
    if (const auto format = foreign_format(source.bytes)) refuse_foreign(source, *format);
    decode_once(source.bytes);  // fails at the same header, and knows better why
    source.refuse(stbi_failure_reason());
  }
  source.check_size(uint64_t(std::max(width, 0)), uint64_t(std::max(height, 0)));
  return decode_whole(source);
}

Content content_of(const Source& source) {
  if (is_webp(source.bytes)) {
    WebpPicture webp = read_webp(source);
    return {{webp.height, webp.width, webp.channels, 8, std::move(webp.data)},
            webp.exif,
            webp.xmp,
            std::move(webp.profile)};
  }
  if (is_jpeg(source.bytes)) {
    JpegInfo info = read_jpeg_segments(source.bytes);
    return {decode_by_stb(source),   info.exif, info.xmp,
            std::move(info.profile), {},        info.pixels_per_meter};
  }
  if (is_png(source.bytes)) {
    PngInfo info = read_png_chunks(source);
    return {decode_png(source, info),
            info.exif,
            info.xmp,
            std::move(info.profile),
            std::move(info.kept),
            info.pixels_per_meter};
  }
  return {decode_by_stb(source)};
}

StoredPicture decode(const Source& source) {
  if (is_pnm(source.bytes)) return read_pnm(source);
  if (is_tiff(source.bytes)) return read_tiff(source);
  Content content = content_of(source);
  const bool may_be_gray = has_palette(source.bytes) && content.profile.empty();
  StoredPicture picture = to_picture(content.stored, exif_orientation(content.exif), may_be_gray);
  picture.metadata.exif = upright_exif(content.exif);
  picture.metadata.xmp = upright_xmp(content.xmp);
  picture.metadata.png_chunks = std::move(content.png_chunks);
  picture.metadata.pixels_per_meter = content.pixels_per_meter;
  if (is_profile(content.profile, picture.color.channels)) {
    picture.metadata.profile = std::move(content.profile);
  }
  // For these stb gives an alpha channel whether or not something is transparent.
  const bool alpha_is_certain = !says(source.bytes, 0, "GIF8") && !says(source.bytes, 0, "BM");
  if (!alpha_is_certain && is_opaque(picture.alpha)) picture.alpha = Raster();
  return picture;
}

}  // namespace

StoredPicture decode_stored(Bytes bytes, const std::string& name, const PictureLimits& limits) {
  const Source source = {.bytes = bytes, .name = name, .limits = limits};
  if (bytes.empty()) source.refuse("the file is empty");
  // stb counts in int.
  if (bytes.size() > std::min(limits.max_bytes, size_t(INT_MAX) - 2 * tail_bytes)) {
    throw Error(name + ": " + std::to_string(bytes.size()) + " bytes are over the limit of " +
                std::to_string(limits.max_bytes));
  }
  try {
    return decode(source);
  } catch (const std::bad_alloc&) {
    throw Error(name + ": not enough memory to read the picture");
  }
}

Picture decode_picture(Bytes bytes, const std::string& name, const PictureLimits& limits) {
  StoredPicture stored = decode_stored(bytes, name, limits);
  try {
    return {to_image(stored.color), to_image(stored.alpha), stored.bit_depth,
            std::move(stored.metadata)};
  } catch (const std::bad_alloc&) {
    throw Error(name + ": not enough memory to read the picture");
  }
}

StoredPicture read_stored(const std::filesystem::path& file, const PictureLimits& limits) {
  return decode_stored(read_file(file, limits.max_bytes), file.string(), limits);
}

Picture read_picture(const std::filesystem::path& file, const PictureLimits& limits) {
  return decode_picture(read_file(file, limits.max_bytes), file.string(), limits);
}

}  // namespace limpid
