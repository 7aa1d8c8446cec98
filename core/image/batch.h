// Pictures of one size, one after the other: views of memory that somebody else owns.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace limpid {

struct Shape {
  int height = 0;
  int width = 0;
  int channels = 0;

  size_t count() const { return size_t(height) * width * channels; }
  bool operator==(const Shape&) const = default;
};

// "256 x 192": the width first, as in all that people read.
inline std::string size_text(int width, int height) {
  return std::to_string(width) + " x " + std::to_string(height);
}

// "256 x 192 x 3".
inline std::string to_string(Shape shape) {
  return size_text(shape.width, shape.height) + " x " + std::to_string(shape.channels);
}

struct Batch {
  int n = 0;
  Shape shape;            // of one picture
  std::span<float> data;  // (n, height, width, channels)

  std::span<float> picture(int i) const { return data.subspan(i * shape.count(), shape.count()); }
};

struct ConstBatch {
  int n = 0;
  Shape shape;
  std::span<const float> data;

  ConstBatch() = default;
  ConstBatch(int count, Shape of_each, std::span<const float> values)
      : n(count), shape(of_each), data(values) {}
  ConstBatch(const Batch& batch) : n(batch.n), shape(batch.shape), data(batch.data) {}
  std::span<const float> picture(int i) const {
    return data.subspan(i * shape.count(), shape.count());
  }
};

}  // namespace limpid
