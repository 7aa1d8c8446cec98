// A picture with zeros around it, so that the taps of a row of a kernel are one run of values.
#pragma once

#include "core/engine/thread_pool.h"
#include "core/image/batch.h"

namespace limpid {

// Channels up to which a row of a kernel is read as one run: with more, a single pixel is long
// enough for the inner loops, and the padded copy costs more than it saves.
constexpr int thin_channels = 4;

// The size that `rows` x `cols` windows of `kernel` x `kernel`, `stride` apart, cover.
Shape padded_shape(int rows, int cols, int channels, int kernel, int stride);

// Copies `picture` so that its first pixel is at (pad, pad) of the padded one; zeros elsewhere.
void pad_picture(ThreadPool& pool, Shape picture, const float* from, int pad, Shape padded,
                 float* to);

}  // namespace limpid
