#include "core/model/model.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <set>

#include "core/error.h"
#include "core/model/strict_json.h"

namespace limpid {
namespace {

constexpr size_t max_layers = 1000;
constexpr int64_t max_parameters = 100'000'000;
constexpr int max_channels = 65536;
constexpr size_t max_inputs = 64;
constexpr size_t max_name_bytes = 100;
constexpr int max_levels = 10;  // of pooling: sides in multiples of 1,024 at most

bool takes_several(LayerKind kind) { return kind == LayerKind::add || kind == LayerKind::concat; }

// log2 of how much the layer shrinks its input; negative where it grows it.
int level_step(const Layer& layer) {
  if (layer.stride == 1) return 0;
  const bool shrinks = layer.kind == LayerKind::conv || layer.kind == LayerKind::max_pool;
  return shrinks ? 1 : -1;
}

// How often each layer's input has been halved.
std::vector<int> levels(const Model& model) {
  std::vector<int> level(model.layers.size());
  for (size_t i = 0; i < level.size(); ++i) {
    const int from = inputs_of(model, int(i)).front();
    level[i] = (from < 0 ? 0 : level[from]) + level_step(model.layers[i]);
  }
  return level;
}

[[noreturn]] void refuse(const Model& model, const Layer& layer, const std::string& reason) {
  throw Error("model '" + model.name + "': layer '" + layer.name + "' " + reason);
}

// '/' parts a checkpoint's tensors from the model's, "adam.m/enc1.kernel".
bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= max_name_bytes &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return uint8_t(c) < 0x20 || c == 0x7F || c == '/'; });
}

void check_values(const Model& model, const Layer& layer) {
  auto one_of = [&](int value, std::initializer_list<int> allowed, const char* what) {
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
    std::string list;
    for (int a : allowed) list += (list.empty() ? "" : " or ") + std::to_string(a);
    refuse(model, layer,
           std::string("has ") + what + " " + std::to_string(value) + ", not " + list);
  };
  if (has_kernel(layer.kind) && (layer.channels < 1 || layer.channels > max_channels)) {
    refuse(model, layer, "has " + std::to_string(layer.channels) + " channels, not 1 to 65536");
  }
  switch (layer.kind) {
    case LayerKind::conv:
      one_of(layer.kernel, {1, 3, 5}, "kernel");
      one_of(layer.stride, {1, 2}, "stride");
      break;
    case LayerKind::transposed_conv:
      one_of(layer.kernel, {2, 3, 4}, "kernel");
      one_of(layer.stride, {2}, "stride");
      break;
    case LayerKind::max_pool:
    case LayerKind::upsample: one_of(layer.stride, {2}, "stride"); break;
    case LayerKind::dropout:
      one_of(layer.stride, {1}, "stride");
      if (!(layer.rate >= 0 && layer.rate < 1)) {
        refuse(model, layer, "has a rate that is not in 0 .. 1 (1 excluded)");
      }
      break;
    case LayerKind::add:
    case LayerKind::concat:
    case LayerKind::batch_norm: one_of(layer.stride, {1}, "stride"); break;
  }
  // The gradient tells the sides apart by the output's sign.
  if (!std::isfinite(layer.slope) || layer.slope < 0) {
    refuse(model, layer, "has a slope that is no number from 0 on");
  }
  const bool passes_through = layer.kind == LayerKind::max_pool ||
                              layer.kind == LayerKind::upsample || layer.kind == LayerKind::dropout;
  if (passes_through && layer.activation != Activation::linear) {
    refuse(model, layer, "takes no activation: give it to the layer before");
  }
}

void check_inputs(const Model& model, size_t i, const std::set<std::string>& known) {
  const Layer& layer = model.layers[i];
  if (!is_name(layer.name)) {
    throw Error("model '" + model.name + "': layer " + std::to_string(i + 1) + " has the name '" +
                shown(layer.name) + "', not 1 to 100 bytes without '/' and control characters");
  }
  if (known.count(layer.name)) refuse(model, layer, "has a name that is taken");
  if (layer.inputs.size() > max_inputs) refuse(model, layer, "takes over 64 inputs");
  for (const std::string& input : layer.inputs) {
    if (!known.count(input)) {
      refuse(model, layer, "takes '" + shown(input) + "', which is no layer before");
    }
  }
  if (takes_several(layer.kind) ? layer.inputs.size() < 2 : layer.inputs.size() > 1) {
    refuse(model, layer,
           takes_several(layer.kind) ? "needs two inputs or more by name" : "takes one input");
  }
}

// Before output_shapes, whose sums of concatenated channels could overflow.
void check_widths(const Model& model) {
  std::vector<int64_t> widths;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    int64_t width = has_kernel(layer.kind) ? layer.channels : 0;
    for (int j : inputs_of(model, int(i))) {
      const int64_t input = j < 0 ? model.channels : widths[j];
      if (layer.kind == LayerKind::concat)
        width += input;
      else if (!has_kernel(layer.kind))
        width = input;
    }
    if (width > max_channels) refuse(model, layer, "joins over 65536 channels");
    widths.push_back(width);
  }
}

void check_shapes(const Model& model) {
  const std::vector<int> level = levels(model);
  for (size_t i = 0; i < level.size(); ++i) {
    if (level[i] < 0) refuse(model, model.layers[i], "makes the picture larger than it came");
    if (level[i] > max_levels) refuse(model, model.layers[i], "pools more than 10 times");
  }
  check_widths(model);
  const int side = size_multiple(model);
  const std::vector<Shape> shapes = output_shapes(model, {side, side, model.channels});
  for (size_t i = 0; i < shapes.size(); ++i) {
    const std::vector<int> inputs = inputs_of(model, int(i));
    const auto shape = [&](int j) { return j < 0 ? Shape{side, side, model.channels} : shapes[j]; };
    for (int j : inputs) {
      Shape other = shape(j);
      if (model.layers[i].kind == LayerKind::concat) other.channels = shape(inputs[0]).channels;
      if (other != shape(inputs[0])) refuse(model, model.layers[i], "has inputs of unequal shapes");
    }
  }
  if (shapes.back() != Shape{side, side, model.channels}) {
    const Shape& out = shapes.back();
    refuse(model, model.layers.back(),
           "gives 1/" + std::to_string(side / std::max(out.height, 1)) + " of the side and " +
               std::to_string(out.channels) + " channels; the last layer must give the picture's " +
               "size and " + std::to_string(model.channels) + " channels");
  }
}

void check_used(const Model& model) {
  std::vector<bool> used(model.layers.size(), false);
  used.back() = true;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    for (int j : inputs_of(model, int(i))) {
      if (j >= 0) used[j] = true;
    }
  }
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) refuse(model, model.layers[i], "is used by no other");
  }
}

}  // namespace

void check(const Model& model) {
  if (model.channels != 1 && model.channels != 3) {
    throw Error("model '" + model.name + "' has " + std::to_string(model.channels) +
                " channels, not 1 or 3");
  }
  if (model.layers.empty() || model.layers.size() > max_layers) {
    throw Error("model '" + model.name + "' has " + std::to_string(model.layers.size()) +
                " layers, not 1 to 1,000");
  }
  if (!is_name(model.name)) {
    throw Error("a model has the name '" + shown(model.name) +
                "', not 1 to 100 bytes without '/' and control characters");
  }
  std::set<std::string> known = {"input"};
  for (size_t i = 0; i < model.layers.size(); ++i) {
    check_inputs(model, i, known);
    check_values(model, model.layers[i]);
    known.insert(model.layers[i].name);
  }
  check_used(model);
  check_shapes(model);
  int64_t total = 0;
  for (const Parameter& parameter : parameters(model)) {
    int64_t count = 1;
    for (int side : parameter.shape) count *= side;  // at most 65536^2 * 25: fits
    total += count;
    if (total > max_parameters) {
      throw Error("model '" + model.name + "' has over 100 million parameters, at '" +
                  parameter.name + "'");
    }
  }
}

bool has_layer(const Model& model, LayerKind kind) {
  return std::any_of(model.layers.begin(), model.layers.end(),
                     [kind](const Layer& layer) { return layer.kind == kind; });
}

int size_multiple(const Model& model) {
  const std::vector<int> level = levels(model);
  return 1 << std::max(0, *std::max_element(level.begin(), level.end()));
}

std::vector<int> inputs_of(const Model& model, int i) {
  const Layer& layer = model.layers[i];
  if (layer.inputs.empty()) return {i - 1};
  std::vector<int> inputs;
  for (const std::string& name : layer.inputs) {
    const auto from = std::find_if(model.layers.begin(), model.layers.begin() + i,
                                   [&](const Layer& other) { return other.name == name; });
    inputs.push_back(from == model.layers.begin() + i ? -1 : int(from - model.layers.begin()));
  }
  return inputs;
}

std::vector<Shape> output_shapes(const Model& model, Shape input) {
  std::vector<Shape> shapes;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const std::vector<int> inputs = inputs_of(model, int(i));
    const auto shape = [&](int j) { return j < 0 ? input : shapes[j]; };
    Shape out = shape(inputs.front());
    const int step = level_step(layer);
    if (step > 0) out.height /= 2, out.width /= 2;
    if (step < 0) out.height *= 2, out.width *= 2;
    if (has_kernel(layer.kind)) out.channels = layer.channels;
    if (layer.kind == LayerKind::concat) {
      for (size_t j = 1; j < inputs.size(); ++j) out.channels += shape(inputs[j]).channels;
    }
    shapes.push_back(out);
  }
  return shapes;
}

size_t Parameter::count() const {
  size_t count = 1;
  for (int side : shape) count *= size_t(side);
  return count;
}

std::vector<Parameter> parameters_of(const Layer& layer, int input_channels) {
  if (has_kernel(layer.kind)) {
    return {{layer.name + ".kernel", {layer.channels, layer.kernel, layer.kernel, input_channels}},
            {layer.name + ".bias", {layer.channels}}};
  }
  if (layer.kind == LayerKind::batch_norm) {
    return {{layer.name + ".gamma", {input_channels}},
            {layer.name + ".beta", {input_channels}},
            {layer.name + ".mean", {input_channels}, false},
            {layer.name + ".variance", {input_channels}, false}};
  }
  return {};
}

std::vector<Parameter> parameters(const Model& model) {
  const int side = size_multiple(model);
  const std::vector<Shape> shapes = output_shapes(model, {side, side, model.channels});
  std::vector<Parameter> all;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const int from = inputs_of(model, int(i)).front();
    const int channels = from < 0 ? model.channels : shapes[from].channels;
    for (Parameter& parameter : parameters_of(model.layers[i], channels)) {
      all.push_back(std::move(parameter));
    }
  }
  return all;
}

int pad_before(int kernel, int stride) { return std::max(kernel - stride, 0) / 2; }

int receptive_radius(const Model& model) {
  return receptive_radius(model, std::vector<int>(model.layers.size()));
}

int receptive_radius(const Model& model, std::span<const int> further) {
  // Pixel y of a value depends on the input's rows scale * y - before .. scale * y + after.
  struct Reach {
    int scale = 1, before = 0, after = 0;
  };
  std::vector<Reach> reach(model.layers.size());
  for (size_t i = 0; i < reach.size(); ++i) {
    const Layer& layer = model.layers[i];
    Reach r;
    for (int j : inputs_of(model, int(i))) {
      if (j < 0) continue;
      r = {reach[j].scale, std::max(r.before, reach[j].before), std::max(r.after, reach[j].after)};
    }
    r.before += r.scale * further[i];
    r.after += r.scale * further[i];
    const int pad = has_kernel(layer.kind) ? pad_before(layer.kernel, layer.stride) : 0;
    switch (layer.kind) {
      case LayerKind::conv:
        r = {r.scale * layer.stride, r.before + r.scale * pad,
             r.after + r.scale * (layer.kernel - 1 - pad)};
        break;
      case LayerKind::transposed_conv:
        r.scale /= layer.stride;
        r.before += r.scale * (layer.kernel - 1 - pad);
        r.after += r.scale * pad;
        break;
      case LayerKind::max_pool:
        r = {r.scale * layer.stride, r.before, r.after + r.scale * (layer.stride - 1)};
        break;
      case LayerKind::upsample:
        r.scale /= layer.stride;
        r.before += r.scale * (layer.stride - 1);
        break;
      case LayerKind::add:
      case LayerKind::concat:
      case LayerKind::batch_norm:
      case LayerKind::dropout: break;
    }
    reach[i] = r;
  }
  return std::max(reach.back().before, reach.back().after);
}

}  // namespace limpid
