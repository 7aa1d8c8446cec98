#include <gtest/gtest.h>

#include "core/ui/controls.h"
#include "core/ui/panels.h"
#include "core/ui/widgets.h"
#include "tests/plain_screen.h"
#include "tests/quiet_platform.h"

namespace limpid {
namespace {

// A page: it has an address.
class Host : public QuietPlatform {
 public:
  bool has_address = false;
  std::vector<std::string> copied;

  bool can_copy_links() const override { return has_address; }
  void copy_link(const std::string& scene) override { copied.push_back(scene); }
};

class BarTest : public testing::Test {
 protected:
  void draw() {
    begin_controls();
    draw_bar(state_, host_, ImGui::GetIO().DisplaySize.x);
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

  Host host_;
  UiState state_;
  int pressed_ = 0;
  PlainScreen screen_{[this] { draw(); }};
};

TEST_F(BarTest, NothingLiesOnAnythingElseHoweverNarrowItIs) {
  for (int kind = 0; kind < 4; ++kind) {
    state_.choices.dark = kind % 2;
    host_.has_address = kind / 2;
    for (float width = 260; width <= 1400; width += 20) {
      ImGui::GetIO().DisplaySize.x = width;
      screen_.frame();
      const bool link = host_.has_address && width >= 300;
      ASSERT_EQ(controls().size(), link ? 4u : 3u) << width;
      float end = 36;  // of the mark
      for (const Control& control : controls()) {
        EXPECT_GE(control.x, end) << control.name << " at " << width;
        end = control.x + control.width;
      }
      EXPECT_LE(end, width);
    }
  }
}

TEST_F(BarTest, CopiesALinkToTheSceneWhereThereIsAnAddress) {
  host_.has_address = true;
  state_.choices.noise.strength = 0.4f;
  for (const float width : {360.0f, 800.0f}) {
    ImGui::GetIO().DisplaySize.x = width;
    screen_.frame();
    const Control& link = controls().at(2);
    EXPECT_EQ(link.name, width < 560 ? "Link" : "Copy link");
    click({link.x + link.width / 2, link.y + link.height / 2});
    ASSERT_FALSE(host_.copied.empty());
    EXPECT_NE(host_.copied.back().find("noise=0.4&"), std::string::npos);
    host_.copied.clear();
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
