#include "core/ui/touch_scroll.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/ui/widgets.h"
#include "tests/plain_screen.h"

namespace limpid {
namespace {

constexpr int rows = 40;
constexpr float row_px = 50;

// Buttons in a list that is longer than the screen, with a control of each kind above them.
class TouchScrollTest : public testing::Test {
 protected:
  TouchScrollTest() : screen_([this] { draw(); }, [this] { touch_.follow(); }) {
    by(ImGuiMouseSource_TouchScreen);
  }

  void draw() {
    ImGui::BeginChild("list", {0, 0}, ImGuiChildFlags_NavFlattened);
    unit_slider("slider", "Strength", value_, {});
    slider_ = middle_of_item();
    const std::vector<const char*> names(rows, "name");
    choice("list", "Choice", names, chosen_);
    choice_ = {middle_of_item().x, ImGui::GetItemRectMax().y - 5};  // below its caption
    list_is_open_ = ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopup);
    number("number", "Seed", number_, 0, 100);
    field_ = {middle_of_item().x, ImGui::GetItemRectMax().y - 5};
    ImGui::BeginChild("card", {0, 0}, ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_NavFlattened);
    for (int i = 0; i < rows; ++i) {
      if (ImGui::Button(std::to_string(i).c_str(), {200, row_px})) pressed_ = i;
      if (i == 5) button_ = middle_of_item();
    }
    ImGui::EndChild();
    scroll_ = ImGui::GetScrollY();
    bar_ = {ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - 5, 20};
    ImGui::EndChild();
  }
  static ImVec2 middle_of_item() {
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    return {(low.x + high.x) / 2, (low.y + high.y) / 2};
  }

  void by(ImGuiMouseSource source) { screen_.source(source); }
  void press(ImVec2 at) {
    screen_.move(at);
    screen_.button(true);
  }
  // In steps of a frame each, from where it was pressed.
  void drag(ImVec2 from, ImVec2 way, int steps = 10) {
    for (int i = 1; i <= steps; ++i) {
      const float share = float(i) / float(steps);
      screen_.move({from.x + way.x * share, from.y + way.y * share});
    }
  }
  // Held where it is for a while, then lifted.
  void lift_at_rest() {
    for (int i = 0; i < 20; ++i) screen_.frame();
    lift();
  }
  void lift() {
    screen_.button(false);
    screen_.move({-1e6f, -1e6f});
  }

  TouchScroll touch_;
  float value_ = 0.5f, scroll_ = 0;
  int pressed_ = -1, chosen_ = 0, number_ = 1;
  bool list_is_open_ = false;
  ImVec2 slider_, choice_, field_, button_, bar_;
  PlainScreen screen_;  // draws the others
};

TEST_F(TouchScrollTest, ASwipeScrollsAsFarAsTheFingerMovesAndPressesNothing) {
  const ImVec2 from = button_;
  press(from);
  EXPECT_TRUE(ImGui::IsAnyItemActive());
  drag(from, {3, -120});
  EXPECT_EQ(scroll_, 120);
  EXPECT_NEAR(button_.y, from.y - 120, 1);  // it is still below the finger
  EXPECT_FALSE(ImGui::IsAnyItemActive());
  drag({from.x, from.y - 120}, {0, 50});  // back
  EXPECT_EQ(scroll_, 70);
  lift_at_rest();
  EXPECT_EQ(pressed_, -1);
  EXPECT_FALSE(touch_.glides());
  EXPECT_EQ(scroll_, 70);
}

TEST_F(TouchScrollTest, ATapPressesAlsoWhereTheFingerRolls) {
  press(button_);
  drag(button_, {4, 7}, 2);
  lift();
  EXPECT_EQ(pressed_, 5);
  EXPECT_EQ(scroll_, 0);
}

TEST_F(TouchScrollTest, ASliderIsDraggedAndScrollsNothing) {
  press(slider_);
  drag(slider_, {90, 60});
  lift();
  EXPECT_GT(value_, 0.6f);
  EXPECT_EQ(scroll_, 0);
  EXPECT_FALSE(touch_.glides());
}

TEST_F(TouchScrollTest, AScrollBarIsDraggedAsByAMouse) {
  press(bar_);
  drag(bar_, {0, 60});
  EXPECT_GT(scroll_, 100);  // the list is several screens long, and goes the other way
  lift();
  EXPECT_FALSE(touch_.glides());
}

TEST_F(TouchScrollTest, AMousePressesAndScrollsNothing) {
  by(ImGuiMouseSource_Mouse);
  press(button_);
  drag(button_, {0, -20});
  lift();
  EXPECT_EQ(scroll_, 0);
  EXPECT_EQ(pressed_, 5);  // it was let go of within the button
}

TEST_F(TouchScrollTest, WhatIsFlungGlidesOnComesToRestAndCanBeCaught) {
  const ImVec2 middle = {100, 300};
  const auto fling = [&](float way) {
    press(middle);
    drag(middle, {0, way}, 6);
    lift();
  };
  fling(-100);
  ASSERT_TRUE(touch_.glides());
  const float let_go = scroll_;
  int frames = 0;
  while (touch_.glides() && frames < 600) screen_.frame(), ++frames;
  EXPECT_GT(scroll_, let_go + 50);
  EXPECT_GT(frames, 20);
  EXPECT_LT(frames, 180);  // 3 s

  const float rest = scroll_;
  fling(60);
  EXPECT_LE(scroll_, rest - 60);
  ASSERT_TRUE(touch_.glides());
  press(middle);
  EXPECT_FALSE(touch_.glides());
  const float caught = scroll_;
  lift_at_rest();
  EXPECT_EQ(scroll_, caught);
  EXPECT_EQ(pressed_, -1);  // no button that came below it
}

TEST_F(TouchScrollTest, AListThatIsOpenScrollsAndStaysOpen) {
  press(choice_);
  lift();
  ASSERT_TRUE(list_is_open_);
  screen_.frame();
  const ImVec2 within = {choice_.x, choice_.y + 100};
  for (int i = 0; i < 2; ++i) {  // the second catches what glides from the first
    press(within);
    drag(within, {0, -60}, 6);
    lift();
  }
  EXPECT_TRUE(touch_.glides());
  EXPECT_TRUE(list_is_open_);
  EXPECT_EQ(scroll_, 0);
  EXPECT_EQ(chosen_, 0);
  while (touch_.glides()) screen_.frame();
  press(within);
  lift();
  EXPECT_FALSE(list_is_open_);
  EXPECT_GT(chosen_, 5);  // one that was further down
}

TEST_F(TouchScrollTest, ASwipeThatBeginsOnAFieldDoesNotEditIt) {
  press(field_);
  screen_.frame();
  EXPECT_TRUE(ImGui::GetIO().WantTextInput);
  drag(field_, {0, -40});
  lift();
  EXPECT_FALSE(ImGui::GetIO().WantTextInput);
  EXPECT_GE(scroll_, 40);
}

TEST_F(TouchScrollTest, ThatItWasTouchedIsKept) {
  EXPECT_FALSE(touch_.used());
  press({100, 300});
  EXPECT_TRUE(touch_.used());
  lift();
  by(ImGuiMouseSource_Mouse);
  screen_.move({100, 200});
  EXPECT_TRUE(touch_.used());
}

}  // namespace
}  // namespace limpid
