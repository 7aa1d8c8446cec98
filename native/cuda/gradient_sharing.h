// Which gradients lie in one buffer. The gradient by a sum is that by each of what was added: it
// need not be copied, unless a step changes it before all have read it.
#pragma once

#include <span>
#include <vector>

namespace limpid::cuda {

struct GradientUse {            // what a step's backward does
  std::span<const int> inputs;  // values: 0 the picture, i + 1 the output of step i
  bool needed = false;          // the output has a gradient
  bool passes = false;          // the inputs' gradients are the output's, as of a linear addition
  bool overwrites = false;      // it changes the output's gradient
};

// For each value the one in whose gradient's buffer its own lies: itself, or the output of a step
// that passes its gradient on, which then has nothing to do for that input. Backward runs through
// the steps from the last to the first; the first to reach a value's gradient writes it, the others
// add to it.
std::vector<int> shared_gradients(std::span<const GradientUse> steps);

}  // namespace limpid::cuda
