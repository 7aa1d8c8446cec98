#include "core/ui/theme.h"

#include "core/ui/fonts.h"

namespace limpid {
namespace {

constexpr ImU32 rgb(unsigned hex, unsigned alpha = 255) {
  return IM_COL32((hex >> 16) & 255, (hex >> 8) & 255, hex & 255, alpha);
}

constexpr Palette dark_palette = {.background = rgb(0x0F1317),
                                  .panel = rgb(0x171C22),
                                  .raised = rgb(0x222931),
                                  .hovered = rgb(0x2C353F),
                                  .border = rgb(0x2A323B),
                                  .text = rgb(0xE8ECF0),
                                  .muted = rgb(0x9BA7B3),
                                  .faint = rgb(0x5C6874),
                                  .accent = rgb(0x38B2C4),
                                  .accent_hovered = rgb(0x54C6D6),
                                  .on_accent = rgb(0x06181B),
                                  .accent_soft = rgb(0x38B2C4, 38),
                                  .warm = rgb(0xE9A15B),
                                  .bad = rgb(0xF07B73),
                                  .canvas = rgb(0x0A0D10)};

constexpr Palette light_palette = {.background = rgb(0xF0F3F5),
                                   .panel = rgb(0xFFFFFF),
                                   .raised = rgb(0xEDF1F4),
                                   .hovered = rgb(0xE1E7EC),
                                   .border = rgb(0xDCE2E8),
                                   .text = rgb(0x182028),
                                   .muted = rgb(0x5B6875),
                                   .faint = rgb(0xA3AEB9),
                                   .accent = rgb(0x0E8094),
                                   .accent_hovered = rgb(0x0B6C7E),
                                   .on_accent = rgb(0xFFFFFF),
                                   .accent_soft = rgb(0x0E8094, 28),
                                   .warm = rgb(0xB9641A),
                                   .bad = rgb(0xC23B33),
                                   .canvas = rgb(0xE3E8EC)};

const Palette* current = &dark_palette;
float current_scale = 1;
ImFont* faces[2] = {};

ImVec4 vec(ImU32 color) { return ImGui::ColorConvertU32ToFloat4(color); }

void set_colors(ImGuiStyle& style, const Palette& p) {
  const auto set = [&](ImGuiCol which, ImU32 color) { style.Colors[which] = vec(color); };
  set(ImGuiCol_Text, p.text), set(ImGuiCol_TextDisabled, p.muted);
  set(ImGuiCol_WindowBg, p.background), set(ImGuiCol_ChildBg, 0), set(ImGuiCol_PopupBg, p.panel);
  set(ImGuiCol_Border, p.border), set(ImGuiCol_BorderShadow, 0);
  set(ImGuiCol_FrameBg, p.raised), set(ImGuiCol_FrameBgHovered, p.hovered);
  set(ImGuiCol_FrameBgActive, p.hovered);
  set(ImGuiCol_ScrollbarBg, 0), set(ImGuiCol_ScrollbarGrab, p.hovered);
  set(ImGuiCol_ScrollbarGrabHovered, p.faint), set(ImGuiCol_ScrollbarGrabActive, p.faint);
  set(ImGuiCol_CheckMark, p.accent), set(ImGuiCol_SliderGrab, p.accent);
  set(ImGuiCol_SliderGrabActive, p.accent_hovered);
  set(ImGuiCol_Button, p.raised), set(ImGuiCol_ButtonHovered, p.hovered);
  set(ImGuiCol_ButtonActive, p.border);
  set(ImGuiCol_Header, p.accent_soft), set(ImGuiCol_HeaderHovered, p.hovered);
  set(ImGuiCol_HeaderActive, p.hovered);
  set(ImGuiCol_Separator, p.border), set(ImGuiCol_TextSelectedBg, p.accent_soft);
  set(ImGuiCol_ModalWindowDimBg, IM_COL32(0, 0, 0, 110));
  set(ImGuiCol_NavCursor, p.accent), set(ImGuiCol_InputTextCursor, p.accent);
}

}  // namespace

void load_fonts() {
  ImGuiIO& io = ImGui::GetIO();
  const auto add = [&](std::span<const uint8_t> font) {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;  // it lies in the program
    config.OversampleH = 2;
    return io.Fonts->AddFontFromMemoryTTF(const_cast<uint8_t*>(font.data()), int(font.size()),
                                          body_px, &config);
  };
  faces[int(Face::body)] = add(body_font());
  faces[int(Face::strong)] = add(strong_font());
}

void set_theme(const Theme& theme) {
  current = theme.dark ? &dark_palette : &light_palette;
  current_scale = theme.scale;
  ImGuiStyle style;
  style.WindowPadding = {0, 0};
  style.FramePadding = {10, 7};
  style.ItemSpacing = {8, 8};
  style.ItemInnerSpacing = {6, 6};
  style.WindowRounding = style.PopupRounding = style.ChildRounding = 10;
  style.FrameRounding = style.GrabRounding = style.ScrollbarRounding = 7;
  style.ScrollbarSize = theme.touch ? 16 : 10;
  style.GrabMinSize = 16;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = style.PopupBorderSize = 1;
  style.HoverStationaryDelay = 0.2f;
  style.HoverDelayNormal = 0.35f;
  style.ScaleAllSizes(theme.scale);
  style.FontSizeBase = body_px;
  style.FontScaleDpi = theme.scale;
  set_colors(style, *current);
  ImGui::GetStyle() = style;
}

const Palette& colors() { return *current; }
float px(float at_scale_1) { return at_scale_1 * current_scale; }

WithFont::WithFont(Face face, float size_px) { ImGui::PushFont(faces[int(face)], size_px); }
WithFont::~WithFont() { ImGui::PopFont(); }

}  // namespace limpid
