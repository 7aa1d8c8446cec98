// Tiles whose bits are the whole picture's on the CPU engine. What is computed in squares (see
// winograd.h) is rounded by all of its square, so that tiles keep to the squares' places and
// overlap by more than the network sees.
#pragma once

#include "core/engine/engine.h"

namespace limpid {

// Of pixels of the picture in one of a layer's input: layers deeper down are restored without
// squares. There, each would widen the overlap by so many times winograd_further pixels, which
// costs large pictures more than squares save.
constexpr int deepest_squares = 4;

TileRule cpu_tile_rule(const Model& model);

}  // namespace limpid
