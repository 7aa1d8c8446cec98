// Which values a dropout layer sets to zero: the same in every engine.
//
// A picture's masks are one Philox sequence, layer after layer: the first dropout layer's values
// in (height, width, channel) order, then the second's. No two values share a position, and a mask
// does not depend on the batch its picture is in. A sequence has 2^32 positions.
#pragma once

#include <cstdint>

#include "core/engine/engine.h"
#include "core/model/model.h"
#include "core/noise/philox.h"

namespace limpid {

constexpr uint64_t max_dropout_values = uint64_t(1) << 32;

// Picture i of the batch at `place`.
constexpr Sequence dropout_sequence(const TrainingPlace& place, int i) {
  return {.seed = place.seed,
          .stream = Stream::dropout,
          .epoch = place.epoch,
          .item = place.picture + uint32_t(i)};
}

// Position of the first value of that layer, which need not be a dropout: what the dropout layers
// before it take. With layer = number of layers: what all of them take, max_dropout_values at most.
inline uint64_t dropout_position(const Model& model, Shape input, int layer) {
  const std::vector<Shape> shapes = output_shapes(model, input);
  uint64_t position = 0;
  for (int i = 0; i < layer; ++i) {
    if (model.layers[i].kind == LayerKind::dropout) position += shapes[i].count();
  }
  return position;
}

// What the value is multiplied with while training.
constexpr float dropout_factor(uint32_t bits, float rate) {
  return uniform(bits) < rate ? 0.0f : 1 / (1 - rate);
}

}  // namespace limpid
