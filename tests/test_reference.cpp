#include "core/engine/reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/dropout.h"
#include "core/engine/optimizer.h"
#include "core/error.h"
#include "core/model/presets.h"
#include "core/noise/philox.h"

namespace limpid {
namespace {

constexpr TrainingPlace place = {.seed = 5, .epoch = 2, .picture = 9};

std::vector<float> random_values(size_t count, uint32_t item) {
  const Sequence sequence{.seed = 3, .stream = Stream::noise, .item = item};
  std::vector<float> values(count);
  for (size_t j = 0; j < count; ++j) values[j] = uniform(sequence.bits(uint32_t(j)));
  return values;
}

std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) {
  check(model);
  return make_reference_engine()->prepare(model, limits);
}

std::vector<float> denoise(Network& network, int n, Shape shape, const std::vector<float>& noisy) {
  std::vector<float> restored(noisy.size());
  network.denoise({n, shape, noisy}, {n, shape, restored});
  return restored;
}

State with_weights(std::vector<Tensor> weights) {
  State state;
  state.weights = std::move(weights);
  return state;
}

Tensor& tensor(State& state, const std::string& name) {
  for (Tensor& t : state.weights) {
    if (t.name == name) return t;
  }
  ADD_FAILURE() << "no tensor " << name;
  return state.weights.front();
}

std::string message(const Model& model, const Limits& limits) {
  try {
    prepare(model, limits);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// 1 x 1 convolution that hands its one channel on.
Layer pass_on(const std::string& name) { return {.name = name, .channels = 1, .kernel = 1}; }

TEST(Reference, RefusesSidesThatPoolingCannotHalve) {
  EXPECT_EQ(message(classroom(), {.height = 8, .width = 10}),
            "model 'classroom' takes pictures whose sides are multiples of 4, not 10 x 8");
  EXPECT_NE(message(classroom(), {.height = 0, .width = 8}), "");
  EXPECT_EQ(message(classroom(), {.height = 8, .width = 12}), "");
}

TEST(Reference, RefusesMoreMemoryThanAllowed) {
  Limits limits{.height = 8, .width = 8, .batch = 2, .training = true};
  const size_t needed = prepare(classroom(), limits)->memory_bytes();
  limits.memory_bytes = needed;
  EXPECT_EQ(message(classroom(), limits), "");
  limits.memory_bytes = needed - 1;
  EXPECT_EQ(message(classroom(), limits), "model 'classroom' needs " + std::to_string(needed) +
                                              " bytes on the reference engine at 8 x 8, only " +
                                              std::to_string(needed - 1) + " are allowed");
}

TEST(Reference, StridedConvolutionLooksDownAndRight) {
  // Keras pads a 3 x 3 kernel of stride 2 after the last pixel only: its first tap meets pixel
  // 2 y, its last one pixel 2 y + 2.
  const Model model{"shift",
                    1,
                    {{.name = "down", .channels = 1, .kernel = 3, .stride = 2},
                     {.name = "up", .kind = LayerKind::upsample, .stride = 2}}};
  const Shape shape{4, 4, 1};
  const auto network = prepare(model, {.height = 4, .width = 4});
  std::vector<float> picture(16);
  for (int i = 0; i < 16; ++i) picture[i] = float(i);
  State state = network->read();
  tensor(state, "down.kernel").data = {1, 0, 0, 0, 0, 0, 0, 0, 100};
  network->write(state);
  const std::vector<float> out = denoise(*network, 1, shape, picture);
  EXPECT_EQ(out[0], 0 + 100 * 10);
  EXPECT_EQ(out[2], 2);
  EXPECT_EQ(out[8], 8);
  EXPECT_EQ(out[10], 10);
}

TEST(Reference, TransposedConvolutionSpreadsAsTheStridedOneGathers) {
  // kernel 3: no zeros before; pixel i falls on 2 i, 2 i + 1, 2 i + 2. kernel 4: one zero before.
  for (int kernel : {2, 3, 4}) {
    const Model model{"spread",
                      1,
                      {{.name = "down", .channels = 1, .kernel = 1, .stride = 2},
                       {.name = "up",
                        .kind = LayerKind::transposed_conv,
                        .channels = 1,
                        .kernel = kernel,
                        .stride = 2}}};
    const Shape shape{4, 6, 1};
    const auto network = prepare(model, {.height = 4, .width = 6});
    State state = network->read();
    tensor(state, "down.kernel").data = {1};
    Tensor& taps = tensor(state, "up.kernel");
    for (int k = 0; k < kernel; ++k) taps.data[k] = float(k + 1);  // first row of the kernel
    network->write(state);
    std::vector<float> picture(24);
    picture[2 * 6 + 2] = 1;  // coarse pixel (1, 1): its first row of taps falls on row 2 - pad
    const std::vector<float> out = denoise(*network, 1, shape, picture);
    std::vector<float> expected(24);
    const int pad = kernel == 4 ? 1 : 0;
    for (int k = 0; k < kernel; ++k) expected[(2 - pad) * 6 + 2 - pad + k] = float(k + 1);
    EXPECT_EQ(out, expected) << "kernel " << kernel;
  }
}

TEST(Reference, GradientOfEqualValuesGoesToTheFirst) {
  const Model model{"pool",
                    1,
                    {pass_on("front"),
                     {.name = "weighted", .kind = LayerKind::add, .inputs = {"front", "input"}},
                     {.name = "pool", .kind = LayerKind::max_pool, .stride = 2},
                     {.name = "up", .kind = LayerKind::upsample, .stride = 2}}};
  // front's weight is 0: the sum is the picture's 3 and the gradient by that weight is the
  // winner's value times the output's gradient, 4 (3 - 0) * 2 / 4.
  const auto network = prepare(model, {.height = 2, .width = 2, .training = true});
  const std::vector<float> clean(4, 0.0f);
  const std::vector<float> noisy = {1, 3, 3, 2};
  network->accumulate({1, {2, 2, 1}, noisy}, {1, {2, 2, 1}, clean}, place);
  const State state = network->read();
  EXPECT_EQ(state.gradients[0].data[0], 18.0f);
  EXPECT_EQ(state.gradients[1].data[0], 6.0f);  // once, not for both of the equal values
}

TEST(Reference, DenoisingIsPictureByPictureAndMayBeInPlace) {
  const Shape shape{8, 8, 3};
  const auto network = prepare(classroom(), {.height = 8, .width = 8});
  network->write(with_weights(initial_weights(classroom(), 1)));
  std::vector<float> pictures = random_values(3 * shape.count(), 0);
  const std::vector<float> restored = denoise(*network, 3, shape, pictures);
  for (int i = 0; i < 3; ++i) {
    const auto first = pictures.begin() + i * shape.count();
    const auto alone = denoise(*network, 1, shape, std::vector<float>(first, first + 192));
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), restored.begin() + i * shape.count()));
  }
  network->denoise({3, shape, pictures}, {3, shape, pictures});
  EXPECT_EQ(pictures, restored);
}

TEST(Reference, GradientsAddUpUntilAnUpdate) {
  const Shape shape{8, 8, 3};
  const Limits limits{.height = 8, .width = 8, .batch = 2, .training = true};
  const auto together = prepare(classroom(), limits);
  const auto apart = prepare(classroom(), limits);
  const std::vector<float> noisy = random_values(2 * shape.count(), 0);
  const std::vector<float> clean = random_values(2 * shape.count(), 1);
  const ConstBatch all_noisy{2, shape, noisy}, all_clean{2, shape, clean};
  for (Network* network : {together.get(), apart.get()}) {
    network->write(with_weights(initial_weights(classroom(), 1)));
  }
  const double sum = together->accumulate(all_noisy, all_clean, place);
  double parts = 0;
  for (int i = 0; i < 2; ++i) {
    parts += apart->accumulate({1, shape, all_noisy.picture(i)}, {1, shape, all_clean.picture(i)},
                               place);
  }
  EXPECT_NEAR(parts, sum, 1e-14);
  const State one = together->read(), other = apart->read();
  for (size_t i = 0; i < one.gradients.size(); ++i) {
    for (size_t j = 0; j < one.gradients[i].data.size(); ++j) {
      ASSERT_NEAR(one.gradients[i].data[j], other.gradients[i].data[j], 1e-8);
    }
  }
  together->update({.gradient_scale = 0.5f});
  EXPECT_EQ(together->read().gradients, zeros(classroom()));
  EXPECT_NE(together->read().weights, one.weights);
}

TEST(Reference, StateIsReadAndWrittenWhole) {
  const Shape shape{8, 8, 3};
  const Limits limits{.height = 8, .width = 8, .training = true};
  const std::vector<float> noisy = random_values(shape.count(), 0);
  const auto train = [&](Network& network, int64_t step) {
    network.accumulate({1, shape, noisy}, {1, shape, noisy}, place);
    network.update({.step = step, .average_decay = 0.9f});
  };
  const auto whole = prepare(classroom(), limits);
  whole->write(with_weights(initial_weights(classroom(), 1)));
  train(*whole, 1);
  const auto resumed = prepare(classroom(), limits);
  resumed->write(whole->read());
  EXPECT_EQ(resumed->read(), whole->read());
  train(*whole, 2);
  train(*resumed, 2);
  EXPECT_EQ(resumed->read(), whole->read());
  const auto viewer = prepare(classroom(), {.height = 8, .width = 8});
  viewer->write(whole->read());
  EXPECT_EQ(viewer->read(), with_weights(whole->read().weights));
}

TEST(Reference, RefusesTensorsOfAnotherModelAndKeepsItsOwn) {
  const auto network = prepare(classroom(), {.height = 8, .width = 8, .training = true});
  const State before = network->read();
  State state = with_weights(initial_weights(classroom(), 1));
  state.first_moment = zeros(classroom(1));
  EXPECT_THROW(network->write(state), Error);
  EXPECT_EQ(network->read(), before);
}

TEST(Reference, BatchNormLearnsFromTheBatchAndDenoisesWithRunningStatistics) {
  const Model model{"norm", 1, {{.name = "norm", .kind = LayerKind::batch_norm}}};
  const Shape shape{1, 2, 1};
  const auto network = prepare(model, {.height = 1, .width = 2, .batch = 2, .training = true});
  State state = network->read();
  for (const char* name : {"norm.gamma", "norm.variance"}) tensor(state, name).data = {1};
  network->write(state);
  const std::vector<float> noisy = {0, 2, 4, 6};  // mean 3, variance 5
  const double deviation = std::sqrt(5.001);
  const std::vector<float> clean = {float(-3 / deviation), float(-1 / deviation),
                                    float(1 / deviation), float(3 / deviation)};
  EXPECT_NEAR(network->accumulate({2, shape, noisy}, {2, shape, clean}, place), 0, 1e-12);
  state = network->read();
  EXPECT_NEAR(tensor(state, "norm.mean").data[0], 0.03, 1e-6);  // 0.99f is 1e-8 too small
  EXPECT_NEAR(tensor(state, "norm.variance").data[0], 0.99 + 0.05, 1e-6);
  const std::vector<float> restored = denoise(*network, 1, shape, {0, 2});
  EXPECT_NEAR(restored[0], -0.03 / std::sqrt(1.041), 1e-6);
  EXPECT_NEAR(restored[1], 1.97 / std::sqrt(1.041), 1e-6);
  network->update({.average_decay = 0.9f});
  state = network->read();
  EXPECT_EQ(state.average[2], state.weights[2]);
  EXPECT_EQ(state.average[3], state.weights[3]);
  EXPECT_EQ(state.first_moment[3].data[0], 0);
}

// A dropout alone shows its mask: with a loss against zeros each kept 1 costs 1 / (1 - rate)^2.
TEST(Dropout, DropsItsShareAndScalesTheRest) {
  const Model model{"drop", 1, {{.name = "drop", .kind = LayerKind::dropout, .rate = 0.25f}}};
  const Shape shape{64, 64, 1};
  const auto network = prepare(model, {.height = 64, .width = 64, .training = true});
  const std::vector<float> ones(shape.count(), 1.0f), none(shape.count(), 0.0f);
  const auto kept = [&](const TrainingPlace& where) {
    return network->accumulate({1, shape, ones}, {1, shape, none}, where) * 0.75 * 0.75;
  };
  // 4,096 draws: a standard deviation of 0.007.
  EXPECT_NEAR(kept(place), 0.75, 0.03);
  EXPECT_EQ(kept(place), kept(place));
  EXPECT_NE(kept(place), kept({.seed = 5, .epoch = 3, .picture = 9}));
  EXPECT_EQ(denoise(*network, 1, shape, ones), ones);
}

TEST(Dropout, MaskBelongsToThePictureNotToItsBatch) {
  const Model model{"drop", 1, {{.name = "drop", .kind = LayerKind::dropout, .rate = 0.5f}}};
  const Shape shape{4, 4, 1};
  const auto network = prepare(model, {.height = 4, .width = 4, .batch = 2, .training = true});
  const std::vector<float> pictures = random_values(32, 0), none(32, 0.0f);
  const ConstBatch all{2, shape, pictures}, black{2, shape, none};
  const double both = network->accumulate(all, black, {.seed = 1, .picture = 6});
  double apart = 0;
  for (uint32_t i : {0u, 1u}) {
    apart += network->accumulate({1, shape, all.picture(i)}, {1, shape, black.picture(i)},
                                 {.seed = 1, .picture = 6 + i});
  }
  EXPECT_NEAR(both, apart, 1e-14);
}

TEST(Dropout, LayersShareNoPosition) {
  const Model model{"drops",
                    3,
                    {{.name = "first", .kind = LayerKind::dropout, .rate = 0.5f},
                     {.name = "conv", .channels = 8},
                     {.name = "second", .kind = LayerKind::dropout, .rate = 0.5f},
                     {.name = "out", .channels = 3}}};
  const Shape shape{4, 6, 3};
  EXPECT_EQ(dropout_position(model, shape, 0), 0u);
  EXPECT_EQ(dropout_position(model, shape, 2), 72u);
  EXPECT_EQ(dropout_position(model, shape, 4), 72u + 192u);
  EXPECT_EQ(dropout_factor(0, 0.25f), 0.0f);
  EXPECT_EQ(dropout_factor(0xFFFFFFFF, 0.25f), 1 / 0.75f);
  EXPECT_EQ(dropout_factor(0, 0.0f), 1.0f);
}

}  // namespace
}  // namespace limpid
