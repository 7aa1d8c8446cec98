#include "core/model/summary.h"

#include <cinttypes>
#include <cstdio>

#include "core/model/json.h"

namespace limpid {
namespace {

std::string grouped(int64_t value) {
  std::string text = std::to_string(value);
  for (int i = int(text.size()) - 3; i > 0; i -= 3) text.insert(size_t(i), 1, ',');
  return text;
}

std::string row(const std::string& layer, const std::string& shape, const std::string& count,
                const std::string& inputs) {
  char text[256];
  std::snprintf(text, sizeof text, "%-34.34s %-20.20s %12.12s  %.60s\n", layer.c_str(),
                shape.c_str(), count.c_str(), inputs.c_str());
  return text;
}

int64_t flops_of(const Layer& layer, Shape input, Shape output) {
  const int64_t taps = int64_t(layer.kernel) * layer.kernel;
  if (layer.kind == LayerKind::conv) {
    return 2 * taps * input.channels * int64_t(output.count());
  }
  if (layer.kind == LayerKind::transposed_conv) {
    return 2 * taps * output.channels * int64_t(input.count());
  }
  return 0;
}

}  // namespace

Summary summarize(const Model& model, int height, int width) {
  const Shape picture = {height, width, model.channels};
  const std::vector<Shape> shapes = output_shapes(model, picture);
  Summary summary;
  for (size_t i = 0; i < shapes.size(); ++i) {
    const Layer& layer = model.layers[i];
    const int from = inputs_of(model, int(i)).front();
    const Shape input = from < 0 ? picture : shapes[from];
    LayerSummary row{layer.name, to_string(layer.kind), shapes[i]};
    for (const Parameter& parameter : parameters_of(layer, input.channels)) {
      row.parameters += int64_t(parameter.count());
    }
    row.flops = flops_of(layer, input, shapes[i]);
    summary.parameters += row.parameters;
    summary.flops += row.flops;
    summary.layers.push_back(row);
  }
  return summary;
}

std::string to_text(const Model& model, const Summary& summary) {
  const std::string rule(90, '-');
  std::string text = "Model: \"" + model.name + "\"\n" + rule + "\n";
  text += row("Layer (kind)", "Output shape", "Parameters", "Inputs") + rule + "\n";
  for (size_t i = 0; i < summary.layers.size(); ++i) {
    const LayerSummary& layer = summary.layers[i];
    const Shape& shape = layer.output_shape;
    std::string inputs;
    for (const std::string& name : model.layers[i].inputs) {
      inputs += (inputs.empty() ? "" : ", ") + name;
    }
    text += row(layer.name + " (" + layer.kind + ")",
                std::to_string(shape.height) + " x " + std::to_string(shape.width) + " x " +
                    std::to_string(shape.channels),
                grouped(layer.parameters), inputs);
  }
  int64_t running = 0;  // batch_norm's statistics follow the data and are not trained
  for (const Parameter& parameter : parameters(model)) {
    if (!parameter.trained) running += int64_t(parameter.count());
  }
  char flops[64];
  std::snprintf(flops, sizeof flops, "%.2f GFLOP", double(summary.flops) * 1e-9);
  text += rule + "\nParameters: " + grouped(summary.parameters) + " (" +
          grouped(summary.parameters - running) + " trained, " + grouped(running) +
          " not trained)\nOne picture forward: " + flops + "\n";
  return text;
}

}  // namespace limpid
