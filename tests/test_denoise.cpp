#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "core/denoise.h"
#include "core/engine/reference.h"
#include "core/error.h"
#include "core/noise/philox.h"
#include "core/tiling.h"

namespace limpid {
namespace {

constexpr size_t no_cap = size_t(1) << 30;

Image random_picture(int height, int width, int channels) {
  Image image(height, width, channels);
  std::vector<uint32_t> bits(image.count());
  const Sequence sequence = {.seed = 9, .item = uint32_t(height * 1000 + width)};
  sequence.fill(0, bits);
  for (size_t i = 0; i < bits.size(); ++i) image.pixels[i] = uniform(bits[i]);
  return image;
}

// Layers of every kind in a random order, two levels deep at most, with random skips.
class RandomModel {
 public:
  explicit RandomModel(uint32_t seed) : sequence_{.seed = seed, .stream = Stream::weights} {}

  Model make(int channels) {
    model_ = {"random", channels, {}};
    add({.kind = LayerKind::conv, .channels = draw(4) + 1, .kernel = 3}, 0);
    for (int i = 0; i < 3; ++i) add_any();
    while (level() > 0) climb();
    add({.kind = LayerKind::conv,
         .channels = channels,
         .kernel = draw(2) * 2 + 1,
         .activation = Activation::sigmoid},
        0);
    return model_;
  }

 private:
  int draw(int n) { return int(below(uint32_t(n), sequence_.bits(position_++))); }
  int level() const { return levels_.back(); }

  void add(Layer layer, int step) {
    layer.name = "layer" + std::to_string(levels_.size());
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
      add({.kind = LayerKind::upsample, .stride = 2}, -1);
      add({.kind = LayerKind::conv, .channels = draw(4) + 1, .kernel = draw(3) * 2 + 1}, 0);
    } else {
      add({.kind = LayerKind::transposed_conv,
           .channels = draw(4) + 1,
           .kernel = draw(3) + 2,
           .stride = 2},
          -1);
    }
  }

  void add_any() {
    const int kind = draw(4);
    if (kind == 0 && level() < 2) add({.kind = LayerKind::max_pool, .stride = 2}, 1);
    if (kind == 1 && level() < 2) {
      add({.kind = LayerKind::conv,
           .channels = draw(4) + 1,
           .kernel = draw(3) * 2 + 1,
           .stride = 2,
           .activation = Activation::leaky_relu},
          1);
    }
    if (kind == 2 && level() > 0) climb();
    add({.kind = LayerKind::conv,
         .channels = draw(4) + 1,
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
      Layer layer = {.kind = draw(2) == 0 ? LayerKind::add : LayerKind::concat};
      layer.inputs = {model_.layers[i].name, model_.layers[last].name};
      return add(layer, 0);
    }
  }

  const Sequence sequence_;
  uint32_t position_ = 0;
  Model model_;
  std::vector<int> levels_;
  std::vector<int> channels_;
};

int round_up(int side, int multiple) { return (side + multiple - 1) / multiple * multiple; }

// The picture in one piece, without a Denoiser.
Image restore_whole(Engine& engine, const Model& model, const std::vector<Tensor>& weights,
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

bool same_bits(const Image& a, const Image& b) {
  if (!a.same_size(b)) return false;
  for (size_t i = 0; i < a.count(); ++i) {
    if (std::bit_cast<uint32_t>(a.pixels[i]) != std::bit_cast<uint32_t>(b.pixels[i])) return false;
  }
  return true;
}

// What the engine needs for the smallest tile of that picture, and for the whole.
std::pair<size_t, size_t> memory_range(Engine& engine, const Model& model, const Image& image) {
  const int multiple = size_multiple(model);
  const int radius = receptive_radius(model);
  const auto rows = ways_to_cut(round_up(image.height, multiple), multiple, radius);
  const auto columns = ways_to_cut(round_up(image.width, multiple), multiple, radius);
  const auto needed = [&](const Cut& row, const Cut& column) {
    return engine.memory_bytes(model, {.height = row.side, .width = column.side});
  };
  return {needed(rows.front(), columns.front()), needed(rows.back(), columns.back())};
}

// Restores the picture under several caps; returns the most tiles that one of them took.
int expect_tiled_equals_whole(Engine& engine, const Model& model, const Image& noisy) {
  const std::vector<Tensor> weights = initial_weights(model, 4);
  const Image whole = restore_whole(engine, model, weights, noisy);
  const auto [least, most] = memory_range(engine, model, noisy);
  int tiles = 0;
  for (const size_t cap : {most, std::max(most - 1, least), (least + most) / 2, least}) {
    Denoiser denoiser(engine, model, weights, {.memory_bytes = cap});
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

std::string message(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Model identity(int channels) {
  return {"identity", channels, {{.name = "out", .channels = channels, .kernel = 1}}};
}

std::vector<Tensor> identity_weights(int channels) {
  std::vector<Tensor> weights = zeros(identity(channels));
  for (int c = 0; c < channels; ++c) weights[0].data[size_t(c * channels + c)] = 1;
  return weights;
}

TEST(Denoise, TiledEqualsWholeInRandomNetworks) {
  const auto engine = make_reference_engine();
  for (uint32_t seed = 0; seed < 24; ++seed) {
    SCOPED_TRACE(seed);
    const Model model = RandomModel(seed).make(seed % 2 == 0 ? 1 : 3);
    const int side = 2 * receptive_radius(model) + 5 * size_multiple(model);
    const Image noisy = random_picture(side + int(seed % 3), side / 2 + int(seed), model.channels);
    EXPECT_GT(expect_tiled_equals_whole(*engine, model, noisy), 1);
  }
}

TEST(Denoise, EverySizeTiledEqualsWhole) {
  const auto engine = make_reference_engine();
  const Model model = {
      "small",
      1,
      {{.name = "enc", .channels = 3, .activation = Activation::relu},
       {.name = "pool", .kind = LayerKind::max_pool, .stride = 2},
       {.name = "mid", .channels = 2, .kernel = 3, .activation = Activation::relu},
       {.name = "up", .kind = LayerKind::upsample, .stride = 2},
       {.name = "join", .kind = LayerKind::concat, .inputs = {"up", "enc"}},
       {.name = "out", .channels = 1, .kernel = 3, .activation = Activation::sigmoid}}};
  int cut = 0;
  for (int height = 1; height <= 40; ++height) {
    for (const int width : {1, 2, 7, 16, 23, 40}) {
      cut += expect_tiled_equals_whole(*engine, model, random_picture(height, width, 1)) > 1;
    }
  }
  EXPECT_GT(cut, 150);
}

TEST(Denoise, AnIdentityGivesThePictureBack) {
  const auto engine = make_reference_engine();
  for (const int channels : {1, 3}) {
    for (const int of_picture : {1, 3}) {
      const Image noisy = random_picture(17, 31, of_picture);
      const size_t least = memory_range(*engine, identity(channels), noisy).first;
      for (const size_t cap : {least, least + 5000, no_cap}) {
        Denoiser denoiser(*engine, identity(channels), identity_weights(channels),
                          {.memory_bytes = cap});
        EXPECT_TRUE(same_bits(denoiser.denoise(noisy), noisy)) << channels << ' ' << of_picture;
      }
    }
  }
}

TEST(Denoise, GrayPicturesGetTheMeanOfAColourNetwork) {
  const auto engine = make_reference_engine();
  const Model model = RandomModel(3).make(3);
  const std::vector<Tensor> weights = initial_weights(model, 4);
  const Image gray = random_picture(45, 37, 1);
  const Image expected =
      with_channels(restore_whole(*engine, model, weights, with_channels(gray, 3)), 1);
  for (const size_t cap : {memory_range(*engine, model, gray).first, no_cap}) {
    Denoiser denoiser(*engine, model, weights, {.memory_bytes = cap});
    EXPECT_TRUE(same_bits(denoiser.denoise(gray), expected));
  }
}

TEST(Denoise, AGrayNetworkGetsEachChannelByItself) {
  const auto engine = make_reference_engine();
  const Model model = RandomModel(6).make(1);
  const std::vector<Tensor> weights = initial_weights(model, 4);
  const Image color = random_picture(45, 37, 3);
  for (const size_t cap : {memory_range(*engine, model, color).first, no_cap}) {
    Denoiser denoiser(*engine, model, weights, {.memory_bytes = cap});
    const Image restored = denoiser.denoise(color);
    ASSERT_TRUE(restored.same_size(color));
    for (int c = 0; c < 3; ++c) {
      Image channel(color.height, color.width, 1);
      for (size_t i = 0; i < channel.count(); ++i) channel.pixels[i] = color.pixels[3 * i + c];
      channel = restore_whole(*engine, model, weights, channel);
      for (size_t i = 0; i < channel.count(); ++i) {
        ASSERT_EQ(restored.pixels[3 * i + c], channel.pixels[i]);
      }
    }
  }
}

TEST(Denoise, TellsEachTileAndStopsWhenToldTo) {
  const auto engine = make_reference_engine();
  const Image noisy = random_picture(9, 12, 1);
  const size_t least = memory_range(*engine, identity(1), noisy).first;
  Denoiser denoiser(*engine, identity(1), identity_weights(1), {.memory_bytes = least});
  std::vector<int> told;
  EXPECT_FALSE(denoiser
                   .denoise(noisy,
                            [&](int done, int total) {
                              EXPECT_EQ(total, 9 * 12);  // tiles of one pixel
                              told.push_back(done);
                              return true;
                            })
                   .empty());
  ASSERT_EQ(told.size(), 9u * 12 + 1);
  for (size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], int(i));
  for (const int last : {0, 1, 50, 108}) {
    EXPECT_TRUE(denoiser.denoise(noisy, [&](int done, int) { return done < last; }).empty());
  }
  EXPECT_TRUE(same_bits(denoiser.denoise(noisy), noisy));
}

TEST(Denoise, RefusesWhatDoesNotFit) {
  const auto engine = make_reference_engine();
  const Model model = RandomModel(1).make(3);
  const Image noisy = random_picture(90, 80, 3);
  const size_t least = memory_range(*engine, model, noisy).first;
  Denoiser denoiser(*engine, model, initial_weights(model, 1), {.memory_bytes = least - 1});
  const std::string text = message([&] { denoiser.denoise(noisy); });
  EXPECT_NE(text.find(std::to_string(least) + " bytes"), std::string::npos) << text;
  EXPECT_NE(text.find("only " + std::to_string(least - 1) + " are allowed"), std::string::npos)
      << text;
  EXPECT_NE(text.find("80 x 90"), std::string::npos) << text;
}

TEST(Denoise, RefusesWeightsOfAnotherModel) {
  const auto engine = make_reference_engine();
  EXPECT_NE(message([&] { Denoiser(*engine, identity(3), identity_weights(1), {}); }), "");
  EXPECT_NE(message([&] { Denoiser(*engine, {"none", 3, {}}, {}, {}); }), "");
}

TEST(Denoise, RefusesValuesThatAreNoNumbers) {
  const auto engine = make_reference_engine();
  Denoiser denoiser(*engine, identity(3), identity_weights(3), {});
  for (const float value : {NAN, INFINITY, -INFINITY}) {
    Image noisy = random_picture(5, 4, 3);
    noisy.at(2, 3, 1) = value;
    EXPECT_EQ(message([&] { denoiser.denoise(noisy); }),
              "the picture has a value that is no finite number at row 2, column 3");
  }
  Image unclipped = random_picture(5, 4, 3);
  unclipped.at(2, 3, 1) = -1.5f;
  EXPECT_TRUE(same_bits(denoiser.denoise(unclipped), unclipped));
}

// Counts what it prepares.
class CountingEngine : public Engine {
 public:
  std::string name() const override { return engine_->name(); }
  std::string describe() const override { return engine_->describe(); }
  size_t memory_bytes(const Model& model, const Limits& limits) override {
    return engine_->memory_bytes(model, limits);
  }
  std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) override {
    ++prepared;
    return engine_->prepare(model, limits);
  }

  int prepared = 0;

 private:
  std::unique_ptr<Engine> engine_ = make_reference_engine();
};

TEST(Denoise, PreparesOnceForAllTilesAndForPicturesOfOneSize) {
  CountingEngine engine;
  const Image noisy = random_picture(9, 12, 1);
  const size_t least = memory_range(engine, identity(1), noisy).first;
  Denoiser denoiser(engine, identity(1), identity_weights(1), {.memory_bytes = least + 100});
  denoiser.denoise(noisy);
  denoiser.denoise(noisy);
  EXPECT_EQ(engine.prepared, 1);
  denoiser.denoise(random_picture(2, 2, 1));
  EXPECT_EQ(engine.prepared, 2);
  Denoiser moved = std::move(denoiser);
  moved.denoise(random_picture(2, 2, 1));
  EXPECT_EQ(engine.prepared, 2);
}

}  // namespace
}  // namespace limpid
