#include "core/noise/mosaic.h"

#include <algorithm>
#include <span>
#include <vector>

#include "core/noise/philox.h"

namespace limpid::mosaic {
namespace {

constexpr int rows_at_once = 16;
constexpr size_t block_values = 4;  // of Philox

// The places of some rows of the sensor, with their normal values.
class Sensor {
 public:
  Sensor(const Sequence& sequence, int first, int count, int width) : width_(width) {
    const size_t start = size_t(first) * width;
    const size_t early = start % block_values;  // draws of the first block that are not ours
    const size_t places = size_t(count) * width;
    std::vector<uint32_t> bits(early + places);
    sequence.fill(uint32_t(start - early), bits);
    normal_.resize(places);
    gaussian(std::span(bits).subspan(early), normal_);
  }

  const float* row(int y) const { return &normal_[size_t(y) * width_]; }

 private:
  int width_;
  std::vector<float> normal_;
};

// Row by row.
struct Colours {
  int width = 0;
  std::vector<Colour> at;
  Colour* row(int y) { return &at[size_t(y) * width]; }
  const Colour* row(int y) const { return &at[size_t(y) * width]; }
};

// The rows from `top` on of a picture, one more on each side, one pixel more at the left and right.
Colours demosaiced(const PlacedNoise& noise, int top, int count, int width) {
  const Sensor sensor(noise.sequence, top, count + 2 * margin, width + 2 * margin);
  Colours colours = {.width = width + 2, .at = {}};
  colours.at.resize(size_t(count + 2) * colours.width);
  for (int y = 0; y < count + 2; ++y) {
    const float* const above = sensor.row(y);
    const float* const here = sensor.row(y + 1);
    const float* const below = sensor.row(y + 2);
    Colour* const to = colours.row(y);
    for (int x = 0; x < colours.width; ++x) {
      to[x] = demosaiced(above + x + 1, here + x + 1, below + x + 1,
                         site(top + y + 1, x + 1, noise.first_site));
    }
  }
  return colours;
}

// First along each row, then down.
Colours smoothed(Colours colours, int count) {
  for (int y = 0; y < count + 2; ++y) {
    Colour* const row = colours.row(y);
    Colour before = row[0];
    for (int x = 1; x + 1 < colours.width; ++x) {
      const Colour here = row[x];
      row[x] = smoothed(before, here, row[x + 1]);
      before = here;
    }
  }
  std::vector<Colour> before(colours.row(0), colours.row(1));
  for (int y = 1; y <= count; ++y) {
    Colour* const row = colours.row(y);
    const Colour* const after = colours.row(y + 1);
    for (int x = 1; x + 1 < colours.width; ++x) {
      const Colour here = row[x];
      row[x] = smoothed(before[size_t(x)], here, after[x]);
      before[size_t(x)] = here;
    }
  }
  return colours;
}

}  // namespace

void add_noise(Image& rows, int top, bool gray, const PlacedNoise& noise) {
  const bool one = noise.one_draw || gray;
  const float strength = noise.strength * gain(noise, one);
  float* value = rows.pixels.data();
  const auto add = [&](float n) {
    *value = exposed(*value, strength, noise, n);
    if (noise.clip) *value = std::clamp(*value, 0.0f, 1.0f);
    ++value;
  };
  for (int first = 0; first < rows.height; first += rows_at_once) {
    const int count = std::min(rows_at_once, rows.height - first);
    const Colours sharp = demosaiced(noise, top + first, count, rows.width);
    const Colours smooth = is_smoothed(noise) ? smoothed(sharp, count) : Colours{};
    const std::vector<Colour> broad = is_blotched(noise)
                                          ? blotches::rows(noise, top + first, count, rows.width)
                                          : std::vector<Colour>(size_t(count) * rows.width);
    for (int y = 0; y < count; ++y) {
      const Colour* const n = sharp.row(y + 1) + 1;
      const Colour* const s = is_smoothed(noise) ? smooth.row(y + 1) + 1 : n;
      for (int x = 0; x < rows.width; ++x) {
        const Developed own = developed(n[x], s[x], broad[size_t(y) * rows.width + x], noise);
        if (one) {
          for (int c = 0; c < rows.channels; ++c) add(own.light);
        } else {
          add(own.colour.red);
          add(own.colour.green);
          add(own.colour.blue);
        }
      }
    }
  }
}

}  // namespace limpid::mosaic
