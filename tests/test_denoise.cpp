#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/denoise.h"
#include "core/engine/reference.h"
#include "core/views.h"
#include "tests/temporary_folder.h"
#include "tests/tiled_restoring.h"

namespace limpid {
namespace {

constexpr size_t no_cap = size_t(1) << 30;

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

Image turned(const Image& image, Flip flip) {
  Image seen(image.height, image.width, image.channels);
  take_view(flip, {image.height, image.width, image.channels}, image.pixels.data(),
            seen.pixels.data());
  return seen;
}

TEST(Denoise, ViewsGiveTheMeanOfWhatIsMadeOfEach) {
  const auto engine = make_reference_engine();
  for (const uint32_t seed : {0u, 3u, 6u, 9u}) {
    SCOPED_TRACE(seed);
    const Model model = RandomModel(seed).make(seed % 2 == 0 ? 1 : 3);
    const std::vector<Tensor> weights = initial_weights(model, 4);
    const int side = 2 * receptive_radius(model) + 5 * size_multiple(model);
    const Image noisy = random_picture(round_up(side, size_multiple(model)),
                                       round_up(side + 9, size_multiple(model)), model.channels);
    const auto [least, most] = memory_range(*engine, model, noisy);
    for (const int views : {1, 2, 4}) {
      Image mean(noisy.height, noisy.width, noisy.channels);
      for (int i = 0; i < views; ++i) {
        const Flip flip = view_flips[size_t(i)];
        const Image answer =
            turned(restore_whole(*engine, model, weights, turned(noisy, flip)), flip);
        for (size_t k = 0; k < mean.count(); ++k) mean.pixels[k] += answer.pixels[k] / views;
      }
      for (const size_t cap : {least, most}) {
        Denoiser denoiser(*engine, model, weights, {.memory_bytes = cap, .views = views});
        int parts = 0;
        const Image restored = denoiser.denoise(noisy, [&](int, int total) {
          parts = total;
          return true;
        });
        EXPECT_TRUE(same_bits(restored, mean)) << views << " views, " << parts << " parts";
        EXPECT_TRUE(cap == most ? parts == views : parts > views && parts % views == 0);
      }
    }
  }
}

TEST(Denoise, RefusesViewsThatThereAreNot) {
  const auto engine = make_reference_engine();
  EXPECT_EQ(message_of([&] { Denoiser(*engine, identity(3), identity_weights(3), {.views = 3}); }),
            "a picture is seen in 1, 2 or 4 views, not in 3");
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
  const std::string text = message_of([&] { denoiser.denoise(noisy); });
  EXPECT_NE(text.find(std::to_string(least) + " bytes"), std::string::npos) << text;
  EXPECT_NE(text.find("only " + std::to_string(least - 1) + " are allowed"), std::string::npos)
      << text;
  EXPECT_NE(text.find("80 x 90"), std::string::npos) << text;
}

TEST(Denoise, RefusesWeightsOfAnotherModel) {
  const auto engine = make_reference_engine();
  EXPECT_NE(message_of([&] { Denoiser(*engine, identity(3), identity_weights(1), {}); }), "");
  EXPECT_NE(message_of([&] { Denoiser(*engine, {"none", 3, {}}, {}, {}); }), "");
}

TEST(Denoise, RefusesValuesThatAreNoNumbers) {
  const auto engine = make_reference_engine();
  Denoiser denoiser(*engine, identity(3), identity_weights(3), {});
  for (const float value : {NAN, INFINITY, -INFINITY}) {
    Image noisy = random_picture(5, 4, 3);
    noisy.at(2, 3, 1) = value;
    EXPECT_EQ(message_of([&] { denoiser.denoise(noisy); }),
              "the picture has a value that is no finite number at row 2, column 3");
  }
  Image unclipped = random_picture(5, 4, 3);
  unclipped.at(2, 3, 1) = -1.5f;
  const Image restored = denoiser.denoise(unclipped);
  unclipped.at(2, 3, 1) = 0;
  EXPECT_TRUE(same_bits(restored, unclipped));
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
