#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <span>
#include <string>

#include "core/image/batch.h"
#include "core/ui/controls.h"
#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/saving.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

// A score before and after, the way between them as a bar.
struct Score {
  Text name;
  Text explanation;
  std::string noisy, restored;
  const char* unit;
  double noisy_share, restored_share;  // of the bar, 0..1, 1 is perfect
};

// Of each score: whether what it was has room beside what it became, and not above it.
struct Place {
  float width = 0;
  bool beside = true;
};

Place place_of(std::span<const Score> scores, float width) {
  Place place{.width = width};
  for (const Score& score : scores) {
    float wide = px(10);
    {
      const WithFont font(Face::strong, title_px + 3);
      wide += ImGui::CalcTextSize((score.restored + score.unit).c_str()).x;
    }
    const WithFont font(Face::body, small_px);
    wide += ImGui::CalcTextSize((score.noisy + score.unit).c_str()).x;
    place.beside &= wide <= width;
  }
  return place;
}

// Those of other choices, while what is chosen is not restored, are faint.
bool is_current(const UiState& state) {
  const bool is_quick = state.restoring && state.now - state.restoring_since < quick_s;
  return is_quick || restored_as_wanted(state);
}

void draw_score(const Score& score, Place place, bool current) {
  Palette p = colors();
  if (!current) p.text = p.warm = p.accent = p.faint;
  const float width = place.width, height = px(62);
  const std::string before = score.noisy + score.unit, after = score.restored + score.unit;
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImGui::PushID(int(score.name));
  ImGui::InvisibleButton("score", {width, height});
  char change[96];
  std::snprintf(change, sizeof change, text(Text::became), before.c_str(), after.c_str());
  note_control(Role::text, text(score.name), change);
  ImGui::PopID();
  explain(text(score.explanation));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  {
    const WithFont font(Face::body, small_px);
    list.AddText({low.x, low.y}, p.muted, text(score.name));
    const float wide = ImGui::CalcTextSize(before.c_str()).x;
    list.AddText({low.x + width - wide, low.y + (place.beside ? px(25) : 0)}, p.warm,
                 before.c_str());
  }
  {
    const WithFont font(Face::strong, title_px + 3);
    list.AddText({low.x, low.y + px(18)}, p.text, after.c_str());
  }
  const float y = low.y + px(53), bar = px(4);
  const auto x = [&](double share) { return low.x + float(std::clamp(share, 0.0, 1.0)) * width; };
  list.AddRectFilled({low.x, y}, {low.x + width, y + bar}, p.hovered, bar / 2);
  list.AddRectFilled({low.x, y}, {std::max(x(score.restored_share), low.x + bar), y + bar},
                     p.accent, bar / 2);
  list.AddCircleFilled({x(score.noisy_share), y + bar / 2}, px(4), p.warm);
}

// PSNR of 50 dB and an RMSE of 0 fill the bar.
double psnr_share(double psnr) { return std::isfinite(psnr) ? psnr / 50 : 1; }
double rmse_share(double rmse) { return 1 - std::min(1.0, std::sqrt(rmse * 2)); }
double ssim_share(double ssim) { return std::isfinite(ssim) ? ssim : 0; }

std::array<Score, 3> scores_of(const PictureEntry& entry) {
  const Quality& noisy = entry.noisy_quality;
  const Quality& restored = entry.restored_quality;
  const bool has_ssim = std::isfinite(restored.ssim);
  return {
      {{Text::rmse, Text::rmse_explained, fixed_text(noisy.rmse, 4), fixed_text(restored.rmse, 4),
        "", rmse_share(noisy.rmse), rmse_share(restored.rmse)},
       {Text::psnr, Text::psnr_explained, fixed_text(noisy.psnr, 2), fixed_text(restored.psnr, 2),
        " dB", psnr_share(noisy.psnr), psnr_share(restored.psnr)},
       {Text::ssim, has_ssim ? Text::ssim_explained : Text::ssim_small, fixed_text(noisy.ssim, 3),
        fixed_text(restored.ssim, 3), "", ssim_share(noisy.ssim), ssim_share(restored.ssim)}}};
}

void draw_about(const UiState& state, const PictureEntry& entry) {
  const WithFont font(Face::body, small_px);
  std::string about = size_text(entry.clean->width(), entry.clean->height());
  if (is_current(state) && entry.ms > 0) {
    char time[48];
    std::snprintf(time, sizeof time, text(Text::restored_in), ms_text(entry.ms).c_str());
    about += time;
  }
  if (!is_current(state) && entry.restored) about += text(Text::of_other_choices);
  paragraph(about.c_str(), colors().muted);
}

void draw_file_format(FileFormat& format) {
  const std::array names = {text(Text::as_opened), text(Text::png), text(Text::jpeg)};
  const std::array<std::string, 3> notes = {text(Text::as_opened_is), text(Text::png_is),
                                            text(Text::jpeg_is)};
  int chosen = int(format);
  ImGui::PushItemWidth(-FLT_MIN);
  if (choice("file format", text(Text::file_format), names, chosen, notes)) {
    format = FileFormat(chosen);
  }
  ImGui::PopItemWidth();
  explain(text(Text::file_format_explained));
}

// Save and Copy, and below them the format of the file.
void draw_buttons(UiState& state, Platform& platform, const PictureEntry& entry) {
  const bool can_copy = platform.can_copy_pictures();
  const float share = share_of_row(can_copy ? 2 : 1);
  const auto save = [&](Saving::To to) { save_restored(state, platform, entry, to); };
  ImGui::BeginDisabled(!entry.restored || state.saving);
  if (button(text(Text::save), Look::main, share)) save(Saving::To::file);
  explain(text(Text::save_explained));
  if (can_copy) {
    ImGui::SameLine();
    if (button(text(Text::copy), Look::plain, share)) save(Saving::To::clipboard);
  }
  ImGui::EndDisabled();
  draw_file_format(state.choices.file_format);
}

}  // namespace

void draw_scores(UiState& state, Platform& platform, Spacing spacing) {
  const PictureEntry* entry = shown_picture(state);
  if (!entry || !entry->clean) return;
  begin_card("scores", text(Text::scores));
  if (entry->restored && entry->has_scores) {
    const std::array<Score, 3> scores = scores_of(*entry);
    const Place place = place_of(scores, ImGui::GetContentRegionAvail().x);
    for (const Score& score : scores) {
      draw_score(score, place, is_current(state));
      if (spacing == Spacing::wide) ImGui::Dummy({0, px(2)});
    }
  } else if (state.choices.already_noisy) {
    paragraph(text(Text::no_scores), colors().muted);
  }
  draw_about(state, *entry);
  draw_buttons(state, platform, *entry);
  end_card();
}

void draw_scores_strip(UiState& state, Platform& platform, float height) {
  const PictureEntry* entry = shown_picture(state);
  if (!entry || !entry->clean) return;
  begin_card("scores", nullptr, {0, height});
  const float gap = px(20), buttons = px(120);
  const float width = ImGui::GetContentRegionAvail().x - buttons;
  const ImVec2 low = ImGui::GetCursorPos();
  if (entry->restored && entry->has_scores) {
    const std::array<Score, 3> scores = scores_of(*entry);
    const Place place = place_of(scores, width / 3 - gap);
    for (const Score& score : scores) {
      draw_score(score, place, is_current(state));
      ImGui::SameLine(0, gap);
    }
  } else {
    ImGui::BeginChild("about", {width - gap, 0});
    if (state.choices.already_noisy) paragraph(text(Text::no_scores), colors().muted);
    draw_about(state, *entry);
    ImGui::EndChild();
  }
  ImGui::SetCursorPos({low.x + width, low.y - px(4)});
  ImGui::BeginChild("buttons", {buttons, 0}, ImGuiChildFlags_NavFlattened);
  draw_buttons(state, platform, *entry);
  ImGui::EndChild();
  end_card();
}

}  // namespace limpid
