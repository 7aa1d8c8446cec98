#include <gtest/gtest.h>

#include "core/ui/controls.h"
#include "core/ui/panels.h"
#include "core/ui/widgets.h"
#include "tests/plain_screen.h"

namespace limpid {
namespace {

class BarTest : public testing::Test {
 protected:
  void draw() {
    begin_controls();
    draw_bar(state_, ImGui::GetIO().DisplaySize.x);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    if (ImGui::Button("below", room)) ++pressed_;
    draw_notices(state_);
  }
  void click(ImVec2 at) {
    screen_.move(at);
    screen_.button(true);
    screen_.button(false);
    screen_.frame();
  }

  UiState state_;
  int pressed_ = 0;
  PlainScreen screen_{[this] { draw(); }};
};

TEST_F(BarTest, NothingLiesOnAnythingElseHoweverNarrowItIs) {
  for (const bool dark : {true, false}) {
    state_.choices.dark = dark;
    for (float width = 260; width <= 1400; width += 20) {
      ImGui::GetIO().DisplaySize.x = width;
      screen_.frame();
      ASSERT_EQ(controls().size(), 3u);
      float end = 36;  // of the mark
      for (const Control& control : controls()) {
        EXPECT_GE(control.x, end) << control.name << " at " << width;
        end = control.x + control.width;
      }
      EXPECT_LE(end, width);
    }
  }
}

TEST_F(BarTest, APressOnANoticeTakesItAwayAndPressesNothingBelowIt) {
  state_.now = 1;
  notify(state_, "Something happened.", News::good);
  screen_.frame();
  const Control& notice = controls().back();
  ASSERT_EQ(notice.value, "Something happened.");
  const ImVec2 middle = {notice.x + notice.width / 2, notice.y + notice.height / 2};
  click(middle);
  EXPECT_TRUE(state_.notices.empty());
  EXPECT_EQ(pressed_, 0);
  click(middle);
  EXPECT_EQ(pressed_, 1);
}

}  // namespace
}  // namespace limpid
