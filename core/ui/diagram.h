// A network as a row of blocks, from the picture on the left to the picture on the right, the
// encoder shrinking and the decoder growing: where each block lies.
#pragma once

#include <cstddef>
#include <vector>

#include "core/model/model.h"

namespace limpid {

struct DiagramBlock {
  int layer = -1;  // of the model; -1: the picture
  Shape shape;     // of what comes out of it
  bool has_weights = false;
  float x = 0, y = 0, width = 0, height = 0;  // top left and size, from the area's top left
};

// An input that is not simply the block before.
struct DiagramSkip {
  size_t from = 0, to = 0;  // blocks
  float y = 0;              // of the top of its arc
};

struct Diagram {
  std::vector<DiagramBlock> blocks;
  std::vector<DiagramSkip> skips;
  size_t narrowest = 0;  // the first block with the fewest numbers
};

// In an area of that width and height, for pictures whose sides are multiples of
// size_multiple(model). Taller blocks are larger pictures, wider ones have more channels.
Diagram diagram_of(const Model& model, Shape picture, float width, float height);

}  // namespace limpid
