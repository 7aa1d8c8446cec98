#include "core/ui/scene.h"

#include <gtest/gtest.h>

#include "core/ui/apply.h"
#include "core/ui/choices.h"
#include "core/ui/model_list.h"
#include "core/ui/proposal.h"

namespace limpid {
namespace {

using Sentences = std::vector<std::string>;

const Coming coming = {{"coast", "phantom"}, {"photo"}};

// As a page is when all has come: two samples, four methods, `fast` in use, `photo` for later.
void arrive(UiState& state) {
  apply(state, EnginesFound{.methods = {"median", "bilateral", "nlm", "wavelet"}});
  const int fast = offer_model(state, "/files/model.safetensors");
  offer_model_later(state, "models/photo.safetensors", 2'600'000);
  follow_scene(state);
  apply(state, ModelLoaded{.model = fast, .name = "fast"});
  follow_scene(state);
  apply(state, PicturesFound{{{"/files/1/coast.png", "coast.png"}}, {}, false});
  follow_scene(state);
  apply(state, PicturesFound{{{"/files/2/phantom.png", "phantom.png"}}, {}, false});
  follow_scene(state);
}

UiState arrived() {
  UiState state;
  state.training.order = proposed_order();
  arrive(state);
  return state;
}

Sentences open(UiState& state, const std::string& link) {
  const Sentences sentences = open_scene(link, {}, state);
  follow_scene(state);
  return sentences;
}

std::string in_use(const UiState& state) { return find_model(state, chosen_model(state))->name; }

TEST(Scene, ALinkSetsItBeforeAnythingHasCome) {
  UiState state;
  state.training.order = proposed_order();
  state.choices.noise.strength = 0.9f;  // of an earlier visit
  const Sentences none = open_scene(
      "picture=phantom&noise=0.4&noise_kind=speckle&seed=7&clip=false&model=median"
      "&views=2&amount=0.5&view=side+by%20side&page=train&network=classroom&size=96"
      "&training.epochs=30&training.noise=0.1",
      coming, state);
  EXPECT_EQ(none, Sentences());
  arrive(state);
  EXPECT_EQ(shown_picture(state)->name, "phantom.png");
  EXPECT_EQ(state.choices.noise.strength, 0.4f);
  EXPECT_EQ(state.choices.noise.kind, NoiseKind::speckle);
  EXPECT_EQ(state.choices.noise.seed, 7u);
  EXPECT_FALSE(state.choices.noise.clip);
  EXPECT_EQ(in_use(state), "median");
  EXPECT_EQ(state.choices.views, 2);
  EXPECT_EQ(state.choices.amount, 0.5f);
  EXPECT_EQ(state.view.mode, ViewMode::side_by_side);
  EXPECT_EQ(state.page, Page::train);
  EXPECT_EQ(state.training.order.model_name, "classroom");
  EXPECT_EQ(state.training.order.size, 96);
  EXPECT_EQ(state.training.order.settings.epochs, 30);
  EXPECT_EQ(state.training.order.settings.noise.strength, 0.1f);
}

// On a slow line the samples may come after what a visitor has opened.
TEST(Scene, WhatWasOpenedMeanwhileStaysOnTheScreen) {
  UiState state;
  open_scene("picture=phantom&noise=0.4", coming, state);
  apply(state, PicturesFound{{{"/files/0/mine.png", "mine.png"}}, {}, true});
  arrive(state);
  EXPECT_EQ(shown_picture(state)->name, "mine.png");
  EXPECT_EQ(open(state, "picture=phantom"), Sentences());
  EXPECT_EQ(shown_picture(state)->name, "phantom.png");
}

// Where the noise of the picture that was seen before is of the other kind.
TEST(Scene, TheModelThatALinkNamesIsForThePictureThatItNames) {
  UiState state = arrived();
  offer_model_later(state, "models/camera.safetensors", 1);
  const auto opened = [&](bool white) {
    apply(state, PictureOpened{state.shown, make_pyramid(Raster(2, 3, 3, 255)), 0.25, white});
    return in_use(state);
  };
  opened(true);
  EXPECT_EQ(open(state, "picture=phantom&already_noisy=true&model=fast"), Sentences());
  EXPECT_EQ(opened(false), "fast");
  opened(true);
  EXPECT_EQ(opened(false), "camera") << "as for every other picture";
  EXPECT_EQ(open(state, "picture=phantom&model=camera"), Sentences()) << "which is open";
  EXPECT_EQ(opened(true), "fast");
}

TEST(Scene, WhatIsOnTheScreenComesBack) {
  UiState state = arrived();
  EXPECT_EQ(link_to_scene(state),
            "page=denoise&picture=coast&already_noisy=false&noise_kind=gaussian&noise=0.2&seed=1"
            "&clip=true&model=fast&views=1&amount=1.0&view=split");
  state.page = Page::train;
  state.choices.already_noisy = true;
  state.choices.noise = {.kind = NoiseKind::poisson, .strength = 0.35f, .seed = 5, .clip = false};
  state.choices.views = 4;
  state.choices.amount = 0.25f;
  state.view.mode = ViewMode::layers;
  state.training.order.model_name = "article";
  state.training.order.size = 128;
  state.training.order.settings.keep_best = true;
  show_picture(state, state.pictures[1].number);
  choose_model(state, -3);
  const std::string link = link_to_scene(state);
  EXPECT_TRUE(link.ends_with("network=article&size=128&training.keep_best=true")) << link;
  EXPECT_LT(link.size(), 300u);

  UiState other;
  EXPECT_EQ(open_scene(link, coming, other), Sentences());
  arrive(other);
  EXPECT_EQ(link_to_scene(other), link);
  EXPECT_EQ(other.choices.noise, state.choices.noise);
  EXPECT_EQ(other.training.order, state.training.order);
  state.training.order.size = 0;
  state.training.order.settings.crop = 64;
  EXPECT_EQ(open(other, link_to_scene(state)), Sentences());
  EXPECT_EQ(other.training.order, state.training.order);
}

TEST(Scene, EveryViewAndBothPagesComeBack) {
  for (int mode = 0; mode <= int(ViewMode::layers); ++mode) {
    UiState before = arrived(), after = arrived();
    before.view.mode = ViewMode(mode);
    before.page = Page(mode % 2);
    EXPECT_EQ(open(after, link_to_scene(before)), Sentences());
    EXPECT_EQ(after.view.mode, before.view.mode);
    EXPECT_EQ(after.page, before.page);
  }
}

TEST(Scene, WhatIsNotNamedStays) {
  UiState state = arrived();
  state.choices.noise.seed = 9;
  state.training.order.settings.epochs = 3;
  const std::string before = write_choices(state);
  for (const char* nothing : {"", "&", "&&&"}) {
    EXPECT_EQ(open(state, nothing), Sentences());
    EXPECT_EQ(write_choices(state), before);
  }
  EXPECT_EQ(open(state, "noise=0.4&training.batch=2"), Sentences());
  EXPECT_EQ(state.choices.noise.seed, 9u);
  EXPECT_EQ(state.training.order.settings.epochs, 3);
  EXPECT_EQ(state.training.order.settings.batch, 2);
}

TEST(Scene, AFieldThatCannotBeIsToldAndTheRestIsSet) {
  for (const auto& [field, sentence] :
       {std::pair{"noise=7", "The link's 'noise' is left out: 7 is not in 0..1"},
        {"noise=", "The link's 'noise' is left out: '' is no number"},
        {"noise_kind=purple", "The link's 'noise_kind' is left out: no kind of noise is called"},
        {"seed=1000000001", "The link's 'seed' is left out: 1000000001 is no whole number in"},
        {"clip=maybe", "The link's 'clip' is left out: 'maybe' is neither true nor false"},
        {"views=3", "The link's 'views' is left out: "},
        {"amount=-1", "The link's 'amount' is left out: -1 is not in 0..1"},
        {"view=from%20above", "The link's 'view' is left out: no view is called 'from above'"},
        {"page=garden", "The link's 'page' is left out: no page is called 'garden'"},
        {"picture=mine.png",
         "The link's 'picture' is left out: no picture is called 'mine.png' (there are: coast, "
         "phantom)"},
        {"picture=", "The link's 'picture' is left out: no picture is called ''"},
        {"model=best",
         "The link's 'model' is left out: no model is called 'best' (there are: "
         "fast, "},
        {"network=net", "The link's 'network' is left out: no network is called 'net'"},
        {"size=4", "The link's 'size' is left out: 4 is no whole number in 8..1024"},
        {"training.epochs=0", "The link's 'training.epochs' is left out: training: epochs 0"},
        {"training.=0", "The link's 'training.' is left out: no setting is called ''"},
        {"colour=red", "The link's 'colour' is left out: there is no such field"},
        {"%0a%ff=1", "The link's ' \xff' is left out: there is no such field"},
        {"threads=2", "The link's 'threads' is left out: there is no such field"}}) {
    UiState state = arrived();
    const Sentences told = open(state, std::string(field) + "&training.batch=2&already_noisy=true");
    ASSERT_EQ(told.size(), 1u) << field;
    EXPECT_TRUE(told[0].starts_with(sentence)) << told[0];
    EXPECT_EQ(state.training.order.settings.batch, 2) << field;
    EXPECT_TRUE(state.choices.already_noisy) << field;
  }
}

TEST(Scene, SettingsThatGoTogetherAloneAreSetInAnyOrder) {
  UiState state = arrived();
  state.training.order.settings.noise.strength = 0.1f;
  EXPECT_EQ(open(state, "training.noise_weakest=0.3&training.noise=0.4"), Sentences());
  EXPECT_EQ(state.training.order.settings.noise.weakest, 0.3f);
  EXPECT_EQ(open(state, "training.epochs=5&size=96&network=classroom"), Sentences());
  EXPECT_EQ(state.training.order.size, 96);
  EXPECT_EQ(state.training.order.settings.epochs, 5);
  EXPECT_FALSE(state.training.order.settings.noise.weakest);
}

TEST(Scene, OfManyThatCannotBeThreeSentencesTell) {
  UiState state = arrived();
  EXPECT_EQ(open(state, "a=1&b=2&c=3").size(), 3u);
  std::string link;
  for (int i = 0; i < 500; ++i) link += "x" + std::to_string(i) + "=&";
  const Sentences told = open(state, link + "noise=0.4");
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[2], "498 more fields of the link are left out");
  EXPECT_EQ(state.choices.noise.strength, 0.4f);
  const std::string long_name(3000, 'y');
  const Sentences cut = open(state, long_name + "=1");
  ASSERT_EQ(cut.size(), 1u);
  EXPECT_LT(cut[0].size(), 100u);
}

TEST(Scene, OneThatIsTooLongSetsNothing) {
  UiState state = arrived();
  const std::string before = write_choices(state);
  const Sentences told = open(state, "noise=0.4&" + std::string(5000, '&'));
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("4096"), std::string::npos);
  EXPECT_EQ(write_choices(state), before);
}

TEST(Scene, NamesNoPictureModelOrNetworkOfTheVisitors) {
  UiState state = arrived();
  state.page = Page::train;
  EXPECT_NE(link_to_scene(state).find("network="), std::string::npos);
  apply(state, PicturesFound{{{"/files/3/phantom.png", "phantom.png"}}, {}, true});
  const int own = load_model(state, "/files/4/fast.safetensors");
  apply(state, ModelLoaded{.model = own, .name = "fast"});
  state.training.order.model_json = "{}";
  const std::string link = link_to_scene(state);
  for (const char* field : {"picture=", "model=", "network=", "size=", "training."})
    EXPECT_EQ(link.find(field), std::string::npos) << field;
  EXPECT_EQ(open(state, "picture=phantom&model=fast"), Sentences());
  EXPECT_EQ(shown_picture(state)->path, "/files/2/phantom.png");
  EXPECT_TRUE(find_model(state, state.choices.model)->comes_along);
}

TEST(Scene, AModelThatIsForLaterIsFetchedAndTheFirstIsUsedUntilThen) {
  UiState state;
  EXPECT_EQ(open_scene("model=photo&already_noisy=true", coming, state), Sentences());
  arrive(state);
  EXPECT_EQ(in_use(state), "photo");
  EXPECT_EQ(find_model(state, state.choices.model)->name, "fast");
  EXPECT_EQ(std::get<LoadModel>(state.requests.back()).path, "models/photo.safetensors");
  apply(state, ModelLoaded{.model = chosen_model(state), .name = "photo"});
  EXPECT_EQ(find_model(state, state.choices.model)->name, "photo");
}

// What the visitor presses is what is left then.
TEST(Scene, IsFollowedOnce) {
  UiState state = arrived();
  EXPECT_EQ(open(state, "picture=phantom&model=nlm"), Sentences());
  show_picture(state, state.pictures[0].number);
  choose_model(state, -1);
  follow_scene(state);
  EXPECT_EQ(shown_picture(state)->name, "coast.png");
  EXPECT_EQ(in_use(state), "median");
}

TEST(Scene, APictureThatIsNoisyGetsItsModelUnlessOneIsNamed) {
  UiState state = arrived();
  offer_model_later(state, "models/camera.safetensors", 1);
  EXPECT_EQ(open(state, "already_noisy=true"), Sentences());
  EXPECT_EQ(in_use(state), "camera");
  EXPECT_EQ(open(state, "already_noisy=false"), Sentences());
  EXPECT_EQ(in_use(state), "fast");
  EXPECT_EQ(open(state, "already_noisy=true&model=fast"), Sentences());
  EXPECT_EQ(in_use(state), "fast");
}

}  // namespace
}  // namespace limpid
