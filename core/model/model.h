// A network as Keras would print it: an input and a list of named layers. Plain data: it can be
// written by hand, kept in a file (json.h), checked once (check) and asked for its shapes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/image/batch.h"

namespace limpid {

enum class LayerKind {
  conv,             // kernel x kernel, stride 1 or 2, "same" zero padding; weights, bias
  transposed_conv,  // the gradient by input of a conv of that kernel and stride, as a layer:
                    // the picture grows by the stride; weights, bias
  max_pool,         // the largest of each stride x stride window
  upsample,         // nearest: each pixel becomes stride x stride equal ones
  add,              // sum of its inputs, all of one shape
  concat,           // channels of its inputs, one after the other, all of one height and width
  batch_norm,       // Ioffe & Szegedy 2015; statistics over batch, height and width
  dropout,          // Srivastava et al. 2014, inverted: scaled by 1 / (1 - rate) while training
};

// A kernel and a bias are learned: convolutions alone.
constexpr bool has_kernel(LayerKind kind) {
  return kind == LayerKind::conv || kind == LayerKind::transposed_conv;
}

constexpr float batch_norm_epsilon = 1e-3f;   // Keras's: added to the variance
constexpr float batch_norm_momentum = 0.99f;  // Keras's: share of the running value that is kept

enum class Activation { linear, relu, leaky_relu, sigmoid };

struct Layer {
  std::string name;  // unique; its tensors are called "<name>.<tensor>"
  LayerKind kind = LayerKind::conv;
  int channels = 0;                            // conv, transposed_conv: output channels
  int kernel = 3;                              // conv: 1, 3 or 5; transposed_conv: 2, 3 or 4
  int stride = 1;                              // conv: 1, 2; transposed_conv, max_pool, upsample: 2
  Activation activation = Activation::linear;  // any kind but max_pool, upsample and dropout
  float slope = 0.1f;                          // leaky_relu: factor of the negative side, from 0 on
  float rate = 0.0f;                           // dropout: share of values set to 0; under 1
  std::vector<std::string> inputs = {};        // empty: the one before, not for add and concat;
                                               // the first: the picture, also called "input"

  bool operator==(const Layer&) const = default;
};

struct Model {
  std::string name;  // "article", "classroom", ... or the user's
  int channels = 3;  // of the picture, in and out: 1 or 3
  std::vector<Layer> layers;

  bool operator==(const Model&) const = default;
};

// Throws Error naming the layer when the model is not one: no layer, an unknown or later input, a
// value out of its range, an activation where there is none, shapes that do not meet, pictures
// larger than the model's or halved more than 10 times, a layer that none uses, an output that has
// not the picture's size and channels, more than 1,000 layers, 64 inputs of one, 65,536 channels or
// 100 million parameters. Names are 1 to 100 bytes without '/' and control characters, each once.
void check(const Model& model);

// The picture's sides must be multiples of this (2 for each level of pooling).
int size_multiple(const Model& model);

bool has_layer(const Model& model, LayerKind kind);

// The output shape of each layer for that input. The sides must be multiples of size_multiple().
std::vector<Shape> output_shapes(const Model& model, Shape input);

// Indices of the layers that feed layer i; -1 is the picture.
std::vector<int> inputs_of(const Model& model, int i);

// A tensor the model keeps: kernels are (out, kernel, kernel, in), all others one row of channels.
// A transposed convolution of stride s spreads input pixel i over output pixels
// s * i + k - pad_before, k = 0 .. kernel - 1.
struct Parameter {
  std::string name;  // "<layer>.kernel", ".bias", ".gamma", ".beta", ".mean", ".variance"
  std::vector<int> shape;
  bool trained = true;  // false: batch_norm's running mean and variance
  size_t count() const;
};

// In the order of the layers: the order of every State.
std::vector<Parameter> parameters_of(const Layer& layer, int input_channels);
std::vector<Parameter> parameters(const Model& model);

// Keras's "same": zeros before the first row or column of a conv with that kernel and stride over
// an even side (the other zeros come after it). kernel 3: 1 at stride 1, 0 at stride 2.
int pad_before(int kernel, int stride);

// How far, in pixels of the picture, an output pixel looks in each direction, at most.
int receptive_radius(const Model& model);
// The same where each layer looks so many pixels of its input further.
int receptive_radius(const Model& model, std::span<const int> further);

}  // namespace limpid
