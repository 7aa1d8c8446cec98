// What every engine refuses before it plans or allocates anything.
#pragma once

#include <string>

#include "core/engine/engine.h"

namespace limpid {

// Throws Error when the model cannot take pictures of that size: sides that are not multiples of
// size_multiple(), or more dropout values than a sequence has (dropout.h).
void check_size(const Model& model, const Limits& limits);

// Throws Error with both figures when `needed` bytes are more than limits.memory_bytes allows;
// `engine` as in "the CPU engine".
void check_memory(const Model& model, const Limits& limits, size_t needed,
                  const std::string& engine);

}  // namespace limpid
