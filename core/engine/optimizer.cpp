#include "core/engine/optimizer.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace limpid {
namespace {

void adam(const UpdateStep& step, const UpdateSpans& spans) {
  const double beta1 = step.beta1;
  const double beta2 = step.beta2;
  const double t = double(step.step);
  const float rate =
      float(step.learning_rate * std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t)));
  // In double first: 1 - beta2 in float would be wrong by 1e-5 of itself.
  const float share1 = float(1 - beta1);
  const float share2 = float(1 - beta2);
  const float scale = step.gradient_scale;
  const float epsilon = step.epsilon;
  float* w = spans.weight.data();
  float* m = spans.first_moment.data();
  float* v = spans.second_moment.data();
  const float* gradient = spans.gradient.data();
  for (size_t i = 0; i < spans.weight.size(); ++i) {
    const float g = gradient[i] * scale;
    m[i] += share1 * (g - m[i]);
    v[i] += share2 * (g * g - v[i]);
    w[i] -= rate * m[i] / (std::sqrt(v[i]) + epsilon);
  }
}

void sgd(const UpdateStep& step, const UpdateSpans& spans) {
  const float rate = step.learning_rate * step.gradient_scale;
  float* w = spans.weight.data();
  float* m = spans.first_moment.data();
  const float* gradient = spans.gradient.data();
  for (size_t i = 0; i < spans.weight.size(); ++i) {
    m[i] = step.beta1 * m[i] - rate * gradient[i];
    w[i] += m[i];
  }
}

void follow(const UpdateStep& step, std::span<const float> weight, std::span<float> average) {
  const double t = double(step.step);
  const float decay = std::min(step.average_decay, float((1 + t) / (10 + t)));
  for (size_t i = 0; i < weight.size(); ++i) {
    average[i] = decay * average[i] + (1 - decay) * weight[i];
  }
}

}  // namespace

void apply(const UpdateStep& step, const UpdateSpans& spans) {
  [[maybe_unused]] const size_t count = spans.weight.size();
  const bool averaging = step.average_decay > 0;
  assert(step.step >= 1);
  assert(spans.gradient.size() == count && spans.first_moment.size() == count);
  assert(step.optimizer == Optimizer::sgd || spans.second_moment.size() == count);
  assert(!averaging || spans.average.size() == count);
  if (averaging && step.step == 1) {
    std::copy(spans.weight.begin(), spans.weight.end(), spans.average.begin());
  }
  switch (step.optimizer) {
    case Optimizer::adam: adam(step, spans); break;
    case Optimizer::sgd: sgd(step, spans); break;
  }
  if (averaging) follow(step, spans.weight, spans.average);
}

float clip_factor(const UpdateStep& step, double squares) {
  const double norm = std::sqrt(squares) * double(step.gradient_scale);
  return step.clip_norm > 0 && norm > step.clip_norm ? float(step.clip_norm / norm) : 1.0f;
}

}  // namespace limpid
