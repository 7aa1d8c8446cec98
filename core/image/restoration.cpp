#include "core/image/restoration.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace limpid {

NoisyRows rows_of(const Image& noisy) {
  return [&noisy](int top, int count) {
    if (count == noisy.height) return std::shared_ptr<const Image>(std::shared_ptr<void>(), &noisy);
    return std::make_shared<const Image>(crop(noisy, top, 0, count, noisy.width));
  };
}

Image Restoration::take_rows() {
  Image rows = completed_rows();
  for (float& value : rows.pixels) value = std::clamp(value, 0.0f, 1.0f);
  return rows;
}

Image finish(Restoration& restoration, const PartsProgress& progress) {
  if (progress && !progress(restoration.done(), restoration.total())) return {};
  Image whole;
  while (restoration.done() < restoration.total()) {
    restoration.step();
    Image rows = restoration.take_rows();
    if (whole.empty()) {
      whole = std::move(rows);
    } else {
      whole.pixels.insert(whole.pixels.end(), rows.pixels.begin(), rows.pixels.end());
      whole.height += rows.height;
    }
    if (progress && !progress(restoration.done(), restoration.total())) return {};
  }
  return whole;
}

Image blended(const Image& noisy, const Image& restored, float amount) {
  assert(noisy.same_size(restored) && amount >= 0 && amount <= 1);
  Image result = noisy;
  for (size_t i = 0; i < result.count(); ++i) {
    float& value = result.pixels[i];
    value = std::clamp(value + amount * (restored.pixels[i] - value), 0.0f, 1.0f);
  }
  return result;
}

}  // namespace limpid
