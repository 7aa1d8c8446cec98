#include <cstdio>

#include "core/ui/controls.h"
#include "core/ui/format.h"
#include "core/ui/model_list.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

// The strengths that the article compares.
constexpr float marks[] = {0.2f, 0.4f};

// Below this the estimate may be texture alone.
constexpr double nearly_clean = 0.03;
// Above this it is hardly ever: one of 380 photographs and scans.
constexpr double surely_noisy = 0.1;

void draw_added(NoiseSettings& noise) {
  draw_strength(noise);
  const float share = share_of_row(3);
  ImGui::PushItemWidth(share * 2 + ImGui::GetStyle().ItemSpacing.x);
  draw_noise_kind(noise);
  ImGui::PopItemWidth();
  ImGui::SameLine();
  int seed = int(noise.seed);
  ImGui::PushItemWidth(share);
  number("seed", text(Text::seed), seed, 0, 1'000'000'000);
  ImGui::PopItemWidth();
  explain(text(Text::seed_explained));
  noise.seed = uint64_t(seed);
  if (noise.clip) return;
  if (button(text(Text::clip_noise), Look::plain, ImGui::GetContentRegionAvail().x))
    noise.clip = true;
  explain(text(Text::clip_noise_explained));
}

void draw_estimate(const PictureEntry& entry) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::TextUnformatted(text(Text::estimated));
  const std::string strength = fixed_text(entry.estimated_strength, 2);
  note_control(Role::text, text(Text::estimated), strength);
  explain(text(Text::estimated_explained));
  const WithFont font(Face::strong, body_px);
  ImGui::GetWindowDrawList()->AddText(
      {at.x + width - ImGui::CalcTextSize(strength.c_str()).x, at.y}, colors().text,
      strength.c_str());
}

}  // namespace

void draw_strength(NoiseSettings& noise) {
  unit_slider("strength", text(Text::strength), noise.strength, marks);
  explain(text(Text::strength_explained));
}

bool draw_noise_kind(NoiseSettings& noise) {
  const char* kinds[] = {text(Text::gaussian), text(Text::poisson), text(Text::salt_pepper),
                         text(Text::speckle), text(Text::camera)};
  int kind = int(noise.kind);
  const bool changed = choice("kind", text(Text::noise_kind), kinds, kind);
  noise.kind = NoiseKind(kind);
  return changed;
}

void draw_noise(UiState& state) {
  begin_card("noise", text(Text::noise));
  const char* ways[] = {text(Text::add_noise), text(Text::already_noisy)};
  int way = state.choices.already_noisy ? 1 : 0;
  if (segmented("ways", ways, way)) {
    state.choices.already_noisy = way == 1;
    suit_model(state);
  }
  const PictureEntry* entry = shown_picture(state);
  if (!state.choices.already_noisy) {
    draw_added(state.choices.noise);
    if (entry && entry->clean && entry->estimated_strength > surely_noisy)
      paragraph(text(Text::seems_noisy), colors().warm);
  } else if (entry && entry->clean) {
    draw_estimate(*entry);
    if (entry->estimated_strength < nearly_clean)
      paragraph(text(Text::estimate_high), colors().muted);
  }
  end_card();
}

}  // namespace limpid
