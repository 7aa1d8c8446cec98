#include "core/engine/loss.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/error.h"

namespace limpid {
namespace {

constexpr double bce_margin = 1e-7;  // Keras's backend.epsilon()

struct ValueLoss {
  double loss = 0;
  double slope = 0;  // by the restored value
};

ValueLoss squared(double restored, double clean) {
  const double difference = restored - clean;
  return {difference * difference, 2 * difference};
}

ValueLoss absolute(double restored, double clean) {
  const double difference = restored - clean;
  return {std::abs(difference), double(difference > 0) - double(difference < 0)};
}

ValueLoss cross_entropy(double restored, double clean) {
  const double r = std::clamp(restored, bce_margin, 1 - bce_margin);
  return {-(clean * std::log(r) + (1 - clean) * std::log(1 - r)),
          r == restored ? (r - clean) / (r * (1 - r)) : 0};
}

// Calls f(i, loss and slope of value i) and returns the mean loss.
template <class Real, class F>
double mean(ValueLoss (*value_loss)(double, double), std::span<const Real> restored,
            std::span<const float> clean, F f) {
  assert(restored.size() == clean.size() && !clean.empty());
  double sum = 0;
  for (size_t i = 0; i < clean.size(); ++i) {
    const ValueLoss value = value_loss(double(restored[i]), double(clean[i]));
    sum += value.loss;
    f(i, value);
  }
  return sum / double(clean.size());
}

template <class Real, class F>
double mean(Loss kind, std::span<const Real> restored, std::span<const float> clean, F f) {
  switch (kind) {
    case Loss::mse: return mean(squared, restored, clean, f);
    case Loss::bce: return mean(cross_entropy, restored, clean, f);
    case Loss::l1: return mean(absolute, restored, clean, f);
  }
  assert(false);
  return 0;
}

template <class Real>
double mean_and_gradient(Loss kind, std::span<const Real> restored, std::span<const float> clean,
                         std::span<Real> gradient) {
  assert(gradient.size() == clean.size());
  const double count = double(clean.size());
  return mean(kind, restored, clean,
              [&](size_t i, const ValueLoss& value) { gradient[i] = Real(value.slope / count); });
}

}  // namespace

double loss(Loss kind, std::span<const float> restored, std::span<const float> clean) {
  return mean(kind, restored, clean, [](size_t, const ValueLoss&) {});
}

LossAsShown loss_as_shown(Loss kind, std::span<const float> restored,
                          std::span<const float> clean) {
  double squares = 0;
  const double loss = mean(kind, restored, clean, [&](size_t i, const ValueLoss&) {
    const float shown = std::min(std::max(restored[i], 0.0f), 1.0f);
    const double error = double(shown) - double(clean[i]);
    squares += error * error;
  });
  return {.loss = loss, .rmse = std::sqrt(squares / double(clean.size()))};
}

double loss_gradient(Loss kind, std::span<const float> restored, std::span<const float> clean,
                     std::span<float> gradient) {
  return mean_and_gradient(kind, restored, clean, gradient);
}

double loss_gradient(Loss kind, std::span<const double> restored, std::span<const float> clean,
                     std::span<double> gradient) {
  return mean_and_gradient(kind, restored, clean, gradient);
}

std::string to_string(Loss kind) {
  switch (kind) {
    case Loss::mse: return "mse";
    case Loss::bce: return "bce";
    case Loss::l1: return "l1";
  }
  assert(false);
  return "";
}

Loss parse_loss(const std::string& text) {
  for (Loss kind : {Loss::mse, Loss::bce, Loss::l1}) {
    if (to_string(kind) == text) return kind;
  }
  throw Error("no loss is called '" + text + "' (there are: mse, bce, l1)");
}

}  // namespace limpid
