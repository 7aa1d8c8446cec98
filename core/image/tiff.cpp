#include "core/image/tiff.h"

#include <tiffio.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "core/image/bytes.h"
#include "core/image/foreign.h"
#include "core/image/tiff_directory.h"
#include "core/image/tiff_pixels.h"
#include "core/image/xmp.h"

namespace limpid {

namespace {

using Bytes = std::span<const uint8_t>;

// The file as libtiff's stream. It is mapped: nothing of it is copied that need not be.
struct Stream {
  Bytes bytes;
  size_t at = 0;
};

tmsize_t read_bytes(thandle_t handle, void* to, tmsize_t most) {
  Stream& stream = *static_cast<Stream*>(handle);
  const size_t left = stream.bytes.size() - std::min(stream.at, stream.bytes.size());
  const size_t count = std::min(size_t(std::max<tmsize_t>(most, 0)), left);
  if (count > 0) std::memcpy(to, stream.bytes.data() + stream.at, count);
  stream.at += count;
  return tmsize_t(count);
}

tmsize_t write_bytes(thandle_t, void*, tmsize_t) { return 0; }

toff_t size_of(thandle_t handle) { return static_cast<Stream*>(handle)->bytes.size(); }

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  Stream& stream = *static_cast<Stream*>(handle);
  const toff_t from = whence == SEEK_CUR ? stream.at : whence == SEEK_END ? size_of(handle) : 0;
  stream.at = size_t(std::min<toff_t>(from + offset, size_of(handle)));
  return stream.at;
}

int close(thandle_t) { return 0; }

int map(thandle_t handle, void** base, toff_t* size) {
  *base = const_cast<uint8_t*>(static_cast<Stream*>(handle)->bytes.data());  // libtiff only reads
  *size = size_of(handle);
  return 1;
}

void unmap(thandle_t, void*, toff_t) {}

// libtiff prints where the handler of an open file returns 0.
int say_nothing(TIFF*, void*, const char*, const char*, va_list) { return 1; }

using Tiff = std::unique_ptr<TIFF, void (*)(TIFF*)>;

// Opens it at its first page. What libtiff takes for itself are the file's values, some widened
// from 2 bytes to 8, and tables of its codecs.
Tiff open_tiff(Stream& stream) {
  constexpr uint64_t widened = 4, tables_bytes = 1 << 20;
  const uint64_t most = widened * stream.bytes.size() + tables_bytes;
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                             TIFFOpenOptionsFree);
  if (!options) throw std::bad_alloc();
  TIFFOpenOptionsSetMaxCumulatedMemAlloc(options.get(),
                                         tmsize_t(std::min<uint64_t>(most, PTRDIFF_MAX)));
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), say_nothing, nullptr);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), say_nothing, nullptr);
  return {TIFFClientOpenExt("", "r", &stream, read_bytes, write_bytes, seek, close, size_of, map,
                            unmap, options.get()),
          TIFFClose};
}

[[noreturn]] void refuse_broken(const Source& source) {
  source.refuse("the TIFF is broken or cut short");
}

[[noreturn]] void refuse_kind(const Source& source, const std::string& kind) {
  source.refuse("it is a TIFF " + kind + ", which is not read: save it as PNG or JPEG first");
}

// A number of the file, or the one that is meant where it says none; 0 where none is.
template <class Number>
Number number(TIFF* tiff, uint32_t tag) {
  Number value = 0;
  return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : Number(0);
}

// The first page must be a picture, packed in a way that is unpacked here.
void check_page(const Source& source, TIFF* tiff) {
  if (number<uint32_t>(tiff, TIFFTAG_SUBFILETYPE) & FILETYPE_REDUCEDIMAGE) {
    refuse_kind(source, "that begins with a preview of another picture");
  }
  const auto packing = number<uint16_t>(tiff, TIFFTAG_COMPRESSION);
  if (TIFFIsCODECConfigured(packing)) return;
  const TIFFCodec* codec = TIFFFindCODEC(packing);
  refuse_kind(source, "compressed as " + (codec ? codec->name : "kind " + std::to_string(packing)));
}

void check_numbers(const Source& source, TIFF* tiff, int bits) {
  switch (number<uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT)) {
    case SAMPLEFORMAT_UINT:
    case SAMPLEFORMAT_VOID: return;
    case SAMPLEFORMAT_IEEEFP: refuse_kind(source, "of " + std::to_string(bits) + "-bit floats");
    case SAMPLEFORMAT_INT: refuse_kind(source, "of signed numbers");
    default: refuse_kind(source, "of complex numbers");
  }
}

// Samples of colour in a pixel.
int colors_of(const Source& source, TIFF* tiff) {
  uint16_t photometric = 0;
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric)) {
    source.refuse("the TIFF does not say what its numbers mean");
  }
  switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_PALETTE: return 1;
    case PHOTOMETRIC_RGB: return 3;
    case PHOTOMETRIC_MASK: refuse_kind(source, "that masks another picture");
    case PHOTOMETRIC_SEPARATED: refuse_kind(source, "of CMYK colours");
    case PHOTOMETRIC_YCBCR: refuse_kind(source, "of YCbCr colours");
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB: refuse_kind(source, "of Lab colours");
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV: refuse_kind(source, "of LogLuv colours");
    default: refuse_kind(source, "of colours of kind " + std::to_string(photometric));
  }
}

// The first sample that is alpha; those that mean something else are passed over.
void find_alpha(TIFF* tiff, TiffPixel& pixel) {
  uint16_t others = 0;
  const uint16_t* meanings = nullptr;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &others, &meanings);
  for (int i = 0; i < std::min<int>(others, pixel.samples - pixel.colors); ++i) {
    if (meanings[i] != EXTRASAMPLE_ASSOCALPHA && meanings[i] != EXTRASAMPLE_UNASSALPHA) continue;
    pixel.alpha = pixel.colors + i;
    pixel.premultiplied = meanings[i] == EXTRASAMPLE_ASSOCALPHA;
    return;
  }
}

TiffPixel pixel_of(const Source& source, TIFF* tiff) {
  TiffPixel pixel = {.bits = number<uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE),
                     .samples = number<uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL)};
  check_numbers(source, tiff, pixel.bits);
  pixel.colors = colors_of(source, tiff);
  if (pixel.samples < pixel.colors) refuse_broken(source);
  const auto photometric = number<uint16_t>(tiff, TIFFTAG_PHOTOMETRIC);
  pixel.palette = photometric == PHOTOMETRIC_PALETTE;
  // libtiff makes gray of numbers whose palette is cut off.
  const auto stored = first_directory(source.bytes).value(TIFFTAG_PHOTOMETRIC);
  if (stored == PHOTOMETRIC_PALETTE && !pixel.palette) refuse_broken(source);
  pixel.from_white = photometric == PHOTOMETRIC_MINISWHITE;
  constexpr int most_samples = 5;  // colours, alpha and one more
  if (pixel.samples > most_samples) {
    refuse_kind(source, "of " + std::to_string(pixel.samples) + " samples a pixel");
  }
  const bool few = pixel.bits == 1 || pixel.bits == 2 || pixel.bits == 4;
  if (pixel.bits != 8 && !(pixel.bits == 16 && !pixel.palette) && !(few && pixel.samples == 1)) {
    const std::string bits = std::to_string(pixel.bits) + " bits";
    refuse_kind(source, pixel.palette ? "with a palette of " + bits : "of " + bits + " a sample");
  }
  find_alpha(tiff, pixel);
  return pixel;
}

// A strip or a tile.
struct Unpacking {
  TiffBlocks blocks;
  bool tiled = false;
  size_t bytes = 0;
};

// Refuses what holds less than its size says, and blocks much larger than the picture.
Unpacking unpacking_of(const Source& source, TIFF* tiff, const TiffPixel& pixel) {
  // Bytes from one: LZW's longest strings, of codes of 12 bits; of Deflate 1,032, of PackBits 64.
  constexpr uint64_t most_unpacked = 1400;
  constexpr uint64_t usual_block_bytes = 16 << 20;  // 1024 x 1024 pixels of 16 bytes
  const auto height = number<uint32_t>(tiff, TIFFTAG_IMAGELENGTH);
  const auto width = number<uint32_t>(tiff, TIFFTAG_IMAGEWIDTH);
  const bool tiled = TIFFIsTiled(tiff) != 0;
  const uint64_t bytes = tiled ? TIFFTileSize64(tiff) : TIFFStripSize64(tiff);
  const uint64_t bits = uint64_t(pixel.samples) * uint64_t(pixel.bits);
  const uint64_t all_bytes = (uint64_t(width) * bits + 7) / 8 * height;
  if (bytes == 0 || bytes > std::max(all_bytes, usual_block_bytes)) refuse_broken(source);
  const bool packed = number<uint16_t>(tiff, TIFFTAG_COMPRESSION) != COMPRESSION_NONE;
  if (all_bytes / (packed ? most_unpacked : 1) > source.bytes.size()) refuse_broken(source);
  const auto rows = number<uint32_t>(tiff, tiled ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP);
  const auto columns = tiled ? number<uint32_t>(tiff, TIFFTAG_TILEWIDTH) : width;
  return {.blocks = {.height = int(tiled ? rows : std::min(rows, height)),
                     .width = int(columns),
                     .planes = pixel.samples > 1 && number<uint16_t>(tiff, TIFFTAG_PLANARCONFIG) ==
                                                        PLANARCONFIG_SEPARATE},
          .tiled = tiled,
          .bytes = size_t(bytes)};
}

// What a tag holds as bytes; libtiff has them while the file is open.
Bytes bytes_of(TIFF* tiff, uint32_t tag) {
  uint32_t count = 0;
  const uint8_t* bytes = nullptr;
  return TIFFGetField(tiff, tag, &count, &bytes) ? Bytes(bytes, count) : Bytes();
}

// A profile of colours would mean nothing to a gray picture.
TiffPalette palette_of(TIFF* tiff, const TiffPixel& pixel) {
  TiffPalette palette = {.may_be_gray = bytes_of(tiff, TIFFTAG_ICCPROFILE).empty()};
  uint16_t* colors[3] = {};
  if (pixel.palette && TIFFGetField(tiff, TIFFTAG_COLORMAP, &colors[0], &colors[1], &colors[2])) {
    for (int c = 0; c < 3; ++c) palette.colors[c] = {colors[c], size_t(1) << pixel.bits};
  }
  return palette;
}

StoredPicture read_pixels(const Source& source, TIFF* tiff) {
  const TiffPixel pixel = pixel_of(source, tiff);
  const Unpacking unpacking = unpacking_of(source, tiff, pixel);
  const TiffPixels::Size size = {.height = int(number<uint32_t>(tiff, TIFFTAG_IMAGELENGTH)),
                                 .width = int(number<uint32_t>(tiff, TIFFTAG_IMAGEWIDTH)),
                                 .orientation = number<uint16_t>(tiff, TIFFTAG_ORIENTATION)};
  TiffPixels pixels(pixel, unpacking.blocks, size);
  std::vector<uint8_t> block(unpacking.bytes);
  uint32_t index = 0;
  for (int plane = 0; plane < (unpacking.blocks.planes ? pixel.samples : 1); ++plane) {
    for (int top = 0; top < size.height; top += unpacking.blocks.height) {
      for (int left = 0; left < size.width; left += unpacking.blocks.width, ++index) {
        const auto unpack = unpacking.tiled ? TIFFReadEncodedTile : TIFFReadEncodedStrip;
        if (unpack(tiff, index, block.data(), tmsize_t(block.size())) < 0) refuse_broken(source);
        pixels.add(block, {.top = top, .left = left, .plane = plane});
      }
    }
  }
  return std::move(pixels).finish(palette_of(tiff, pixel));
}

// 0 unless they are squares.
uint32_t pixels_per_meter(TIFF* tiff) {
  float across = 0, down = 0;
  if (!TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &across) ||
      !TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &down) || across != down) {
    return 0;
  }
  const auto unit = number<uint16_t>(tiff, TIFFTAG_RESOLUTIONUNIT);
  constexpr double inches = 1 / 0.0254, centimeters = 100;
  const double per_meter = across * (unit == RESUNIT_INCH         ? inches
                                     : unit == RESUNIT_CENTIMETER ? centimeters
                                                                  : 0);
  return per_meter >= 1 && per_meter <= INT32_MAX ? uint32_t(std::lround(per_meter)) : 0;
}

}  // namespace

bool is_tiff(Bytes file) {
  using namespace std::string_view_literals;
  return says(file, 0, "II*\0"sv) || says(file, 0, "MM\0*"sv) || says(file, 0, "II+\0"sv) ||
         says(file, 0, "MM\0+"sv);
}

StoredPicture read_tiff(const Source& source) {
  assert(is_tiff(source.bytes));
  if (const auto format = foreign_format(source.bytes)) refuse_foreign(source, *format);
  Stream stream = {source.bytes};
  const Tiff tiff = open_tiff(stream);
  if (!tiff) refuse_broken(source);
  check_page(source, tiff.get());
  source.check_size(number<uint32_t>(tiff.get(), TIFFTAG_IMAGEWIDTH),
                    number<uint32_t>(tiff.get(), TIFFTAG_IMAGELENGTH));
  StoredPicture picture = read_pixels(source, tiff.get());
  picture.metadata.xmp = upright_xmp(bytes_of(tiff.get(), TIFFTAG_XMLPACKET));
  picture.metadata.pixels_per_meter = pixels_per_meter(tiff.get());
  const Bytes profile = bytes_of(tiff.get(), TIFFTAG_ICCPROFILE);
  if (is_profile(profile, picture.color.channels)) {
    picture.metadata.profile.assign(profile.begin(), profile.end());
  }
  return picture;
}

}  // namespace limpid
