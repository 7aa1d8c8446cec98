#include "core/ui/choices.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>

#include "core/data/number_json.h"
#include "core/data/path_json.h"
#include "core/error.h"
#include "core/model/presets.h"
#include "core/names.h"
#include "core/views.h"

namespace limpid {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t least_memory = size_t(1) << 20;

// In the order of the enumerations.
constexpr const char* page_names[] = {"denoise", "train"};
constexpr const char* view_names[] = {"split",    "side by side", "clean",  "noisy",
                                      "restored", "error",        "models", "layers"};
constexpr const char* file_format_names[] = {"as opened", "png", "jpeg"};
static_assert(std::size(page_names) == size_t(Page::train) + 1);
static_assert(std::size(view_names) == size_t(ViewMode::layers) + 1);
static_assert(std::size(file_format_names) == size_t(FileFormat::jpeg) + 1);

// The first for a name that there is not, and for the number that versions before kept.
template <class Enumeration>
Enumeration value_of(const Json& name, std::span<const char* const> names) {
  if (name.is_number()) return Enumeration(0);
  const auto found = std::find(names.begin(), names.end(), name.get<std::string>());
  return found == names.end() ? Enumeration(0) : Enumeration(found - names.begin());
}

// A network that there is not, and settings that do not go together, as another version may have
// kept them, leave those of `order`.
TrainingOrder read_order(const Json& json, const TrainingOrder& order) {
  TrainingOrder read = order;
  const std::string network = json.at("network").get<std::string>();
  if (is_preset(network)) read.model_name = network;
  read.settings = settings_from_json(json.at("training").dump(), "the stored choices");
  const int size = std::clamp(whole_number<int>(json.at("size")), least_size, largest_size);
  try {
    check(read.settings);
  } catch (const Error&) {
    read.settings = order.settings;
  }
  read.size = read.settings.crop > 0 ? 0 : size;
  read.settings.crop = std::min(read.settings.crop, largest_size);
  return read;
}

}  // namespace

std::string to_string(Page page) { return page_names[size_t(page)]; }
Page parse_page(const std::string& text) { return named<Page>(page_names, text, "page"); }
std::string to_string(ViewMode mode) { return view_names[size_t(mode)]; }
ViewMode parse_view(const std::string& text) { return named<ViewMode>(view_names, text, "view"); }

std::string write_choices(const UiState& state) {
  const Choices& choices = state.choices;
  const TrainingOrder& order = state.training.order;
  Json recent = Json::array();
  for (const std::string& path : state.recent) recent.push_back(path_to_json(path));
  const Json json = {{"dark", choices.dark},
                     {"page", to_string(state.page)},
                     {"view", to_string(state.view.mode)},
                     {"already_noisy", choices.already_noisy},
                     {"noise_kind", to_string(choices.noise.kind)},
                     {"noise", choices.noise.strength},
                     {"seed", choices.noise.seed},
                     {"network", order.model_json.empty() ? order.model_name : ""},
                     {"size", order.size},
                     {"training", Json::parse(to_json(order.settings))},
                     {"draws_chosen", state.training.draws_chosen},
                     {"logarithmic", state.training.logarithmic},
                     {"engine", choices.engine},
                     {"threads", choices.threads},
                     {"memory", choices.memory_bytes},
                     {"views", choices.views},
                     {"amount", choices.amount},
                     {"file_format", file_format_names[size_t(choices.file_format)]},
                     {"recent", recent}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void read_choices(std::string_view text, UiState& state) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return;
  try {
    UiState read;
    Choices& choices = read.choices;
    choices.dark = json.at("dark").get<bool>();
    choices.already_noisy = json.at("already_noisy").get<bool>();
    choices.noise.kind = parse_noise_kind(json.at("noise_kind").get<std::string>());
    choices.noise.strength = std::clamp(json.at("noise").get<float>(), 0.0f, 1.0f);
    choices.noise.seed = whole_number<uint64_t>(json.at("seed"));
    const Page page = value_of<Page>(json.at("page"), page_names);
    const ViewMode mode = value_of<ViewMode>(json.at("view"), view_names);
    const TrainingOrder order = read_order(json, state.training.order);
    const bool draws_chosen = json.value("draws_chosen", false);  // versions before have none
    const bool logarithmic = json.at("logarithmic").get<bool>();
    choices.engine = json.at("engine").get<std::string>();
    choices.threads = std::clamp(whole_number<int>(json.at("threads")), 0, most_threads);
    choices.memory_bytes = std::max(whole_number<size_t>(json.at("memory")), least_memory);
    choices.views = whole_number<int>(json.at("views"));
    check_views(choices.views);
    choices.amount = std::clamp(json.at("amount").get<float>(), 0.0f, 1.0f);
    const Json file_format = json.value("file_format", Json(""));  // versions before have none
    choices.file_format = value_of<FileFormat>(file_format, file_format_names);
    std::vector<std::string> recent;
    for (const Json& path : json.at("recent").get<std::vector<Json>>())
      recent.push_back(path_from_json(path));
    // Whole or not at all.
    state.choices = choices;
    state.page = page;
    state.view.mode = mode;
    state.training.order = order;
    state.training.draws_chosen = draws_chosen;
    state.training.logarithmic = logarithmic;
    state.recent = std::move(recent);
  } catch (const Json::exception&) {
    return;
  } catch (const Error&) {
    return;
  }
}

}  // namespace limpid
