#include "core/feature_maps.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>
#include <utility>

namespace limpid {
namespace {

constexpr int largest_side = 256;
constexpr uint32_t gap_step = 96;  // of 255: between the maps, neither black nor gray

template <class Picture>
Image middle_part(const Picture& picture) {
  const RowSpan rows = middle_rows(picture.height), columns = middle_rows(picture.width);
  return crop(picture, rows.top, columns.top, rows.count(), columns.count());
}

std::vector<bool> leading_to(const Model& model, int layer) {
  std::vector<bool> leads(model.layers.size());
  leads[size_t(layer)] = true;
  for (int i = layer; i >= 0; --i) {
    if (!leads[size_t(i)]) continue;
    for (const int from : inputs_of(model, i)) {
      if (from >= 0) leads[size_t(from)] = true;
    }
  }
  return leads;
}

// Columns for so many maps: at least as many as rows, and no gap in the last row if that is near.
int columns_for(int n) {
  const int least = int(std::ceil(std::sqrt(double(n))));
  for (int columns = least; columns <= 2 * least; ++columns) {
    if (n % columns == 0) return columns;
  }
  return least;
}

// What one map's values are drawn as: 0 and its unit.
struct Scale {
  float zero = 0;
  float factor = 0;
};

Scale scale_of(const FeatureMaps& maps, int map) {
  float least = 0, most = 0;
  for (size_t i = size_t(map); i < maps.values.size(); i += size_t(maps.shape.channels)) {
    least = std::min(least, maps.values[i]);
    most = std::max(most, maps.values[i]);
  }
  const float largest = std::max(-least, most);
  const float zero = least < 0 ? 0.5f : 0;
  return {zero, largest > 0 ? (1 - zero) / largest : 0};
}

}  // namespace

Model cut_behind(const Model& model, int layer) {
  assert(layer >= 0 && layer < int(model.layers.size()));
  const std::vector<bool> leads = leading_to(model, layer);
  Model cut{model.name, model.channels, {}};
  for (int i = 0; i <= layer; ++i) {
    if (!leads[size_t(i)]) continue;
    Layer kept = model.layers[size_t(i)];
    kept.inputs.clear();  // by name, as the layer before may be gone
    for (const int from : inputs_of(model, i)) {
      kept.inputs.push_back(from < 0 ? "input" : model.layers[size_t(from)].name);
    }
    cut.layers.push_back(std::move(kept));
  }
  return cut;
}

RowSpan middle_rows(int height) {
  const int count = std::min(height, largest_side), top = (height - count) / 2;
  return {top, top + count};
}

Image middle_of(const Raster& picture) { return middle_part(picture); }
Image middle_of(const Image& picture) { return middle_part(picture); }

FeatureMaps feature_maps(Engine& engine, const Model& model, const std::vector<Tensor>& weights,
                         int layer, const Image& picture, int threads) {
  const Model cut = cut_behind(model, layer);
  const int multiple = size_multiple(model);
  const auto grown = [&](int side) { return (side + multiple - 1) / multiple * multiple; };
  const Image input = pad_reflect(with_channels(picture, model.channels), grown(picture.height),
                                  grown(picture.width));
  State state;
  for (const Parameter& parameter : parameters(cut)) {
    const auto found = std::find_if(weights.begin(), weights.end(), [&](const Tensor& tensor) {
      return tensor.name == parameter.name;
    });
    if (found != weights.end()) state.weights.push_back(*found);
  }
  const auto network =
      engine.prepare(cut, {.height = input.height, .width = input.width, .threads = threads});
  network->write(state);
  const Shape shape = {input.height, input.width, input.channels};
  FeatureMaps maps{output_shapes(cut, shape).back(), {}};
  maps.values.resize(maps.shape.count());
  network->denoise({1, shape, input.pixels}, {1, maps.shape, maps.values});
  return maps;
}

MapMosaic mosaic(const FeatureMaps& maps) {
  const auto [height, width, n] = maps.shape;
  const int columns = columns_for(n), rows = (n + columns - 1) / columns;
  const int gap = std::max(1, width / 32);
  MapMosaic mosaic{
      .columns = columns,
      .gap = gap,
      .picture = Raster(rows * (height + gap) - gap, columns * (width + gap) - gap, 1, 255)};
  auto& steps = std::get<std::vector<uint8_t>>(mosaic.picture.steps);
  std::fill(steps.begin(), steps.end(), uint8_t(gap_step));
  for (int map = 0; map < n; ++map) {
    const Scale scale = scale_of(maps, map);
    const int top = map / columns * (height + gap), left = map % columns * (width + gap);
    for (int y = 0; y < height; ++y) {
      const float* from = &maps.values[size_t(y) * width * n + size_t(map)];
      uint8_t* to = &steps[size_t(top + y) * mosaic.picture.width + left];
      for (int x = 0; x < width; ++x) {
        to[x] = uint8_t(to_step(scale.zero + scale.factor * from[size_t(x) * n], 255));
      }
    }
  }
  return mosaic;
}

}  // namespace limpid
