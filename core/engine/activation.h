// Activations over whole values, and their gradients. relu and leaky relu are mostly fused into
// the convolutions; their gradients need only the output, so inputs are not kept.
#pragma once

#include <span>

#include "core/engine/thread_pool.h"
#include "core/model/model.h"

namespace limpid {

// x < 0 becomes slope x.
void leaky_relu(ThreadPool& pool, float slope, std::span<float> values);

// The activation in place; `slope` is leaky_relu's.
void activate(ThreadPool& pool, Activation activation, float slope, std::span<float> values);

// Multiplies each gradient with the activation's derivative, told from its output.
void activation_gradient(ThreadPool& pool, Activation activation, float slope,
                         std::span<const float> outputs, std::span<float> gradients);

// What a convolution does with negative sums: 0 for relu, slope for leaky_relu, 1 for the others.
float negative_factor(Activation activation, float slope);

}  // namespace limpid
