#include "native/report/text.h"

#include <gtest/gtest.h>

#include "native/report/font.h"

namespace limpid {
namespace {

struct Box {
  int left = 1 << 30, right = -1, top = 1 << 30, bottom = -1;  // inclusive
};

// Around all that is not white.
Box box_of(const Canvas& canvas) {
  Box box;
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      if (canvas.image().at(y, x, 0) > 0.7f) continue;
      box.left = std::min(box.left, x);
      box.right = std::max(box.right, x);
      box.top = std::min(box.top, y);
      box.bottom = std::max(box.bottom, y);
    }
  }
  return box;
}

class Text : public testing::Test {
 protected:
  Text() : canvas(200, 200, {1, 1, 1}) {}
  void SetUp() override {
    if (font_file().empty()) GTEST_SKIP() << "NOT TESTED: built without the font DejaVu Sans";
  }
  Canvas canvas;
};

TEST_F(Text, StandsOnItsBaseLine) {
  draw_text(canvas, {50, 100}, "HEH", {.size_px = 40});
  const Box box = box_of(canvas);
  EXPECT_EQ(box.bottom, 99);
  EXPECT_GE(box.left, 50);
  EXPECT_LE(box.right, 50 + text_width("HEH", 40));
  EXPECT_NEAR(box.bottom - box.top, 40 * 0.626, 1.5);  // a capital's share of the font's height
}

TEST_F(Text, IsAligned) {
  const float width = text_width("HEH", 40);
  for (const auto& [align, left] :
       {std::pair(Align::center, 100 - width / 2), std::pair(Align::right, 100 - width)}) {
    Canvas other(200, 200, {1, 1, 1});
    draw_text(other, {100, 100}, "HEH", {.size_px = 40, .align = align});
    EXPECT_NEAR(box_of(other).left, left + 4, 2.5);  // the letter's own side bearing
  }
}

TEST_F(Text, UpwardsIsTheSameTurned) {
  draw_text(canvas, {100, 100}, "HEL", {.size_px = 40, .align = Align::center, .upwards = true});
  Canvas flat(200, 200, {1, 1, 1});
  draw_text(flat, {100, 100}, "HEL", {.size_px = 40, .align = Align::center});
  const Box up = box_of(canvas), along = box_of(flat);
  EXPECT_NEAR(up.bottom - up.top, along.right - along.left, 1);
  EXPECT_NEAR(up.right - up.left, along.bottom - along.top, 1);
  EXPECT_NEAR(up.right, 99, 1);
  EXPECT_NEAR((up.top + up.bottom) / 2.0, 200 - (along.left + along.right) / 2.0, 1.5);
}

TEST_F(Text, KnowsUtf8) {
  EXPECT_NEAR(text_width("é", 40), text_width("e", 40), 0.5);
  EXPECT_GT(text_width("Ж", 40), 10);
  EXPECT_EQ(text_width("\xFF", 40), text_width("\xEF\xBF\xBD", 40));  // no UTF-8: the replacement
  EXPECT_EQ(text_width("\xC3", 40), text_width("\xEF\xBF\xBD", 40));
}

TEST_F(Text, IsShortenedToItsRoom) {
  EXPECT_EQ(shortened("short", 20, 500), "short");
  const std::string cut = shortened("a name that is much too long", 20, 100);
  EXPECT_LE(text_width(cut, 20), 100);
  EXPECT_GT(text_width(cut, 20), 80);
  EXPECT_EQ(cut.substr(cut.size() - 3), "…");
  for (float room = 5; room < 100; room += 3) {  // never half a character
    EXPECT_EQ(shortened("ЖЖЖЖЖЖЖ", 20, room).size() % 2, 1u);
  }
}

TEST_F(Text, NamesKeepTheirEnd) {
  EXPECT_EQ(shortened_name("short.png", 20, 500), "short.png");
  const std::string cut = shortened_name("a/folder/with/a/long/name/07.png", 20, 100);
  EXPECT_LE(text_width(cut, 20), 100);
  EXPECT_GT(text_width(cut, 20), 80);
  EXPECT_TRUE(cut.starts_with("…")) << cut;
  EXPECT_TRUE(cut.ends_with("07.png")) << cut;
  EXPECT_EQ(shortened_name("", 20, 5), "");
}

}  // namespace
}  // namespace limpid
