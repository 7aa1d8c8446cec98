// Dear ImGui without a window and without a graphics card: frames are made for what they do.
#pragma once

#include <imgui.h>

#include <functional>
#include <utility>

#include "core/ui/theme.h"

namespace limpid {

class PlainScreen {
 public:
  // `draw`: every frame, into a window as large as the screen. `before`: between NewFrame and that.
  explicit PlainScreen(
      std::function<void()> draw, std::function<void()> before = [] {})
      : draw_(std::move(draw)), before_(std::move(before)) {
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = {400, 600};
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;  // which is never asked for any
    load_fonts();
    set_theme({});
    for (int i = 0; i < 3; ++i) frame();  // until everything has its size and its place
  }
  ~PlainScreen() { ImGui::DestroyContext(); }
  PlainScreen(const PlainScreen&) = delete;
  PlainScreen& operator=(const PlainScreen&) = delete;

  void frame(float seconds = 1.0f / 60) {
    ImGui::GetIO().DeltaTime = seconds;
    ImGui::NewFrame();
    before_();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("screen", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoScrollWithMouse);
    draw_();
    ImGui::End();
    ImGui::EndFrame();
  }

  // The pointer's source counts for what comes after it.
  void source(ImGuiMouseSource source) { ImGui::GetIO().AddMouseSourceEvent(source); }
  void move(ImVec2 at) {
    ImGui::GetIO().AddMousePosEvent(at.x, at.y);
    frame();
  }
  void button(bool down) {
    ImGui::GetIO().AddMouseButtonEvent(ImGuiMouseButton_Left, down);
    frame();
  }
  // Pressed and let go, and what follows from it.
  void key(ImGuiKey key) {
    for (const bool down : {true, false}) {
      ImGui::GetIO().AddKeyEvent(key, down);
      frame();
    }
    frame();
  }

 private:
  std::function<void()> draw_, before_;
};

}  // namespace limpid
