#include "core/ui/work/order.h"

#include <filesystem>

#include "core/error.h"
#include "core/model/json.h"
#include "core/model/presets.h"

namespace limpid {

Model model_of(const TrainingOrder& order) {
  if (order.model_json.empty()) return preset(order.model_name, order.channels);
  return model_from_json(order.model_json, "the model");
}

std::vector<Tensor> first_weights(const TrainingOrder& order, const Model& model,
                                  const Models& loaded) {
  if (order.begins_with == 0) return initial_weights(model, order.settings.seed);
  const auto found = loaded.find(order.begins_with);
  if (found == loaded.end() || found->second.model != model) {
    throw Error("the network that this training was to begin with is gone: choose another");
  }
  return found->second.weights;
}

int side_of(const TrainingOrder& order) {
  return order.settings.crop > 0 ? order.settings.crop : order.size;
}

RunSettings run_settings_of(const TrainingOrder& order, const Model& model) {
  RunSettings settings;
  settings.size = order.size;
  settings.channels = model.channels;
  settings.split = order.split;
  if (order.begins_with != 0) settings.begins_with = order.model_name;
  settings.engine = order.engine;
  settings.training = order.settings;
  // As the shell does: one seed for both.
  settings.training.noise.seed = settings.training.seed;
  for (const std::string& path : order.paths) {
    settings.data.push_back(std::filesystem::absolute(path));
  }
  if (!order.tests.empty()) settings.test_data = std::filesystem::absolute(order.tests);
  if (!order.noisy.empty()) {
    settings.noisy = std::filesystem::absolute(order.noisy);
    settings.training.noisy_pictures = true;
    settings.training.noise = {.strength = 0, .seed = settings.training.seed};
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
  order.noisy = settings.noisy.string();
  order.tests = settings.test_data.string();
  if (!order.noisy.empty()) {  // the order keeps what noise there would be without them
    order.settings.noisy_pictures = false;
    order.settings.noise = {.seed = order.settings.seed};
  }
  return order;
}

}  // namespace limpid
