// The queue on the screen: what its buttons do, and what stays to be read.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/image/file.h"
#include "core/ui/apply.h"
#include "core/ui/controls.h"
#include "core/ui/panels.h"
#include "core/ui/queue.h"
#include "tests/plain_screen.h"
#include "tests/quiet_platform.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

class Host : public QuietPlatform {
 public:
  bool is_window = true;
  int folders_asked_for = 0;

  bool keeps_files() const override { return is_window; }
  void pick_results_folder() override { ++folders_asked_for; }
};

class QueuePanelTest : public testing::Test {
 protected:
  QueuePanelTest() {
    state_.choices.model = -1;
    for (const char* name : {"a.png", "b.png", "c.png", "d.png", "e.png"}) {
      PictureEntry& entry = state_.pictures.emplace_back();
      entry.number = state_.next_number++;
      entry.name = name;
    }
  }
  void draw() {
    begin_controls();
    advance_queue(state_);
    draw_queue(state_, host_);
  }
  std::vector<std::string> told() {
    screen_.frame();
    std::vector<std::string> names;
    for (const Control& control : controls()) names.push_back(control.name);
    return names;
  }
  void press(const std::string& name) {
    screen_.frame();
    const auto found = std::ranges::find(controls(), name, &Control::name);
    ASSERT_NE(found, controls().end()) << name;
    screen_.move({found->x + found->width / 2, found->y + found->height / 2});
    screen_.button(true);
    screen_.button(false);
  }
  void begin() { begin_queue(state_, folder_.path().string(), false); }
  void fail_all() {
    while (!state_.queue.over()) {
      for (const Queue::Job& job : std::vector(state_.queue.jobs)) {
        const std::string name = find_picture(state_, job.picture)->name;
        if (job.state == Queue::Job::State::asked)
          apply(state_,
                Failed{Failed::What::restore, job.picture, name + ": no", state_.queue.number});
      }
      screen_.frame();
    }
  }

  using Names = std::vector<std::string>;
  TemporaryFolder folder_;
  Host host_;
  UiState state_;
  PlainScreen screen_{[this] { draw(); }};
};

TEST_F(QueuePanelTest, PausesGoesOnAndIsGivenUp) {
  press("Restore all 5");
  EXPECT_EQ(host_.folders_asked_for, 1);
  begin();
  EXPECT_EQ(told(), (Names{"Restored 0 of 5", "Pause", "Cancel"}));
  press("Pause");
  EXPECT_EQ(told(), (Names{"Paused, restored 0 of 5", "Go on", "Cancel"}));
  press("Go on");
  EXPECT_TRUE(state_.queue.running());
  press("Cancel");
  EXPECT_EQ(told(), (Names{"Restore all 5", "Restore the other 5"}));
}

TEST_F(QueuePanelTest, WhatFailedIsNotRestored) {
  begin();
  screen_.frame();
  const int a = state_.pictures[0].number, b = state_.pictures[1].number;
  apply(state_, Failed{Failed::What::restore, a, "a.png: no", state_.queue.number});
  apply(state_, Restored{.picture = b, .request = {.queue = state_.queue.number}});
  EXPECT_EQ(told(), (Names{"Restored 1 of 5", "Pause", "Cancel", "a.png: no"}));
  press("Pause");
  EXPECT_EQ(told(), (Names{"Paused, restored 1 of 5", "Go on", "Cancel", "a.png: no"}));
}

TEST_F(QueuePanelTest, WhatFailedStaysToBeReadAndCanBeTriedAgain) {
  begin();
  fail_all();
  EXPECT_EQ(told(), (Names{"Restore all 5", "Restore the other 5", "a.png: no", "b.png: no",
                           "c.png: no", "2 more could not be restored: red in the list."}));
  press("Restore the other 5");
  EXPECT_EQ(told(), (Names{"Restored 0 of 5", "Pause", "Cancel"}));
  EXPECT_EQ(state_.queue.folder, folder_.path().string());
  fail_all();
  for (const PictureEntry& entry : std::vector(state_.pictures))
    close_picture(state_, entry.number);
  EXPECT_EQ(told(), Names());
}

// A page packs what each queue has made: the others get a folder of their own.
TEST_F(QueuePanelTest, APageAsksForAnotherFolder) {
  host_.is_window = false;
  begin();
  fail_all();
  press("Restore the other 5");
  EXPECT_EQ(host_.folders_asked_for, 1);
  EXPECT_TRUE(state_.queue.others_next);
  press("Restore all 5");
  EXPECT_FALSE(state_.queue.others_next);
}

TEST_F(QueuePanelTest, ResultsThatAreThereAreAskedAbout) {
  const std::string folder = folder_.path().string();
  for (const char* name : {"a.png", "c.png"}) write_file(folder_.path() / name, "of another day");
  const Names question = {"2 of the 5 restored pictures are in that folder already.",
                          "Restore the other 3", "All again", "Cancel"};
  const auto ask = [&] {
    state_.found_results = find_results(state_, folder);
    EXPECT_EQ(told(), question);
  };
  ask();
  press("Cancel");
  EXPECT_EQ(told(), Names{"Restore all 5"});
  ask();
  state_.choices.file_format = FileFormat::jpeg;
  screen_.frame();
  EXPECT_EQ(told(), Names{"Restore all 5"}) << "of that format nothing is there";
  state_.choices.file_format = FileFormat::as_opened;
  ask();
  press("Restore the other 3");
  EXPECT_EQ(told(), (Names{"Restored 0 of 3", "Pause", "Cancel"}));
  cancel_queue(state_);
  ask();
  press("All again");
  EXPECT_EQ(told(), (Names{"Restored 0 of 5", "Pause", "Cancel"}));
  EXPECT_EQ(state_.queue.jobs[0].file, (folder_.path() / "a-restored.png").string());
}

}  // namespace
}  // namespace limpid
