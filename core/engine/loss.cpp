#include "core/engine/loss.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/engine/value_loss.h"
#include "core/names.h"

namespace limpid {
namespace {

constexpr const char* names[] = {"mse", "bce", "l1", "psnr"};  // in the order of the enum

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
    case Loss::mse:
    case Loss::psnr: return mean(squared, restored, clean, f);
    case Loss::bce: return mean(cross_entropy, restored, clean, f);
    case Loss::l1: return mean(absolute, restored, clean, f);
  }
  assert(false);
  return 0;
}

// Of a picture whose values' losses have this mean.
double of_picture(Loss kind, double mean) {
  return kind == Loss::psnr ? decibels_short(mean) : mean;
}

template <class Real>
double mean_and_gradient(Loss kind, std::span<const Real> restored, std::span<const float> clean,
                         std::span<Real> gradient) {
  assert(gradient.size() == clean.size());
  double share = 1 / double(clean.size());
  if (kind == Loss::psnr) {
    share *= decibels_short_slope(mean(kind, restored, clean, [](size_t, const ValueLoss&) {}));
  }
  return of_picture(kind, mean(kind, restored, clean, [&](size_t i, const ValueLoss& value) {
                      gradient[i] = Real(value.slope * share);
                    }));
}

}  // namespace

double loss(Loss kind, std::span<const float> restored, std::span<const float> clean) {
  return of_picture(kind, mean(kind, restored, clean, [](size_t, const ValueLoss&) {}));
}

LossAsShown loss_as_shown(Loss kind, std::span<const float> restored,
                          std::span<const float> clean) {
  double squares = 0;
  const double loss = mean(kind, restored, clean, [&](size_t i, const ValueLoss&) {
    const float shown = std::min(std::max(restored[i], 0.0f), 1.0f);
    const double error = double(shown) - double(clean[i]);
    squares += error * error;
  });
  return {.loss = of_picture(kind, loss), .rmse = std::sqrt(squares / double(clean.size()))};
}

double loss_gradient(Loss kind, std::span<const float> restored, std::span<const float> clean,
                     std::span<float> gradient) {
  return mean_and_gradient(kind, restored, clean, gradient);
}

double loss_gradient(Loss kind, std::span<const double> restored, std::span<const float> clean,
                     std::span<double> gradient) {
  return mean_and_gradient(kind, restored, clean, gradient);
}

std::string to_string(Loss kind) { return names[size_t(kind)]; }

Loss parse_loss(const std::string& text) { return named<Loss>(names, text, "loss"); }

}  // namespace limpid
