// Broad specks of colour: what a camera leaves of its colours' noise, for it takes the fine ones
// away. In the pictures of eight cameras that Nam et al. (2016) and Xu et al. (2018) took, what a
// colour has beside the mean of all is alike over two to eight pixels.
//
// Normal values on a lattice, `spacing` pixels apart, and a quadratic B-spline between them. Only
// what IEEE 754 rounds exactly, as in noisy_value.h, for GPUs run it too.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/noise/noise.h"
#include "core/noise/noisy_value.h"

namespace limpid::mosaic {

struct Colour {
  float red = 0, green = 0, blue = 0;
};

}  // namespace limpid::mosaic

namespace limpid::blotches {

using mosaic::Colour;

// The three nodes about pixel `at` of a row or column, and their parts in it.
struct Nodes {
  int first = 0;
  float before = 0, here = 0, after = 0;
};
constexpr Nodes nodes(int at, float spacing) {
  const float place = (float(at) + 0.5f) / spacing;
  const int first = int(place);
  const float t = place - float(first), from_here = t - 0.5f;
  return {first, 0.5f * (1 - t) * (1 - t), 0.75f - from_here * from_here, 0.5f * t * t};
}

// In the mean of all places: 11/20, the mean of the weights' squares, along rows and down.
constexpr float variance = 11 / 20.0f * (11 / 20.0f);

constexpr float blended(const Nodes& part, float before, float here, float after) {
  return (part.before * before + part.here * here) + part.after * after;
}
constexpr Colour blended(const Nodes& part, const Colour& before, const Colour& here,
                         const Colour& after) {
  return {blended(part, before.red, here.red, after.red),
          blended(part, before.green, here.green, after.green),
          blended(part, before.blue, here.blue, after.blue)};
}

// The lattice of a picture `width` wide has so many nodes in a row.
constexpr int nodes_in_row(int width, float spacing) { return nodes(width - 1, spacing).first + 3; }

// Node x of row y of the lattice, of `sequence` but for the stream: a block of Philox each.
LIMPID_ON_GPU_TOO inline Colour node(Sequence sequence, int in_row, int y, int x) {
  sequence.stream = Stream::blotches;
  const std::array<uint32_t, 4> bits = sequence.block(uint32_t(y) * uint32_t(in_row) + uint32_t(x));
  return {noisy_value::gaussian(bits[0]), noisy_value::gaussian(bits[1]),
          noisy_value::gaussian(bits[2])};
}

// The noise's at the pixels of `count` rows from `top` on, row by row.
std::vector<Colour> rows(const PlacedNoise& noise, int top, int count, int width);

}  // namespace limpid::blotches
