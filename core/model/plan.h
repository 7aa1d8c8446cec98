// A model lowered once, for every device: what runs, in which order, on which values.
//
// - convolution, bias, activation and a following max pool are one step;
// - nearest upsampling followed by a k x k convolution (k odd, stride 1) is one transposed
//   convolution of kernel k + 1 and stride 2: for k = 3 the same function with 4/9 of the
//   multiplications. Its taps are sums of the convolution's (fold_upsampled), and gradients go
//   back by the same sums (unfold_upsampled);
// - for denoising, batch normalization is multiplied into the convolution before it and dropout
//   is gone; for training both stay steps of their own.
#pragma once

#include <span>
#include <vector>

#include "core/model/model.h"
#include "core/model/state.h"

namespace limpid {

struct Step {
  LayerKind kind = LayerKind::conv;  // conv, transposed_conv, max_pool, upsample, add, concat,
                                     // batch_norm, dropout
  int layer = 0;                     // the model's layer it comes from; names its tensors
  std::vector<int> inputs = {};      // values: 0 is the picture, i + 1 the output of step i
  Shape input = {};                  // of its first input
  Shape output = {};                 // after the pooling, if pooled
  int kernel = 0;
  int stride = 1;
  int pad = 0;  // zeros before the first row and column, see pad_before
  Activation activation = Activation::linear;
  float slope = 0;
  float rate = 0;
  bool pooled = false;     // a 2 x 2 max pool follows the activation
  bool upsampled = false;  // kernel is fold_upsampled of the layer's
  int batch_norm = -1;     // the batch_norm layer multiplied in, or -1
};

enum class Purpose { denoise, train };

struct Plan {
  Shape input;
  std::vector<Step> steps;  // the last step's output is the network's
};

// `input`: sides multiples of size_multiple(model).
Plan lower(const Model& model, Shape input, Purpose purpose);

// (out, k, k, in) -> (out, k + 1, k + 1, in): K[j] = w[r - j] + w[r - j + 1] along rows and along
// columns, r = (k - 1) / 2, taps counted from -r to r, those outside zero.
std::vector<float> fold_upsampled(std::span<const float> kernel, int out, int k, int in);

// The transpose of fold_upsampled: the gradient by the k x k kernel from that by the folded one.
std::vector<float> unfold_upsampled(std::span<const float> folded, int out, int k, int in);
// The same, added to `kernel`.
void add_unfolded(std::span<const float> folded, int out, int k, int in, std::span<float> kernel);

// Kernel and bias of a conv or transposed_conv step as a device runs it: folded where upsampled,
// multiplied with the batch normalization where one is merged. `weights` as in State.
struct StepWeights {
  std::vector<float> kernel;  // (out, kernel, kernel, in)
  std::vector<float> bias;    // (out)
};
StepWeights step_weights(const Model& model, const Step& step, const std::vector<Tensor>& weights);

}  // namespace limpid
