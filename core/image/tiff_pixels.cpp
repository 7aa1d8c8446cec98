#include "core/image/tiff_pixels.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace limpid {

namespace {

template <class Step>
Step* steps_of(Raster& raster) {
  return raster.empty() ? nullptr : std::get<std::vector<Step>>(raster.steps).data();
}

// One sample of each pixel of a row, `in_step` apart, to the raster that begins at `to`.
template <class Step>
void copy_sample(const uint8_t* row, int in_step, int count, Step* to, ptrdiff_t out_step) {
  const Step* from = reinterpret_cast<const Step*>(row);
  for (int x = 0; x < count; ++x) to[x * out_step] = from[ptrdiff_t(x) * in_step];
}

// Gray is stretched so that the largest number is white.
void unpack_bits(const uint8_t* packed, const TiffPixel& pixel, std::vector<uint8_t>& row) {
  const int most = (1 << pixel.bits) - 1, stretch = pixel.palette ? 1 : 255 / most;
  for (size_t i = 0; i < row.size(); ++i) {
    const size_t bit = i * size_t(pixel.bits);
    row[i] = uint8_t((packed[bit / 8] >> (8 - pixel.bits - int(bit % 8)) & most) * stretch);
  }
}

void turn_white_to_black(Raster& gray) {
  std::visit(
      [&](auto& steps) {
        for (auto& step : steps) step = std::decay_t<decltype(step)>(gray.maximum - step);
      },
      gray.steps);
}

// The nearest of the steps that gave, times alpha, the stored one; where nothing is seen, black.
void divide_by_alpha(Raster& color, const Raster& alpha) {
  const uint64_t most = uint64_t(color.maximum);
  for (size_t i = 0; i < color.count(); ++i) {
    const uint64_t share = alpha.step(i / size_t(color.channels));
    const uint64_t whole = share > 0 ? (color.step(i) * most + share / 2) / share : 0;
    color.set_step(i, uint32_t(std::min(whole, most)));
  }
}

// Palettes store 16 bits; what was made of 8 has them as the upper ones.
Raster look_up(const Raster& numbers, const TiffPalette& palette) {
  const auto& from = std::get<std::vector<uint8_t>>(numbers.steps);
  const auto value = [&](uint8_t number, size_t channel) {
    const std::span<const uint16_t> values = palette.colors[channel];
    return number < values.size() ? uint8_t(values[number] >> 8) : uint8_t(0);
  };
  const auto is_gray = [&](uint8_t number) {
    return value(number, 0) == value(number, 1) && value(number, 0) == value(number, 2);
  };
  const bool gray = palette.may_be_gray && std::all_of(from.begin(), from.end(), is_gray);
  const size_t channels = gray ? 1 : 3;
  Raster color(numbers.height, numbers.width, int(channels), 255);
  uint8_t* to = steps_of<uint8_t>(color);
  for (const uint8_t number : from) {
    for (size_t c = 0; c < channels; ++c) *to++ = value(number, c);
  }
  return color;
}

// How to go through the upright pixels in the order of the stored ones: 6 and 8 undo each other,
// each of the others itself.
Walk as_stored(const TiffPixels::Size& size) {
  const int back = size.orientation == 6 ? 8 : size.orientation == 8 ? 6 : size.orientation;
  const Walk turned = upright(size.orientation, size.height, size.width);
  return upright(back, turned.height, turned.width);
}

}  // namespace

TiffPixels::TiffPixels(const TiffPixel& pixel, const TiffBlocks& blocks, const Size& size)
    : pixel_(pixel), blocks_(blocks), walk_(as_stored(size)) {
  const Walk turned = upright(size.orientation, size.height, size.width);
  picture_.bit_depth = pixel.bits == 16 ? 16 : 8;
  const int white = white_of(picture_.bit_depth);
  picture_.color = Raster(turned.height, turned.width, pixel.colors, white);
  if (pixel.alpha >= 0) picture_.alpha = Raster(turned.height, turned.width, 1, white);
  if (pixel.bits < 8) row_.resize(size_t(std::min(blocks.width, size.width)));
}

void TiffPixels::add(std::span<const uint8_t> block, const Place& place) {
  const size_t row_bytes = block.size() / size_t(blocks_.height);
  const int rows = std::min(blocks_.height, walk_.height - place.top);
  for (int y = 0; y < rows; ++y) {
    const uint8_t* row = block.data() + size_t(y) * row_bytes;
    if (pixel_.bits < 8) unpack_bits(row, pixel_, row_);
    add_row(pixel_.bits < 8 ? row_.data() : row, place.top + y, place);
  }
}

void TiffPixels::add_row(const uint8_t* row, int y, const Place& place) {
  const int in_step = blocks_.samples_in(pixel_);
  const int count = std::min(blocks_.width, walk_.width - place.left);
  const ptrdiff_t start = walk_.first + y * walk_.row_step + place.left * walk_.column_step;
  for (int i = 0; i < in_step; ++i) {
    const int sample = place.plane + i;
    const bool is_color = sample < pixel_.colors;
    if (!is_color && sample != pixel_.alpha) continue;
    Raster& raster = is_color ? picture_.color : picture_.alpha;
    const ptrdiff_t first = start * raster.channels + (is_color ? sample : 0);
    const ptrdiff_t out_step = walk_.column_step * raster.channels;
    if (pixel_.bits == 16) {
      copy_sample(row + 2 * i, in_step, count, steps_of<uint16_t>(raster) + first, out_step);
    } else {
      copy_sample(row + i, in_step, count, steps_of<uint8_t>(raster) + first, out_step);
    }
  }
}

StoredPicture TiffPixels::finish(const TiffPalette& palette) && {
  if (pixel_.from_white) turn_white_to_black(picture_.color);
  if (pixel_.palette) picture_.color = look_up(picture_.color, palette);
  if (pixel_.premultiplied) divide_by_alpha(picture_.color, picture_.alpha);
  return std::move(picture_);
}

}  // namespace limpid
