#include "core/ui/diagram.h"

#include <algorithm>
#include <cmath>

namespace limpid {
namespace {

// In units that are chosen to fill the width.
constexpr float gap = 0.6f, thin = 0.7f;
constexpr float units_in_height = 12;  // at least: else few layers would be very wide
constexpr float smallest_height = 0.1f, arcs_height = 0.22f;  // of the area's

float units(const DiagramBlock& block) {
  const bool wide = block.has_weights || block.layer < 0;
  return wide ? 1 + 0.5f * std::log2(float(block.shape.channels)) : thin;
}

bool has_weights(LayerKind kind) {
  return kind == LayerKind::conv || kind == LayerKind::transposed_conv;
}

void add_skips(Diagram& diagram, const Model& model, float height) {
  for (int i = 0; i < int(model.layers.size()); ++i) {
    for (const int from : inputs_of(model, i)) {
      if (from != i - 1) diagram.skips.push_back({size_t(from + 1), size_t(i + 1)});
    }
  }
  size_t longest = 1;
  for (const DiagramSkip& skip : diagram.skips) longest = std::max(longest, skip.to - skip.from);
  for (DiagramSkip& skip : diagram.skips) {
    const float share = float(skip.to - skip.from) / float(longest);
    skip.y = height * arcs_height * (1 - std::sqrt(share));
  }
}

}  // namespace

Diagram diagram_of(const Model& model, Shape picture, float width, float height) {
  Diagram diagram;
  diagram.blocks.push_back({.shape = picture});
  const std::vector<Shape> shapes = output_shapes(model, picture);
  for (size_t i = 0; i < shapes.size(); ++i) {
    diagram.blocks.push_back(
        {.layer = int(i), .shape = shapes[i], .has_weights = has_weights(model.layers[i].kind)});
    if (shapes[i].count() < diagram.blocks[diagram.narrowest].shape.count()) {
      diagram.narrowest = i + 1;
    }
  }
  add_skips(diagram, model, height);
  const float top = diagram.skips.empty() ? 0 : height * arcs_height;
  float total = -gap;
  for (const DiagramBlock& block : diagram.blocks) total += units(block) + gap;
  const float unit = std::min(width / total, height / units_in_height);
  float x = (width - total * unit) / 2;
  for (DiagramBlock& block : diagram.blocks) {
    const float share = std::sqrt(float(block.shape.height) / float(picture.height));
    block.width = units(block) * unit;
    block.height = (height - top) * (smallest_height + (1 - smallest_height) * share);
    block.x = x;
    block.y = top + (height - top - block.height) / 2;
    x += block.width + gap * unit;
  }
  return diagram;
}

}  // namespace limpid
