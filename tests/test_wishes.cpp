#include "core/ui/wishes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/model/json.h"
#include "core/model/presets.h"
#include "core/ui/apply.h"

namespace limpid {
namespace {

// Picture 1 is on the screen, and a network is there.
class WishesTest : public testing::Test {
 protected:
  WishesTest() {
    apply(state_, EnginesFound{.threads = 1, .methods = {"median"}});
    state_.models.emplace_back().number = 7;
    loaded("classroom");
    list(1, "a.png");
    state_.shown = 1;
  }

  void list(int number, const std::string& path) {
    PictureEntry& entry = state_.pictures.emplace_back();
    entry.number = number;
    entry.path = path;
  }
  void loaded(const std::string& name) {
    apply(state_, ModelLoaded{.model = 7, .name = name, .json = to_json(preset(name))});
  }
  void open() {
    apply(state_, PictureOpened{.picture = 1, .image = make_pyramid(Raster(8, 8, 3, 255))});
  }
  // As the work answers what was asked for last.
  void restored() {
    apply(state_, Restored{.picture = 1,
                           .request = state_.wanted.request,
                           .image = make_pyramid(Raster(8, 8, 3, 255))});
  }
  // The requests of a frame.
  std::vector<Request> asked() {
    state_.requests.clear();
    ask_for_shown_picture(state_);
    ask_for_comparisons(state_);
    ask_for_maps(state_);
    return state_.requests;
  }

  UiState state_;
};

// With other choices, for which there may be memory enough; what cannot be read is not asked for
// again.
TEST_F(WishesTest, ARestoreThatFailedIsTriedAgainWithOtherChoices) {
  asked();
  open();
  asked();
  apply(state_, Failed{Failed::What::restore, 1, "a.png: there is not enough memory"});
  EXPECT_TRUE(asked().empty());
  state_.choices.memory_bytes /= 2;
  ASSERT_EQ(asked().size(), 1u);
  restored();
  EXPECT_EQ(state_.pictures[0].status, PictureEntry::Status::restored);
  EXPECT_EQ(state_.pictures[0].message, "");

  list(2, "b.png");
  show_picture(state_, 2);
  asked();
  apply(state_, Failed{Failed::What::picture, 2, "b.png: is broken"});
  EXPECT_FALSE(state_.restoring);
  state_.choices.memory_bytes /= 2;
  EXPECT_TRUE(asked().empty());
}

// Lack of memory may have been the reason.
TEST_F(WishesTest, APictureThatCouldNotBeReadIsTriedAgainWhenItIsChosenAgain) {
  asked();
  apply(state_, Failed{Failed::What::picture, 1, "a.png: there is not enough memory"});
  EXPECT_TRUE(asked().empty());
  show_picture(state_, 1);
  EXPECT_EQ(std::get<OpenPicture>(asked().at(0)).path, "a.png");
}

// What is shown then is of other choices, and nothing is made of it.
TEST_F(WishesTest, WhatWasCancelledIsNotTakenForWhatIsChosen) {
  state_.view.mode = ViewMode::models;
  asked(), open(), asked(), restored();
  EXPECT_TRUE(restored_as_wanted(state_));
  ASSERT_EQ(asked().size(), 1u);  // by the median
  EXPECT_TRUE(comparing(state_));
  const Restore beside = std::get<Restore>(state_.requests[0]);
  apply(state_, Restored{.picture = 1, .request = beside, .has_quality = true});
  EXPECT_FALSE(comparing(state_));
  EXPECT_TRUE(state_.comparisons[0].has_scores);

  state_.choices.noise.strength = 0.4f;
  ASSERT_EQ(asked().size(), 1u);
  apply(state_, Restored{.picture = 1, .request = state_.wanted.request, .cancelled = true});
  EXPECT_FALSE(state_.restoring);
  EXPECT_FALSE(restored_as_wanted(state_));
  EXPECT_TRUE(asked().empty());
  state_.wanted = {};  // as who presses Restore
  ASSERT_EQ(asked().size(), 1u);
  restored();
  EXPECT_TRUE(restored_as_wanted(state_));
  ASSERT_EQ(asked().size(), 1u);
  EXPECT_TRUE(std::get<Restore>(state_.requests[0]).beside);
  EXPECT_FALSE(state_.comparisons[0].has_scores);  // which were of other noise
  cancel_work(state_);
  EXPECT_EQ(std::get<CancelRestore>(state_.requests.back()).picture, 1);
  EXPECT_TRUE(comparing(state_));
  apply(state_, Failed{Failed::What::restore, 1, "There is not enough memory."});
  EXPECT_FALSE(comparing(state_));
}

TEST_F(WishesTest, WhereTheShownPictureIsClosedTheOneInItsPlaceIsOpened) {
  list(2, "b.png");
  list(3, "c.png");
  asked();
  open();
  const auto opened_after_closing = [&](int number) -> std::string {
    close_picture(state_, number);
    const std::vector<Request> requests = asked();
    return requests.empty() ? "" : std::get<OpenPicture>(requests[0]).path;
  };
  asked(), restored();
  EXPECT_EQ(opened_after_closing(2), "");  // which is not shown
  EXPECT_EQ(opened_after_closing(1), "c.png");
  EXPECT_EQ(opened_after_closing(3), "");  // the last one
  EXPECT_EQ(state_.shown, 0);
  EXPECT_TRUE(state_.pictures.empty());
}

// The work would decode all that were passed.
TEST_F(WishesTest, WhoPagesWaitsForOnePictureThatIsPassed) {
  list(2, "b.png"), list(3, "c.png"), list(4, "d.png");
  ASSERT_EQ(asked().size(), 1u);
  for (const int number : {2, 3}) {
    show_picture(state_, number);
    EXPECT_TRUE(asked().empty());
  }
  open();  // picture 1, which is passed
  EXPECT_EQ(std::get<OpenPicture>(asked().at(0)).path, "c.png");
  show_picture(state_, 4);
  EXPECT_TRUE(asked().empty());
  apply(state_, Failed{Failed::What::picture, 3, "c.png: is broken"});
  EXPECT_EQ(std::get<OpenPicture>(asked().at(0)).path, "d.png");
  close_picture(state_, 4);  // and its answer with it
  show_picture(state_, 2);
  EXPECT_EQ(std::get<OpenPicture>(asked().at(0)).path, "b.png");
}

// Its comparisons go with it: none is left to be given up, and what is saved of another goes on.
TEST_F(WishesTest, WhereAPictureIsClosedAmongModelsNoOthersWorkEnds) {
  list(2, "b.png");
  state_.view.mode = ViewMode::models;
  asked(), open(), asked(), restored();
  ASSERT_EQ(asked().size(), 1u);
  state_.requests.clear();
  close_picture(state_, 1);
  ASSERT_EQ(state_.requests.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<ClosePicture>(state_.requests[0]));
}

// Else what nobody looks at any more would hold up all that comes after it.
TEST_F(WishesTest, WhatIsRestoredForTheScreenIsGivenUpWithIt) {
  list(2, "b.png");
  asked(), open(), asked();
  ASSERT_TRUE(state_.restoring);
  show_picture(state_, 2);
  ASSERT_EQ(state_.requests.size(), 2u);
  EXPECT_EQ(std::get<CancelRestore>(state_.requests[1]).picture, 1);
  EXPECT_FALSE(state_.restoring);
  apply(state_, Restored{.picture = 1, .request = state_.wanted.request, .cancelled = true});
  EXPECT_EQ(state_.pictures[0].status, PictureEntry::Status::listed);

  asked();
  apply(state_, PictureOpened{.picture = 2, .image = make_pyramid(Raster(8, 8, 3, 255))});
  asked();
  state_.saving = {.picture = 2};  // which a cancellation would end
  state_.requests.clear();
  show_picture(state_, 1);
  EXPECT_TRUE(state_.requests.empty());
}

TEST_F(WishesTest, ThePictureIsOpenedAndRestoredOnce) {
  ASSERT_EQ(asked().size(), 1u);
  EXPECT_EQ(std::get<OpenPicture>(state_.requests[0]).path, "a.png");
  EXPECT_TRUE(asked().empty());
  open();
  ASSERT_EQ(asked().size(), 1u);
  const Restore first = std::get<Restore>(state_.requests[0]);
  EXPECT_EQ(first.model, 7);
  EXPECT_TRUE(first.first);
  EXPECT_TRUE(asked().empty());
  restored();
  EXPECT_TRUE(asked().empty());
}

// While a slider moves, what is nearly done is not given up.
TEST_F(WishesTest, OtherChoicesAreAskedForAfterAWhile) {
  asked(), open(), asked();
  state_.choices.noise.strength = 0.3f;
  state_.now += 0.1;
  EXPECT_TRUE(asked().empty());
  state_.now += 1;
  ASSERT_EQ(asked().size(), 1u);
  EXPECT_EQ(std::get<Restore>(state_.requests[0]).noise.strength, 0.3f);
}

TEST_F(WishesTest, NewWeightsAreAskedForAnew) {
  asked(), open(), asked(), restored();
  loaded("classroom");
  EXPECT_EQ(asked().size(), 1u);
}

TEST_F(WishesTest, ComparisonsFollowThePicture) {
  state_.view.mode = ViewMode::models;
  asked(), open();
  EXPECT_EQ(asked().size(), 1u);
  EXPECT_TRUE(asked().empty());
  restored();
  ASSERT_EQ(asked().size(), 1u);
  const Restore beside = std::get<Restore>(state_.requests[0]);
  EXPECT_EQ(beside.model, -1);
  EXPECT_TRUE(beside.beside);
  EXPECT_TRUE(asked().empty());
}

TEST_F(WishesTest, MapsFollowThePictureTheLayerAndTheWeights) {
  state_.view.mode = ViewMode::layers;
  asked(), open();
  EXPECT_EQ(asked().size(), 1u);
  restored();
  ASSERT_EQ(asked().size(), 1u);
  const DrawMaps first = std::get<DrawMaps>(state_.requests[0]);
  EXPECT_EQ(first.picture, 1);
  EXPECT_EQ(first.model, 7);
  EXPECT_EQ(preset("classroom").layers[size_t(first.layer)].name, "pool2");  // the narrowest
  EXPECT_TRUE(asked().empty());
  state_.maps.view.fitted = false;  // as who has zoomed in
  apply(state_, MapsDrawn{.request = first, .count = 32});
  ASSERT_TRUE(state_.maps.drawn);
  EXPECT_EQ(state_.maps.drawn->count, 32);
  EXPECT_FALSE(state_.maps.view.fitted);

  state_.maps.layer = "enc1";
  ASSERT_EQ(asked().size(), 1u);
  EXPECT_TRUE(state_.maps.view.fitted);
  const DrawMaps second = std::get<DrawMaps>(state_.requests[0]);
  EXPECT_EQ(second.layer, 0);
  apply(state_, MapsDrawn{.request = first, .count = 5});  // late
  EXPECT_EQ(state_.maps.drawn->count, 32);

  loaded("classroom");
  EXPECT_TRUE(std::holds_alternative<Restore>(asked().at(0)));
  EXPECT_EQ(state_.requests.size(), 1u);
  restored();
  EXPECT_EQ(std::get<DrawMaps>(asked().at(0)), second);

  loaded("fast");  // has no such layer
  asked(), restored();
  const int narrowest = std::get<DrawMaps>(asked().at(0)).layer;
  EXPECT_EQ(preset("fast").layers[size_t(narrowest)].name, "down3");
}

TEST_F(WishesTest, AMethodHasNoMaps) {
  state_.view.mode = ViewMode::layers;
  state_.choices.model = -1;
  asked(), open(), asked(), restored();
  EXPECT_TRUE(asked().empty());
}

// Those of the first test picture, after every epoch, while the layers are looked at.
TEST_F(WishesTest, ATrainingsMapsFollowItsEpochs) {
  state_.page = Page::train;
  asked(), open(), asked(), restored();
  state_.training.model = 7;
  state_.training.maps.layer = "enc2";
  apply(state_, PreviewDrawn{.epoch = 0, .rows = {PreviewDrawn::Row{}}});
  EXPECT_TRUE(asked().empty());
  state_.training.shows_layers = true;
  ASSERT_EQ(asked().size(), 1u);
  const DrawMaps wish = std::get<DrawMaps>(state_.requests[0]);
  EXPECT_EQ(wish.picture, 0);
  EXPECT_EQ(preset("classroom").layers[size_t(wish.layer)].name, "enc2");
  EXPECT_TRUE(asked().empty());
  apply(state_, MapsDrawn{.request = wish, .count = 32});
  EXPECT_EQ(state_.training.maps.drawn->count, 32);
  EXPECT_FALSE(state_.maps.drawn);
  apply(state_, EpochEnded{});
  const std::vector<Request> after = asked();
  EXPECT_TRUE(std::any_of(after.begin(), after.end(), [](const Request& request) {
    return std::holds_alternative<DrawMaps>(request);
  }));
  state_.training.maps.layer.clear();
  apply(state_, EpochEnded{});
  for (const Request& request : asked()) EXPECT_FALSE(std::holds_alternative<DrawMaps>(request));
}

TEST_F(WishesTest, AnotherPictureHasNoMapsYet) {
  state_.view.mode = ViewMode::layers;
  asked(), open(), asked(), restored(), asked();
  apply(state_, MapsDrawn{.request = state_.maps.wanted.request, .count = 1});
  list(2, "b.png");
  show_picture(state_, 2);
  EXPECT_FALSE(state_.maps.drawn);
}

TEST(Forecasts, AreOfWhatIsChosenOnTheTrainPage) {
  UiState state;
  TrainingState& training = state.training;
  const auto asked = [&] {
    state.requests.clear();
    ask_for_forecast(state);
    return state.requests.size();
  };
  state.page = Page::train;
  EXPECT_EQ(asked(), 0u);  // no pictures are
  training.order.paths = {"a"};
  EXPECT_EQ(asked(), 1u);
  EXPECT_EQ(std::get<PlanTraining>(state.requests[0]).order, training.order);
  EXPECT_EQ(asked(), 0u);  // it is under way
  apply(state, TrainingPlanned{.order = training.order});
  EXPECT_EQ(asked(), 0u);  // it is there
  ++training.order.settings.epochs;
  EXPECT_EQ(asked(), 1u);
  apply(state, Failed{Failed::What::plan, 0, "there are no pictures"});
  EXPECT_EQ(asked(), 0u);  // it cannot be made
  ++training.order.settings.epochs;
  state.page = Page::denoise;
  EXPECT_EQ(asked(), 0u);  // nobody sees it
  training.begins_once_planned = true;
  EXPECT_EQ(asked(), 1u);
  training.asked.reset();
  training.status = TrainingState::Status::running;
  EXPECT_EQ(asked(), 0u);
}

TEST_F(WishesTest, MapsAreOfThePictureAsItIsRestored) {
  state_.view.mode = ViewMode::layers;
  state_.choices.already_noisy = true;
  state_.choices.threads = 3;
  asked(), open(), asked(), restored();
  const DrawMaps wish = std::get<DrawMaps>(asked().at(0));
  EXPECT_TRUE(wish.already_noisy);
  EXPECT_EQ(wish.threads, 3);
}

TEST_F(WishesTest, FiveModelsAreComparedThatAreReadyAndWanted) {
  for (int number = 10; number < 18; ++number) {
    ModelEntry& model = state_.models.emplace_back();
    model.number = number;
    model.ready = number != 10;
    model.compared = number != 11;
  }
  state_.view.mode = ViewMode::models;
  asked(), open(), asked(), restored();
  state_.now = 3;
  EXPECT_EQ(asked().size(), 5u);
  std::vector<int> compared;
  for (const Comparison& comparison : state_.comparisons) compared.push_back(comparison.model);
  EXPECT_EQ(compared, (std::vector<int>{-1, 12, 13, 14, 15}));

  find_model(state_, 13)->compared = false;
  state_.now = 4;
  ASSERT_EQ(asked().size(), 1u);  // another takes its place
  EXPECT_EQ(std::get<Restore>(state_.requests[0]).model, 16);
  EXPECT_EQ(state_.comparing_since, 3);  // the others are still at it

  state_.choices.model = 12;
  asked(), restored(), asked();
  for (const Comparison& comparison : state_.comparisons) EXPECT_NE(comparison.model, 12);
}

}  // namespace
}  // namespace limpid
