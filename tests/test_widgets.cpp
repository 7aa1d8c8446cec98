#include "core/ui/widgets.h"

#include <gtest/gtest.h>

#include "tests/plain_screen.h"

namespace limpid {
namespace {

// Two cards in a column, and one in another, as on the Denoise page.
class WidgetsTest : public testing::Test {
 protected:
  void draw() {
    focused_.clear();
    ImGui::BeginChild("column", {200, 0}, ImGuiChildFlags_NavFlattened);
    begin_card("first", "First");
    draw_button("One");
    unit_slider("slider", "Strength", value_, {});
    if (ImGui::IsItemFocused()) focused_ = "Strength";
    end_card();
    begin_card("second", "Second");
    if (pressed_ != "Two") draw_button("Two");
    end_card();
    ImGui::EndChild();
    ImGui::SameLine();
    begin_card("third", "Third");
    draw_button("Three");
    end_card();
    keep_tab_going();
  }
  void draw_button(const char* name) {
    if (button(name)) pressed_ = name;
    if (ImGui::IsItemFocused()) focused_ = name;
  }

  float value_ = 0.5f;
  std::string focused_, pressed_;
  PlainScreen screen_{[this] { draw(); }};
};

TEST_F(WidgetsTest, TabGoesFromControlToControlThroughColumnsAndCards) {
  for (const char* name : {"One", "Strength", "Two", "Three", "One"}) {
    screen_.key(ImGuiKey_Tab);
    EXPECT_EQ(focused_, name);
  }
}

TEST_F(WidgetsTest, ArrowsGoFromCardToCard) {
  screen_.key(ImGuiKey_Tab);
  for (const char* name : {"Strength", "Two"}) {
    screen_.key(ImGuiKey_DownArrow);
    EXPECT_EQ(focused_, name);
  }
  screen_.key(ImGuiKey_Enter);
  EXPECT_EQ(pressed_, "Two");
}

TEST_F(WidgetsTest, TabGoesToTheFirstFromAControlThatIsGone) {
  for (int i = 0; i < 3; ++i) screen_.key(ImGuiKey_Tab);
  screen_.key(ImGuiKey_Enter);
  ASSERT_EQ(pressed_, "Two");
  ASSERT_EQ(focused_, "");
  for (const char* name : {"One", "Strength", "Three", "One"}) {
    screen_.key(ImGuiKey_Tab);
    EXPECT_EQ(focused_, name);
  }
}

TEST_F(WidgetsTest, ASliderKeepsTheArrowsThatMoveIt) {
  screen_.key(ImGuiKey_Tab);
  screen_.key(ImGuiKey_Tab);
  ASSERT_EQ(focused_, "Strength");
  for (int i = 0; i < 3; ++i) screen_.key(ImGuiKey_RightArrow);
  EXPECT_FLOAT_EQ(value_, 0.53f);
  screen_.key(ImGuiKey_LeftArrow);
  EXPECT_FLOAT_EQ(value_, 0.52f);
  EXPECT_EQ(focused_, "Strength");
}

}  // namespace
}  // namespace limpid
