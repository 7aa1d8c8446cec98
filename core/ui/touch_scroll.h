// A finger that moves up or down scrolls what is below it, as on a phone, instead of pressing it.
// What keeps the mouse's wheel to itself while it is pressed (ImGui::SetItemKeyOwner()), as a
// picture or a slider does, is dragged by the finger all the same; scroll bars are too.
#pragma once

#include <imgui.h>

namespace limpid {

class TouchScroll {
 public:
  // Once a frame, between ImGui's NewFrame and the first window, after set_theme().
  void follow();

  // Whether what a finger has let go of still moves: then the next frame should not wait.
  bool glides() const { return phase_ == Phase::glides; }
  // Whether a finger was ever there.
  bool used() const { return used_; }

 private:
  enum class Phase { none, pressed, follows, glides };
  void press(bool by_finger);
  void wait();
  void move();
  void glide();
  void measure();
  bool scroll(float by);

  Phase phase_ = Phase::none;
  bool used_ = false;
  ImGuiID pressed_on_ = 0;  // the window below the finger
  ImGuiID window_ = 0;      // the one that scrolls
  float at_ = 0;            // how far, in pixels; ImGui rounds it
  float speed_ = 0;         // pixels a second
};

}  // namespace limpid
