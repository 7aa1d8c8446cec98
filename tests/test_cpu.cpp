#include "core/engine/cpu.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>

#include "core/engine/reference.h"
#include "core/error.h"
#include "core/model/presets.h"
#include "tests/random_values.h"

static size_t allocations = 0;  // counted here, for NothingIsAllocatedInACall
[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace limpid {
namespace {

// Some hundred roundings to float, through up to six layers, over the largest value of a tensor.
constexpr double tolerance = 2e-5;
constexpr TrainingPlace place = {.seed = 5, .epoch = 2, .picture = 9};

Layer conv(std::string name, int channels, int kernel = 3, int stride = 1,
           Activation activation = Activation::linear, std::vector<std::string> inputs = {}) {
  return {.name = std::move(name),
          .channels = channels,
          .kernel = kernel,
          .stride = stride,
          .activation = activation,
          .inputs = std::move(inputs)};
}
Layer transposed(std::string name, int channels, int kernel,
                 Activation activation = Activation::linear) {
  return {.name = std::move(name),
          .kind = LayerKind::transposed_conv,
          .channels = channels,
          .kernel = kernel,
          .stride = 2,
          .activation = activation};
}
Layer layer(std::string name, LayerKind kind, std::vector<std::string> inputs = {},
            Activation activation = Activation::linear) {
  const bool scales = kind == LayerKind::max_pool || kind == LayerKind::upsample;
  return {.name = std::move(name),
          .kind = kind,
          .stride = scales ? 2 : 1,
          .activation = activation,
          .inputs = std::move(inputs)};
}
Layer dropout(std::string name) {
  return {.name = std::move(name), .kind = LayerKind::dropout, .rate = 0.3f};
}

constexpr auto relu = Activation::relu, leaky = Activation::leaky_relu,
               sigmoid = Activation::sigmoid;
constexpr auto pool = LayerKind::max_pool, up = LayerKind::upsample, add = LayerKind::add,
               concat = LayerKind::concat, norm = LayerKind::batch_norm;

// Every kind of layer, alone and where the plan joins it with others.
std::vector<Model> models() {
  return {
      {"conv1", 3, {conv("a", 20, 1, 1, relu), conv("b", 3, 1)}},
      {"conv3", 3, {conv("a", 40, 3, 1, leaky), conv("b", 36, 3, 1, relu), conv("c", 3)}},
      {"conv5", 1, {conv("a", 18, 5, 1, sigmoid), conv("b", 17, 5, 1, relu), conv("c", 1, 5)}},
      {"strided1", 3, {conv("a", 18, 1, 2, relu), transposed("b", 3, 2)}},
      {"strided3",
       3,
       {conv("a", 18, 3, 2, relu), conv("b", 20, 3, 2), transposed("c", 17, 3, relu),
        transposed("d", 3, 3, sigmoid)}},
      {"strided5", 1, {conv("a", 18, 5, 2, leaky), transposed("b", 20, 4, relu), conv("c", 1)}},
      {"pooled",
       3,
       {conv("a", 20, 3, 1, relu), layer("p", pool), conv("b", 34, 3, 1, leaky), layer("q", pool),
        conv("c", 33, 3, 1, sigmoid), layer("u", up), conv("d", 20, 5, 1, relu), layer("v", up),
        conv("e", 3, 3, 1, sigmoid)}},
      {"pooled sigmoid", 1, {conv("a", 5, 3, 1, sigmoid), layer("p", pool), transposed("b", 1, 2)}},
      {"pooled transposed",
       1,
       {conv("a", 5, 3, 2), transposed("b", 18, 4, relu), layer("p", pool), transposed("c", 1, 2)}},
      {"pool alone",
       3,
       {layer("p", pool), conv("a", 4), layer("u", up), layer("q", pool), layer("v", up),
        conv("b", 3, 3, 2), layer("w", up)}},
      {"upsample alone",
       3,
       {conv("a", 6, 3, 2), layer("u", up), layer("s", add, {"u", "u"}), conv("b", 3)}},
      {"skips",
       3,
       {conv("a", 18, 3, 1, relu), layer("p", pool), conv("b", 18, 3, 1, relu), layer("u", up),
        layer("s", add, {"u", "a"}, leaky), layer("j", concat, {"s", "input", "a"}, sigmoid),
        conv("c", 3), layer("r", add, {"c", "input", "input"})}},
      {"norm",
       3,
       {conv("a", 18), layer("n", norm, {}, relu), layer("p", pool), conv("b", 17, 1, 1, relu),
        layer("m", norm), layer("u", up), conv("c", 3), layer("k", norm, {}, sigmoid)}},
      {"norm first", 1, {layer("n", norm), conv("a", 1), layer("s", add, {"a", "n"})}},
      {"dropout",
       3,
       {dropout("d"), conv("a", 7, 3, 1, relu), dropout("e"), conv("b", 3), dropout("f")}},
      classroom(),
  };
}

struct Sides {
  int height = 0, width = 0;
};
std::vector<Sides> sides(const Model& model) {
  const int m = size_multiple(model);
  return {{m, m}, {3 * m, 5 * m}, {7 * m, 2 * m}};
}

struct Pictures {
  int n = 0;
  Shape shape;
  std::vector<float> noisy, clean;

  Pictures(int count, Shape s)
      : n(count),
        shape(s),
        noisy(random_values(count * s.count(), 11)),
        clean(random_values(count * s.count(), 12)) {
    for (std::vector<float>* values : {&noisy, &clean}) {
      for (float& value : *values) value = (value + 1) / 2;
    }
  }
  ConstBatch noisy_batch() const { return {n, shape, noisy}; }
  ConstBatch clean_batch() const { return {n, shape, clean}; }
};

State random_state(const Model& model) {
  State state;
  state.weights = zeros(model);
  for (size_t i = 0; i < state.weights.size(); ++i) {
    Tensor& tensor = state.weights[i];
    const bool positive = tensor.name.ends_with(".gamma") || tensor.name.ends_with(".variance");
    const double fan = double(tensor.data.size()) / tensor.shape[0];
    tensor.data = random_values(tensor.data.size(), uint32_t(100 + i));
    for (float& value : tensor.data) {
      value = positive ? 1 + value / 2 : value * float(std::sqrt(3 / (fan + 2)));
    }
  }
  return state;
}

double relative_error(const std::vector<float>& values, const std::vector<float>& expected,
                      double floor) {
  double error = 0, largest = floor;
  for (size_t j = 0; j < expected.size(); ++j) {
    const double difference = std::abs(double(values[j]) - expected[j]);
    if (!(difference <= error)) error = difference;  // also what is not a number
    largest = std::max(largest, double(std::abs(expected[j])));
  }
  return error / largest;
}

void expect_equal(const std::vector<Tensor>& ours, const std::vector<Tensor>& reference) {
  ASSERT_EQ(ours.size(), reference.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    // A bias before a batch normalization has no gradient but rounding, under 1e-6.
    const auto is_zero = [](float value) { return std::abs(value) < 1e-12f; };
    const double floor = std::ranges::all_of(reference[i].data, is_zero) ? 5e-2 : 1e-2;
    EXPECT_LE(relative_error(ours[i].data, reference[i].data, floor), tolerance) << ours[i].name;
  }
}

std::vector<float> denoised(Network& network, const Pictures& pictures) {
  std::vector<float> restored(pictures.noisy.size());
  network.denoise(pictures.noisy_batch(), {pictures.n, pictures.shape, restored});
  return restored;
}

TEST(Cpu, EveryLayerAgreesWithTheReference) {
  const auto cpu = make_cpu_engine(), reference = make_reference_engine();
  for (const Model& model : models()) {
    check(model);
    for (const auto [height, width] : sides(model)) {
      SCOPED_TRACE(model.name + " at " + std::to_string(height) + " x " + std::to_string(width));
      const Pictures pictures(2, {height, width, model.channels});
      const Limits limits{.height = height, .width = width, .batch = 2, .training = true};
      const auto ours = cpu->prepare(model, limits), truth = reference->prepare(model, limits);
      double losses[2] = {};
      for (Network* network : {ours.get(), truth.get()}) {
        network->write(random_state(model));
        for (int pass = 0; pass < 2; ++pass) {  // the second adds to the first's gradients
          losses[network == truth.get()] +=
              network->accumulate(pictures.noisy_batch(), pictures.clean_batch(), place);
        }
      }
      EXPECT_NEAR(losses[0], losses[1], tolerance * losses[1]);
      const State mine = ours->read(), theirs = truth->read();
      expect_equal(mine.gradients, theirs.gradients);
      expect_equal(mine.weights, theirs.weights);  // running statistics have moved
      EXPECT_LE(relative_error(denoised(*ours, pictures), denoised(*truth, pictures), 0.1),
                tolerance);
    }
  }
}

TEST(Cpu, LossesAgreeWithTheReference) {
  const Model model = classroom();
  const Pictures pictures(1, {8, 8, 3});
  for (Loss loss : {Loss::mse, Loss::bce, Loss::l1}) {
    const Limits limits{.height = 8, .width = 8, .training = true, .loss = loss};
    const auto ours = make_cpu_engine()->prepare(model, limits);
    const auto truth = make_reference_engine()->prepare(model, limits);
    ours->write(random_state(model));
    truth->write(random_state(model));
    const double expected = truth->accumulate(pictures.noisy_batch(), pictures.clean_batch(), {});
    EXPECT_NEAR(ours->accumulate(pictures.noisy_batch(), pictures.clean_batch(), {}), expected,
                tolerance * expected);
    expect_equal(ours->read().gradients, truth->read().gradients);
  }
}

// What a network has become after two steps.
State trained(Engine& engine, const Model& model, Limits limits, const Pictures& pictures) {
  limits.height = pictures.shape.height, limits.width = pictures.shape.width;
  limits.training = true;
  const auto network = engine.prepare(model, limits);
  network->write(random_state(model));
  for (int step = 1; step <= 2; ++step) {
    for (int first = 0; first < pictures.n; first += limits.batch) {
      const size_t at = first * pictures.shape.count();
      const size_t count = limits.batch * pictures.shape.count();
      TrainingPlace here = place;
      here.picture += uint32_t(first);
      network->accumulate(
          {limits.batch, pictures.shape, std::span(pictures.noisy).subspan(at, count)},
          {limits.batch, pictures.shape, std::span(pictures.clean).subspan(at, count)}, here);
    }
    network->update({.step = step, .gradient_scale = 0.25f, .average_decay = 0.9f});
  }
  return network->read();
}

TEST(Cpu, ThreadsAndMicroBatchesChangeNoBit) {
  const auto engine = make_cpu_engine();
  for (const Model& model : models()) {
    SCOPED_TRACE(model.name);
    const int m = size_multiple(model);
    const Pictures pictures(4, {5 * m, 3 * m, model.channels});
    const State one = trained(*engine, model, {.batch = 4, .threads = 1}, pictures);
    EXPECT_EQ(trained(*engine, model, {.batch = 4, .threads = 2}, pictures), one);
    if (!model.name.starts_with("norm")) {
      EXPECT_EQ(trained(*engine, model, {.batch = 1, .threads = 2}, pictures), one);
    }
  }
}

TEST(Cpu, DenoisingIsPictureByPictureInPlaceAndTheSameForAnyNetwork) {
  for (const Model& model : models()) {
    SCOPED_TRACE(model.name);
    const int m = size_multiple(model);
    const Shape shape{3 * m, 2 * m, model.channels};
    const Pictures pictures(3, shape);
    const auto engine = make_cpu_engine();
    const auto network = engine->prepare(model, {.height = shape.height, .width = shape.width});
    const auto trainer =
        engine->prepare(model, {.height = shape.height, .width = shape.width, .training = true});
    network->write(random_state(model));
    trainer->write(random_state(model));
    const std::vector<float> restored = denoised(*network, pictures);
    EXPECT_EQ(denoised(*trainer, pictures), restored);
    std::vector<float> in_place = pictures.noisy;
    network->denoise({3, shape, in_place}, {3, shape, in_place});
    EXPECT_EQ(in_place, restored);
    std::vector<float> alone(shape.count());
    network->denoise({1, shape, pictures.noisy_batch().picture(2)}, {1, shape, alone});
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), restored.end() - alone.size()));
  }
}

TEST(Cpu, TilesAreThePictureToTheBit) {
  const Model model = classroom();
  const int radius = (receptive_radius(model) + 3) / 4 * 4;
  const Shape whole{96, 120, 3};
  const Pictures picture(1, whole);
  const auto engine = make_cpu_engine();
  const auto network = engine->prepare(model, {.height = whole.height, .width = whole.width});
  network->write(random_state(model));
  const std::vector<float> expected = denoised(*network, picture);
  const Shape tile{64, 72, 3};
  const int top = 20, left = 36;
  Pictures part(1, tile);
  const auto pixel = [&](const Shape& s, int y, int x) { return (size_t(y) * s.width + x) * 3; };
  for (int y = 0; y < tile.height; ++y) {
    std::copy_n(picture.noisy.begin() + pixel(whole, top + y, left), tile.width * 3,
                part.noisy.begin() + pixel(tile, y, 0));
  }
  const auto small = engine->prepare(model, {.height = tile.height, .width = tile.width});
  small->write(random_state(model));
  const std::vector<float> restored = denoised(*small, part);
  ASSERT_LT(2 * radius, tile.height);
  for (int y = radius; y < tile.height - radius; ++y) {
    for (int x = radius; x < tile.width - radius; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(restored[pixel(tile, y, x) + c], expected[pixel(whole, top + y, left + x) + c]);
      }
    }
  }
}

TEST(Cpu, NothingIsAllocatedInACall) {
  for (const Model& model : models()) {
    SCOPED_TRACE(model.name);
    const int m = size_multiple(model);
    const Pictures pictures(2, {3 * m, 4 * m, model.channels});
    const auto network = make_cpu_engine()->prepare(
        model, {.height = 3 * m, .width = 4 * m, .batch = 2, .training = true});
    network->write(random_state(model));
    std::vector<float> restored(pictures.noisy.size());
    // The first call packs the weights of a training network.
    network->denoise(pictures.noisy_batch(), {2, pictures.shape, restored});
    size_t before = allocations;
    network->denoise(pictures.noisy_batch(), {2, pictures.shape, restored});
    EXPECT_EQ(allocations, before);
    before = allocations;
    network->accumulate(pictures.noisy_batch(), pictures.clean_batch(), place);
    EXPECT_EQ(allocations, before);
  }
}

TEST(Cpu, MemoryIsKnownBeforeAndDoesNotGrowWithTheBatch) {
  const auto engine = make_cpu_engine();
  for (const Model& model : models()) {
    SCOPED_TRACE(model.name);
    const int m = size_multiple(model);
    for (bool training : {false, true}) {
      const Limits limits{.height = 2 * m, .width = m, .batch = 3, .training = training};
      EXPECT_EQ(engine->memory_bytes(model, limits),
                engine->prepare(model, limits)->memory_bytes());
    }
  }
  Limits limits{.height = 256, .width = 256, .batch = 1, .training = true};
  const size_t one = engine->memory_bytes(article(), limits);
  limits.batch = 32;
  EXPECT_EQ(engine->memory_bytes(article(), limits), one);
  EXPECT_LT(one, size_t(200) << 20);
}

std::string message(const Model& model, const Limits& limits) {
  try {
    make_cpu_engine()->prepare(model, limits);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Cpu, RefusesWhatDoesNotFit) {
  EXPECT_EQ(message(classroom(), {.height = 8, .width = 10}),
            "model 'classroom' takes pictures whose sides are multiples of 4, not 10 x 8");
  EXPECT_NE(message(classroom(), {.height = 0, .width = 8}), "");
  Limits limits{.height = 8, .width = 8, .batch = 2, .training = true};
  const size_t needed = make_cpu_engine()->memory_bytes(classroom(), limits);
  limits.memory_bytes = needed;
  EXPECT_EQ(message(classroom(), limits), "");
  limits.memory_bytes = needed - 1;
  EXPECT_EQ(message(classroom(), limits), "model 'classroom' needs " + std::to_string(needed) +
                                              " bytes on the CPU engine at 8 x 8, only " +
                                              std::to_string(needed - 1) + " are allowed");
}

TEST(Cpu, StateIsReadAndWrittenWhole) {
  const Model model = classroom();
  const Pictures pictures(2, {8, 8, 3});
  const auto engine = make_cpu_engine();
  const State state = trained(*engine, model, {.batch = 2}, pictures);
  const auto resumed =
      engine->prepare(model, {.height = 8, .width = 8, .batch = 2, .training = true});
  resumed->write(state);
  EXPECT_EQ(resumed->read(), state);
  State broken = state;
  broken.second_moment = zeros(classroom(1));
  EXPECT_THROW(resumed->write(broken), Error);
  EXPECT_EQ(resumed->read(), state);
  const auto viewer = engine->prepare(model, {.height = 8, .width = 8});
  viewer->write(state);
  EXPECT_EQ(viewer->read().weights, state.weights);
  EXPECT_TRUE(viewer->read().gradients.empty());
}

TEST(Cpu, NamesItself) {
  const auto engine = make_cpu_engine();
  EXPECT_EQ(engine->name(), "cpu");
  EXPECT_NE(engine->describe().find("thread"), std::string::npos);
}

}  // namespace
}  // namespace limpid
