#include "core/data/batches.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/image/compression.h"
#include "core/noise/philox.h"

namespace limpid {

namespace {

constexpr uint32_t worst_jpeg = 50, best_jpeg = 95;  // qualities

std::string size_of(Shape shape) { return size_text(shape.width, shape.height); }

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

}  // namespace

Batches::Batches(const Dataset& dataset, std::vector<size_t> pictures,
                 const BatchSettings& settings)
    : dataset_(&dataset), pictures_(std::move(pictures)), settings_(settings) {
  assert(!pictures_.empty() && settings.batch > 0 && settings.crop >= 0 && settings.draws > 0);
  check(settings.noise);
  if (settings.crop > 0) return;
  for (const size_t i : pictures_) {
    if (dataset.shape(i) == shape()) continue;
    throw Error(dataset.file(i).string() + ": the picture is " + size_of(dataset.shape(i)) +
                ", but " + dataset.file(pictures_.front()).string() + " is " + size_of(shape()) +
                "; pictures of several sizes need a size or a crop");
  }
}

size_t Batches::pictures() const { return pictures_.size() * size_t(settings_.draws); }

size_t Batches::count() const {
  return (pictures() + size_t(settings_.batch) - 1) / size_t(settings_.batch);
}

size_t Batches::batch_size(size_t b) const {
  assert(b < count());
  return std::min(size_t(settings_.batch), pictures() - b * size_t(settings_.batch));
}

Shape Batches::shape() const {
  const Shape whole = dataset_->shape(pictures_.front());
  if (settings_.crop == 0) return whole;
  return {settings_.crop, settings_.crop, whole.channels};
}

std::vector<size_t> Batches::order(uint32_t pass) const {
  std::vector<size_t> order = pictures_;
  if (!settings_.shuffle) return order;
  std::vector<uint32_t> bits(order.size());
  const Sequence sequence = {.seed = settings_.seed, .stream = Stream::shuffle, .epoch = pass};
  sequence.fill(0, bits);
  for (size_t i = order.size(); i-- > 1;) {  // Fisher and Yates
    std::swap(order[i], order[below(uint32_t(i + 1), bits[i])]);
  }
  return order;
}

// Of picture i's rows and columns, how many a sample can show.
Shape Batches::visible(size_t i) const {
  const Shape whole = dataset_->shape(i), sample = shape();
  return {std::min(sample.height, whole.height), std::min(sample.width, whole.width),
          whole.channels};
}

// What is drawn for picture i: its crop's row and column, a bit for each flip; then whether it is
// gray, whether a JPEG and of which quality.
Sample Batches::sample(uint32_t pass, size_t i) const {
  const uint32_t picture = uint32_t(i);
  const Sequence sequence = {
      .seed = settings_.seed, .stream = Stream::augment, .epoch = pass, .item = picture};
  const auto [row, column, left_right, up_down] = sequence.block(0);
  const auto [gray, jpeg, quality, unused] = sequence.block(1);
  const Shape whole = dataset_->shape(i), seen = visible(i);
  const PlacedNoise noise = placed(settings_.noise, {.epoch = pass, .picture = picture});
  const bool stored = noise.clip && uniform(jpeg) < settings_.jpeg_share;
  return {.picture = picture,
          .y = int32_t(below(uint32_t(whole.height - seen.height) + 1, row)),
          .x = int32_t(below(uint32_t(whole.width - seen.width) + 1, column)),
          .left_right = settings_.flip && left_right >> 31,
          .up_down = settings_.flip && up_down >> 31,
          .gray = settings_.gray_share > 0 && uniform(gray) < settings_.gray_share,
          .noise = noise,
          .jpeg_quality =
              uint8_t(stored ? worst_jpeg + below(best_jpeg + 1 - worst_jpeg, quality) : 0)};
}

std::vector<Sample> Batches::samples(uint32_t epoch, size_t first, size_t n) const {
  assert(first + n <= pictures());
  std::vector<Sample> samples;
  while (samples.size() < n) {
    const size_t place = first + samples.size();
    const uint32_t pass = epoch * uint32_t(settings_.draws) + uint32_t(place / pictures_.size());
    const std::vector<size_t> order = this->order(pass);
    for (size_t i = place % pictures_.size(); i < order.size() && samples.size() < n; ++i) {
      samples.push_back(sample(pass, order[i]));
    }
  }
  return samples;
}

// What a sample shows of its picture.
Image Batches::seen(const Sample& sample, Side side) const {
  const Shape whole = shape(), seen = visible(sample.picture);
  Image image = dataset_->part(sample.picture, sample.y, sample.x, seen.height, seen.width, side);
  if (seen != whole) image = pad_reflect(image, whole.height, whole.width);
  if (sample.left_right) flip_left_right(image);
  if (sample.up_down) flip_up_down(image);
  if (sample.gray) image = with_channels(with_channels(image, 1), image.channels);
  return image;
}

void Batches::fill(uint32_t epoch, size_t first, Batch clean, Batch noisy) const {
  assert(clean.n == noisy.n && clean.shape == shape() && noisy.shape == shape());
  const std::vector<Sample> samples = this->samples(epoch, first, size_t(clean.n));
  for (int i = 0; i < clean.n; ++i) {
    const Sample& sample = samples[size_t(i)];
    const Image image = seen(sample, Side::clean);
    std::copy(image.pixels.begin(), image.pixels.end(), clean.picture(i).begin());
    Image with_noise =
        dataset_->has_noisy() ? seen(sample, Side::noisy) : add_placed_noise(image, sample.noise);
    if (sample.jpeg_quality > 0) with_noise = as_jpeg(with_noise, sample.jpeg_quality);
    std::copy(with_noise.pixels.begin(), with_noise.pixels.end(), noisy.picture(i).begin());
  }
}

std::vector<const Raster*> Batches::held() const {
  if (settings_.jpeg_share > 0 || dataset_->has_noisy()) return {};
  std::vector<const Raster*> held(dataset_->size());
  for (const size_t i : pictures_) {
    held[i] = dataset_->held(i);
    if (!held[i]) return {};
  }
  return held;
}

void Batches::plan(uint32_t epoch, size_t first, std::span<Sample> samples) const {
  std::ranges::copy(this->samples(epoch, first, samples.size()), samples.begin());
  for (Sample& sample : samples) {
    const Raster* const held = dataset_->held(sample.picture);
    assert(held && sample.jpeg_quality == 0);
    const Shape seen = visible(sample.picture);
    const bool is_gray = limpid::is_gray(*held, sample.y, sample.x, seen.height, seen.width);
    sample.noise.one_draw = sample.noise.one_draw || sample.gray || is_gray;
  }
}

}  // namespace limpid
