#include "core/ui/touch_scroll.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "core/ui/theme.h"

namespace limpid {
namespace {

constexpr float slop_px = 8;          // a finger that only presses rolls by less
constexpr float measured_s = 0.05f;   // the speed is that of about the last so many seconds
constexpr float rest_s = 0.1f;        // what was held for so long is let go of at rest
constexpr float glide_s = 0.325f;     // after which the speed is 1/e of what it was
constexpr float least_speed_px = 20;  // a second; slower, it stands

// Whether what is pressed follows the finger by itself.
bool is_dragged() {
  const ImGuiContext& g = *ImGui::GetCurrentContext();
  if (g.ActiveId == 0) return false;
  if (ImGui::GetKeyOwner(ImGuiKey_MouseWheelY) == g.ActiveId) return true;
  if (!g.ActiveIdWindow) return false;
  return g.ActiveId == ImGui::GetWindowScrollbarID(g.ActiveIdWindow, ImGuiAxis_X) ||
         g.ActiveId == ImGui::GetWindowScrollbarID(g.ActiveIdWindow, ImGuiAxis_Y);
}

// The nearest window around that one that can scroll that way; else the nearest that can the other
// way and is at its end; or none.
ImGuiWindow* scrollable(ImGuiWindow* window, float by) {
  ImGuiWindow* at_its_end = nullptr;
  while (window) {
    const bool follows = !(window->Flags & ImGuiWindowFlags_NoScrollWithMouse);
    const float most = window->ScrollMax.y;
    if (follows && (by > 0 ? window->Scroll.y < most : window->Scroll.y > 0)) return window;
    if (follows && most > 0 && !at_its_end) at_its_end = window;
    window = window->Flags & ImGuiWindowFlags_ChildWindow ? window->ParentWindow : nullptr;
  }
  return at_its_end;
}

// What was pressed is let go, which is no click, and nothing lights up as it passes the finger.
void let_go() {
  ImGuiContext& g = *ImGui::GetCurrentContext();
  if (g.ActiveId != 0) ImGui::ClearActiveID();
  // A press on no window at all would close the list that is open.
  if (!g.IO.MouseClicked[ImGuiMouseButton_Left]) g.HoveredWindow = nullptr;
}

}  // namespace

void TouchScroll::follow() {
  const ImGuiIO& io = ImGui::GetIO();
  const bool by_finger = io.MouseSource == ImGuiMouseSource_TouchScreen;
  used_ = used_ || by_finger;
  if (io.MouseClicked[ImGuiMouseButton_Left]) press(by_finger);
  switch (phase_) {
    case Phase::none: break;
    case Phase::pressed: wait(); break;
    case Phase::follows: move(); break;
    case Phase::glides: glide(); break;
  }
}

void TouchScroll::press(bool by_finger) {
  ImGuiWindow* below = ImGui::GetCurrentContext()->HoveredWindow;
  ImGuiWindow* gliding = glides() ? ImGui::FindWindowByID(window_) : nullptr;
  speed_ = 0;
  if (!by_finger || !below) {
    phase_ = Phase::none;
  } else if (gliding && ImGui::IsWindowChildOf(below, gliding, false)) {
    phase_ = Phase::follows;  // it is caught, and nothing in it is pressed
  } else {
    phase_ = Phase::pressed;
    pressed_on_ = below->ID;
  }
}

// Until the finger lifts or moves.
void TouchScroll::wait() {
  const ImGuiIO& io = ImGui::GetIO();
  const float by = io.MouseClickedPos[ImGuiMouseButton_Left].y - io.MousePos.y;
  if (!io.MouseDown[ImGuiMouseButton_Left] || !ImGui::IsMousePosValid()) {
    phase_ = Phase::none;
  } else if (std::abs(by) > px(slop_px)) {
    ImGuiWindow* window =
        is_dragged() ? nullptr : scrollable(ImGui::FindWindowByID(pressed_on_), by);
    phase_ = window ? Phase::follows : Phase::none;
    if (!window) return;
    window_ = window->ID;
    at_ = window->Scroll.y;
    let_go();
    scroll(by);
    measure();
  }
}

void TouchScroll::move() {
  const ImGuiIO& io = ImGui::GetIO();
  let_go();
  if (io.MouseDown[ImGuiMouseButton_Left]) {
    scroll(-io.MouseDelta.y);
    measure();
    return;
  }
  const bool rests = io.DeltaTime > rest_s || std::abs(speed_) < px(least_speed_px);
  phase_ = rests ? Phase::none : Phase::glides;
}

void TouchScroll::glide() {
  const ImGuiIO& io = ImGui::GetIO();
  const float kept = std::exp(-io.DeltaTime / glide_s);
  const bool moved = scroll(speed_ * glide_s * (1 - kept));  // the way, at a speed that decays so
  speed_ *= kept;
  const bool wheel = io.MouseWheel != 0;
  if (!moved || wheel || std::abs(speed_) < px(least_speed_px)) phase_ = Phase::none;
}

void TouchScroll::measure() {
  const ImGuiIO& io = ImGui::GetIO();
  const float now = -io.MouseDelta.y / io.DeltaTime;
  speed_ += (now - speed_) * (1 - std::exp(-io.DeltaTime / measured_s));
}

// False where it cannot go any further.
bool TouchScroll::scroll(float by) {
  ImGuiWindow* window = ImGui::FindWindowByID(window_);
  if (!window || !window->WasActive) return false;
  const float wished = at_ + by;
  at_ = std::clamp(wished, 0.0f, window->ScrollMax.y);
  ImGui::SetScrollY(window, at_);
  return at_ == wished;
}

}  // namespace limpid
