#include "core/views.h"

#include <algorithm>
#include <string>

#include "core/error.h"

namespace limpid {
namespace {

// Where a pixel's values begin in the picture and in what is seen of it.
template <class Do>
void for_each_pixel(Flip flip, Shape shape, const Do& act) {
  size_t seen_at = 0;
  for (int y = 0; y < shape.height; ++y) {
    const size_t row = size_t(flip.top_bottom ? shape.height - 1 - y : y) * shape.width;
    for (int x = 0; x < shape.width; ++x, seen_at += size_t(shape.channels)) {
      const size_t column = size_t(flip.left_right ? shape.width - 1 - x : x);
      act((row + column) * shape.channels, seen_at);
    }
  }
}

}  // namespace

void check_views(int views) {
  if (views == 1 || views == 2 || views == 4) return;
  throw Error("a picture is seen in 1, 2 or 4 views, not in " + std::to_string(views));
}

void take_view(Flip flip, Shape shape, const float* picture, float* seen) {
  for_each_pixel(flip, shape, [&](size_t place, size_t seen_at) {
    std::copy_n(picture + place, shape.channels, seen + seen_at);
  });
}

void add_view(Flip flip, Shape shape, const float* seen, float share, float* picture) {
  for_each_pixel(flip, shape, [&](size_t place, size_t seen_at) {
    for (int c = 0; c < shape.channels; ++c) picture[place + c] += share * seen[seen_at + c];
  });
}

}  // namespace limpid
