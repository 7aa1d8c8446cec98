#include "core/data/batches.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/noise/philox.h"

namespace limpid {

namespace {

std::string size_text(Shape shape) {
  return std::to_string(shape.width) + " x " + std::to_string(shape.height);
}

void flip_left_right(Image& image) {
  const size_t channels = image.channels;
  const size_t row = image.width * channels;
  for (size_t y = 0; y < image.count(); y += row) {
    float* left = &image.pixels[y];
    float* right = left + row - channels;
    for (; left < right; left += channels, right -= channels) {
      std::swap_ranges(left, left + channels, right);
    }
  }
}

void flip_up_down(Image& image) {
  const size_t row = size_t(image.width) * image.channels;
  float* top = image.pixels.data();
  float* bottom = top + image.count() - row;
  for (; top < bottom; top += row, bottom -= row) std::swap_ranges(top, top + row, bottom);
}

// Picture i or, by the row and column drawn, a square of it; what is smaller is mirrored to it.
Image cropped(const Dataset& dataset, size_t i, int side, uint32_t row, uint32_t column) {
  if (side == 0) return dataset.picture(i);
  const auto [height, width, channels] = dataset.shape(i);
  const int y = int(below(uint32_t(std::max(height - side, 0)) + 1, row));
  const int x = int(below(uint32_t(std::max(width - side, 0)) + 1, column));
  const Image part = dataset.part(i, y, x, std::min(side, height), std::min(side, width));
  return pad_reflect(part, side, side);
}

// The draws of a picture: its crop's row and column, a bit for each flip; then whether it is gray.
Image augmented(const Dataset& dataset, size_t i, const BatchSettings& settings,
                const Sequence& sequence) {
  const auto [row, column, left_right, up_down] = sequence.block(0);
  Image image = cropped(dataset, i, settings.crop, row, column);
  if (settings.flip && left_right >> 31) flip_left_right(image);
  if (settings.flip && up_down >> 31) flip_up_down(image);
  if (settings.gray_share > 0 && uniform(sequence.block(1)[0]) < settings.gray_share) {
    image = with_channels(with_channels(image, 1), image.channels);
  }
  return image;
}

}  // namespace

Batches::Batches(const Dataset& dataset, std::vector<size_t> pictures,
                 const BatchSettings& settings)
    : dataset_(&dataset), pictures_(std::move(pictures)), settings_(settings) {
  assert(!pictures_.empty() && settings.batch > 0 && settings.crop >= 0);
  check(settings.noise);
  if (settings.crop > 0) return;
  for (const size_t i : pictures_) {
    if (dataset.shape(i) == shape()) continue;
    throw Error(dataset.file(i).string() + ": the picture is " + size_text(dataset.shape(i)) +
                ", but " + dataset.file(pictures_.front()).string() + " is " + size_text(shape()) +
                "; pictures of several sizes need a size or a crop");
  }
}

size_t Batches::pictures() const { return pictures_.size(); }

size_t Batches::count() const {
  return (pictures_.size() + size_t(settings_.batch) - 1) / size_t(settings_.batch);
}

size_t Batches::batch_size(size_t b) const {
  assert(b < count());
  return std::min(size_t(settings_.batch), pictures_.size() - b * size_t(settings_.batch));
}

Shape Batches::shape() const {
  const Shape whole = dataset_->shape(pictures_.front());
  if (settings_.crop == 0) return whole;
  return {settings_.crop, settings_.crop, whole.channels};
}

std::vector<size_t> Batches::order(uint32_t epoch) const {
  std::vector<size_t> order = pictures_;
  if (!settings_.shuffle) return order;
  std::vector<uint32_t> bits(order.size());
  const Sequence sequence = {.seed = settings_.seed, .stream = Stream::shuffle, .epoch = epoch};
  sequence.fill(0, bits);
  for (size_t i = order.size(); i-- > 1;) {  // Fisher and Yates
    std::swap(order[i], order[below(uint32_t(i + 1), bits[i])]);
  }
  return order;
}

void Batches::fill(uint32_t epoch, size_t first, Batch clean, Batch noisy) const {
  assert(clean.n == noisy.n && first + size_t(clean.n) <= pictures());
  assert(clean.shape == shape() && noisy.shape == shape());
  const std::vector<size_t> order = this->order(epoch);
  for (int i = 0; i < clean.n; ++i) {
    const size_t index = order[first + size_t(i)];
    const uint32_t picture = uint32_t(index);
    const Image image = augmented(
        *dataset_, index, settings_,
        {.seed = settings_.seed, .stream = Stream::augment, .epoch = epoch, .item = picture});
    std::copy(image.pixels.begin(), image.pixels.end(), clean.picture(i).begin());
    const Image with_noise =
        add_noise(image, settings_.noise, {.epoch = epoch, .picture = picture});
    std::copy(with_noise.pixels.begin(), with_noise.pixels.end(), noisy.picture(i).begin());
  }
}

}  // namespace limpid
