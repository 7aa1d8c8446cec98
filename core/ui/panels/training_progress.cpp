#include <algorithm>
#include <cstdio>

#include "core/ui/controls.h"
#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/training.h"
#include "core/ui/widgets.h"
#include "core/ui/work/order.h"

namespace limpid {
namespace {

using Status = TrainingState::Status;

const char* end_text(TrainingEnd end) {
  switch (end) {
    case TrainingEnd::finished: return text(Text::finished);
    case TrainingEnd::stopped_early: return text(Text::stopped_early);
    case TrainingEnd::cancelled: return text(Text::cancelled);
    case TrainingEnd::diverged: return text(Text::diverged);
  }
  return "";
}

void draw_reading(const TrainingState& training) {
  char line[96];
  std::snprintf(line, sizeof line, text(Text::reading_pictures), training.read, training.to_read);
  const float share = training.to_read > 0 ? float(training.read) / float(training.to_read) : 0;
  progress(share, line);
}

// A figure with its caption, beside others.
void figure(const char* name, const std::string& value, float width) {
  ImGui::BeginGroup();
  caption(name);
  const WithFont font(Face::strong, title_px);
  ImGui::TextUnformatted(fitted(value, width).c_str());
  note_control(Role::text, name, value);
  ImGui::Dummy({width, 0});
  ImGui::EndGroup();
}

void draw_figures(const TrainingState& training) {
  const TrainingProgress& at = training.progress;
  const int epochs = training.running.settings.epochs;
  const bool wide = ImGui::GetContentRegionAvail().x > px(460);
  const float share = share_of_row(wide ? 4 : 2);
  char epoch[48];
  std::snprintf(epoch, sizeof epoch, "%d / %d", std::max(at.epoch, 1), epochs);
  figure(text(Text::epoch), epoch, share);
  ImGui::SameLine();
  const std::string rmse =
      training.history.empty() ? "–" : fixed_text(training.history.back().rmse, 4);
  figure(text(Text::test_rmse), rmse, share);
  if (wide) ImGui::SameLine();
  figure(text(Text::speed), at.pictures_per_s > 0 ? rate_text(at.pictures_per_s) + "/s" : "–",
         share);
  ImGui::SameLine();
  figure(text(Text::left), at.eta_s > 0 ? duration_text(at.eta_s) : "–", share);
}

void draw_running(const TrainingState& training) {
  const TrainingProgress& at = training.progress;
  draw_figures(training);
  const float share = at.pictures > 0 ? float(at.picture) / float(at.pictures) : 0;
  char line[96];
  std::snprintf(line, sizeof line, text(Text::progress_pictures), at.picture, at.pictures);
  std::string what = line;
  if (at.validating) what += std::string(", ") + text(Text::validating);
  if (training.status == Status::paused) what = text(Text::paused);
  progress(share, what.c_str());
}

void draw_buttons(UiState& state) {
  const TrainingState& training = state.training;
  const float share = std::min(share_of_row(2), px(150));
  const bool paused = training.status == Status::paused;
  if (training.status != Status::reading) {
    if (button(text(paused ? Text::go_on : Text::pause), paused ? Look::main : Look::plain,
               share)) {
      state.requests.push_back(PauseTraining{!paused});
    }
    ImGui::SameLine();
  }
  if (button(text(Text::stop), Look::plain, share)) state.requests.push_back(StopTraining{});
}

// What it learned in numbers, beside what it was to take away.
void draw_outcome(const TrainingState& training) {
  char line[120];
  const std::vector<EpochRecord>& history = training.ended->history;
  const double reached = record_of_model(history, training.running.settings.keep_best).rmse;
  const std::string rmse = fixed_text(reached, 4), noisy = fixed_text(training.noisy_rmse, 4);
  std::snprintf(line, sizeof line, text(Text::after_epochs),
                epochs_text(int(history.size())).c_str(), rmse.c_str(), noisy.c_str());
  paragraph(line, colors().muted);
  if (reached >= training.noisy_rmse) paragraph(text(Text::not_better), colors().warm);
}

void draw_end(UiState& state, Platform& platform) {
  const TrainingEnded& ended = *state.training.ended;
  {
    const WithFont font(Face::strong, title_px);
    ImGui::TextUnformatted(end_text(ended.end));
    note_control(Role::text, end_text(ended.end));
  }
  if (!ended.history.empty()) draw_outcome(state.training);
  if (!ended.message.empty()) paragraph(ended.message.c_str(), colors().muted);
  const bool in_a_folder = platform.keeps_files();  // with its curves beside its model
  const float share = std::min(share_of_row(in_a_folder ? 2 : 3), px(150));
  RunEntry* run = ended_run(state);
  ImGui::BeginDisabled(!run);
  if (button(text(Text::use_model), Look::main, share)) use_model_of(state, *run);
  ImGui::SameLine();
  if (button(text(Text::download_model), Look::plain, share)) save_model_of(state, platform, *run);
  ImGui::EndDisabled();
  if (in_a_folder) return;
  ImGui::SameLine();
  ImGui::BeginDisabled(!run || run->history.empty());
  if (button(text(Text::save_curves), Look::plain, share)) save_curves_of(platform, *run);
  explain(text(Text::save_curves_explained));
  ImGui::EndDisabled();
}

void draw_unfinished(UiState& state, Platform& platform) {
  const UnfinishedTraining& unfinished = *state.training.unfinished;
  const TrainingOrder& order = unfinished.order;
  const bool is_over = unfinished.is_over();
  begin_card("unfinished", text(is_over ? Text::unsaved : Text::unfinished));
  char line[160];
  const std::string network = order.model_name.empty() ? text(Text::own_json) : order.model_name;
  if (is_over) {
    std::snprintf(line, sizeof line, text(Text::unsaved_about), network.c_str(), side_of(order),
                  side_of(order), epochs_text(order.settings.epochs).c_str());
  } else {
    std::snprintf(line, sizeof line, text(Text::unfinished_about), network.c_str(), side_of(order),
                  side_of(order), unfinished.over + 1, order.settings.epochs);
  }
  paragraph(line, colors().muted);
  const float share = std::min(share_of_row(2), px(150));
  const Text go_on = is_over ? Text::bring_it_back : Text::go_on_with_it;
  if (button(text(go_on), Look::main, share)) go_on_with_unfinished(state, platform);
  ImGui::SameLine();
  if (button(text(Text::give_up), Look::plain, share)) give_up_unfinished(state, platform);
  end_card();
}

}  // namespace

void draw_training_progress(UiState& state, Platform& platform) {
  const TrainingState& training = state.training;
  if (training.idle() && training.unfinished) draw_unfinished(state, platform);
  if (training.idle() && !training.ended) return;
  begin_card("progress", text(Text::learning));
  if (training.status == Status::reading) {
    draw_reading(training);
    draw_buttons(state);
  } else if (training.idle()) {
    draw_end(state, platform);
  } else {
    draw_running(training);
    draw_buttons(state);
  }
  end_card();
}

}  // namespace limpid
