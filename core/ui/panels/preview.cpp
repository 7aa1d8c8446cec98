#include <algorithm>
#include <cmath>

#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

void draw_thumbnail(ViewerCard& card, PictureTexture& texture, ImVec2 low, float side) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Area area = {{low.x, low.y}, {low.x + side, low.y + side}};
  list.AddRectFilled(low, {area.high.x, area.high.y}, colors().canvas, px(6));
  if (texture.empty()) return;
  const Pyramid& picture = texture.picture();
  View view;
  view.zoom = side / float(std::max(picture.width(), picture.height()));
  view.center = {float(picture.width()) / 2, float(picture.height()) / 2};
  card.program.add(list, {&texture, &texture, area, view, 0, 0});
}

void caption_under(ImVec2 low, ImVec2 size, const std::string& name, ImU32 color) {
  const WithFont font(Face::body, small_px);
  const std::string shown = fitted(name, size.x);
  const float wide = ImGui::CalcTextSize(shown.c_str()).x;
  ImGui::GetWindowDrawList()->AddText({low.x + (size.x - wide) / 2, low.y + size.y + px(4)}, color,
                                      shown.c_str());
}

}  // namespace

void draw_preview(UiState& state, ViewerCard& card, float height) {
  const PreviewDrawn& preview = state.training.preview;
  if (preview.rows.empty()) return;
  card.preview.resize(preview.rows.size());
  begin_card("preview", text(Text::preview_title));
  explain(text(Text::preview_hint));
  const Palette& p = colors();
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, gap = px(10), under = px(26);
  // Columns: the pictures; rows: clean, noisy, restored. On a narrow screen the other way round.
  const int n = int(preview.rows.size());
  const bool across = width > px(420);
  const int columns = across ? n : 3, lines = across ? 3 : n;
  // All lines are seen at once where the height allows it.
  const float title = start.y - ImGui::GetWindowPos().y + px(16);
  const float fits = height > 0 ? (height - title) / float(lines) - under : px(150);
  const float side = std::floor(std::min((width - gap * float(columns - 1)) / float(columns),
                                         std::clamp(fits, px(64), px(240))));
  // Room for a caption with its number below a small picture.
  const float share = (width - gap * float(columns - 1)) / float(columns);
  const float cell = std::max(side, std::min(share, px(112)));
  for (int i = 0; i < n; ++i) {
    const PreviewDrawn::Row& row = preview.rows[size_t(i)];
    std::unique_ptr<PreviewTextures>& textures = card.preview[size_t(i)];
    if (!textures) textures = std::make_unique<PreviewTextures>(card.tiles);
    PictureTexture* versions[] = {&textures->clean, &textures->noisy, &textures->restored};
    const SharedPyramid* images[] = {&row.clean, &row.noisy, &row.restored};
    const std::string names[] = {row.name,
                                 text(Text::noisy) + (" " + fixed_text(row.noisy_rmse, 4)),
                                 text(Text::restored) + (" " + fixed_text(row.restored_rmse, 4))};
    const ImU32 inks[] = {p.muted, p.warm, p.accent};
    for (int version = 0; version < 3; ++version) {
      versions[version]->set(*images[version]);
      const int column = across ? i : version, line = across ? version : i;
      const ImVec2 low = {start.x + float(column) * (cell + gap),
                          start.y + float(line) * (side + under)};
      draw_thumbnail(card, *versions[version], {low.x + (cell - side) / 2, low.y}, side);
      caption_under(low, {cell, side}, names[version], inks[version]);
    }
  }
  state.view.filling = card.program.filling();
  ImGui::Dummy({width, float(lines) * (side + under) - px(4)});
  end_card();
}

}  // namespace limpid
