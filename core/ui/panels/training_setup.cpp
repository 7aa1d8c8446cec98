#include <cstdio>

#include "core/image/batch.h"
#include "core/model/json.h"
#include "core/model/presets.h"
#include "core/ui/choices.h"
#include "core/ui/controls.h"
#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/proposal.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"
#include "core/ui/work/order.h"

namespace limpid {
namespace {

// The pictures of the other page, the built-in samples among them, while there are no others.
void take_listed_pictures(UiState& state) {
  std::vector<std::string>& paths = state.training.order.paths;
  if (!paths.empty() || state.pictures.size() < 2) return;
  char line[96];
  std::snprintf(line, sizeof line, text(Text::take_listed), int(state.pictures.size()));
  if (!button(line, Look::plain, ImGui::GetContentRegionAvail().x)) return;
  for (const PictureEntry& entry : state.pictures) paths.push_back(entry.path);
}

void draw_sources(UiState& state, Platform& platform) {
  begin_card("sources", text(Text::training_pictures));
  const TrainingState& training = state.training;
  if (training.order.paths.empty()) {
    paragraph(text(Text::chosen_none), colors().muted);
  } else {
    std::string name = name_in(training.order.paths.front());
    if (training.order.paths.size() > 1) {
      name += " + " + std::to_string(training.order.paths.size() - 1);
    }
    ImGui::TextUnformatted(fitted(name, ImGui::GetContentRegionAvail().x).c_str());
    char line[96] = " ";
    if (knows_pictures(training)) {
      std::snprintf(line, sizeof line, text(Text::chosen_files), training.plan->pictures,
                    training.plan->test_pictures);
    }
    const WithFont font(Face::body, small_px);
    paragraph(line, colors().muted);
  }
  const float share = share_of_row(2);
  const Look look = training.order.paths.empty() ? Look::main : Look::plain;
  if (button(text(Text::choose_folder), look, share)) platform.pick(Pick::folder);
  ImGui::SameLine();
  if (button(text(Text::choose_pictures), Look::plain, share)) platform.pick(Pick::pictures);
  take_listed_pictures(state);
  end_card();
}

// What can be learned: presets, an own architecture, and what has learned already and goes on.
struct NetworkChoice {
  std::string shown;
  std::string name;  // a preset's or a model's; empty: the own architecture
  const Model* learned = nullptr;
  int begins_with = 0;
};

std::vector<NetworkChoice> network_choices(const UiState& state) {
  std::vector<NetworkChoice> choices;
  for (const std::string& preset : preset_names()) choices.push_back({preset, preset});
  const TrainingOrder& order = state.training.order;
  if (!order.model_json.empty() && order.begins_with == 0) {
    choices.push_back({text(Text::own_json), ""});
  }
  for (const ModelEntry& model : state.models) {
    if (!model.ready || !model.network) continue;
    char shown[96];
    std::snprintf(shown, sizeof shown, text(Text::learned_already), model.name.c_str());
    choices.push_back({shown, model.name, &*model.network, model.number});
  }
  return choices;
}

bool is_ordered(const NetworkChoice& choice, const TrainingOrder& order) {
  if (choice.begins_with != order.begins_with) return false;
  if (choice.learned) return true;
  return choice.name == (order.model_json.empty() ? order.model_name : "");
}

void draw_network(TrainingOrder& order, const std::vector<NetworkChoice>& choices) {
  std::vector<const char*> names;
  int chosen = int(choices.size());  // none, where the one to begin with is gone
  for (const NetworkChoice& choice : choices) {
    if (is_ordered(choice, order)) chosen = int(names.size());
    names.push_back(choice.shown.c_str());
  }
  ImGui::PushItemWidth(-FLT_MIN);
  if (choice("preset", text(Text::preset), names, chosen)) {
    const NetworkChoice& now = choices[size_t(chosen)];  // another one: never the own architecture
    order.model_name = now.name;
    order.model_json = now.learned ? to_json(*now.learned) : "";
    order.begins_with = now.begins_with;
  }
  explain(text(Text::network_explained));
  ImGui::PopItemWidth();
}

// Whole pictures of one size, or parts of that size of larger ones.
void draw_sizes(TrainingOrder& order) {
  int& crop = order.settings.crop;
  const int side = side_of(order);
  const char* ways[] = {text(Text::whole_pictures), text(Text::random_crops)};
  ImGui::PushItemWidth(share_of_row(2));
  int crops = crop > 0;
  if (choice("taken", text(Text::taken), ways, crops)) {
    order.size = crops ? 0 : side;
    crop = crops ? side : 0;
    order.settings.flip = crops;
  }
  explain(text(Text::taken_explained));
  ImGui::SameLine();
  int size = side_of(order);
  const auto shown = [](int n) { return size_text(n, n); };
  if (value_choice("size", text(Text::size), {32, 64, 96, 128, 192, 256}, size, shown))
    (crop > 0 ? crop : order.size) = size;
  explain(text(Text::size_explained));
  ImGui::PopItemWidth();
}

// How much is learned, and in which steps.
void draw_amounts(TrainingState& training) {
  TrainingSettings& settings = training.order.settings;
  ImGui::PushItemWidth(share_of_row(3));
  number("epochs", text(Text::epochs), settings.epochs, 1, most_epochs);
  ImGui::SameLine();
  if (number("draws", text(Text::draws), settings.draws, 0, most_draws)) {
    training.draws_chosen = settings.draws > 0;
  }
  explain(text(Text::draws_explained));
  ImGui::SameLine();
  number("batch", text(Text::batch), settings.batch, 1, largest_batch);
  ImGui::PopItemWidth();
  propose_draws(training);
}

void draw_settings(TrainingSettings& settings) {
  ImGui::PushItemWidth(share_of_row(2));
  value_choice("rate", text(Text::learning_rate), {1e-4f, 3e-4f, 1e-3f, 3e-3f, 1e-2f, 3e-2f, 0.1f},
               settings.learning_rate,
               [](float rate) { return significant_text(double(rate), 3); });
  ImGui::SameLine();
  const char* schedules[] = {text(Text::constant), text(Text::cosine), text(Text::plateau)};
  int schedule = int(settings.schedule);
  if (choice("schedule", text(Text::schedule), schedules, schedule)) {
    settings.schedule = Schedule(schedule);
  }
  explain(text(Text::schedule_explained));
  ImGui::PopItemWidth();
  const char* losses[] = {text(Text::mse), text(Text::bce), text(Text::l1), text(Text::psnr_loss)};
  int loss = int(settings.loss);
  ImGui::PushItemWidth(-FLT_MIN);
  if (choice("loss", text(Text::loss), losses, loss)) settings.loss = Loss(loss);
  explain(text(Text::loss_explained));
  ImGui::PopItemWidth();
}

void draw_noise_of(NoiseSettings& noise) {
  ImGui::PushItemWidth(share_of_row(2));
  if (draw_noise_kind(noise) && noise.kind != NoiseKind::gaussian) {
    noise.camera_share = 0;
    noise.fixed_field = false;
  }
  ImGui::SameLine();
  const char* ranges[] = {text(Text::one_strength), text(Text::weaker_too)};
  int range = noise.weakest.has_value();
  if (choice("range", text(Text::strengths), ranges, range)) {
    noise.weakest = range ? std::optional(0.0f) : std::nullopt;
  }
  explain(text(Text::strengths_explained));
  ImGui::PopItemWidth();
  draw_strength(noise);
}

std::string forecast_text(double seconds) {
  if (seconds < 1) return text(Text::forecast_instant);
  char line[64];
  std::snprintf(line, sizeof line, text(Text::forecast_about), duration_text(seconds).c_str());
  return line;
}

void row(const char* name, const std::string& value) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::PushStyleColor(ImGuiCol_Text, colors().muted);
  ImGui::TextUnformatted(name);
  note_control(Role::text, name, value);
  ImGui::PopStyleColor();
  const WithFont font(Face::strong, body_px);
  ImGui::GetWindowDrawList()->AddText({at.x + width - ImGui::CalcTextSize(value.c_str()).x, at.y},
                                      colors().text, value.c_str());
}

}  // namespace

void draw_training_setup(UiState& state, Platform& platform) {
  TrainingState& training = state.training;
  ImGui::BeginDisabled(!training.idle());
  draw_sources(state, platform);
  begin_card("network", text(Text::network));
  draw_network(training.order, network_choices(state));
  draw_sizes(training.order);
  if (training.order.noisy.empty())
    draw_noise_of(training.order.settings.noise);
  else
    paragraph(text(Text::noise_of_pairs), colors().muted);
  draw_amounts(training);
  draw_settings(training.order.settings);
  draw_training_details(training, platform);
  end_card();
  ImGui::EndDisabled();
}

void draw_forecast(UiState& state) {
  TrainingState& training = state.training;
  if (!training.idle()) return;
  begin_card("forecast", text(Text::forecast));
  if (!training.plan_error.empty()) {
    paragraph(training.plan_error.c_str(), colors().bad);
  } else {
    // Always three rows: the button below stays where it is.
    const TrainingPlanned* plan = training.plan ? &*training.plan : nullptr;
    const std::string none = training.asked ? text(Text::forecast_wait) : "–";
    ImGui::BeginGroup();
    row(text(Text::forecast_parameters), plan ? count_text(double(plan->parameters)) : none);
    row(text(Text::forecast_memory), plan ? bytes_text(double(plan->memory_bytes)) : none);
    row(text(Text::forecast_time), training.planned() ? forecast_text(plan->seconds) : none);
    ImGui::EndGroup();
    explain(text(Text::forecast_explained));
  }
  if (!training.error.empty()) paragraph(training.error.c_str(), colors().bad);
  if (training.unfinished) paragraph(text(Text::unfinished_replaced), colors().warm);
  ImGui::BeginDisabled(training.order.paths.empty() || training.begins_once_planned);
  if (button(text(Text::start), Look::main, ImGui::GetContentRegionAvail().x)) {
    training.begins_once_planned = true;
  }
  ImGui::EndDisabled();
  end_card();
}

}  // namespace limpid
