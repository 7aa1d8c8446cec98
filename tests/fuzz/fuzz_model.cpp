// Any text is an architecture or throws Error; what is read reads back the same once written, and
// can be summed up, cut to tiles and lowered.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/error.h"
#include "core/model/json.h"
#include "core/model/plan.h"
#include "core/model/summary.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  limpid::Model model;
  try {
    model = limpid::model_from_json({reinterpret_cast<const char*>(data), size}, "fuzz");
  } catch (const limpid::Error&) {
    return 0;
  }
  require(limpid::model_from_json(limpid::to_json(model), "fuzz") == model);
  require(limpid::receptive_radius(model) >= 0);
  const int multiple = limpid::size_multiple(model);
  for (const int height : {multiple, 16 * 1024}) {
    const limpid::Shape picture = {height, 2 * multiple, model.channels};
    const limpid::Summary summary = limpid::summarize(model, picture.height, picture.width);
    require(summary.parameters >= 0 && summary.flops >= 0);
    require(!limpid::to_text(model, summary).empty());
    for (const auto purpose : {limpid::Purpose::denoise, limpid::Purpose::train}) {
      const limpid::Plan plan = limpid::lower(model, picture, purpose);
      require(plan.steps.empty() || plan.steps.back().output == picture);
    }
  }
  return 0;
}
