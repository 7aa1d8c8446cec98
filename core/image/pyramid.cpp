#include "core/image/pyramid.h"

#include <algorithm>
#include <utility>

namespace limpid {
namespace {

// How many of the picture's rows (columns) one row of a level stands for: all but the last for
// `full`.
struct Weights {
  int64_t full = 1;
  int64_t last = 1;

  Weights(int side, int level, int count)
      : full(int64_t(1) << level), last(side - (count - 1) * full) {}
  int64_t of(int i, int count) const { return i + 1 < count ? full : last; }
};

template <class Step>
class Halving {
 public:
  Halving(const Raster& from, const Weights& rows, const Weights& columns)
      : from_(from),
        rows_(rows),
        columns_(columns),
        steps_(std::get<std::vector<Step>>(from.steps)),
        pitch_(size_t(from.width) * size_t(from.channels)) {}

  // Row y of the halved level.
  void row(int y, Step* to) const {
    const int channels = from_.channels, width = (from_.width + 1) / 2;
    const bool whole = 2 * y + 2 < from_.height || (2 * y + 2 == from_.height && even(rows_));
    const int fast = whole ? (even(columns_) ? from_.width / 2 : (from_.width - 1) / 2) : 0;
    const Step* upper = &steps_[size_t(2 * y) * pitch_];
    const Step* lower = upper + (whole ? pitch_ : 0);
    for (int x = 0; x < fast; ++x, upper += 2 * channels, lower += 2 * channels) {
      for (int c = 0; c < channels; ++c) {
        *to++ = Step((upper[c] + upper[c + channels] + lower[c] + lower[c + channels] + 2) / 4);
      }
    }
    for (int x = fast; x < width; ++x) {
      for (int c = 0; c < channels; ++c) *to++ = mean(y, x, c);
    }
  }

 private:
  static bool even(const Weights& weights) { return weights.last == weights.full; }

  Step mean(int y, int x, int c) const {
    int64_t sum = 0, weights = 0;
    for (int i = 2 * y; i < std::min(2 * y + 2, from_.height); ++i) {
      for (int j = 2 * x; j < std::min(2 * x + 2, from_.width); ++j) {
        const int64_t weight = rows_.of(i, from_.height) * columns_.of(j, from_.width);
        sum += weight * steps_[size_t(i) * pitch_ + size_t(j) * from_.channels + size_t(c)];
        weights += weight;
      }
    }
    return Step((sum + weights / 2) / weights);
  }

  const Raster& from_;
  const Weights rows_, columns_;
  const std::vector<Step>& steps_;
  const size_t pitch_;
};

// Level `level` + 1 of the picture.
Raster halved(const Raster& picture, const Raster& from, int level) {
  Raster to((from.height + 1) / 2, (from.width + 1) / 2, from.channels, from.maximum);
  const Weights rows(picture.height, level, from.height);
  const Weights columns(picture.width, level, from.width);
  std::visit(
      [&](auto& steps) {
        using Step = typename std::decay_t<decltype(steps)>::value_type;
        const Halving<Step> halving(from, rows, columns);
        for (int y = 0; y < to.height; ++y) {
          halving.row(y, &steps[size_t(y) * to.width * to.channels]);
        }
      },
      to.steps);
  return to;
}

}  // namespace

size_t Pyramid::bytes() const {
  size_t sum = 0;
  for (const Raster& level : levels) sum += level.bytes();
  return sum;
}

SharedPyramid make_pyramid(Raster picture) {
  auto pyramid = std::make_shared<Pyramid>();
  std::vector<Raster>& levels = pyramid->levels;
  levels.push_back(std::move(picture));
  while (std::max(levels.back().height, levels.back().width) > coarsest_side) {
    levels.push_back(halved(levels.front(), levels.back(), int(levels.size()) - 1));
  }
  return pyramid;
}

}  // namespace limpid
