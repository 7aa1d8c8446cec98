// What every engine has to agree with: PyTorch's results in golden/ (make_article.py and
// make_networks.py). An engine's test hands over the engine and says how exact it is.
//
// Errors are relative to the tensor: the largest |a - b| over the largest |b|.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/loss.h"
#include "core/error.h"
#include "core/model/json.h"
#include "core/model/presets.h"
#include "core/noise/philox.h"

namespace limpid {

struct GoldenTolerance {
  double output = 0;      // absolute: outputs are about 0..1
  double loss = 0;        // relative, before any update
  double later_loss = 0;  // relative, after updates: Adam's weights are floats
  double gradient = 0;    // relative to the tensor's largest
  double weight = 0;      // the same, after ten steps of Adam
};

// ctest sets LIMPID_SOURCE to the repository's root.
inline std::filesystem::path golden_network_file(const std::string& name) {
  const char* source = std::getenv("LIMPID_SOURCE");
  if (!source) throw Error("LIMPID_SOURCE, the repository's root, is not set");
  return std::filesystem::path(source) / "tests" / "golden" / name;
}

inline nlohmann::json read_golden_json(const std::string& name) {
  std::ifstream file(golden_network_file(name));
  if (!file) throw Error("golden file '" + name + "' cannot be opened");
  return nlohmann::json::parse(file);
}

struct GoldenPictures {
  int n = 2;
  Shape shape;
  std::vector<float> clean, noisy;

  ConstBatch clean_batch() const { return {n, shape, clean}; }
  ConstBatch noisy_batch() const { return {n, shape, noisy}; }
};

// pictures() of golden/torch_network.py.
inline GoldenPictures golden_pictures(Shape shape) {
  GoldenPictures pictures{.shape = shape, .clean = {}, .noisy = {}};
  for (int i = 0; i < pictures.n; ++i) {
    const Sequence noise{.seed = 7, .stream = Stream::noise, .item = uint32_t(i)};
    for (int j = 0; j < int(shape.count()); ++j) {
      const int c = j % shape.channels;
      const int x = j / shape.channels % shape.width;
      const int y = j / shape.channels / shape.width;
      const int clean = 150 + (5 * x + 3 * y + 40 * c + 91 * i + x * y / 7 * 11) % 256 / 4;
      const int top = i * (shape.height * 3 / 8 - 1), left = i * (shape.width / 4 + 1);
      const bool inside = y >= top && y < top + 16 && x >= left && x < left + 16;
      const int noisy = inside ? int(noise.bits(uint32_t(j)) >> 24) : 128;
      pictures.clean.push_back(float(clean) / 255.0f);
      pictures.noisy.push_back(float(noisy) / 255.0f);
    }
  }
  return pictures;
}

// plain_weights() of golden/torch_network.py.
inline std::vector<Tensor> golden_weights(const Model& model, uint64_t seed) {
  std::vector<Tensor> weights = zeros(model);
  for (size_t i = 0; i < weights.size(); ++i) {
    const Sequence sequence{.seed = seed, .stream = Stream::weights, .item = uint32_t(i)};
    const std::string& name = weights[i].name;
    const bool positive = name.ends_with(".gamma") || name.ends_with(".variance");
    for (size_t j = 0; j < weights[i].data.size(); ++j) {
      const int bits = int(sequence.bits(uint32_t(j)) >> 20);
      weights[i].data[j] = float(bits - 2048) / 4096 + (positive ? 1 : 0);
    }
  }
  return weights;
}

// The larger of two errors; what is not a number is the largest.
inline double larger(double error, double other) {
  return std::isnan(error) || other <= error ? error : other;
}

// Against a digest of make_article.py. Norm, sum and signed sums are compared relative to the norm:
// there an error of each value by that share of itself shows as about the same share.
inline void expect_digest(const Tensor& tensor, size_t item, const nlohmann::json& golden,
                          double tolerance) {
  SCOPED_TRACE(tensor.name);
  const size_t count = tensor.data.size();
  ASSERT_EQ(golden.at("name"), tensor.name);
  ASSERT_EQ(golden.at("count"), count);
  double square = 0, sum = 0;
  std::array<double, 8> projections = {};
  const Sequence signs{.seed = 17, .stream = Stream::weights, .item = uint32_t(item)};
  for (size_t j = 0; j < count; ++j) {
    const double value = tensor.data[j];
    const uint32_t bits = signs.bits(uint32_t(j));
    square += value * value;
    sum += value;
    for (int p = 0; p < 8; ++p) projections[p] += bits >> p & 1 ? -value : value;
  }
  const double norm = golden.at("norm");
  EXPECT_NEAR(std::sqrt(square), norm, tolerance * norm);
  EXPECT_NEAR(sum, golden.at("sum").get<double>(), tolerance * norm);
  for (int p = 0; p < 8; ++p) {
    EXPECT_NEAR(projections[p], golden.at("projections")[p].get<double>(), tolerance * norm)
        << "projection " << p;
  }
  const std::vector<double> samples = golden.at("samples");
  const double largest = golden.at("largest");
  double error = 0;
  for (size_t k = 0; k < samples.size(); ++k) {
    error = larger(error, std::abs(tensor.data[k * count / samples.size()] - samples[k]));
  }
  EXPECT_LE(error, tolerance * largest);
}

// All values. `floor`: what counts as the largest value where all are smaller.
inline void expect_tensor(const Tensor& tensor, const nlohmann::json& golden, double tolerance,
                          double floor = 0) {
  SCOPED_TRACE(tensor.name);
  const std::vector<double> values = golden.at("values");
  ASSERT_EQ(golden.at("name"), tensor.name);
  ASSERT_EQ(values.size(), tensor.data.size());
  double error = 0, largest = floor;
  for (size_t j = 0; j < values.size(); ++j) {
    error = larger(error, std::abs(tensor.data[j] - values[j]));
    largest = std::max(largest, std::abs(values[j]));
  }
  EXPECT_LE(error, tolerance * largest);
}

template <class Number>
double largest_difference(const std::vector<float>& values, const std::vector<Number>& golden) {
  if (values.size() != golden.size()) return INFINITY;
  double error = 0;
  for (size_t j = 0; j < values.size(); ++j) {
    error = larger(error, std::abs(double(values[j]) - double(golden[j])));
  }
  return error;
}

inline std::vector<float> denoised(Network& network, const GoldenPictures& pictures) {
  std::vector<float> restored(pictures.noisy.size());
  network.denoise(pictures.noisy_batch(), {pictures.n, pictures.shape, restored});
  return restored;
}

// The article's network at 64 x 64, two pictures: output, gradients, ten steps of Adam.
inline void expect_article(Engine& engine, const GoldenTolerance& tolerance) {
  const nlohmann::json golden = read_golden_json("article.json");
  const Model model = article();
  const GoldenPictures pictures = golden_pictures({64, 64, 3});
  const auto network =
      engine.prepare(model, {.height = 64, .width = 64, .batch = pictures.n, .training = true});
  State start;
  start.weights = initial_weights(model, 1);  // SEED of make_article.py
  network->write(start);

  std::vector<float> output(pictures.noisy.size());
  std::ifstream file(golden_network_file("article.bin"), std::ios::binary);
  file.read(reinterpret_cast<char*>(output.data()), std::streamsize(output.size() * sizeof(float)));
  ASSERT_TRUE(file.good());
  EXPECT_LE(largest_difference(denoised(*network, pictures), output), tolerance.output);

  for (int step = 1; step <= 10; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    const double loss = network->accumulate(pictures.noisy_batch(), pictures.clean_batch(), {});
    const double expected = golden.at("losses")[step - 1];
    EXPECT_NEAR(loss, expected, (step == 1 ? tolerance.loss : tolerance.later_loss) * expected);
    if (step == 1) {
      const std::vector<Tensor> gradients = network->read().gradients;
      for (size_t i = 0; i < gradients.size(); ++i) {
        expect_digest(gradients[i], i, golden.at("gradients")[i], tolerance.gradient);
      }
    }
    network->update({.step = step, .gradient_scale = 0.5f});
  }
  const std::vector<Tensor> weights = network->read().weights;
  for (size_t i = 0; i < weights.size(); ++i) {
    expect_digest(weights[i], i, golden.at("weights")[i], tolerance.weight);
  }
}

// Small networks with, among them, every kind of layer but dropout.
inline void expect_networks(Engine& engine, const GoldenTolerance& tolerance) {
  for (const nlohmann::json& golden : read_golden_json("networks.json")) {
    const Model model = model_from_json(golden.at("model").dump(), "networks.json");
    SCOPED_TRACE(model.name);
    const GoldenPictures pictures = golden_pictures({8, 8, model.channels});
    const auto network = engine.prepare(model, {.height = 8,
                                                .width = 8,
                                                .batch = pictures.n,
                                                .training = true,
                                                .loss = parse_loss(golden.at("loss_kind"))});
    State start;
    start.weights = golden_weights(model, 42);
    network->write(start);
    const std::vector<double> output = golden.at("output");
    EXPECT_LE(largest_difference(denoised(*network, pictures), output), tolerance.output);
    const double loss = network->accumulate(pictures.noisy_batch(), pictures.clean_batch(), {});
    const double expected = golden.at("loss");
    EXPECT_NEAR(loss, expected, tolerance.loss * expected);
    const State state = network->read();
    for (size_t i = 0; i < state.gradients.size(); ++i) {
      // A bias before a batch normalization has no gradient but rounding; others are over 1e-2.
      expect_tensor(state.gradients[i], golden.at("gradients")[i], tolerance.gradient, 1e-3);
    }
    for (const nlohmann::json& running : golden.at("running")) {
      const auto tensor = std::find_if(state.weights.begin(), state.weights.end(),
                                       [&](const Tensor& t) { return t.name == running["name"]; });
      ASSERT_NE(tensor, state.weights.end());
      expect_tensor(*tensor, running, tolerance.gradient);
    }
  }
}

}  // namespace limpid
