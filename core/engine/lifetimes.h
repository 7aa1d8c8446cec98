// From when to when a program's values and their gradients are needed: what an Arena is told.
//
// Of n steps, step i runs forward at time i and backward at time 2 n - i; between them, at time n,
// stands the loss. Value 0 is the picture, value i + 1 the output of step i.
#pragma once

#include <span>
#include <vector>

namespace limpid {

struct StepUse {
  std::span<const int> inputs;  // values
  bool keeps_input = false;     // backward reads the inputs
  bool keeps_output = false;    // backward reads the output
};

// Both times included.
struct Lifetime {
  int first = 0;
  int last = 0;

  bool operator==(const Lifetime&) const = default;
};

// Of the n + 1 values.
std::vector<Lifetime> value_lifetimes(std::span<const StepUse> steps, bool training);

// Of their gradients: from the backward of the last step that reads the value (of the last value:
// from the loss) to the backward of the step that makes it. The picture has none: its entry means
// nothing.
std::vector<Lifetime> gradient_lifetimes(std::span<const StepUse> steps);

}  // namespace limpid
