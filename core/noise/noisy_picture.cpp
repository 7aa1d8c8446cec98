#include "core/noise/noisy_picture.h"

#include <utility>

namespace limpid {

NoisyPicture::NoisyPicture(const Raster& clean, const std::optional<PlacedNoise>& noise)
    : clean_(clean), noise_(noise), gray_(noise && is_gray(clean)) {}

std::shared_ptr<const Image> NoisyPicture::rows(int top, int count) {
  if (last_ && last_top_ == top && last_->height == count) return last_;
  last_.reset();  // before the next ones take their memory
  Image rows = rows_of(clean_, top, count);
  if (noise_) add_noise_to_rows(rows, top, gray_, *noise_);
  last_ = std::make_shared<const Image>(std::move(rows));
  last_top_ = top;
  return last_;
}

Image NoisyPicture::last_rows(RowSpan rows) const {
  return crop(*last_, rows.top - last_top_, 0, rows.count(), last_->width);
}

}  // namespace limpid
