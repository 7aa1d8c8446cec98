#include "core/ui/work/order.h"

#include <filesystem>

#include "core/model/json.h"
#include "core/model/presets.h"

namespace limpid {

Model model_of(const TrainingOrder& order) {
  if (order.model_json.empty()) return preset(order.model_name, order.channels);
  return model_from_json(order.model_json, "the model");
}

RunSettings run_settings_of(const TrainingOrder& order, const Model& model) {
  RunSettings settings;
  settings.size = order.size;
  settings.channels = model.channels;
  settings.split = order.split;
  settings.engine = order.engine;
  settings.training = order.settings;
  // As the shell does: one seed for both.
  settings.training.noise.seed = settings.training.seed;
  for (const std::string& path : order.paths) {
    settings.data.push_back(std::filesystem::absolute(path));
  }
  return settings;
}

TrainingOrder order_of(const RecordedRun& run) {
  const RunSettings& settings = run.settings;
  TrainingOrder order{.size = settings.size,
                      .channels = settings.channels,
                      .model_json = to_json(run.model),
                      .settings = settings.training,
                      .split = settings.split,
                      .engine = settings.engine};
  for (const std::filesystem::path& path : settings.data) order.paths.push_back(path.string());
  return order;
}

}  // namespace limpid
