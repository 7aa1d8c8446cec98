#include "core/ui/changed_area.h"

#include <gtest/gtest.h>
#include <imgui_internal.h>

#include <functional>
#include <memory>
#include <vector>

namespace limpid {
namespace {

constexpr ImU32 red = IM_COL32(255, 0, 0, 255), blue = IM_COL32(0, 0, 255, 255);

// A screen of 1280 x 800 whose frames are drawn by hand.
class ChangedAreaTest : public ::testing::Test {
 protected:
  ChangedAreaTest() { data_.DisplaySize = {1280, 800}; }

  bool frame(const std::function<void(ImDrawList&)>& draw) {
    list_ = std::make_unique<ImDrawList>(&shared_);
    list_->_ResetForNewFrame();
    list_->PushClipRect({0, 0}, data_.DisplaySize);
    draw(*list_);
    list_->PopClipRect();
    data_.CmdLists.clear();
    data_.CmdListsCount = 0;
    data_.AddDrawList(list_.get());
    return changed_.limit(data_);
  }

  // Whether something at that place would be drawn.
  bool is_drawn(float x, float y) const {
    for (const ImDrawCmd& command : list_->CmdBuffer) {
      const ImVec4& clip = command.ClipRect;
      if (x >= clip.x && x < clip.z && y >= clip.y && y < clip.w) return true;
    }
    return false;
  }

  // How often the backend fills the pixel: by the scissors that imgui_impl_opengl3 sets.
  int times_filled(int x, int y) const {
    int times = 0;
    for (const ImDrawCmd& command : list_->CmdBuffer) {
      const ImVec4& clip = command.ClipRect;
      const int left = int(clip.x), below = int(data_.DisplaySize.y - clip.w);
      const int width = int(clip.z - clip.x), height = int(clip.w - clip.y);
      const int row = int(data_.DisplaySize.y) - 1 - y;  // from below
      times += x >= left && x < left + width && row >= below && row < below + height;
    }
    return times;
  }

  ImDrawListSharedData shared_;
  std::unique_ptr<ImDrawList> list_;
  ImDrawData data_;
  ChangedArea changed_;
};

void draw_scene(ImDrawList& list, float x, ImU32 color) {
  list.AddRectFilled({0, 0}, {1280, 800}, blue);
  list.AddRectFilled({x, 40}, {x + 20, 60}, color);
}

TEST_F(ChangedAreaTest, DrawsEverythingFirst) {
  EXPECT_TRUE(frame([](ImDrawList& list) { draw_scene(list, 40, red); }));
  EXPECT_TRUE(is_drawn(1, 1));
  EXPECT_TRUE(is_drawn(1279, 799));
}

TEST_F(ChangedAreaTest, DrawsNothingWhereNothingChanged) {
  frame([](ImDrawList& list) { draw_scene(list, 40, red); });
  EXPECT_FALSE(frame([](ImDrawList& list) { draw_scene(list, 40, red); }));
  EXPECT_TRUE(list_->CmdBuffer.empty());
}

TEST_F(ChangedAreaTest, DrawsWhereSomethingCameOrWent) {
  frame([](ImDrawList& list) { draw_scene(list, 40, red); });
  EXPECT_TRUE(frame([](ImDrawList& list) { draw_scene(list, 1000, red); }));
  EXPECT_TRUE(is_drawn(45, 45));
  EXPECT_TRUE(is_drawn(1005, 45));
  EXPECT_FALSE(is_drawn(500, 45));
  EXPECT_FALSE(is_drawn(45, 130));
}

TEST_F(ChangedAreaTest, SeesColors) {
  frame([](ImDrawList& list) { draw_scene(list, 40, red); });
  EXPECT_TRUE(frame([](ImDrawList& list) { draw_scene(list, 40, blue); }));
  EXPECT_TRUE(is_drawn(45, 45));
}

// The same triangles in another order look different where they overlap.
TEST_F(ChangedAreaTest, SeesWhatIsOnTop) {
  const auto first = [](ImDrawList& list) { list.AddRectFilled({0, 0}, {20, 20}, red); };
  const auto second = [](ImDrawList& list) { list.AddRectFilled({0, 0}, {20, 20}, blue); };
  frame([&](ImDrawList& list) { first(list), second(list); });
  EXPECT_TRUE(frame([&](ImDrawList& list) { second(list), first(list); }));
}

TEST_F(ChangedAreaTest, SeesClipping) {
  const auto draw = [](float right) {
    return [right](ImDrawList& list) {
      draw_scene(list, 280, red);
      list.PushClipRect({0, 0}, {right, 200}, true);
      list.AddRectFilled({0, 0}, {300, 20}, red);
      list.PopClipRect();
    };
  };
  frame(draw(250));
  EXPECT_TRUE(frame(draw(90)));
  EXPECT_TRUE(is_drawn(200, 10));
  EXPECT_TRUE(is_drawn(92, 10));  // in the cell of the new edge
  EXPECT_FALSE(is_drawn(200, 100));
}

void nothing(const ImDrawList*, const ImDrawCmd*) {}

TEST_F(ChangedAreaTest, SeesWhatCallbacksDraw) {
  const auto draw = [](uint64_t content) {
    return [content](ImDrawList& list) {
      draw_scene(list, 1000, content == 1 ? red : blue);
      list.PushClipRect({32, 32}, {96, 96}, true);
      DrawnByCallback drawn{content};
      list.AddCallback(nothing, &drawn, sizeof drawn);
      list.AddCallback(ImDrawCallback_ResetRenderState, nullptr);
      list.PopClipRect();
    };
  };
  frame(draw(1));
  EXPECT_FALSE(frame(draw(1)));
  EXPECT_TRUE(frame(draw(2)));
  EXPECT_TRUE(is_drawn(33, 33));
  EXPECT_TRUE(is_drawn(1005, 45));
  EXPECT_FALSE(is_drawn(100, 33));
  // Behind each callback, and nowhere else, the state of drawing is put back.
  int callbacks = 0, resets = 0;
  for (const ImDrawCmd& command : list_->CmdBuffer) {
    callbacks += command.UserCallback == nothing;
    resets += command.UserCallback == ImDrawCallback_ResetRenderState;
  }
  EXPECT_EQ(callbacks, 1);
  EXPECT_EQ(resets, 1);
}

TEST_F(ChangedAreaTest, DrawsEverythingOnAnotherScreen) {
  frame([](ImDrawList& list) { draw_scene(list, 40, red); });
  data_.DisplaySize = {1281, 800};
  EXPECT_TRUE(frame([](ImDrawList& list) { draw_scene(list, 40, red); }));
  EXPECT_TRUE(is_drawn(1, 799));
}

// Each place costs commands of its own: neighbours are drawn together, what is far apart is not.
TEST_F(ChangedAreaTest, DrawsNeighboursTogether) {
  data_.DisplaySize = {3200, 2000};
  const auto draw = [](ImU32 color) {
    return [color](ImDrawList& list) {
      for (int i = 0; i < 40; ++i) {
        const float x = float(i) * 64 + 4;
        list.AddRectFilled({x, x / 2}, {x + 8, x / 2 + 8}, color);
      }
    };
  };
  frame(draw(red));
  EXPECT_TRUE(frame(draw(blue)));
  EXPECT_LE(list_->CmdBuffer.Size, 20);
  EXPECT_GT(list_->CmdBuffer.Size, 1);
  for (int i = 0; i < 40; ++i) {
    const float x = float(i) * 64 + 5;
    EXPECT_TRUE(is_drawn(x, x / 2 + 1)) << i;
  }
  EXPECT_FALSE(is_drawn(3000, 100));
}

// A screen of scattered changes is drawn whole: the longest frames must not grow longer still.
TEST_F(ChangedAreaTest, DrawsVeryManyPlacesAsOne) {
  data_.DisplaySize = {3200, 2000};
  const auto draw = [](ImU32 color) {
    return [color](ImDrawList& list) {
      for (int i = 0; i < 100; ++i) {
        const float x = float(i % 10) * 320 + 4, y = float(i / 10) * 192 + 4;
        list.AddRectFilled({x, y}, {x + 8, y + 8}, color);
      }
    };
  };
  frame(draw(red));
  EXPECT_TRUE(frame(draw(blue)));
  EXPECT_EQ(list_->CmdBuffer.Size, 1);
  EXPECT_TRUE(is_drawn(5, 5));
  EXPECT_TRUE(is_drawn(2885, 1733));
}

// A place that begins or ends within a pixel is filled to the same pixels in parts as whole.
TEST_F(ChangedAreaTest, LeavesNoPixelOutBetweenParts) {
  for (const float fraction : {0.0f, 0.3f, 0.5f, 0.8f}) {
    changed_ = {};
    const auto draw = [fraction](ImU32 color) {
      return [fraction, color](ImDrawList& list) {
        list.PopClipRect();
        list.PushClipRect({10 + fraction, 20 + fraction}, {150.6f, 140.4f});
        list.AddRectFilled({0, 0}, {96, 96}, color);
      };
    };
    const auto filled = [&] {
      std::vector<int> times;
      for (int y = 0; y < 96; ++y) {
        for (int x = 0; x < 96; ++x) times.push_back(times_filled(x, y));
      }
      return times;
    };
    frame(draw(red));
    const std::vector<int> whole = filled();
    EXPECT_EQ(whole[95 * 96 + 95], 1);
    frame(draw(blue));
    EXPECT_EQ(filled(), whole) << fraction;
    EXPECT_EQ(times_filled(100, 70), 0);
  }
}

// No cell is drawn twice: what is half transparent would be seen twice.
TEST_F(ChangedAreaTest, DrawsEachPlaceOnce) {
  const auto draw = [](ImU32 color) {
    return [color](ImDrawList& list) {
      list.AddRectFilled({0, 0}, {1280, 800}, blue);
      list.AddRectFilled({10, 10}, {950, 20}, color);
      list.AddRectFilled({100, 10}, {110, 790}, color);
      list.AddRectFilled({800, 300}, {1250, 590}, color);
    };
  };
  frame(draw(red));
  frame(draw(blue));
  for (float y = 16; y < 800; y += 32) {
    for (float x = 16; x < 1280; x += 32) {
      int times = 0;
      for (const ImDrawCmd& command : list_->CmdBuffer) {
        const ImVec4& clip = command.ClipRect;
        times += x >= clip.x && x < clip.z && y >= clip.y && y < clip.w;
      }
      EXPECT_LE(times, 1) << x << ", " << y;
    }
  }
}

}  // namespace
}  // namespace limpid
