// Model <-> JSON: what a user writes to bring an own architecture, and what a model file carries.
//
//   {"name": "mine", "channels": 3, "layers": [
//     {"name": "enc1", "kind": "conv", "channels": 32, "activation": "relu"},
//     {"name": "pool1", "kind": "max_pool"},
//     {"name": "up1", "kind": "upsample"},
//     {"name": "out", "kind": "conv", "channels": 3, "activation": "sigmoid"}]}
//
// Fields that are left out have Layer's defaults (stride: 2 where 1 is not allowed); the names, the
// kinds and the layers are needed.
#pragma once

#include <string>
#include <string_view>

#include "core/model/model.h"

namespace limpid {

std::string to_json(const Model& model);

// Parses and checks. Throws Error naming `where` and the field when the text is not such a model;
// unknown fields are refused, so that a misspelt one is not lost.
Model model_from_json(std::string_view text, const std::string& where);

// "conv", "leaky_relu": as in the code. Parsing throws Error listing the names.
std::string to_string(LayerKind kind);
std::string to_string(Activation activation);
// For JSON: the double whose shortest decimal is this float's, 0.1, not 0.10000000149011612.
double shortest(float value);

LayerKind parse_layer_kind(const std::string& text);
Activation parse_activation(const std::string& text);

}  // namespace limpid
