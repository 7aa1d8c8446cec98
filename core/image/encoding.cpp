#include "core/image/encoding.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/image/batch.h"
#include "core/image/compression.h"
#include "core/image/jpeg.h"
#include "core/image/picture.h"
#include "core/image/png.h"

namespace limpid {

namespace {

constexpr int pixels_at_once = 1 << 20;  // of a PNG: some tenths of a second

// Pixels in the order PNG and JPEG want them, colour and alpha interleaved: `count` of them from
// the `first` on.
void pack(const Raster& color, const Raster& alpha, int bit_depth, size_t first, size_t count,
          std::vector<uint8_t>& packed) {
  const int white = white_of(bit_depth);
  packed.clear();
  const auto append = [&](const Raster& raster, size_t i) {
    uint32_t step = raster.step(i);
    if (raster.maximum != white) step = to_step(float(step) / float(raster.maximum), white);
    if (bit_depth == 16) packed.push_back(uint8_t(step >> 8));
    packed.push_back(uint8_t(step));
  };
  for (size_t i = first; i < first + count; ++i) {
    for (int c = 0; c < color.channels; ++c) append(color, i * size_t(color.channels) + size_t(c));
    if (!alpha.empty()) append(alpha, i);
  }
}

std::vector<uint8_t> encode_jpeg(const Raster& color, int quality) {
  std::vector<uint8_t> pixels;
  pixels.reserve(color.count());
  pack(color, Raster(), 8, 0, size_t(color.height) * color.width, pixels);
  return compress_jpeg(pixels, {color.height, color.width, color.channels}, quality);
}

}  // namespace

PictureFormat format_of(const std::filesystem::path& file) {
  if (!is_writable_picture(file)) {
    throw Error("cannot write " + file.string() + ": its name must end in .png, .jpg or .jpeg");
  }
  return has_jpeg_ending(file) ? PictureFormat::jpeg : PictureFormat::png;
}

const char* ending_of(PictureFormat format) {
  return format == PictureFormat::jpeg ? ".jpg" : ".png";
}

struct Encoding::Work {
  const Raster& color;
  const Raster& alpha;
  const int bit_depth;
  PictureMetadata metadata;
  const int jpeg_quality;
  std::optional<PngWriter> png = {};  // none: a JPEG
  int rows_at_once = 1;
  int rows = 0;  // done
  std::vector<uint8_t> packed = {};
  std::vector<uint8_t> file = {};
};

Encoding::Encoding(PictureFormat format, const Raster& color, const Raster& alpha, int bit_depth,
                   const PictureMetadata& metadata, int jpeg_quality)
    : work_(new Work{color, alpha, bit_depth, metadata, jpeg_quality}) {
  assert(bit_depth == 8 || bit_depth == 16);
  assert(jpeg_quality >= 1 && jpeg_quality <= 100);
  assert(!color.empty() && (color.channels == 1 || color.channels == 3));
  assert(alpha.empty() ||
         (alpha.channels == 1 && alpha.height == color.height && alpha.width == color.width));
  const int stored_channels = format == PictureFormat::png ? color.channels : 3;
  if (!is_profile(metadata.profile, stored_channels)) work_->metadata.profile.clear();
  if (format == PictureFormat::png) {
    work_->rows_at_once = std::clamp(pixels_at_once / color.width, 1, color.height);
    work_->png.emplace(PngShape{.width = uint32_t(color.width),
                                .height = uint32_t(color.height),
                                .channels = color.channels + (alpha.empty() ? 0 : 1),
                                .bit_depth = bit_depth},
                       work_->metadata);
    return;
  }
  work_->rows_at_once = color.height;
  if (color.height > 65535 || color.width > 65535) {  // JPEG stores its sides in 16 bits
    throw Error("a picture of " + size_text(color.width, color.height) +
                " pixels is too large for a JPEG file");
  }
}

Encoding::~Encoding() = default;
Encoding::Encoding(Encoding&&) noexcept = default;

int Encoding::done() const { return (work_->rows + work_->rows_at_once - 1) / work_->rows_at_once; }

int Encoding::total() const {
  return (work_->color.height + work_->rows_at_once - 1) / work_->rows_at_once;
}

void Encoding::step() {
  Work& work = *work_;
  const int height = work.color.height;
  const size_t width = size_t(work.color.width);
  assert(work.rows < height);
  if (!work.png) {
    work.file = encode_jpeg(work.color, work.jpeg_quality);
    add_to_jpeg(work.metadata, work.file);
    work.rows = height;
    return;
  }
  const int end = std::min(work.rows + work.rows_at_once, height);
  for (; work.rows < end; ++work.rows) {
    pack(work.color, work.alpha, work.bit_depth, size_t(work.rows) * width, width, work.packed);
    work.png->add_row(work.packed);
  }
  if (end == height) work.file = work.png->finish();
}

std::vector<uint8_t> Encoding::take_file() {
  assert(work_->rows == work_->color.height);
  return std::move(work_->file);
}

}  // namespace limpid
