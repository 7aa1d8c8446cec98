#include "core/engine/limits.h"

#include "core/engine/dropout.h"
#include "core/error.h"
#include "core/image/batch.h"

namespace limpid {
namespace {

std::string size_of(const Limits& limits) { return size_text(limits.width, limits.height); }

}  // namespace

void check_size(const Model& model, const Limits& limits) {
  const int multiple = size_multiple(model);
  if (limits.width < 1 || limits.height < 1 || limits.width % multiple != 0 ||
      limits.height % multiple != 0) {
    throw Error("model '" + model.name + "' takes pictures whose sides are multiples of " +
                std::to_string(multiple) + ", not " + size_of(limits));
  }
  const Shape picture{limits.height, limits.width, model.channels};
  if (dropout_position(model, picture, int(model.layers.size())) > max_dropout_values) {
    throw Error("model '" + model.name + "' has more than 2^32 dropout values at " +
                size_of(limits));
  }
}

void check_memory(const Model& model, const Limits& limits, size_t needed,
                  const std::string& engine) {
  if (limits.memory_bytes == 0 || needed <= limits.memory_bytes) return;
  throw Error("model '" + model.name + "' needs " + std::to_string(needed) + " bytes on " + engine +
              " at " + size_of(limits) + ", only " + std::to_string(limits.memory_bytes) +
              " are allowed");
}

}  // namespace limpid
