#include "core/ui/linked_training.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/model/presets.h"
#include "core/ui/choices.h"
#include "core/ui/proposal.h"

namespace limpid {
namespace {

using Json = nlohmann::ordered_json;

// What a link set and no control showed would change trainings unseen, and be kept.
const std::vector<std::string> setting_names = {"epochs",
                                                "draws",
                                                "batch",
                                                "learning_rate",
                                                "schedule",
                                                "loss",
                                                "optimizer",
                                                "warm_up",
                                                "clip_norm",
                                                "average_decay",
                                                "keep_best",
                                                "noise",
                                                "noise_kind",
                                                "noise_weakest",
                                                "noise_fixed_field",
                                                "noise_camera_share",
                                                "crop",
                                                "flip",
                                                "gray_share",
                                                "jpeg_share"};
constexpr const char* no_weakest = "none";

void require_idle(const UiState& state) {
  if (!state.training.idle()) throw Error("a training is under way");
}

// As a value of the kind that the setting has.
Json value_like(const Json& before, const LinkField& setting) {
  if (setting.name == "noise_weakest" && setting.value == no_weakest) return Json();
  if (before.is_string()) return shown(setting.value);
  if (before.is_boolean()) return truth_of(setting.value);
  const Json number = Json::parse(setting.value, nullptr, false);
  if (!number.is_number()) throw Error("'" + shown(setting.value) + "' is no number");
  return number;
}

TrainingSettings changed(const TrainingSettings& settings, std::span<const LinkField> changes) {
  Json json = Json::parse(to_json(settings));
  for (const LinkField& change : changes) {
    check_one_of(setting_names, change.name, "setting");
    json[change.name] = value_like(json[change.name], change);
  }
  const TrainingSettings read =
      settings_from_json(json.dump(-1, ' ', false, Json::error_handler_t::replace), "the link");
  check(read);
  if (read.batch > largest_batch) {
    throw Error("batch " + std::to_string(read.batch) + " is above " +
                std::to_string(largest_batch));
  }
  if (read.crop != 0 && (read.crop < least_size || read.crop > largest_size)) {
    throw Error("crop " + std::to_string(read.crop) + " is neither 0 nor in " +
                std::to_string(least_size) + ".." + std::to_string(largest_size));
  }
  return read;
}

}  // namespace

void choose_network(UiState& state, const std::string& name) {
  require_idle(state);
  check_one_of(preset_names(), name, "network");
  const TrainingOrder proposed = proposed_order();
  TrainingOrder& order = state.training.order;
  order.model_name = name;
  order.model_json.clear();
  order.begins_with = 0;
  order.size = proposed.size;
  order.settings = proposed.settings;
  state.training.draws_chosen = false;
}

void choose_size(UiState& state, const std::string& size) {
  require_idle(state);
  state.training.order.size = int(whole_of(size, least_size, largest_size));
  state.training.order.settings.crop = 0;
}

void choose_settings(UiState& state, std::span<const LinkField> settings) {
  require_idle(state);
  TrainingOrder& order = state.training.order;
  order.settings = changed(order.settings, settings);
  if (order.settings.crop > 0)
    order.size = 0;
  else if (order.size == 0)
    order.size = proposed_order().size;
  for (const LinkField& setting : settings) state.training.draws_chosen |= setting.name == "draws";
}

bool can_be_linked(const TrainingOrder& order) { return order.model_json.empty(); }

std::vector<LinkField> linked_settings(const TrainingState& training) {
  const Json now = Json::parse(to_json(training.order.settings));
  const Json proposed = Json::parse(to_json(proposed_order().settings));
  std::vector<LinkField> settings;
  for (const std::string& name : setting_names) {
    if (name == "draws" ? !training.draws_chosen : now[name] == proposed[name]) continue;
    const Json& value = now[name];
    settings.push_back({name, value.is_null()     ? no_weakest
                              : value.is_string() ? value.get<std::string>()
                                                  : value.dump()});
  }
  return settings;
}

}  // namespace limpid
