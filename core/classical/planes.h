// Rows of a picture laid out for means over shifts of it: a channel after the other, with a
// mirrored border, so that loops run along rows whose neighbours lie side by side and compilers
// make vectors of them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/image/image.h"
#include "core/image/restoration.h"

namespace limpid {

// Columns and rows from -border to the end and `border` beyond, row 0 being rows.top of the image:
// those of the image where it has them, else mirrored.
class Planes {
 public:
  Planes(const Image& image, RowSpan rows, int border);

  int channels() const { return channels_; }
  int height() const { return rows_; }  // without the border, as the width
  int width() const { return columns_; }

  // From there to the right; -border <= y < height + border, x likewise.
  const float* at(int channel, int y, int x) const;

  // How far the pixels of row y from x on are from those (dy, dx) away: the squared differences,
  // summed over the channels.
  void distances(int y, int x, int dy, int dx, std::span<float> of) const;

 private:
  int channels_, rows_, columns_, border_;
  std::vector<float> values_;
};

// A mean for each pixel of the rows, by weights, of pixels that lie shifted against it. `planes`
// must outlive it.
class ShiftedMeans {
 public:
  explicit ShiftedMeans(const Planes& planes);

  // `weights`: one for each pixel of row y.
  void add(int y, int dy, int dx, std::span<const float> weights);
  // Of what was added; for each pixel that is a weight over 0.
  Image result() const;

 private:
  size_t pixels() const { return size_t(planes_.height()) * planes_.width(); }

  const Planes& planes_;
  std::vector<float> sums_;  // of the channels, one after the other, and then of the weights
};

}  // namespace limpid
