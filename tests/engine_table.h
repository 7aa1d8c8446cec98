// Every kind of layer, alone and where a plan joins it with others, in networks and sizes on which
// engines are compared with the reference.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/reference.h"
#include "core/error.h"
#include "core/model/presets.h"
#include "tests/random_state.h"
#include "tests/random_values.h"

namespace limpid::engine_table {

constexpr TrainingPlace place = {.seed = 5, .epoch = 2, .picture = 9};

inline Layer conv(std::string name, int channels, int kernel = 3, int stride = 1,
                  Activation activation = Activation::linear,
                  std::vector<std::string> inputs = {}) {
  return {.name = std::move(name),
          .channels = channels,
          .kernel = kernel,
          .stride = stride,
          .activation = activation,
          .inputs = std::move(inputs)};
}
inline Layer transposed(std::string name, int channels, int kernel,
                        Activation activation = Activation::linear) {
  return {.name = std::move(name),
          .kind = LayerKind::transposed_conv,
          .channels = channels,
          .kernel = kernel,
          .stride = 2,
          .activation = activation};
}
inline Layer layer(std::string name, LayerKind kind, std::vector<std::string> inputs = {},
                   Activation activation = Activation::linear) {
  const bool scales = kind == LayerKind::max_pool || kind == LayerKind::upsample;
  return {.name = std::move(name),
          .kind = kind,
          .stride = scales ? 2 : 1,
          .activation = activation,
          .inputs = std::move(inputs)};
}
inline Layer dropout(std::string name) {
  return {.name = std::move(name), .kind = LayerKind::dropout, .rate = 0.3f};
}

constexpr auto relu = Activation::relu, leaky = Activation::leaky_relu,
               sigmoid = Activation::sigmoid;
constexpr auto pool = LayerKind::max_pool, up = LayerKind::upsample, add = LayerKind::add,
               concat = LayerKind::concat, norm = LayerKind::batch_norm;

// Every kind of layer, alone and where the plan joins it with others.
inline std::vector<Model> models() {
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
      {"residual",  // gradients of additions that lie in one buffer, or cannot
       3,
       {conv("a", 9), conv("b", 9, 3, 1, relu), conv("c", 9), layer("s", add, {"a", "c"}),
        conv("d", 9), layer("t", add, {"s", "d", "a"}), conv("e", 9, 3, 1, leaky, {"t"}),
        conv("f", 9, 1, 1, relu), layer("v", add, {"t", "f"}), layer("w", add, {"v", "v", "e"}),
        conv("g", 3), layer("x", add, {"g", "input"})}},
      {"two ends",  // whose gradients are added before they go back through what made their input
       3,
       {conv("a", 9), conv("b", 9, 3, 1, relu), conv("c", 3), conv("d", 3, 3, 1, sigmoid, {"b"}),
        layer("s", add, {"c", "d"})}},
      {"sigmoid before the last", 1, {conv("a", 9), conv("b", 12, 3, 1, sigmoid), conv("c", 1)}},
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
inline std::vector<Sides> sides(const Model& model) {
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

inline double largest_error(const std::vector<float>& values, const std::vector<float>& expected) {
  double error = 0;
  for (size_t j = 0; j < expected.size(); ++j) {
    const double difference = std::abs(double(values[j]) - expected[j]);
    if (!(difference <= error)) error = difference;  // also what is not a number
  }
  return error;
}

inline double largest_value(const std::vector<float>& values) {
  double largest = 0;
  for (const float value : values) largest = std::max(largest, double(std::abs(value)));
  return largest;
}

inline double relative_error(const std::vector<float>& values, const std::vector<float>& expected,
                             double floor) {
  return largest_error(values, expected) / std::max(floor, largest_value(expected));
}

inline void expect_equal(const std::vector<Tensor>& ours, const std::vector<Tensor>& reference,
                         double tolerance) {
  ASSERT_EQ(ours.size(), reference.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    const double size = largest_value(reference[i].data);
    // Sums of values of up to 1 that cancel keep their roundings: three where a hundredth is left,
    // more in the bias before a batch normalization, of which nothing is left.
    const double roundings = size < 1e-12 ? 1e-6 : 2e-7;
    EXPECT_LE(largest_error(ours[i].data, reference[i].data), std::max(tolerance * size, roundings))
        << ours[i].name << ", up to " << size;
  }
}

inline std::vector<float> denoised(Network& network, const Pictures& pictures) {
  std::vector<float> restored(pictures.noisy.size());
  network.denoise(pictures.noisy_batch(), {pictures.n, pictures.shape, restored});
  return restored;
}

struct Ran {  // one network of an engine's, and what came of it
  double loss = 0;
  State state;
  std::vector<float> restored;
};

// Twice there and back, so that the second pass adds to the first's gradients; then restoring.
inline Ran run_twice(Engine& engine, const Model& model, const Pictures& pictures) {
  const auto network = engine.prepare(model, {.height = pictures.shape.height,
                                              .width = pictures.shape.width,
                                              .batch = pictures.n,
                                              .training = true});
  network->write(random_state(model));
  Ran ran;
  for (int pass = 0; pass < 2; ++pass) {
    ran.loss += network->accumulate(pictures.noisy_batch(), pictures.clean_batch(), place);
  }
  ran.state = network->read();
  ran.restored = denoised(*network, pictures);
  return ran;
}

// Losses, gradients, running statistics and restored pictures of one network at one size.
inline void expect_agreement(Engine& engine, const Model& model, Sides size, double tolerance) {
  const auto [height, width] = size;
  SCOPED_TRACE(model.name + " at " + std::to_string(height) + " x " + std::to_string(width));
  const Pictures pictures(2, {height, width, model.channels});
  const Ran ours = run_twice(engine, model, pictures);
  const Ran truth = run_twice(*make_reference_engine(), model, pictures);
  EXPECT_NEAR(ours.loss, truth.loss, tolerance * truth.loss);
  expect_equal(ours.state.gradients, truth.state.gradients, tolerance);
  expect_equal(ours.state.weights, truth.state.weights, tolerance);  // statistics have moved
  EXPECT_LE(relative_error(ours.restored, truth.restored, 0.1), tolerance);
}

inline void expect_losses_agree(Engine& engine, double tolerance) {
  const Model model = classroom();
  const Pictures pictures(2, {32, 48, 3});  // several blocks of a GPU for each
  for (Loss loss : {Loss::mse, Loss::bce, Loss::l1, Loss::psnr}) {
    const Limits limits{.height = 32, .width = 48, .batch = 2, .training = true, .loss = loss};
    const auto ours = engine.prepare(model, limits);
    const auto truth = make_reference_engine()->prepare(model, limits);
    ours->write(random_state(model));
    truth->write(random_state(model));
    const double expected = truth->accumulate(pictures.noisy_batch(), pictures.clean_batch(), {});
    EXPECT_NEAR(ours->accumulate(pictures.noisy_batch(), pictures.clean_batch(), {}), expected,
                tolerance * expected);
    expect_equal(ours->read().gradients, truth->read().gradients, tolerance);
  }
}

// What a network has become after two steps.
inline State trained(Engine& engine, const Model& model, Limits limits, const Pictures& pictures) {
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

inline void expect_whole_states(Engine& engine) {
  const Model model = classroom();
  const Pictures pictures(2, {8, 8, 3});
  const State state = trained(engine, model, {.batch = 2}, pictures);
  EXPECT_FALSE(state.average.empty());
  const Limits limits{.height = 8, .width = 8, .batch = 2, .training = true};
  const auto resumed = engine.prepare(model, limits);
  resumed->write(state);
  EXPECT_EQ(resumed->read(), state);
  State broken = state;
  broken.second_moment = zeros(classroom(1));
  EXPECT_THROW(resumed->write(broken), Error);
  EXPECT_EQ(resumed->read(), state);
  const auto viewer = engine.prepare(model, {.height = 8, .width = 8});
  viewer->write(state);
  EXPECT_EQ(viewer->read().weights, state.weights);
  EXPECT_TRUE(viewer->read().gradients.empty());
  EXPECT_EQ(denoised(*viewer, pictures), denoised(*resumed, pictures));
}

// `name` as in "the CPU engine".
inline void expect_refusals(Engine& engine, const std::string& name) {
  const auto message = [&](const Limits& limits) -> std::string {
    try {
      engine.prepare(classroom(), limits);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message({.height = 8, .width = 10}),
            "model 'classroom' takes pictures whose sides are multiples of 4, not 10 x 8");
  EXPECT_NE(message({.height = 0, .width = 8}), "");
  Limits limits{.height = 8, .width = 8, .batch = 2, .training = true};
  const size_t needed = engine.memory_bytes(classroom(), limits);
  limits.memory_bytes = needed;
  EXPECT_EQ(message(limits), "");
  EXPECT_EQ(engine.prepare(classroom(), limits)->memory_bytes(), needed);
  limits.memory_bytes = needed - 1;
  EXPECT_EQ(message(limits), "model 'classroom' needs " + std::to_string(needed) + " bytes on " +
                                 name + " at 8 x 8, only " + std::to_string(needed - 1) +
                                 " are allowed");
}

}  // namespace limpid::engine_table
