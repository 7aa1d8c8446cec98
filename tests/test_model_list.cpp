#include "core/ui/model_list.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/ui/apply.h"

namespace limpid {
namespace {

// `fast` is there and in use, `photo` is offered.
UiState with_two() {
  UiState state;
  const int fast = offer_model(state, "/models/fast.safetensors");
  offer_model_later(state, "/models/photo.safetensors", 2'600'000);
  apply(state, ModelLoaded{.model = fast, .name = "fast", .parameters = 276547});
  state.requests.clear();
  return state;
}

ModelEntry& fast(UiState& state) { return state.models.at(0); }
ModelEntry& photo(UiState& state) { return state.models.at(1); }

TEST(ModelList, AFileIsLoadedAtOnceAndARunKeepsItsName) {
  UiState state;
  const int file = load_model(state, "/a/own.safetensors");
  const int run = load_model(state, "/runs/first/model.safetensors", "first");
  ASSERT_EQ(state.requests.size(), 2u);
  EXPECT_EQ(std::get<LoadModel>(state.requests[0]).path, "/a/own.safetensors");
  EXPECT_EQ(std::get<LoadModel>(state.requests[1]).model, run);
  EXPECT_EQ(state.models.at(0).name, "own");
  model_loaded(state, {.model = file, .name = "classroom", .parameters = 751939});
  model_loaded(state, {.model = run, .name = "classroom", .training = "learned"});
  EXPECT_EQ(state.models.at(0).name, "own");
  EXPECT_EQ(state.models.at(1).name, "first");
  EXPECT_NE(state.models.at(0).about.find("751"), std::string::npos);
  EXPECT_NE(state.models.at(1).about.find("learned"), std::string::npos);
  EXPECT_EQ(state.choices.model, run);
  const int saved = load_model(state, "/b/model.safetensors");  // says nothing
  model_loaded(state, {.model = saved, .name = "classroom"});
  EXPECT_EQ(state.models.at(2).name, "classroom");
}

TEST(ModelList, OneForLaterIsListedAndAsksForNothing) {
  UiState state = with_two();
  EXPECT_EQ(photo(state).name, "photo");
  EXPECT_EQ(photo(state).bytes, 2'600'000u);
  EXPECT_FALSE(photo(state).ready);
  EXPECT_TRUE(state.requests.empty());
  EXPECT_EQ(chosen_model(state), fast(state).number);
}

void suit(UiState& state, bool already_noisy) {
  state.choices.already_noisy = already_noisy;
  suit_model(state);
}

TEST(ModelList, SuitsPicturesThatHaveNoiseAlready) {
  UiState state = with_two();
  suit(state, true);
  EXPECT_EQ(chosen_model(state), fast(state).number) << "there is no other";
  offer_model_later(state, "/models/camera.safetensors", 560'000);
  const int camera = state.models.back().number;
  suit(state, false);
  EXPECT_EQ(chosen_model(state), fast(state).number);
  suit(state, true);
  EXPECT_EQ(chosen_model(state), camera);
  model_loaded(state, {.model = camera, .name = "camera"});
  EXPECT_EQ(state.choices.model, camera);
  suit(state, false);
  EXPECT_EQ(state.choices.model, fast(state).number);

  // One that begins like this, in whatever order they come.
  UiState later;
  later.choices.already_noisy = true;
  const int first = offer_model(later, "/models/fast.safetensors");
  offer_model_later(later, "/models/camera.safetensors", 560'000);
  model_loaded(later, {.model = first, .name = "fast"});
  EXPECT_EQ(chosen_model(later), later.models.back().number);
  UiState sooner = with_two();
  sooner.choices.already_noisy = true;
  offer_model_later(sooner, "/models/camera.safetensors", 560'000);
  EXPECT_EQ(chosen_model(sooner), sooner.models.back().number);

  choose_model(state, photo(state).number);
  suit(state, true);
  EXPECT_EQ(chosen_model(state), photo(state).number) << "somebody's own choice";
}

TEST(ModelList, WhiteNoiseIsNoCameras) {
  UiState state = with_two();
  offer_model_later(state, "/models/camera.safetensors", 560'000);
  state.white_noise = true;
  suit(state, true);
  EXPECT_EQ(chosen_model(state), fast(state).number);
  state.white_noise = false;
  suit_model(state);
  EXPECT_EQ(chosen_model(state), state.models.back().number);
}

TEST(ModelList, SuitsTheBestToTheBest) {
  UiState state = with_two();
  std::map<std::string, int> numbers;
  for (const std::string name : {"deep", "camera", "camera-deep"}) {
    offer_model_later(state, "/models/" + name + ".safetensors", 1);
    numbers[name] = state.models.back().number;
  }
  choose_model(state, numbers["deep"]);
  suit(state, true);
  EXPECT_EQ(chosen_model(state), numbers["camera-deep"]);
  suit(state, false);
  EXPECT_EQ(chosen_model(state), numbers["deep"]);
}

TEST(ModelList, TakesNobodysOwnForOneThatComesAlong) {
  UiState state = with_two();
  offer_model_later(state, "/models/camera.safetensors", 1);
  const int own = load_model(state, "/a/fast.safetensors");
  model_loaded(state, {.model = own, .name = "fast"});
  suit(state, true);
  EXPECT_EQ(chosen_model(state), own);
}

TEST(ModelList, ChoosingItLoadsItOnceAndUsesItWhenItIsThere) {
  UiState state = with_two();
  const int number = photo(state).number;
  choose_model(state, number);
  choose_model(state, number);
  ASSERT_EQ(state.requests.size(), 1u);
  const LoadModel& request = std::get<LoadModel>(state.requests[0]);
  EXPECT_EQ(request.path, "/models/photo.safetensors");
  EXPECT_EQ(request.model, number);
  EXPECT_TRUE(photo(state).loading);
  EXPECT_EQ(chosen_model(state), number);
  EXPECT_EQ(state.choices.model, fast(state).number);

  apply(state, ModelLoaded{.model = number, .name = "photo"});
  EXPECT_TRUE(photo(state).ready);
  EXPECT_FALSE(photo(state).loading);
  EXPECT_EQ(state.choices.model, number);
  choose_model(state, fast(state).number);
  choose_model(state, number);
  EXPECT_EQ(state.choices.model, number);
  EXPECT_EQ(state.requests.size(), 1u);  // it is there
}

TEST(ModelList, WhoeverChoosesAnotherMeanwhileKeepsThatOne) {
  UiState state = with_two();
  const int number = photo(state).number;
  choose_model(state, number);
  choose_model(state, fast(state).number);
  EXPECT_EQ(chosen_model(state), fast(state).number);
  choose_model(state, number);
  choose_model(state, fast(state).number);
  EXPECT_EQ(state.requests.size(), 1u);  // it was on its way all the time
  apply(state, ModelLoaded{.model = number, .name = "photo"});
  EXPECT_TRUE(photo(state).ready);
  EXPECT_EQ(state.choices.model, fast(state).number);
}

TEST(ModelList, AFileThatIsOpenedMeanwhileIsUsed) {
  UiState state = with_two();
  const int number = photo(state).number;
  choose_model(state, number);
  const int own = load_model(state, "/a/own.safetensors");
  apply(state, ModelLoaded{.model = own, .name = "own"});
  apply(state, ModelLoaded{.model = number, .name = "photo"});
  EXPECT_EQ(state.choices.model, own);
}

// At the start of a page, when the first one is slow.
TEST(ModelList, TheFirstOneDoesNotPushAwayWhatWasChosenBeforeItCame) {
  UiState state;
  const int first = load_model(state, "/models/fast.safetensors");
  offer_model_later(state, "/models/photo.safetensors", 1);
  const int number = photo(state).number;
  choose_model(state, number);
  apply(state, ModelLoaded{.model = first, .name = "fast"});
  EXPECT_EQ(state.choices.model, first);
  EXPECT_EQ(chosen_model(state), number);
  apply(state, ModelLoaded{.model = number, .name = "photo"});
  EXPECT_EQ(state.choices.model, number);
}

// Nor a method that was chosen by then, or the visitor's own.
TEST(ModelList, OneThatComesAlongIsUsedWhileNothingElseIs) {
  UiState state;
  apply(state, EnginesFound{.methods = {"median"}});
  const int first = offer_model(state, "/models/fast.safetensors");
  choose_model(state, -1);
  apply(state, ModelLoaded{.model = first, .name = "fast"});
  EXPECT_EQ(state.choices.model, -1);
  EXPECT_TRUE(find_model(state, first)->ready);
}

TEST(ModelList, WhatWasChosenForAPictureThatIsNoisyStays) {
  UiState state;
  state.choices.already_noisy = true;
  const int first = offer_model(state, "/models/fast.safetensors");
  for (const std::string name : {"deep", "camera", "camera-deep"})
    offer_model_later(state, "/models/" + name + ".safetensors", 1);
  const int deep = state.models.at(1).number;
  choose_model(state, deep);
  apply(state, ModelLoaded{.model = first, .name = "fast"});
  EXPECT_EQ(chosen_model(state), deep);
  apply(state, ModelLoaded{.model = deep, .name = "deep"});
  EXPECT_EQ(chosen_model(state), deep);
}

TEST(ModelList, OneThatCannotBeLoadedCanBeChosenAgain) {
  UiState state = with_two();
  const int number = photo(state).number;
  choose_model(state, number);
  apply(state, Failed{Failed::What::model, number, "photo.safetensors is not there"});
  ASSERT_EQ(state.models.size(), 2u);
  EXPECT_FALSE(photo(state).loading);
  EXPECT_EQ(chosen_model(state), fast(state).number);
  ASSERT_EQ(state.notices.size(), 1u);
  EXPECT_EQ(state.notices[0].text, "photo.safetensors is not there");

  choose_model(state, number);
  EXPECT_EQ(state.requests.size(), 2u);
  apply(state, ModelLoaded{.model = number, .name = "photo"});
  EXPECT_EQ(state.choices.model, number);
}

TEST(ModelList, AFailureLeavesWhatWasChosenMeanwhile) {
  UiState state = with_two();
  offer_model_later(state, "/models/large.safetensors", 1);
  const int large = state.models.back().number;
  choose_model(state, photo(state).number);
  choose_model(state, large);
  model_failed(state, photo(state).number);
  EXPECT_EQ(chosen_model(state), large);
}

TEST(ModelList, AFileThatIsNoModelIsNotListed) {
  UiState state = with_two();
  const int own = load_model(state, "/a/own.safetensors");
  model_failed(state, own);
  EXPECT_EQ(state.models.size(), 2u);
  model_failed(state, fast(state).number);  // the weights it had are still good
  EXPECT_EQ(state.models.size(), 2u);
}

}  // namespace
}  // namespace limpid
