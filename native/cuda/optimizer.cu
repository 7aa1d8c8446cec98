// Adam or SGD, the moving average and the clearing of gradients in one pass, bound by memory.
#include "native/cuda/optimizer.h"

#include <algorithm>
#include <cmath>

#include "native/cuda/simt.h"

namespace limpid::cuda {
namespace {

__global__ void update(const __grid_constant__ UpdateLists lists, const UpdateFactors* factors) {
  const size_t i = thread_number();
  if (i >= lists.count) return;
  const UpdateFactors f = *factors;
  float weight = lists.weight[i];
  const float before = weight;
  if (i < lists.trained) {
    float m = lists.first_moment[i];
    if (f.optimizer == Optimizer::adam) {
      const float g = lists.gradient[i] * f.scale;
      float v = lists.second_moment[i];
      m += f.share1 * (g - m);
      v += f.share2 * (g * g - v);
      lists.second_moment[i] = v;
      weight -= f.rate * m / (sqrtf(v) + f.epsilon);
    } else {
      m = f.momentum * m - f.rate * lists.gradient[i];
      weight += m;
    }
    lists.first_moment[i] = m;
    lists.weight[i] = weight;
  }
  lists.gradient[i] = 0;
  if (!lists.average) return;
  if (i >= lists.trained) {
    lists.average[i] = weight;
  } else {
    const float average = f.starts_average ? before : lists.average[i];
    lists.average[i] = f.decay * average + (1 - f.decay) * weight;
  }
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
                        .starts_average = step.step == 1};
  factors.rate = step.optimizer == Optimizer::sgd
                     ? step.learning_rate * step.gradient_scale
                     : float(double(step.learning_rate) * std::sqrt(1 - std::pow(beta2, t)) /
                             (1 - std::pow(beta1, t)));
  return factors;
}

void run_update(DeviceStream& stream, const UpdateLists& lists, const UpdateFactors* factors) {
  launch(stream, "update", each(lists.count), update, lists, factors);
}

}  // namespace limpid::cuda
