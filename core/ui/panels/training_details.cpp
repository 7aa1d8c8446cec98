#include <cmath>
#include <string>

#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

std::string or_off(float value) {
  return value > 0 ? significant_text(double(value), 4) : text(Text::off);
}

// Of pictures for one purpose that otherwise come of the others: `folder` is empty then.
void draw_folder(const char* id, Text label, Text otherwise, Pick purpose, std::string& folder,
                 Platform& platform) {
  const std::string own = folder.empty() ? text(Text::of_a_folder) : name_in(folder);
  const char* ways[] = {text(otherwise), own.c_str()};
  int has_own = !folder.empty();
  if (!choice(id, text(label), ways, has_own)) return;
  if (has_own)
    platform.pick(purpose);
  else
    folder.clear();
}

void draw_folders(TrainingOrder& order, Platform& platform) {
  draw_folder("noisy ones", Text::noisy_ones, Text::noise_is_added, Pick::noisy_folder, order.noisy,
              platform);
  explain(text(Text::noisy_ones_explained));
  ImGui::SameLine();
  draw_folder("tests", Text::tests, Text::tests_are_drawn, Pick::test_folder, order.tests,
              platform);
  explain(text(Text::tests_explained));
}

void draw_steps(TrainingSettings& settings) {
  const char* optimizers[] = {text(Text::adam), text(Text::sgd)};
  int optimizer = int(settings.optimizer);
  if (choice("optimizer", text(Text::optimizer), optimizers, optimizer))
    settings.optimizer = Optimizer(optimizer);
  explain(text(Text::optimizer_explained));
  ImGui::SameLine();
  number("warm-up", text(Text::warm_up), settings.warm_up, 0, most_warm_up);
  explain(text(Text::warm_up_explained));
  value_choice("clip norm", text(Text::clip_norm), {0.0f, 0.1f, 0.25f, 1.0f, 4.0f},
               settings.clip_norm, or_off);
  explain(text(Text::clip_norm_explained));
  ImGui::SameLine();
  value_choice("average", text(Text::average), {0.0f, 0.9f, 0.99f, 0.999f}, settings.average_decay,
               or_off);
  explain(text(Text::average_explained));
}

// Of noise that is added, and the gaussian alone.
bool has_fields(const TrainingOrder& order) {
  return order.noisy.empty() && order.settings.noise.kind == NoiseKind::gaussian;
}

void draw_outcome(TrainingOrder& order) {
  TrainingSettings& settings = order.settings;
  const char* epochs[] = {text(Text::last_epoch), text(Text::best_epoch)};
  int best = settings.keep_best;
  if (choice("kept", text(Text::kept), epochs, best)) settings.keep_best = best == 1;
  explain(text(Text::kept_explained));
  ImGui::SameLine();
  const char* fields[] = {text(Text::fresh_field), text(Text::fixed_field)};
  int fixed = settings.noise.fixed_field;
  ImGui::BeginDisabled(!has_fields(order));
  if (choice("field", text(Text::field), fields, fixed)) {
    settings.noise.fixed_field = fixed == 1;
    if (fixed) settings.noise.camera_share = 0;
  }
  explain(text(Text::field_explained));
  ImGui::EndDisabled();
}

void percent(const char* id, Text label, float& share) {
  int percent = int(std::lround(share * 100));
  if (number(id, text(label), percent, 0, 100)) share = float(percent) / 100;
}

void draw_shares(TrainingOrder& order) {
  TrainingSettings& settings = order.settings;
  percent("gray share", Text::gray_share, settings.gray_share);
  explain(text(Text::gray_share_explained));
  ImGui::SameLine();
  percent("JPEG share", Text::jpeg_share, settings.jpeg_share);
  explain(text(Text::jpeg_share_explained));
  ImGui::SameLine();
  // Beside gaussian noise only, and that fresh.
  ImGui::BeginDisabled(!has_fields(order));
  percent("camera share", Text::camera_share, settings.noise.camera_share);
  if (settings.noise.camera_share > 0) settings.noise.fixed_field = false;
  explain(text(Text::camera_share_explained));
  ImGui::EndDisabled();
}

}  // namespace

void draw_training_details(TrainingState& training, Platform& platform) {
  const Text label = training.shows_details ? Text::fewer_settings : Text::more_settings;
  if (button(text(label), Look::plain, ImGui::GetContentRegionAvail().x))
    training.shows_details = !training.shows_details;
  if (!training.shows_details) return;
  ImGui::PushItemWidth(share_of_row(2));
  draw_folders(training.order, platform);
  draw_steps(training.order.settings);
  draw_outcome(training.order);
  ImGui::PopItemWidth();
  ImGui::PushItemWidth(share_of_row(3));
  draw_shares(training.order);
  ImGui::PopItemWidth();
}

}  // namespace limpid
