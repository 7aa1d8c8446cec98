#include "core/ui/scene.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <utility>

#include "core/classical/classical.h"
#include "core/error.h"
#include "core/ui/choices.h"
#include "core/ui/link.h"
#include "core/ui/linked_training.h"
#include "core/ui/model_list.h"
#include "core/views.h"

namespace limpid {
namespace {

constexpr size_t longest_link = 4096;  // far above what link_to_scene() writes: 900 characters
constexpr size_t most_told = 3;        // sentences
constexpr int64_t largest_seed = 1'000'000'000;  // that the control takes
constexpr std::string_view training_prefix = "training.";

// --- What comes along

std::string name_of(const PictureEntry& entry) {
  return std::filesystem::path(entry.name).stem().string();
}

bool comes_along(const ModelEntry& model) {
  return model.number < 0 || (model.comes_along && (model.ready || !model.file.empty()));
}

std::vector<std::string> picture_names(const UiState& state, const Coming& coming) {
  std::vector<std::string> names = coming.pictures;
  for (const PictureEntry& entry : state.pictures) {
    if (entry.comes_along) names.push_back(name_of(entry));
  }
  return names;
}

std::vector<std::string> model_names(const UiState& state, const Coming& coming) {
  std::vector<std::string> names = {first_model};
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const std::string& name : coming.models) add(name);
  for (const ModelEntry& model : state.models) {
    if (comes_along(model)) add(model.name);
  }
  for (const ClassicalMethod method : classical_methods()) add(to_string(method));
  return names;
}

std::string picture_of(const UiState& state) {
  const PictureEntry* entry = shown_picture(state);
  return entry && entry->comes_along ? name_of(*entry) : "";
}

std::string model_of(const UiState& state) {
  const ModelEntry* model = find_model(state, chosen_model(state));
  return model && comes_along(*model) ? model->name : "";
}

bool tells_training(const UiState& state) {
  return state.page == Page::train && can_be_linked(state.training.order);
}

// --- The fields

struct Field {
  const char* name;
  // Throws Error, which says what is wrong with the value.
  void (*set)(UiState& state, const Coming& coming, const std::string& value);
  std::string (*text)(const UiState& state);  // empty: the link does not name it
};

// In the order of a link that is written. One that is read sets the network first.
const Field fields[] = {
    {"page",
     [](UiState& state, const Coming&, const std::string& value) {
       state.page = parse_page(shown(value));
     },
     [](const UiState& state) { return to_string(state.page); }},
    {"picture",
     [](UiState& state, const Coming& coming, const std::string& value) {
       check_one_of(picture_names(state, coming), value, "picture");
       state.linked.picture = value;
     },
     picture_of},
    {"already_noisy",
     [](UiState& state, const Coming&, const std::string& value) {
       state.choices.already_noisy = truth_of(value);
     },
     [](const UiState& state) { return text_of(state.choices.already_noisy); }},
    {"noise_kind",
     [](UiState& state, const Coming&, const std::string& value) {
       state.choices.noise.kind = parse_noise_kind(shown(value));
     },
     [](const UiState& state) { return to_string(state.choices.noise.kind); }},
    {"noise",
     [](UiState& state, const Coming&, const std::string& value) {
       state.choices.noise.strength = share_of(value);
     },
     [](const UiState& state) { return text_of(state.choices.noise.strength); }},
    {"seed",
     [](UiState& state, const Coming&, const std::string& value) {
       state.choices.noise.seed = uint64_t(whole_of(value, 0, largest_seed));
     },
     [](const UiState& state) { return std::to_string(state.choices.noise.seed); }},
    {"clip",
     [](UiState& state, const Coming&, const std::string& value) {
       state.choices.noise.clip = truth_of(value);
     },
     [](const UiState& state) { return text_of(state.choices.noise.clip); }},
    {"model",
     [](UiState& state, const Coming& coming, const std::string& value) {
       check_one_of(model_names(state, coming), value, "model");
       state.linked.model = value;
     },
     model_of},
    {"views",
     [](UiState& state, const Coming&, const std::string& value) {
       const int views = int(whole_of(value, 1, int64_t(view_flips.size())));
       check_views(views);
       state.choices.views = views;
     },
     [](const UiState& state) { return std::to_string(state.choices.views); }},
    {"amount",
     [](UiState& state, const Coming&, const std::string& value) {
       state.choices.amount = share_of(value);
     },
     [](const UiState& state) { return text_of(state.choices.amount); }},
    {"view",
     [](UiState& state, const Coming&, const std::string& value) {
       state.view.mode = parse_view(shown(value));
     },
     [](const UiState& state) { return to_string(state.view.mode); }},
    {"network",
     [](UiState& state, const Coming&, const std::string& value) { choose_network(state, value); },
     [](const UiState& state) {
       return tells_training(state) ? state.training.order.model_name : "";
     }},
    {"size",
     [](UiState& state, const Coming&, const std::string& value) { choose_size(state, value); },
     [](const UiState& state) {
       const int size = state.training.order.size;
       return tells_training(state) && size > 0 ? std::to_string(size) : "";
     }}};

const Field* find_field(const std::string& name) {
  const auto found =
      std::ranges::find_if(fields, [&](const Field& field) { return name == field.name; });
  return found == std::end(fields) ? nullptr : found;
}

// --- Reading

// What is left out, in sentences; of more than can be told at once, the last says how many.
class Refused {
 public:
  void add(const std::string& name, const char* reason) {
    if (++count_ < most_told) sentences_.push_back(sentence(name, reason));
    if (count_ == most_told) last_ = sentence(name, reason);
  }
  std::vector<std::string> told() const {
    std::vector<std::string> all = sentences_;
    const size_t more = count_ - sentences_.size();
    if (more == 1) all.push_back(last_);
    if (more > 1) all.push_back(std::to_string(more) + " more fields of the link are left out");
    return all;
  }

 private:
  static std::string sentence(const std::string& name, const char* reason) {
    return "The link's '" + shown(name) + "' is left out: " + reason;
  }
  std::vector<std::string> sentences_;
  std::string last_;
  size_t count_ = 0;
};

// All at once: some settings go together alone. Where that is refused each that can be, in turn.
void choose_each(UiState& state, const std::vector<LinkField>& changes, Refused& refused) {
  if (changes.empty()) return;
  try {
    return choose_settings(state, changes);
  } catch (const Error&) {
    for (const LinkField& change : changes) {
      try {
        choose_settings(state, {&change, 1});
      } catch (const Error& error) {
        refused.add(std::string(training_prefix) + change.name, error.what());
      }
    }
  }
}

}  // namespace

std::vector<std::string> open_scene(std::string_view link, const Coming& coming, UiState& state) {
  if (link.size() > longest_link) {
    return {"The link sets nothing: it is longer than " + std::to_string(longest_link) +
            " characters"};
  }
  const bool was_noisy = state.choices.already_noisy;
  std::vector<LinkField> named = read_link(link), training;
  std::ranges::stable_partition(named, [](const LinkField& f) { return f.name == "network"; });
  Refused refused;
  for (LinkField& setting : named) {
    if (setting.name.starts_with(training_prefix)) {
      setting.name.erase(0, training_prefix.size());
      training.push_back(std::move(setting));
      continue;
    }
    const Field* field = find_field(setting.name);
    try {
      if (!field) throw Error("there is no such field");
      field->set(state, coming, setting.value);
    } catch (const Error& error) {
      refused.add(setting.name, error.what());
    }
  }
  choose_each(state, training, refused);
  state.linked.both = !state.linked.picture.empty() && !state.linked.model.empty();
  const bool noisy = state.choices.already_noisy;
  if (noisy != was_noisy && state.linked.model.empty()) suit_model(state);
  return refused.told();
}

void follow_scene(UiState& state) {
  Linked& linked = state.linked;
  if (linked.picture.empty() && linked.model.empty()) return;  // as in nearly every frame
  const auto picture = std::ranges::find_if(state.pictures, [&](const PictureEntry& entry) {
    return entry.comes_along && name_of(entry) == linked.picture;
  });
  if (picture != state.pictures.end()) {
    linked.picture.clear();
    linked.both &= picture->number != state.shown || !picture->clean;  // else it is open already
    show_picture(state, picture->number);
  }
  const auto model = std::ranges::find_if(state.models, [&](const ModelEntry& entry) {
    return comes_along(entry) && entry.name == linked.model;
  });
  if (model != state.models.end()) {
    linked.model.clear();
    choose_model(state, model->number);
  }
}

std::string link_to_scene(const UiState& state) {
  std::vector<LinkField> named;
  for (const Field& field : fields) {
    if (const std::string text = field.text(state); !text.empty())
      named.push_back({field.name, text});
  }
  if (tells_training(state)) {
    for (const LinkField& setting : linked_settings(state.training))
      named.push_back({std::string(training_prefix) + setting.name, setting.value});
  }
  return write_link(named);
}

}  // namespace limpid
