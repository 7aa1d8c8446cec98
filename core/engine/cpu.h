// The CPU engine: XNNPACK's convolutions and our own kernels, on any number of threads.
#pragma once

#include <memory>

#include "core/engine/engine.h"

namespace limpid {

// Float32 throughout. The same bits for any number of threads, and in tiles as tile_rule() says.
// Pictures run through one after the other, so memory does not grow with Limits::batch; only a
// network with batch normalization trains on its whole batch at once. What a call allocates is
// for kernels that have changed: copies of one layer's at a time, and what XNNPACK packs them into.
std::unique_ptr<Engine> make_cpu_engine();

}  // namespace limpid
