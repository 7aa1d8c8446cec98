// Adam or SGD, the moving average and the clearing of gradients in one pass, bound by memory;
// before it, where gradients are clipped, one over them for their norm.
#include "native/cuda/optimizer.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "native/cuda/block_sum.h"
#include "native/cuda/eight.h"

namespace limpid::cuda {
namespace {

// Moves the weight and what its optimizer keeps.
__device__ void take_step(const UpdateFactors& f, float gradient, float& weight, float& m,
                          float& v) {
  if (f.optimizer == Optimizer::adam) {
    const float g = gradient * f.scale;
    m += f.share1 * (g - m);
    v += f.share2 * (g * g - v);
    weight -= f.rate * m / (sqrtf(v) + f.epsilon);
  } else {
    m = f.momentum * m - f.rate * gradient;
    weight += m;
  }
}

constexpr unsigned clipping_parts = std::size(Clipping().squares);

__global__ void __launch_bounds__(summing_threads)
    add_squares(const float* gradient, size_t count, Clipping* clipping) {
  double sum = 0;
  for (size_t i = thread_number(); i < count; i += clipping_parts * summing_threads) {
    sum += double(gradient[i]) * double(gradient[i]);
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) clipping->squares[blockIdx.x] = sum;
}

// As clip_factor() of core/engine/optimizer.h.
__global__ void __launch_bounds__(summing_threads)
    find_clip_factor(Clipping* clipping, const UpdateFactors* factors) {
  const double sum = block_sum(threadIdx.x < clipping_parts ? clipping->squares[threadIdx.x] : 0);
  if (threadIdx.x > 0) return;
  const double norm = sqrt(sum) * double(factors->scale), most = double(factors->clip_norm);
  clipping->factor = norm > most ? float(most / norm) : 1.0f;
}

// Four numbers a thread.
__global__ void update(const __grid_constant__ UpdateLists lists, const UpdateFactors* factors) {
  const size_t i = thread_number() * 4;
  if (i >= lists.count) return;
  const auto at = [i](float* list) -> Quad& { return *reinterpret_cast<Quad*>(list + i); };
  const UpdateFactors f = *factors;
  const float clip = lists.clipping ? lists.clipping->factor : 1;
  Quad weight = at(lists.weight), average = {};
  if (lists.average) average = at(lists.average);
  const Quad before = weight;
  if (i < lists.trained) {
    const Quad gradient = at(lists.gradient);
    Quad m = at(lists.first_moment), v = at(lists.second_moment);
    for (int j = 0; j < 4; ++j) {
      if (i + j >= lists.trained) continue;
      take_step(f, gradient.at[j] * clip, weight.at[j], m.at[j], v.at[j]);
    }
    at(lists.first_moment) = m;
    at(lists.second_moment) = v;
    at(lists.weight) = weight;
  }
  at(lists.gradient) = {};
  if (!lists.average) return;
  for (int j = 0; j < 4; ++j) {
    if (i + j >= lists.trained) {
      average.at[j] = weight.at[j];
      continue;
    }
    const float old = f.starts_average ? before.at[j] : average.at[j];
    average.at[j] = f.decay * old + (1 - f.decay) * weight.at[j];
  }
  at(lists.average) = average;
}

}  // namespace

UpdateFactors update_factors(const UpdateStep& step) {
  const double beta1 = step.beta1, beta2 = step.beta2, t = double(step.step);
  UpdateFactors factors{.optimizer = step.optimizer,
                        .share1 = float(1 - beta1),
                        .share2 = float(1 - beta2),
                        .momentum = step.beta1,
                        .scale = step.gradient_scale,
                        .epsilon = step.epsilon,
                        .decay = std::min(step.average_decay, float((1 + t) / (10 + t))),
                        .starts_average = step.step == 1,
                        .clip_norm = step.clip_norm};
  factors.rate = step.optimizer == Optimizer::sgd
                     ? step.learning_rate * step.gradient_scale
                     : float(double(step.learning_rate) * std::sqrt(1 - std::pow(beta2, t)) /
                             (1 - std::pow(beta1, t)));
  return factors;
}

void run_update(DeviceStream& stream, const UpdateLists& lists, const UpdateFactors* factors) {
  if (lists.clipping) {
    launch(stream, "squares of gradients",
           {.grid = {clipping_parts}, .block = {summing_threads}, .shared_bytes = summing_bytes},
           add_squares, lists.gradient, lists.trained, lists.clipping);
    launch(stream, "clip factor", {.block = {summing_threads}, .shared_bytes = summing_bytes},
           find_clip_factor, lists.clipping, factors);
  }
  launch(stream, "update", each((lists.count + 3) / 4), update, lists, factors);
}

}  // namespace limpid::cuda
