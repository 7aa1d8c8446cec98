#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/model/plan.h"
#include "core/model/presets.h"
#include "core/noise/philox.h"

namespace limpid {
namespace {

std::vector<float> random_values(size_t count, uint32_t item) {
  const Sequence sequence{.seed = 11, .stream = Stream::weights, .item = item};
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = uniform(sequence.bits(uint32_t(i))) - 0.5f;
  return values;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double(a[i]) * b[i];
  return sum;
}

Layer named(const std::string& name, LayerKind kind) {
  Layer layer;
  layer.name = name;
  layer.kind = kind;
  if (kind == LayerKind::conv) layer.channels = 4;
  if (kind == LayerKind::max_pool || kind == LayerKind::upsample) layer.stride = 2;
  return layer;
}

// "conv(enc1) relu pooled <- 0", a line a step.
std::string text_of(const Plan& plan, const Model& model) {
  std::string text;
  for (const Step& step : plan.steps) {
    text += step.kind == LayerKind::conv              ? "conv"
            : step.kind == LayerKind::transposed_conv ? "transposed"
            : step.kind == LayerKind::batch_norm      ? "norm"
            : step.kind == LayerKind::dropout         ? "dropout"
            : step.kind == LayerKind::max_pool        ? "pool"
            : step.kind == LayerKind::upsample        ? "up"
                                                      : "join";
    text += "(" + model.layers[step.layer].name + ")";
    if (step.activation == Activation::relu) text += " relu";
    if (step.upsampled) text += " upsampled " + std::to_string(step.kernel);
    if (step.batch_norm >= 0) text += " " + model.layers[step.batch_norm].name;
    if (step.pooled) text += " pooled";
    text += " <-";
    for (int input : step.inputs) text += " " + std::to_string(input);
    text += "\n";
  }
  return text;
}

TEST(Plan, ArticleIsSixSteps) {
  const Model model = article();
  for (const Purpose purpose : {Purpose::denoise, Purpose::train}) {
    const Plan plan = lower(model, {64, 32, 3}, purpose);
    EXPECT_EQ(text_of(plan, model),
              "conv(enc1) relu pooled <- 0\n"
              "conv(enc2) relu pooled <- 1\n"
              "conv(bottleneck) relu <- 2\n"
              "conv(dec1) relu <- 3\n"
              "transposed(dec2) relu upsampled 4 <- 4\n"
              "transposed(out) upsampled 4 <- 5\n");
    EXPECT_EQ(plan.steps[0].output, (Shape{32, 16, 256}));
    EXPECT_EQ(plan.steps[4].input, (Shape{16, 8, 128}));
    EXPECT_EQ(plan.steps[4].output, (Shape{32, 16, 256}));
    EXPECT_EQ(plan.steps[4].stride, 2);
    EXPECT_EQ(plan.steps[4].pad, 1);
    EXPECT_EQ(plan.steps[5].activation, Activation::sigmoid);
    EXPECT_EQ(plan.steps[5].output, (Shape{64, 32, 3}));
  }
}

Model normed() {
  Model model = {"normed",
                 4,
                 {named("a", LayerKind::conv), named("drop", LayerKind::dropout),
                  named("norm", LayerKind::batch_norm), named("pool", LayerKind::max_pool),
                  named("up", LayerKind::upsample), named("drop2", LayerKind::dropout),
                  named("b", LayerKind::conv), named("norm2", LayerKind::batch_norm)}};
  model.layers[2].activation = Activation::relu;
  return model;
}

TEST(Plan, DenoisingMergesNormsAndDropsDropout) {
  const Model model = normed();
  EXPECT_EQ(text_of(lower(model, {8, 8, 4}, Purpose::denoise), model),
            "conv(a) relu norm pooled <- 0\n"
            "transposed(b) upsampled 4 norm2 <- 1\n");
}

TEST(Plan, TrainingKeepsNormsAndDropout) {
  const Model model = normed();
  EXPECT_EQ(text_of(lower(model, {8, 8, 4}, Purpose::train), model),
            "conv(a) <- 0\n"
            "dropout(drop) <- 1\n"
            "norm(norm) relu <- 2\n"
            "pool(pool) <- 3\n"
            "up(up) <- 4\n"
            "dropout(drop2) <- 5\n"
            "conv(b) <- 6\n"
            "norm(norm2) <- 7\n");
}

TEST(Plan, WhatOthersUseIsNotMerged) {
  // The value before the pooling and the upsampled value are used by a skip, and the activation
  // stands between convolution and norm.
  Model model = {"skips",
                 4,
                 {named("a", LayerKind::conv), named("pool", LayerKind::max_pool),
                  named("up", LayerKind::upsample), named("b", LayerKind::conv),
                  named("norm", LayerKind::batch_norm), named("sum", LayerKind::add)}};
  model.layers[3].activation = Activation::relu;
  model.layers[5].inputs = {"norm", "up", "a"};
  EXPECT_EQ(text_of(lower(model, {8, 8, 4}, Purpose::denoise), model),
            "conv(a) <- 0\n"
            "pool(pool) <- 1\n"
            "up(up) <- 2\n"
            "conv(b) relu <- 3\n"
            "norm(norm) <- 4\n"
            "join(sum) <- 5 3 1\n");
}

TEST(Plan, FoldedTapsAreSumsOfTheOriginals) {
  // Along one axis a, b, c becomes c, b + c, a + b, a.
  const std::vector<float> kernel = {1, 0, 0, 0, 0, 0, 0, 0, 0};  // tap (-1, -1)
  const std::vector<float> expected = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1};
  EXPECT_EQ(fold_upsampled(kernel, 1, 3, 1), expected);
  const std::vector<float> row = {0, 0, 0, 1, 10, 100, 0, 0, 0};
  const std::vector<float> folded = fold_upsampled(row, 1, 3, 1);
  const std::vector<float> taps = {100, 110, 11, 1};
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) {
      EXPECT_EQ(folded[y * 4 + x], y == 1 || y == 2 ? taps[x] : 0) << y << ", " << x;
    }
  }
}

// What a fold is for: upsampling and convolving with k x k is the transposed convolution of stride
// 2 with the folded kernel. Written out in one dimension, channels 1.
TEST(Plan, FoldIsUpsamplingThenConvolution) {
  for (int k : {1, 3, 5}) {
    SCOPED_TRACE(k);
    std::vector<float> kernel(size_t(k) * k, 0.0f);
    const std::vector<float> taps = random_values(size_t(k), 1);
    for (int i = 0; i < k; ++i) kernel[(k / 2) * k + i] = taps[i];
    const std::vector<float> folded = fold_upsampled(kernel, 1, k, 1);
    const int f = k + 1, n = 9, pad = pad_before(f, 2);
    const std::vector<float> row = random_values(size_t(n), 2);
    const float* tap_row = &folded[size_t(pad) * f];  // the one row of an even output row
    std::vector<float> spread(size_t(2) * n, 0.0f), expected(spread);
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < f; ++j) {
        const int x = 2 * i + j - pad;
        if (x >= 0 && x < 2 * n) spread[x] += row[i] * tap_row[j];
      }
    }
    for (int x = 0; x < 2 * n; ++x) {
      for (int t = 0; t < k; ++t) {
        const int from = x + t - k / 2;
        if (from >= 0 && from < 2 * n) expected[x] += taps[t] * row[from / 2];
      }
    }
    for (int x = 0; x < 2 * n; ++x) EXPECT_NEAR(spread[x], expected[x], 1e-6) << x;
  }
}

TEST(Plan, UnfoldIsTheTransposeOfFold) {
  const int out = 3, in = 2;
  for (int k : {1, 3, 5}) {
    const std::vector<float> a = random_values(size_t(out) * k * k * in, uint32_t(k));
    const std::vector<float> b = random_values(size_t(out) * (k + 1) * (k + 1) * in, 100);
    EXPECT_NEAR(dot(fold_upsampled(a, out, k, in), b), dot(a, unfold_upsampled(b, out, k, in)),
                1e-5)
        << k;
  }
}

TEST(Plan, WeightsOfAMergedNormGiveItsValues) {
  Model model = {"merged", 1, {named("a", LayerKind::conv), named("norm", LayerKind::batch_norm)}};
  model.layers[0].channels = 1;
  std::vector<Tensor> weights = zeros(model);
  weights[0].data = random_values(9, 3);
  const float bias = 0.3f, gamma = 1.5f, beta = -0.2f, mean = 0.1f, variance = 0.04f;
  weights[1].data = {bias};
  weights[2].data = {gamma};
  weights[3].data = {beta};
  weights[4].data = {mean};
  weights[5].data = {variance};
  const Plan plan = lower(model, {4, 4, 1}, Purpose::denoise);
  ASSERT_EQ(plan.steps.size(), 1u);
  const StepWeights merged = step_weights(model, plan.steps[0], weights);
  const std::vector<float> values = random_values(9, 4);
  const double norm =
      (dot(weights[0].data, values) + bias - mean) / std::sqrt(variance + 1e-3) * gamma + beta;
  EXPECT_NEAR(dot(merged.kernel, values) + merged.bias[0], norm, 1e-6);

  const Plan training = lower(model, {4, 4, 1}, Purpose::train);
  const StepWeights plain = step_weights(model, training.steps[0], weights);
  EXPECT_EQ(plain.kernel, weights[0].data);
  EXPECT_EQ(plain.bias, weights[1].data);
}

TEST(Plan, WeightsOfAnUpsampledConvolutionAreFolded) {
  const Model model = classroom();
  const std::vector<Tensor> weights = initial_weights(model, 5);
  const Plan plan = lower(model, {8, 8, 3}, Purpose::denoise);
  const Step& step = plan.steps.back();
  ASSERT_TRUE(step.upsampled);
  const Tensor& kernel = weights[weights.size() - 2];
  EXPECT_EQ(step_weights(model, step, weights).kernel,
            fold_upsampled(kernel.data, 3, 3, kernel.shape[3]));
}

}  // namespace
}  // namespace limpid
