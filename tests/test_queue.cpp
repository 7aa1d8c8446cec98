#include "core/ui/queue.h"

#include <gtest/gtest.h>

#include "core/image/file.h"
#include "core/ui/apply.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

class QueueTest : public testing::Test {
 protected:
  void list(const std::string& name) {
    PictureEntry& entry = state_.pictures.emplace_back();
    entry.number = state_.next_number++;
    entry.name = name;
    entry.path = (folder_.path() / name).string();
  }
  std::vector<std::string> results() {
    std::vector<std::string> names;
    for (const Queue::Job& job : state_.queue.jobs) {
      names.push_back(std::filesystem::path(job.file).filename().string());
    }
    return names;
  }
  // What the work was asked to restore in this step.
  std::vector<Restore> asked() {
    state_.requests.clear();
    over_ = advance_queue(state_);
    std::vector<Restore> restores;
    for (const Request& request : state_.requests) {
      if (const Restore* restore = std::get_if<Restore>(&request)) restores.push_back(*restore);
    }
    return restores;
  }
  void answer(const Restore& request) {
    apply(state_, Restored{.picture = request.picture, .request = request});
  }

  TemporaryFolder folder_;
  UiState state_;
  bool over_ = false;
};

TEST_F(QueueTest, NoResultTakesTheNameOfAnotherOrOfAFileThatIsThere) {
  for (const char* name : {"a.png", "b.jpg", "b.png", "sub/c.jpg", "d.jpg"}) list(name);
  write_file(folder_.path() / "a.png", "the original");
  write_file(folder_.path() / "d.png", "not listed");
  write_file(folder_.path() / "d-restored.png", "of another day");
  state_.choices.file_format = FileFormat::png;
  begin_queue(state_, folder_.path().string(), false);
  EXPECT_EQ(results(), (std::vector<std::string>{"a-restored.png", "b.png", "b-restored.png",
                                                 "sub-c.png", "d-restored-2.png"}));
  // As in a page, which sees no file of its worker's.
  begin_queue(state_, folder_.path().string(), true);
  EXPECT_EQ(results(),
            (std::vector<std::string>{"a.png", "b.png", "b-restored.png", "sub-c.png", "d.png"}));
}

TEST_F(QueueTest, ResultsAreOfTheFormatThatEachIsSavedAs) {
  for (const char* name : {"a.png", "b.JPEG", "b.png", "c.tif", "c.jpg"}) list(name);
  write_file(folder_.path() / "c.jpg", "the original");
  begin_queue(state_, folder_.path().string(), false);
  EXPECT_EQ(results(),
            (std::vector<std::string>{"a.png", "b.jpg", "b.png", "c.png", "c-restored.jpg"}));
  state_.choices.file_format = FileFormat::jpeg;
  begin_queue(state_, folder_.path().string(), true);
  EXPECT_EQ(results(), (std::vector<std::string>{"a.jpg", "b.jpg", "b-restored.jpg", "c.jpg",
                                                 "c-restored.jpg"}));
}

TEST_F(QueueTest, TheTimeThatIsLeftFollowsFromThePace) {
  for (const char* name : {"a.png", "b.png", "c.png", "d.png"}) list(name);
  EXPECT_FALSE(queue_seconds_left(state_));
  state_.now = 100;
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> first = asked();
  state_.now = 104;
  EXPECT_FALSE(queue_seconds_left(state_));
  answer(first.at(0));
  EXPECT_EQ(queue_seconds_left(state_), 12);
  state_.now = 105;
  EXPECT_EQ(queue_seconds_left(state_), 11);
  state_.now = 112;
  apply(state_, Failed{Failed::What::restore, first.at(1).picture, "no", state_.queue.number});
  EXPECT_EQ(queue_seconds_left(state_), 12);
  state_.now = 125;
  EXPECT_FALSE(queue_seconds_left(state_)) << "it is overdue";
  state_.now = 113;
  cancel_queue(state_);
  EXPECT_FALSE(queue_seconds_left(state_));
}

TEST_F(QueueTest, AsksForTwoAheadAndEndsWhenAllAreAnswered) {
  for (const char* name : {"a.png", "b.png", "c.png"}) list(name);
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> first = asked();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].queue, state_.queue.number);
  EXPECT_EQ(first[0].save_to, state_.queue.jobs[0].file);
  EXPECT_FALSE(first[0].send_pictures);
  EXPECT_EQ(std::get<OpenPicture>(state_.requests[0]).path, state_.pictures[0].path);
  EXPECT_TRUE(asked().empty());
  answer(first[0]);
  state_.pictures[2].clean = make_pyramid(Raster(2, 2, 3, 255));  // which is open already
  const std::vector<Restore> third = asked();
  ASSERT_EQ(third.size(), 1u);
  EXPECT_EQ(state_.requests.size(), 1u);
  EXPECT_FALSE(over_);
  answer(first[1]);
  answer(third[0]);
  asked();
  EXPECT_TRUE(over_);
  EXPECT_FALSE(state_.queue.running());
  asked();
  EXPECT_FALSE(over_);
}

TEST_F(QueueTest, IsRestoredAsWasChosenWhenItBegan) {
  for (const char* name : {"a.png", "b.png", "c.png"}) list(name);
  state_.choices.noise.strength = 0.2f;
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> first = asked();
  state_.choices.noise.strength = 0.4f;
  answer(first.at(0));
  const std::vector<Restore> third = asked();
  EXPECT_EQ(third.at(0).noise, first[0].noise);
}

// The screen's own answer, with other choices, came before the queue's.
TEST_F(QueueTest, ChangesNothingOfThePictureOnTheScreen) {
  list("a.png");
  PictureEntry& shown = state_.pictures[0];
  state_.shown = shown.number;
  state_.wanted.request.picture = shown.number;
  const SharedPyramid image = make_pyramid(Raster(2, 2, 3, 255));
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> first = asked();
  const auto answered = [&](const Restore& request, double rmse, SharedPyramid restored) {
    apply(state_, Restored{.picture = shown.number,
                           .request = request,
                           .image = std::move(restored),
                           .has_quality = true,
                           .restored = {.rmse = rmse}});
  };
  answered(state_.wanted.request, 0.1, image);
  answered(first.at(0), 0.3, nullptr);
  EXPECT_EQ(shown.restored_quality.rmse, 0.1);
  EXPECT_EQ(shown.restored, image);
  EXPECT_EQ(shown.status, PictureEntry::Status::restored);
  EXPECT_EQ(count_of(state_.queue, Queue::Job::State::done), 1u);
}

TEST_F(QueueTest, OneThatIsClosedIsLeftOutAndNoOther) {
  for (const char* name : {"a.png", "b.png", "c.png", "d.png"}) list(name);
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> first = asked();
  for (const size_t i : {0, 1}) {  // a was asked for already, c was not
    close_picture(state_, state_.pictures[i].number);
  }
  EXPECT_EQ(results(), (std::vector<std::string>{"a.png", "b.png", "d.png"}));
  answer(first[0]);
  answer(first[1]);
  const std::vector<Restore> last = asked();
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].picture, state_.pictures[1].number);
  answer(last[0]);
  asked();
  EXPECT_TRUE(over_);
}

TEST_F(QueueTest, AnswersOfOneThatWasGivenUpDoNotCountInTheNext) {
  for (const char* name : {"a.png", "b.png"}) list(name);
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> before = asked();
  cancel_queue(state_);
  EXPECT_EQ(std::get<CancelQueue>(state_.requests.back()).queue, before[0].queue);
  EXPECT_TRUE(asked().empty());
  begin_queue(state_, folder_.path().string(), false);
  asked();
  answer(before[0]);
  EXPECT_EQ(answered(state_.queue), 0u);
}

TEST_F(QueueTest, GoesOnAfterAPauseWithWhatIsNotDone) {
  for (const char* name : {"a.png", "b.png", "c.png"}) list(name);
  state_.now = 100;
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> first = asked();
  state_.now = 104;
  answer(first.at(0));
  pause_queue(state_);
  const CancelQueue taken_back = std::get<CancelQueue>(state_.requests.back());
  EXPECT_EQ(taken_back.queue, first[0].queue);
  EXPECT_TRUE(taken_back.goes_on);
  apply(state_, Restored{.picture = first[1].picture, .request = first[1], .cancelled = true});
  EXPECT_TRUE(asked().empty());
  EXPECT_FALSE(queue_seconds_left(state_));
  EXPECT_EQ(answered(state_.queue), 1u);
  EXPECT_EQ(state_.queue.jobs.size(), 3u);
  state_.choices.noise.strength = 0.9f;
  state_.now = 200;
  go_on_with_queue(state_);
  const std::vector<Restore> others = asked();
  ASSERT_EQ(others.size(), 2u);
  EXPECT_EQ(others[0].save_to, first[1].save_to);
  EXPECT_EQ(others[0].noise, first[0].noise);
  EXPECT_FALSE(queue_seconds_left(state_));
  state_.now = 203;
  answer(others[0]);
  EXPECT_EQ(queue_seconds_left(state_), 3) << "the pause is no part of the pace";
  answer(others[1]);
  asked();
  EXPECT_TRUE(over_);
}

// The work may have been quicker than the pause, or slower than its end.
TEST_F(QueueTest, WhatIsDoneDuringAPauseIsDoneAndLateAnswersAreNone) {
  for (const char* name : {"a.png", "b.png", "c.png"}) list(name);
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> first = asked();
  pause_queue(state_);
  answer(first.at(0));
  EXPECT_EQ(answered(state_.queue), 1u);
  close_picture(state_, first[0].picture);
  close_picture(state_, first[1].picture);
  go_on_with_queue(state_);
  const std::vector<Restore> others = asked();
  ASSERT_EQ(others.size(), 1u);
  EXPECT_EQ(others[0].picture, state_.pictures[0].number);
  apply(state_, Restored{.picture = first[1].picture, .request = first[1], .cancelled = true});
  EXPECT_EQ(state_.queue.jobs.size(), 2u);
}

TEST_F(QueueTest, APictureThatIsClosedAtWorkIsNotAskedForAgain) {
  for (const char* name : {"a.png", "b.png"}) list(name);
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> first = asked();
  close_picture(state_, first.at(0).picture);
  pause_queue(state_);
  go_on_with_queue(state_);
  EXPECT_EQ(asked().size(), 1u);
  close_picture(state_, first[1].picture);
  apply(state_, Failed{Failed::What::restore, first[1].picture, "no", state_.queue.number});
  asked();
  EXPECT_TRUE(over_);
  EXPECT_EQ(others_left(state_.queue), 0u);
}

TEST_F(QueueTest, OneThatWasGivenUpLeavesTheOthersToBeRestored) {
  for (const char* name : {"a.png", "b.png", "sub/c.jpg", "d.png"}) list(name);
  begin_queue(state_, folder_.path().string(), false);
  EXPECT_EQ(others_left(state_.queue), 0u) << "it is at it";
  const std::vector<Restore> first = asked();
  answer(first.at(0));
  apply(state_, Failed{Failed::What::restore, first.at(1).picture, "b.png: no", first[1].queue});
  cancel_queue(state_);
  EXPECT_FALSE(std::get<CancelQueue>(state_.requests.back()).goes_on);
  EXPECT_EQ(others_left(state_.queue), 3u);
  EXPECT_EQ(state_.queue.jobs[1].error, "b.png: no");
  close_picture(state_, state_.pictures[3].number);
  EXPECT_EQ(others_left(state_.queue), 2u);
  state_.choices.noise.strength = 0.9f;
  begin_others(state_, "/other");
  EXPECT_EQ(state_.pictures[1].status, PictureEntry::Status::listed) << "it may not fail again";
  EXPECT_EQ(results(), (std::vector<std::string>{"b.png", "sub-c.jpg"}));
  const std::vector<Restore> others = asked();
  ASSERT_EQ(others.size(), 2u);
  EXPECT_EQ(others[0].save_to, "/other/b.png");
  EXPECT_EQ(others[0].noise, first[0].noise);
  for (const Restore& other : others) answer(other);
  asked();
  EXPECT_TRUE(over_);
  EXPECT_EQ(others_left(state_.queue), 0u);
}

// In the folder of the pictures too, where the originals are no results.
TEST_F(QueueTest, ResultsThatAreThereNeedNotBeRestoredAgain) {
  for (const char* name : {"a.png", "b.jpg", "c.png", "sub/d.png"}) list(name);
  state_.pictures[2].path = "/elsewhere/c.png";
  const std::string folder = folder_.path().string();
  for (const char* name : {"a.png", "b.jpg"}) write_file(folder_.path() / name, "the original");
  EXPECT_FALSE(find_results(state_, folder));
  for (const char* name : {"a-restored.png", "sub-d.png"})
    write_file(folder_.path() / name, "of another day");
  const auto found = find_results(state_, folder_.path() / "." / "");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->there, 2u);
  EXPECT_EQ(found->pictures, 4u);
  begin_missing(state_, folder);
  EXPECT_EQ(results(), (std::vector<std::string>{"b-restored.jpg", "c.png"}));
  state_.choices.file_format = FileFormat::jpeg;
  EXPECT_FALSE(find_results(state_, folder)) << "those would be others";
}

// All that follow would be restored for nothing.
TEST_F(QueueTest, PausesWhereNoResultCanBeWritten) {
  for (const char* name : {"a.png", "b.png", "c.png"}) list(name);
  begin_queue(state_, folder_.path().string(), false);
  const std::vector<Restore> first = asked();
  const auto fail = [&](const Restore& request) {
    apply(state_, Failed{Failed::What::result, request.picture, "no space left", request.queue});
  };
  fail(first.at(0));
  fail(first.at(1));  // which was under way
  ASSERT_EQ(state_.notices.size(), 1u);
  EXPECT_EQ(state_.notices[0].text, "no space left. The pictures after it wait: Go on tries them.");
  EXPECT_TRUE(asked().empty());
  EXPECT_TRUE(state_.queue.paused);
  EXPECT_EQ(state_.pictures[0].status, PictureEntry::Status::failed);
  EXPECT_EQ(state_.pictures[0].message, "no space left");
  go_on_with_queue(state_);
  const std::vector<Restore> third = asked();
  ASSERT_EQ(third.size(), 1u);
  answer(third[0]);
  asked();
  EXPECT_TRUE(over_);
  EXPECT_EQ(others_left(state_.queue), 2u);
}

TEST_F(QueueTest, CountsAPictureThatCannotBeOpenedOnceAndSaysWhy) {
  list("a.png");
  const int number = state_.pictures[0].number;
  begin_queue(state_, folder_.path().string(), false);
  asked();
  apply(state_, Failed{Failed::What::picture, number, "a.png: is broken"});
  apply(state_, Failed{Failed::What::restore, number, "a.png: is not open"});  // the screen's
  EXPECT_EQ(answered(state_.queue), 0u);
  apply(state_, Failed{Failed::What::restore, number, "a.png: is not open", state_.queue.number});
  EXPECT_EQ(answered(state_.queue), 1u);
  EXPECT_EQ(state_.queue.jobs[0].error, "a.png: is broken");
}

// Its row may be out of sight; what the screen waits for is another answer.
TEST_F(QueueTest, ThatThePictureOnTheScreenFailedIsToldAndNoAnswerForTheScreen) {
  for (const char* name : {"a.png", "b.png"}) list(name);
  state_.shown = state_.pictures[0].number;
  begin_queue(state_, folder_.path().string(), false);
  state_.restoring = true;
  for (const PictureEntry& entry : state_.pictures) {
    apply(state_,
          Failed{Failed::What::restore, entry.number, entry.name + ": no", state_.queue.number});
  }
  ASSERT_EQ(state_.notices.size(), 1u);
  EXPECT_EQ(state_.notices[0].text, "a.png: no");
  EXPECT_TRUE(state_.restoring);
}

TEST_F(QueueTest, RowsTellWhatItIsAtAndTheScreenAlone) {
  using Status = PictureEntry::Status;
  for (const char* name : {"a.png", "b.png"}) list(name);
  const auto status_at_work = [&](size_t i) {
    state_.pictures[i].status = Status::ready;
    apply(state_, Restoring{.picture = state_.pictures[i].number, .done = 1, .total = 4});
    return state_.pictures[i].status;
  };
  state_.shown = state_.pictures[0].number;
  EXPECT_EQ(status_at_work(0), Status::ready);
  EXPECT_EQ(status_at_work(1), Status::restoring);
  begin_queue(state_, folder_.path().string(), false);
  EXPECT_EQ(status_at_work(0), Status::restoring);
}

}  // namespace
}  // namespace limpid
