// The table Keras prints of a model, and what a picture costs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace limpid {

struct LayerSummary {
  std::string name;
  std::string kind;
  Shape output_shape;
  int64_t parameters = 0;
  int64_t flops = 0;  // of one picture forward: 2 per multiply-add of its kernel
};

struct Summary {
  std::vector<LayerSummary> layers;
  int64_t parameters = 0;  // trained and not trained
  int64_t flops = 0;
};

Summary summarize(const Model& model, int height, int width);

// As text, a row a layer.
std::string to_text(const Model& model, const Summary& summary);

}  // namespace limpid
