#include "core/ui/apply.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/ui/model_list.h"
#include "core/ui/queue.h"

namespace limpid {
namespace {

using Status = PictureEntry::Status;
using Training = TrainingState::Status;

SharedPyramid image() { return make_pyramid(Raster(2, 3, 3, 255)); }

ModelEntry model(int number) {
  ModelEntry entry;
  entry.number = number;
  return entry;
}

UiState with_two_pictures() {
  UiState state;
  apply(state, PicturesFound{{{"/a.png", "a.png"}, {"/b.png", "b.png"}}, {}});
  return state;
}

TEST(Apply, WhatWasDroppedIsShownAndSamplesAreNot) {
  UiState state;
  apply(state, PicturesFound{{{"/a.png", "a.png"}}, {}, false});
  EXPECT_TRUE(state.pictures.back().comes_along);
  EXPECT_EQ(shown_picture(state)->name, "a.png");
  apply(state, PicturesFound{{{"/b.png", "b.png"}}, {}, false});
  EXPECT_EQ(shown_picture(state)->name, "a.png");
  apply(state, PicturesFound{{{"/c.png", "c.png"}, {"/d.png", "d.png"}}, {}, true});
  EXPECT_FALSE(state.pictures.back().comes_along);
  EXPECT_EQ(shown_picture(state)->name, "c.png");
  apply(state, PicturesFound{{}, {"e.png: is broken"}, true});
  EXPECT_EQ(shown_picture(state)->name, "c.png");
}

TEST(Apply, PicturesAreListedAndTheFirstIsShown) {
  UiState state;
  apply(state, PicturesFound{{{"/a.png", "a.png"}, {"/b.png", "b.png"}}, {"c.png: is broken"}});
  ASSERT_EQ(state.pictures.size(), 2u);
  EXPECT_EQ(state.pictures[1].path, "/b.png");
  EXPECT_EQ(state.shown, state.pictures[0].number);
  EXPECT_NE(state.pictures[0].number, state.pictures[1].number);
  ASSERT_EQ(state.notices.size(), 1u);
  EXPECT_EQ(state.notices[0].text, "c.png: is broken");
  EXPECT_EQ(state.notices[0].news, News::bad);
  apply(state, PicturesFound{{{"/d.png", "d.png"}}, {}});
  EXPECT_EQ(state.shown, state.pictures[0].number);
}

TEST(Apply, OnlyTheShownPictureKeepsPixels) {
  UiState state = with_two_pictures();
  const int shown = state.pictures[0].number, other = state.pictures[1].number;
  for (const int number : {shown, other}) {
    apply(state, PictureOpened{number, image(), 0.25});
    apply(state, NoiseAdded{number, image()});
    Restored restored{.picture = number, .request = {}, .image = image(), .saved_to = {}};
    restored.request.picture = number;
    restored.has_quality = true;
    restored.restored.rmse = 0.1;
    apply(state, restored);
  }
  EXPECT_TRUE(state.pictures[0].clean && state.pictures[0].noisy && state.pictures[0].restored);
  EXPECT_FALSE(state.pictures[1].clean || state.pictures[1].noisy || state.pictures[1].restored);
  for (const PictureEntry& entry : state.pictures) {
    EXPECT_EQ(entry.estimated_strength, 0.25);
    EXPECT_EQ(entry.status, Status::restored);
    EXPECT_EQ(entry.restored_quality.rmse, 0.1);
  }
  show_picture(state, other);
  EXPECT_FALSE(state.pictures[0].clean || state.pictures[0].noisy || state.pictures[0].restored);
}

TEST(Apply, APictureOfOtherNoiseIsSuitedByAnotherModel) {
  UiState state = with_two_pictures();
  state.choices.already_noisy = true;
  const int fast = offer_model(state, "/models/fast.safetensors");
  apply(state, ModelLoaded{.model = fast, .name = "fast"});
  offer_model_later(state, "/models/camera.safetensors", 1);
  const int camera = state.models.back().number;
  const auto opened = [&](size_t i, bool white) {
    apply(state, PictureOpened{state.pictures[i].number, image(), 0.25, white});
    return chosen_model(state);
  };
  EXPECT_EQ(opened(0, false), camera);
  EXPECT_EQ(opened(1, true), camera) << "it is not shown";
  EXPECT_EQ(opened(0, true), fast);
  choose_model(state, camera);
  EXPECT_EQ(opened(0, true), camera) << "somebody's own choice, and nothing new";
  state.choices.already_noisy = false;
  choose_model(state, fast);
  EXPECT_EQ(opened(0, false), fast) << "noise is added";
}

TEST(Apply, WhatIsAboutAPictureThatIsGoneIsLeftOut) {
  UiState state = with_two_pictures();
  apply(state, PictureOpened{99, image(), 0});
  apply(state, Restoring{99, 1, 2});
  apply(state, Restored{.picture = 99, .request = {}, .image = image(), .saved_to = {}});
  EXPECT_EQ(state.pictures.size(), 2u);
  for (const PictureEntry& entry : state.pictures) EXPECT_EQ(entry.status, Status::listed);
}

TEST(Apply, WhatIsAtWorkIsCancelled) {
  UiState state = with_two_pictures();
  cancel_work(state);
  EXPECT_TRUE(state.requests.empty());
  apply(state, EncodingPicture{.picture = 7, .done = 1, .total = 3});
  state.now = 5;
  apply(state, EncodingPicture{.picture = 7, .done = 2, .total = 3});
  EXPECT_EQ(state.encoding_since, 0);
  cancel_work(state);
  EXPECT_EQ(std::get<CancelRestore>(state.requests.back()).picture, 7);
  state.restoring = true;
  cancel_work(state);
  EXPECT_EQ(std::get<CancelRestore>(state.requests.back()).picture, state.shown);
  apply(state, Failed{Failed::What::encode, 7, "no"});
  EXPECT_FALSE(state.encoding);
}

TEST(Apply, ACancelledRestoreLeavesWhatWasThere) {
  UiState state = with_two_pictures();
  const int number = state.shown;
  apply(state, PictureOpened{number, image(), 0});
  state.wanted.request.picture = number;
  state.restoring = true;
  apply(state, Restoring{number, 1, 4});
  EXPECT_EQ(state.pictures[0].tiles, 4);
  apply(state, Restored{.picture = number,
                        .request = state.wanted.request,
                        .cancelled = true,
                        .image = {},
                        .saved_to = {}});
  EXPECT_FALSE(state.restoring);
  EXPECT_EQ(state.pictures[0].tiles, 0);
  EXPECT_EQ(state.pictures[0].status, Status::ready);
  EXPECT_FALSE(state.pictures[0].has_scores);
}

TEST(Apply, OfOneBrokenPictureThereIsOneComplaint) {
  UiState state = with_two_pictures();
  const int number = state.shown;
  state.wanted.request.picture = number;
  state.restoring = true;
  apply(state, Failed{Failed::What::picture, number, "a.png: is broken"});
  apply(state, Failed{Failed::What::restore, number, "a.png: is not open"});
  EXPECT_EQ(state.pictures[0].status, Status::failed);
  EXPECT_EQ(state.pictures[0].message, "a.png: is broken");
  EXPECT_EQ(state.notices.size(), 1u);
  EXPECT_FALSE(state.restoring);
}

TEST(Apply, TheQueueCountsWhatIsDoneAndWhatFails) {
  UiState state = with_two_pictures();
  state.queue.number = 5;
  for (const PictureEntry& entry : state.pictures)
    state.queue.jobs.push_back({entry.number, "/out/" + entry.name, Queue::Job::State::asked});
  Restored saved{
      .picture = state.shown, .request = {.queue = 5}, .image = {}, .saved_to = "/out/a"};
  apply(state, saved);
  apply(state, Failed{Failed::What::restore, state.pictures[1].number, "b.png: is broken", 5});
  EXPECT_EQ(answered(state.queue), 2u);
  state.queue.jobs[0].state = Queue::Job::State::asked;
  saved.request.queue = 4;  // of one that was given up
  apply(state, saved);
  EXPECT_EQ(count_of(state.queue, Queue::Job::State::asked), 1u);
  EXPECT_EQ(count_of(state.queue, Queue::Job::State::failed), 1u);
  EXPECT_TRUE(state.notices.empty());  // its row tells
  EXPECT_EQ(state.pictures[1].message, "b.png: is broken");
}

TEST(Apply, ATrainingThatFailsLeavesNoModelWithoutWeights) {
  UiState state;
  state.models.push_back(model(3));
  RunEntry& begun = state.runs.emplace_back();
  begun.number = 4;
  begun.model = 3;
  state.training.run = 4;
  state.training.model = 3;
  const UiState before = state;
  apply(state, Failed{Failed::What::training, 0, "the disk is full"});
  EXPECT_TRUE(state.models.empty());
  EXPECT_TRUE(state.runs.empty());
  EXPECT_EQ(state.training.error, "the disk is full");

  // One that was listed with its epochs can be used as before.
  state = before;
  state.runs[0].history.resize(2);
  state.runs[0].model_file = "/runs/first/model.safetensors";
  apply(state, Failed{Failed::What::training, 0, "its pictures are gone"});
  EXPECT_EQ(state.runs.at(0).model, 0);
  EXPECT_EQ(state.runs[0].history.size(), 2u);

  // What it learned until then stays.
  state = before;
  apply(state, EpochEnded{});
  apply(state, Failed{Failed::What::training, 0, "the disk is full"});
  EXPECT_EQ(state.runs.at(0).history.size(), 1u);
  EXPECT_EQ(state.runs[0].model, 3);
  EXPECT_TRUE(state.models.at(0).ready);
}

TEST(Apply, AModelIsChosenWhenItsWeightsAreThere) {
  UiState state;
  state.models.push_back(model(3));
  state.models.push_back(model(4));
  state.models[0].name = "mine";
  apply(state, ModelLoaded{.model = 3, .name = "classroom", .parameters = 751939});
  EXPECT_TRUE(state.models[0].ready);
  EXPECT_EQ(state.models[0].name, "mine");
  EXPECT_NE(state.models[0].about.find("751"), std::string::npos);
  EXPECT_EQ(state.choices.model, 3);
  apply(state, Failed{Failed::What::model, 4, "x.safetensors: is cut short"});
  ASSERT_EQ(state.models.size(), 1u);
  apply(state, Failed{Failed::What::model, 3, "y.safetensors: is cut short"});
  EXPECT_EQ(state.models.size(), 1u);  // the weights it had are still good
}

TEST(Apply, ATrainingFromItsPlanToItsEnd) {
  UiState state;
  TrainingState& training = state.training;
  training.asked = training.order;
  apply(state, TrainingPlanned{.order = training.order, .parameters = 5});
  EXPECT_FALSE(training.asked);
  EXPECT_EQ(training.plan->parameters, 5u);
  apply(state, TrainingPaused{true});  // comes too late: nothing runs
  EXPECT_EQ(training.status, Training::idle);
  training.unfinished.emplace();
  apply(state, TrainingBegun{.pictures = 8,
                             .test_pictures = 2,
                             .skipped = {"c.png: is broken"},
                             .history = {{.epoch = 1}}});
  EXPECT_FALSE(training.unfinished);
  EXPECT_EQ(state.notices.at(0).text, "c.png: is broken");
  EXPECT_EQ(training.status, Training::running);
  apply(state, TrainingPaused{true});
  EXPECT_EQ(training.status, Training::paused);
  apply(state, TrainingPaused{false});
  EXPECT_EQ(training.status, Training::running);
  training.model = 9;
  state.models.push_back(model(9));
  apply(state, EpochEnded{{.epoch = 2}});
  EXPECT_EQ(training.history.size(), 2u);
  EXPECT_EQ(state.models[0].version, 1);
  apply(state, TrainingEnded{.model = 9, .history = {{.epoch = 1}, {.epoch = 2}}});
  EXPECT_EQ(training.status, Training::idle);
  EXPECT_EQ(state.choices.model, 9);
  EXPECT_EQ(state.models[0].version, 2);
  state.choices.model = 4;
  apply(state, TrainingEnded{.model = 9});
  EXPECT_EQ(state.choices.model, 4) << "somebody's own choice";
  apply(state, Failed{Failed::What::plan, 0, "no picture"});
  EXPECT_FALSE(training.plan);
  EXPECT_EQ(training.plan_error, "no picture");
  apply(state, Failed{Failed::What::training, 0, "no picture"});
  EXPECT_EQ(training.error, "no picture");
}

RunEntry run(int number) {
  RunEntry entry;
  entry.number = number;
  entry.name = "first";
  return entry;
}

RunOpened opened(int number, int epochs) {
  RunOpened event{.run = number, .model_file = "/r/model.safetensors"};
  event.order.settings.epochs = epochs;
  event.history = {{.epoch = 1, .loss = 0.5}, {.epoch = 2, .loss = 0.25}};
  return event;
}

TEST(Apply, ARunThatWasAskedForIsShownAndItsModelLoaded) {
  UiState state;
  state.runs = {run(7)};
  apply(state, opened(7, 2));
  EXPECT_EQ(state.chosen_run, 7);
  EXPECT_EQ(state.page, Page::train);
  EXPECT_EQ(shown_history(state).size(), 2u);
  EXPECT_EQ(state.runs[0].order.settings.epochs, 4);  // it is over: as many again
  ASSERT_EQ(state.requests.size(), 1u);
  EXPECT_EQ(std::get<LoadModel>(state.requests[0]).model, state.runs[0].model);
  apply(state, ModelLoaded{.model = state.runs[0].model, .name = "classroom"});
  EXPECT_EQ(state.models.at(0).name, "first");
  RunOpened bare = opened(7, 2);
  bare.model_file.clear();
  apply(state, bare);
  EXPECT_EQ(state.requests.size(), 1u) << "there is nothing to load";
}

TEST(Apply, ARunWhoseModelCannotBeReadHasNone) {
  UiState state;
  state.runs = {run(7)};
  apply(state, opened(7, 2));
  apply(state, Failed{Failed::What::model, state.runs[0].model, "model.safetensors: is cut"});
  EXPECT_EQ(state.runs[0].model, 0);
  EXPECT_TRUE(state.models.empty());
}

TEST(Apply, ARunThatWasFoundIsOnlyListed) {
  UiState state;
  state.runs = {run(7)};
  state.runs[0].asked = false;
  apply(state, opened(7, 5));
  EXPECT_EQ(state.chosen_run, 0);
  EXPECT_EQ(state.page, Page::denoise);
  EXPECT_TRUE(state.requests.empty());
  EXPECT_EQ(state.runs[0].order.settings.epochs, 5);
  apply(state, Failed{Failed::What::run, 7, "r: broken"});
  EXPECT_TRUE(state.runs.empty());
  EXPECT_EQ(state.notices.at(0).text, "r: broken");
}

TEST(Apply, ATrainingThatEndsIsARunToCompareWith) {
  UiState state;
  state.runs = {run(7)};
  state.training.run = 7;
  state.training.running.settings.epochs = 9;
  TrainingEnded ended{
      .end = TrainingEnd::cancelled, .history = opened(7, 9).history, .model_file = {1, 2, 3}};
  apply(state, ended);
  EXPECT_EQ(state.runs[0].model_bytes, (std::vector<uint8_t>{1, 2, 3}));
  EXPECT_EQ(state.runs[0].history, ended.history);
  EXPECT_TRUE(state.runs[0].charted);
  EXPECT_EQ(state.runs[0].order.settings.epochs, 9);
}

TEST(Apply, AModelBesideChangesNothingOfThePicture) {
  UiState state = with_two_pictures();
  Restored answer{.picture = state.shown, .image = image(), .has_quality = true};
  answer.request.picture = state.shown;
  answer.request.model = 3;
  answer.request.beside = true;
  Comparison comparison;
  comparison.model = 3;
  comparison.wanted.request = answer.request;
  state.comparisons = {comparison};
  apply(state, answer);
  EXPECT_EQ(state.comparisons[0].restored, answer.image);
  EXPECT_EQ(state.pictures[0].restored, nullptr);
  state.comparisons[0].waiting = true;
  apply(state, Restored{.picture = state.shown, .request = answer.request, .cancelled = true});
  EXPECT_FALSE(state.comparisons[0].waiting);
  EXPECT_EQ(state.comparisons[0].restored, answer.image);
  state.comparisons[0].waiting = true;
  apply(state, Failed{Failed::What::model, 3, "x: is cut"});
  EXPECT_FALSE(state.comparisons[0].waiting);
  answer.request.noise.strength = 0.9f;  // not what was asked last
  answer.image = image();
  apply(state, answer);
  EXPECT_NE(state.comparisons[0].restored, answer.image);
  show_picture(state, state.pictures[1].number);
  EXPECT_TRUE(state.comparisons.empty());
}

TEST(Apply, AnEngineThatIsGoneIsNotChosen) {
  UiState state;
  state.choices.engine = "cuda";
  apply(state, EnginesFound{{{"cpu", "one"}, {"cuda", "two"}}, 2});
  EXPECT_EQ(state.choices.engine, "cuda");
  apply(state, EnginesFound{{{"cpu", "one"}}, 2});
  EXPECT_EQ(state.choices.engine, "");
}

TEST(Apply, ClassicalMethodsAreModelsThatNobodyChose) {
  UiState state;
  apply(state, EnginesFound{{{"cpu", "one"}}, 2, {"median", "nlm"}});
  ASSERT_EQ(state.models.size(), 2u);
  EXPECT_EQ(state.models[1].number, -2);
  EXPECT_EQ(state.models[1].name, "nlm");
  EXPECT_TRUE(state.models[1].ready);
  EXPECT_EQ(state.choices.model, 0);
  EXPECT_EQ(state.next_number, 1);
}

TEST(Apply, RecentFilesAreRememberedOnce) {
  UiState state;
  for (int i = 0; i < 20; ++i) remember(state, "/" + std::to_string(i));
  remember(state, "/15");
  EXPECT_EQ(state.recent.front(), "/15");
  EXPECT_EQ(state.recent[1], "/19");
  EXPECT_EQ(std::count(state.recent.begin(), state.recent.end(), "/15"), 1);
  EXPECT_EQ(state.recent.size(), 12u);
}

}  // namespace
}  // namespace limpid
