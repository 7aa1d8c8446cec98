// A stored picture with noise, which is never held whole: its rows are made when they are asked
// for.
#pragma once

#include <memory>
#include <optional>

#include "core/image/raster.h"
#include "core/image/restoration.h"
#include "core/noise/noise.h"

namespace limpid {

class NoisyPicture {
 public:
  // The clean picture must outlive this. No noise: the rows are those of the picture.
  NoisyPicture(const Raster& clean, const std::optional<PlacedNoise>& noise);

  // Rows top .. top + count - 1. The last ones are kept: a small picture's are all of them.
  std::shared_ptr<const Image> rows(int top, int count);
  // Some of those that rows() gave last.
  Image last_rows(RowSpan rows) const;

 private:
  const Raster& clean_;
  const std::optional<PlacedNoise> noise_;
  const bool gray_;
  std::shared_ptr<const Image> last_;
  int last_top_ = 0;
};

}  // namespace limpid
