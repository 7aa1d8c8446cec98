// Pictures restored whole and in tiles, by random networks.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "core/denoise.h"
#include "core/noise/philox.h"
#include "core/tiling.h"
#include "tests/random_state.h"

namespace limpid {

inline Image random_picture(int height, int width, int channels) {
  Image image(height, width, channels);
  std::vector<uint32_t> bits(image.count());
  const Sequence sequence = {.seed = 9, .item = uint32_t(height * 1000 + width)};
  sequence.fill(0, bits);
  for (size_t i = 0; i < bits.size(); ++i) image.pixels[i] = uniform(bits[i]);
  return image;
}

// Layers of every kind in a random order, two levels deep at most, with random skips; `width`, 2
// times and so on up to 4 times as many channels.
class RandomModel {
 public:
  explicit RandomModel(uint32_t seed, int width = 1)
      : width_(width), sequence_{.seed = seed, .stream = Stream::weights} {}

  Model make(int channels) {
    model_ = {"random", channels, {}};
    add({.name = next_name(), .kind = LayerKind::conv, .channels = width(), .kernel = 3}, 0);
    for (int i = 0; i < 3; ++i) add_any();
    while (level() > 0) climb();
    add({.name = next_name(),
         .kind = LayerKind::conv,
         .channels = channels,
         .kernel = draw(2) * 2 + 1,
         .activation = Activation::sigmoid},
        0);
    return model_;
  }

 private:
  int draw(int n) { return int(below(uint32_t(n), sequence_.bits(position_++))); }
  int width() { return width_ * (draw(4) + 1); }
  int level() const { return levels_.back(); }
  std::string next_name() const { return "layer" + std::to_string(levels_.size()); }

  void add(const Layer& layer, int step) {
    const bool has_kernel =
        layer.kind == LayerKind::conv || layer.kind == LayerKind::transposed_conv;
    int channels = channels_.empty() ? 0 : channels_.back();
    if (has_kernel) channels = layer.channels;
    if (layer.kind == LayerKind::concat) channels *= 2;
    levels_.push_back((levels_.empty() ? 0 : level()) + step);
    channels_.push_back(channels);
    model_.layers.push_back(layer);
  }

  void climb() {
    if (draw(2) == 0) {
      add({.name = next_name(), .kind = LayerKind::upsample, .stride = 2}, -1);
      add({.name = next_name(),
           .kind = LayerKind::conv,
           .channels = width(),
           .kernel = draw(3) * 2 + 1},
          0);
    } else {
      add({.name = next_name(),
           .kind = LayerKind::transposed_conv,
           .channels = width(),
           .kernel = draw(3) + 2,
           .stride = 2},
          -1);
    }
  }

  void add_any() {
    const int kind = draw(4);
    if (kind == 0 && level() < 2)
      add({.name = next_name(), .kind = LayerKind::max_pool, .stride = 2}, 1);
    if (kind == 1 && level() < 2) {
      add({.name = next_name(),
           .kind = LayerKind::conv,
           .channels = width(),
           .kernel = draw(3) * 2 + 1,
           .stride = 2,
           .activation = Activation::leaky_relu},
          1);
    }
    if (kind == 2 && level() > 0) climb();
    add({.name = next_name(),
         .kind = LayerKind::conv,
         .channels = width(),
         .kernel = draw(3) * 2 + 1,
         .activation = Activation::relu},
        0);
    skip();
  }

  // Joins the last layer with an earlier one of its shape.
  void skip() {
    const size_t last = levels_.size() - 1;
    for (size_t i = 0; i < last; ++i) {
      if (levels_[i] != levels_[last] || channels_[i] != channels_[last]) continue;
      Layer layer = {.name = next_name(),
                     .kind = draw(2) == 0 ? LayerKind::add : LayerKind::concat};
      layer.inputs = {model_.layers[i].name, model_.layers[last].name};
      return add(layer, 0);
    }
  }

  const int width_;
  const Sequence sequence_;
  uint32_t position_ = 0;
  Model model_;
  std::vector<int> levels_;
  std::vector<int> channels_;
};

inline int round_up(int side, int multiple) { return (side + multiple - 1) / multiple * multiple; }

// The picture in one piece, without a Denoiser.
inline Image restore_whole(Engine& engine, const Model& model, const std::vector<Tensor>& weights,
                           const Image& noisy) {
  const int multiple = size_multiple(model);
  Image padded =
      pad_reflect(noisy, round_up(noisy.height, multiple), round_up(noisy.width, multiple));
  const auto network = engine.prepare(model, {.height = padded.height, .width = padded.width});
  State state;
  state.weights = weights;
  network->write(state);
  const Shape shape = {padded.height, padded.width, padded.channels};
  network->denoise({1, shape, padded.pixels}, {1, shape, padded.pixels});
  return crop(padded, 0, 0, noisy.height, noisy.width);
}

inline bool same_bits(const Image& a, const Image& b) {
  if (!a.same_size(b)) return false;
  for (size_t i = 0; i < a.count(); ++i) {
    if (std::bit_cast<uint32_t>(a.pixels[i]) != std::bit_cast<uint32_t>(b.pixels[i])) return false;
  }
  return true;
}

// What the engine needs for the smallest tile of that picture, and for the whole.
inline std::pair<size_t, size_t> memory_range(Engine& engine, const Model& model,
                                              const Image& image) {
  const int multiple = size_multiple(model);
  const TileRule rule = engine.tile_rule(model);
  const auto rows = ways_to_cut(round_up(image.height, multiple), rule.multiple, rule.radius);
  const auto columns = ways_to_cut(round_up(image.width, multiple), rule.multiple, rule.radius);
  const auto needed = [&](const Cut& row, const Cut& column) {
    return engine.memory_bytes(model, {.height = row.side, .width = column.side, .threads = 1});
  };
  return {needed(rows.front(), columns.front()), needed(rows.back(), columns.back())};
}

// Restores the picture under several caps on one thread (thousands of small calls), the whole on
// all; returns the most tiles that one of them took.
inline int expect_tiled_equals_whole(Engine& engine, const Model& model, const Image& noisy) {
  const std::vector<Tensor> weights = random_state(model).weights;
  const Image whole = restore_whole(engine, model, weights, noisy);
  const auto [least, most] = memory_range(engine, model, noisy);
  int tiles = 0;
  for (const size_t cap : {most, std::max(most - 1, least), (least + most) / 2, least}) {
    Denoiser denoiser(engine, model, weights, {.memory_bytes = cap, .threads = 1});
    const Image restored = denoiser.denoise(noisy, [&](int, int total) {
      EXPECT_TRUE(cap < most || total == 1);
      tiles = std::max(tiles, total);
      return true;
    });
    EXPECT_TRUE(same_bits(restored, whole)) << noisy.width << " x " << noisy.height << " in "
                                            << tiles << " tiles under " << cap << " bytes";
  }
  return tiles;
}

}  // namespace limpid
