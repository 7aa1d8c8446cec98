// One step of the optimizer over one tensor, shared by every engine on a CPU.
#pragma once

#include <span>

#include "core/engine/engine.h"

namespace limpid {

struct UpdateSpans {
  std::span<float> weight;
  std::span<const float> gradient;  // before gradient_scale
  std::span<float> first_moment;
  std::span<float> second_moment;  // Adam only
  std::span<float> average;        // when average_decay > 0
};

// Adam as Keras computes it (Kingma & Ba 2015, the form before section 2.1's "epsilon hat"):
//   m += (1 - beta1) (g - m); v += (1 - beta2) (g^2 - v);
//   w -= lr sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)
// SGD with momentum, Keras's: m = beta1 m - lr g; w += m.
// average = decay average + (1 - decay) w, with decay = min(average_decay, (1 + t) / (10 + t)); it
// starts at step 1 from the weights before the step. Tensors that are not trained take no step;
// their average is the tensor itself.
void apply(const UpdateStep& step, const UpdateSpans& spans);

// What gradients are multiplied by before the step, where the squares of all of them, before
// gradient_scale, add up to `squares`: clipping by their global norm, min(1, clip_norm / norm)
// (Pascanu, Mikolov, Bengio 2013, algorithm 1); 1 where clip_norm is 0.
float clip_factor(const UpdateStep& step, double squares);

}  // namespace limpid
