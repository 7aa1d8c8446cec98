#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "core/ui/controls.h"
#include "core/ui/format.h"
#include "core/ui/panels.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/viewer/labels.h"
#include "core/ui/widgets.h"

namespace limpid {
namespace {

constexpr float error_gain = 4;
constexpr float wheel_zoom = 1.15f;
constexpr float narrow_toolbar_px = 500;  // of a phone: in two rows
constexpr double cancel_after_s = 1;      // what is quicker needs no button

// What is noisy: the picture itself where it is so already.
PictureTexture& noisy_texture(const UiState& state, ViewerCard& card) {
  return state.choices.already_noisy ? card.clean : card.noisy;
}

bool has_several_models(const UiState& state) {
  return std::count_if(state.models.begin(), state.models.end(),
                       [](const ModelEntry& model) { return model.ready; }) > 1;
}

void draw_toolbar(UiState& state, float width) {
  const bool has_clean = !state.choices.already_noisy;
  const char* names[] = {text(Text::split),  text(Text::side_by_side), text(Text::clean),
                         text(Text::noisy),  text(Text::restored),     text(Text::error),
                         text(Text::models), text(Text::layers)};
  const ViewMode modes[] = {ViewMode::split,  ViewMode::side_by_side, ViewMode::clean,
                            ViewMode::noisy,  ViewMode::restored,     ViewMode::error,
                            ViewMode::models, ViewMode::layers};
  std::vector<const char*> shown;
  std::vector<ViewMode> shown_modes;
  int chosen = 0;
  for (size_t i = 0; i < std::size(modes); ++i) {
    if (!has_clean && (modes[i] == ViewMode::clean || modes[i] == ViewMode::error)) continue;
    if (modes[i] == ViewMode::models && !has_several_models(state)) continue;
    if (modes[i] == state.view.mode) chosen = int(shown.size());
    shown.push_back(names[i]);
    shown_modes.push_back(modes[i]);
  }
  const float buttons = px(190);
  const bool room = width > px(700);
  const auto draw_row = [&](const char* id, size_t first, size_t count, float wide) {
    int here = chosen - int(first);  // none of these where it is in the other row
    if (segmented(id, std::span(shown).subspan(first, count), here, wide)) {
      chosen = int(first) + here;
    }
  };
  if (width < px(narrow_toolbar_px)) {
    const size_t half = (shown.size() + 1) / 2;
    draw_row("modes", 0, half, width);
    draw_row("more modes", half, shown.size() - half, width);
  } else {
    draw_row("modes", 0, shown.size(), room ? std::min(width - buttons, px(620)) : width);
  }
  state.view.mode = shown_modes[size_t(chosen)];
  View& view = state.view.mode == ViewMode::layers ? state.maps.view : state.view;
  char zoom[24];
  std::snprintf(zoom, sizeof zoom, "%.0f %%", double(view.zoom) * 100);
  if (!room) return;
  ImGui::SameLine(width - px(150));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float wide = ImGui::CalcTextSize(zoom).x;
  ImGui::GetWindowDrawList()->AddText({at.x + px(46) - wide, at.y + px(8)}, colors().muted, zoom);
  ImGui::SameLine(width - px(94));
  const float half = (px(94) - ImGui::GetStyle().ItemSpacing.x) / 2;
  if (button(text(Text::fit), Look::plain, half)) view.fitted = true;
  ImGui::SameLine();
  if (button("1:1", Look::plain, half)) {
    view.fitted = false;
    view.zoom = 1;
  }
}

void draw_split_line(ImDrawList& list, const Area& area, float x) {
  const ImU32 white = IM_COL32(255, 255, 255, 235);
  const float y = (area.low.y + area.high.y) / 2, radius = px(15);
  list.AddLine({x, area.low.y}, {x, area.high.y}, IM_COL32(0, 0, 0, 70), px(4));
  list.AddLine({x, area.low.y}, {x, area.high.y}, white, px(2));
  list.AddCircleFilled({x, y}, radius + px(1), IM_COL32(0, 0, 0, 60));
  list.AddCircleFilled({x, y}, radius, white);
  const ImU32 ink = IM_COL32(30, 40, 48, 255);
  for (const float sign : {-1.0f, 1.0f}) {
    const float tip = x + sign * px(9), back = x + sign * px(4);
    list.AddTriangleFilled({tip, y}, {back, y - px(5)}, {back, y + px(5)}, ink);
  }
}

// What is seen of the picture: it is in the middle of the area where it is smaller.
Area seen_of(const View& view, const Area& area, const PictureEntry& entry) {
  const Point low = to_screen(view, area, {0, 0});
  const Point high =
      to_screen(view, area, {float(entry.clean->width()), float(entry.clean->height())});
  return {{std::max(low.x, area.low.x), std::max(low.y, area.low.y)},
          {std::min(high.x, area.high.x), std::min(high.y, area.high.y)}};
}

// "x 120, y 45", "noisy  0.520  0.480  0.310", "restored ..."
std::vector<std::string> values_at(const UiState& state, const PictureEntry& entry, int x, int y) {
  std::vector<std::string> values = {"x " + std::to_string(x) + ", y " + std::to_string(y)};
  const auto add = [&](Text name, const SharedPyramid& version) {
    if (!version || !version->picture().same_size(entry.clean->picture())) return;
    std::string& value = values.emplace_back(text(name));
    for (int c = 0; c < version->picture().channels; ++c) {
      value += "  " + fixed_text(double(version->picture().at(y, x, c)), 3);
    }
  };
  const bool noisy = state.choices.already_noisy;
  add(noisy ? Text::noisy : Text::clean, entry.clean);
  if (!noisy) add(Text::noisy, entry.noisy);
  add(Text::restored, entry.restored);
  return values;
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string whole;
  for (const std::string& part : parts) whole += (whole.empty() ? "" : between) + part;
  return whole;
}

// Of the pixel under the pointer: in one line, or below each other where that is too long.
void draw_values(const UiState& state, const PictureEntry& entry, const Area& area,
                 const View& view) {
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const Point at = to_picture(view, area, {mouse.x, mouse.y});
  const int x = int(std::floor(at.x)), y = int(std::floor(at.y));
  if (x < 0 || y < 0 || x >= entry.clean->width() || y >= entry.clean->height()) return;
  const std::vector<std::string> values = values_at(state, entry, x, y);
  const WithFont font(Face::body, small_px);
  const float gap = px(12), pad = px(9);
  std::string lines = joined(values, "    ");
  if (ImGui::CalcTextSize(lines.c_str()).x + 2 * (gap + pad) > area.width()) {
    lines = joined(values, "\n");
  }
  ImVec2 size = ImGui::CalcTextSize(lines.c_str());
  size = {size.x + 2 * pad, size.y + px(8)};
  // Beside a picture that is too small for them they begin where the area does.
  const Area seen = seen_of(view, area, entry);
  const bool fits = size.x + 2 * gap <= seen.width() && size.y + 2 * gap <= seen.height();
  const Area& room = fits ? seen : area;
  const ImVec2 low = {room.low.x + gap, room.high.y - gap - size.y};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(low, {low.x + size.x, low.y + size.y}, IM_COL32(10, 14, 18, 190), px(6));
  list.AddText({low.x + pad, low.y + px(4)}, IM_COL32(240, 244, 247, 255), lines.c_str());
}

// Drags the split line or the picture.
void handle_pointer(UiState& state, const Area& area, const PictureEntry& entry, float split_x) {
  View& view = state.view;
  const ImGuiIO& io = ImGui::GetIO();
  const bool near_line = view.mode == ViewMode::split && std::abs(io.MousePos.x - split_x) < px(18);
  ImGuiStorage& storage = *ImGui::GetStateStorage();
  const ImGuiID dragging = ImGui::GetID("dragging the line");
  if (ImGui::IsItemActivated()) storage.SetBool(dragging, near_line);
  if (ImGui::IsItemHovered() && near_line) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
  if (ImGui::IsItemActive() && storage.GetBool(dragging)) {
    view.split = std::clamp((io.MousePos.x - area.low.x) / area.width(), 0.0f, 1.0f);
  } else if (!near_line || !ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
    pan_and_zoom(view, area, entry.clean->width(), entry.clean->height());
  }
}

void draw_drop_hint(const UiState& state, const Area& area) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Palette& p = colors();
  const float x = (area.low.x + area.high.x) / 2;
  float y = (area.low.y + area.high.y) / 2 - px(30);
  const PictureEntry* entry = shown_picture(state);
  const bool failed = entry && entry->status == PictureEntry::Status::failed;
  const std::string name = entry ? entry->name : text(Text::drop_here);
  const char* hint = failed  ? entry->message.c_str()
                     : entry ? text(Text::opening)
                             : text(Text::drop_hint);
  {
    const WithFont font(Face::strong, title_px + 3);
    const std::string title = fitted(name, area.width() - px(40));
    const float wide = ImGui::CalcTextSize(title.c_str()).x;
    list.AddText({x - wide / 2, y}, failed ? p.bad : p.text, title.c_str());
    y += ImGui::GetTextLineHeight() + px(10);
  }
  const float most = std::min(area.width() - px(40), px(460));
  const ImVec2 size = ImGui::CalcTextSize(hint, nullptr, false, most);
  list.AddText(ImGui::GetFont(), ImGui::GetFontSize(), {x - size.x / 2, y}, p.muted, hint, nullptr,
               most);
}

// What was cancelled or failed is not begun again by itself.
void offer_to_restore(UiState& state, const PictureEntry& entry, const Area& area) {
  if (state.wanted.request.picture != entry.number || restored_as_wanted(state)) return;
  draw_label(*ImGui::GetWindowDrawList(), {area.high.x - px(12), area.high.y - px(36)},
             text(Text::not_as_chosen), Align::right);
  ImGui::SetCursorScreenPos({area.high.x - px(102), area.high.y - px(80)});
  if (button(text(Text::restore), Look::main, px(90))) state.wanted = {};
}

void draw_progress(UiState& state, const PictureEntry& entry, const Area& area) {
  const bool compares = !state.restoring && comparing(state);
  const bool encoding = !state.restoring && !compares && state.encoding;
  if (!state.restoring && !compares && !encoding) return offer_to_restore(state, entry, area);
  const double since = encoding   ? state.encoding_since
                       : compares ? state.comparing_since
                                  : state.restoring_since;
  if (state.now - since < quick_s) return;
  const int done = encoding ? state.encoding->done : entry.tiles_done;
  const int total = encoding ? state.encoding->total : compares ? 0 : entry.tiles;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  char line[64];
  std::snprintf(line, sizeof line, text(encoding ? Text::encoding : Text::restoring),
                std::min(done + 1, total), total);
  draw_label(list, {area.high.x - px(12), area.high.y - px(36)},
             total > 1 || encoding ? line
             : compares            ? text(Text::comparing)
                                   : text(Text::working),
             Align::right);
  const float share =
      total > 1 ? float(done) / float(total) : float(std::fmod(state.now, 1.2) / 1.2);
  list.AddRectFilled({area.low.x, area.high.y - px(3)},
                     {area.low.x + share * area.width(), area.high.y}, colors().accent);
  if (state.now - since < cancel_after_s) return;
  ImGui::SetCursorScreenPos({area.high.x - px(102), area.high.y - px(80)});
  if (button(text(Text::cancel), Look::plain, px(90))) cancel_work(state);
}

// The pictures that are seen, from left to right.
struct Part {
  PictureTexture* texture;
  Text name;
};

void draw_side_by_side(const UiState& state, ViewerCard& card, const PictureEntry& entry,
                       const Area& area) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  std::vector<Part> parts;
  if (!state.choices.already_noisy) parts.push_back({&card.clean, Text::clean});
  parts.push_back({&noisy_texture(state, card), Text::noisy});
  parts.push_back({&card.restored, Text::restored});
  const bool stacked = area.height() > area.width() * 1.2f;
  const float gap = px(4), n = float(parts.size());
  const float wide = stacked ? area.width() : (area.width() - gap * (n - 1)) / n;
  const float high = stacked ? (area.height() - gap * (n - 1)) / n : area.height();
  for (size_t i = 0; i < parts.size(); ++i) {
    const float x = area.low.x + (stacked ? 0 : float(i) * (wide + gap));
    const float y = area.low.y + (stacked ? float(i) * (high + gap) : 0);
    const Area part = {{x, y}, {x + wide, y + high}};
    View view = settled(state.view, part, entry.clean->width(), entry.clean->height());
    PictureTexture* seen = parts[i].texture->empty() ? &card.clean : parts[i].texture;
    card.program.add(list, {seen, seen, part, view, 0, 0});
    draw_label(list, {x + px(10), y + px(10)}, text(parts[i].name));
  }
}

float label_width(const char* name) {
  const WithFont font(Face::strong, small_px);
  return ImGui::CalcTextSize(name).x + px(18);
}

// The split line wipes over the names too: neither ever stands on the other's half.
void draw_names_of_halves(const ViewerCard& card, const Area& area, const Area& seen,
                          float split_x) {
  const char *left = text(Text::noisy), *right = text(Text::restored);
  const float widest = std::max(label_width(left), label_width(right));
  const LabelPlaces places = place_labels(area, seen, widest, px(12));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.PushClipRect({area.low.x, area.low.y}, {split_x, area.high.y}, true);
  draw_label(list, {places.left.x, places.left.y}, left);
  list.PopClipRect();
  if (card.restored.empty()) return;
  list.PushClipRect({split_x, area.low.y}, {area.high.x, area.high.y}, true);
  draw_label(list, {places.right.x, places.right.y}, right, Align::right);
  list.PopClipRect();
}

void draw_error_hint(const Area& area, const Area& seen) {
  const float gap = px(12);
  const WithFont font(Face::strong, small_px);
  const std::string hint = fitted(text(Text::error_hint), area.width() - 2 * gap - px(18));
  const LabelPlaces places = place_labels(area, seen, label_width(hint.c_str()) / 2, gap);
  draw_label(*ImGui::GetWindowDrawList(), {places.left.x, places.left.y}, hint.c_str());
}

void draw_picture(const UiState& state, ViewerCard& card, const PictureEntry& entry,
                  const Area& area, const View& view, float split_x) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  PictureTexture& noisy = noisy_texture(state, card);
  const auto or_clean = [&](PictureTexture& texture) {
    return texture.empty() ? &card.clean : &texture;
  };
  ViewerProgram::Drawing drawing{&card.clean, &card.clean, area, view, 0, 0};
  switch (view.mode) {
    case ViewMode::split:
      drawing.left = or_clean(noisy);
      drawing.right = card.restored.empty() ? drawing.left : &card.restored;
      drawing.split_x = split_x;
      break;
    case ViewMode::noisy: drawing.right = drawing.left = or_clean(noisy); break;
    case ViewMode::restored: drawing.right = drawing.left = or_clean(card.restored); break;
    case ViewMode::error:
      drawing.right = or_clean(card.restored);
      drawing.error_gain = error_gain;
      break;
    case ViewMode::clean:
    case ViewMode::side_by_side:
    case ViewMode::models:
    case ViewMode::layers: break;
  }
  card.program.add(list, drawing);
  const Area seen = seen_of(view, area, entry);
  if (view.mode == ViewMode::split) {
    draw_names_of_halves(card, area, seen, split_x);
    draw_split_line(list, area, split_x);
  } else if (view.mode == ViewMode::error) {
    draw_error_hint(area, seen);
  }
}

}  // namespace

void pan_and_zoom(View& view, const Area& area, int width, int height) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool hovered = ImGui::IsItemHovered();
  if (ImGui::IsItemActive() && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
    view = settled(view, area, width, height);
    pan(view, {io.MouseDelta.x, io.MouseDelta.y});
  }
  if (hovered && io.MouseWheel != 0) {
    view = settled(view, area, width, height);
    zoom_at(view, area, width, height, {io.MousePos.x, io.MousePos.y},
            std::pow(wheel_zoom, io.MouseWheel));
  }
  if (hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) view.fitted = true;
}

void draw_label(ImDrawList& list, ImVec2 at, const char* name, Align align) {
  const WithFont font(Face::strong, small_px);
  const ImVec2 size = ImGui::CalcTextSize(name);
  const float x = align == Align::right ? at.x - size.x - px(18) : at.x;
  list.AddRectFilled({x, at.y}, {x + size.x + px(18), at.y + size.y + px(8)},
                     IM_COL32(10, 14, 18, 170), px(6));
  list.AddText({x + px(9), at.y + px(4)}, IM_COL32(240, 244, 247, 255), name);
}

void begin_drawing(ViewerCard& card) {
  card.program.clear();
  for (const GLuint texture : card.tiles.next_frame()) glDeleteTextures(1, &texture);
}

void draw_viewer(UiState& state, ViewerCard& card, ImVec2 size) {
  state.view.filling = false;
  const PictureEntry* entry = shown_picture(state);
  card.clean.set(entry ? entry->clean : nullptr);
  card.noisy.set(entry ? entry->noisy : nullptr);
  card.restored.set(entry ? entry->restored : nullptr);
  if (state.view.mode != ViewMode::models) card.compared.clear();
  const ImVec2 start = ImGui::GetCursorScreenPos();
  if (entry && entry->clean) draw_toolbar(state, size.x);
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const Area area = {{low.x, low.y}, {start.x + size.x, start.y + size.y}};
  if (area.width() < 1 || area.height() < 1) return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(low, {area.high.x, area.high.y}, colors().canvas, px(10));
  if (entry && entry->clean && state.view.mode == ViewMode::layers) {
    draw_maps(state, card, area);
    ImGui::SetCursorScreenPos(low);
    ImGui::Dummy({area.width(), area.height()});  // in a column what follows goes below
    state.view.filling = card.program.filling();
    return draw_progress(state, *entry, area);
  }
  ImGui::SetNextItemAllowOverlap();
  ImGui::InvisibleButton("viewer", {area.width(), area.height()}, ImGuiButtonFlags_EnableNav);
  note_control(Role::picture, text(Text::shown_picture), entry ? entry->name : "");
  if (!entry || !entry->clean) return draw_drop_hint(state, area);

  ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
  View view = settled(state.view, area, entry->clean->width(), entry->clean->height());
  if (state.view.fitted) state.view.zoom = view.zoom;
  const float split_x = std::round(area.low.x + state.view.split * area.width());
  handle_pointer(state, area, *entry, split_x);
  view = settled(state.view, area, entry->clean->width(), entry->clean->height());
  if (view.mode == ViewMode::side_by_side) {
    draw_side_by_side(state, card, *entry, area);
  } else if (view.mode == ViewMode::models) {
    draw_comparison(state, card, *entry, area);
  } else {
    draw_picture(state, card, *entry, area, view, split_x);
    if (ImGui::IsItemHovered()) draw_values(state, *entry, area, view);
  }
  state.view.filling = card.program.filling();
  draw_progress(state, *entry, area);
}

}  // namespace limpid
