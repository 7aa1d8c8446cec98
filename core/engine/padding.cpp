#include "core/engine/padding.h"

#include <algorithm>

namespace limpid {

Shape padded_shape(int rows, int cols, int channels, int kernel, int stride) {
  return {stride * (rows - 1) + kernel, stride * (cols - 1) + kernel, channels};
}

void pad_picture(ThreadPool& pool, Shape picture, const float* from, int pad, Shape padded,
                 float* to) {
  const size_t row = size_t(padded.width) * padded.channels;
  const size_t left = size_t(pad) * padded.channels;
  const int cols = std::min(picture.width, padded.width - pad);
  const size_t inside = size_t(cols) * padded.channels;
  pool.run(size_t(padded.height), [&](size_t y) {
    float* out = to + y * row;
    const int source = int(y) - pad;
    if (source < 0 || source >= picture.height) {
      std::fill(out, out + row, 0.0f);
      return;
    }
    const float* in = from + size_t(source) * picture.width * picture.channels;
    std::fill(out, out + left, 0.0f);
    std::copy(in, in + inside, out + left);
    std::fill(out + left + inside, out + row, 0.0f);
  });
}

}  // namespace limpid
