#include "core/ui/choices.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace limpid {
namespace {

using Json = nlohmann::json;

// Every choice is another than the default.
UiState chosen() {
  UiState state;
  state.page = Page::train;
  state.view.mode = ViewMode::error;
  state.choices.dark = false;
  state.choices.already_noisy = true;
  state.choices.noise.kind = NoiseKind::speckle;
  state.choices.noise.strength = 0.375f;
  state.choices.noise.seed = 18446744073709551615u;
  state.training.order.model_name = "article";
  state.training.order.size = 96;
  state.training.order.settings.epochs = 7;
  state.training.order.settings.draws = 11;
  state.training.draws_chosen = true;
  state.training.logarithmic = false;
  state.choices.engine = "cuda";
  state.choices.threads = 3;
  state.choices.memory_bytes = size_t(128) << 20;
  state.choices.views = 4;
  state.choices.amount = 0.75f;
  state.choices.file_format = FileFormat::jpeg;
  state.recent = {"/a b/ж.png", "/c", "/latin \xe9.png"};
  return state;
}

TEST(Choices, ComeBackAsTheyWere) {
  const UiState state = chosen();
  UiState read;
  read_choices(write_choices(state), read);
  EXPECT_EQ(read.page, Page::train);
  EXPECT_EQ(read.view.mode, ViewMode::error);
  EXPECT_FALSE(read.choices.dark);
  EXPECT_TRUE(read.choices.already_noisy);
  EXPECT_EQ(read.choices.noise.kind, NoiseKind::speckle);
  EXPECT_EQ(read.choices.noise.strength, 0.375f);
  EXPECT_EQ(read.choices.noise.seed, 18446744073709551615u);
  EXPECT_EQ(read.training.order.model_name, "article");
  EXPECT_EQ(read.training.order.size, 96);
  EXPECT_EQ(read.training.order.settings.epochs, 7);
  EXPECT_EQ(read.training.order.settings.draws, 11);
  EXPECT_TRUE(read.training.draws_chosen);
  EXPECT_FALSE(read.training.logarithmic);
  EXPECT_EQ(read.choices.engine, "cuda");
  EXPECT_EQ(read.choices.threads, 3);
  EXPECT_EQ(read.choices.memory_bytes, size_t(128) << 20);
  EXPECT_EQ(read.choices.views, 4);
  EXPECT_EQ(read.choices.amount, 0.75f);
  EXPECT_EQ(read.choices.file_format, FileFormat::jpeg);
  EXPECT_EQ(read.recent, state.recent);
}

TEST(Choices, OfAnotherKindChangeNothing) {
  const std::string text = write_choices(chosen());
  const std::string before = write_choices(UiState());
  const auto after = [](const std::string& changed) {
    UiState state;
    read_choices(changed, state);
    return write_choices(state);
  };
  for (const char* broken : {"", "{", "[]", "7", "{}"}) EXPECT_EQ(after(broken), before) << broken;
  EXPECT_EQ(after(text.substr(0, text.size() / 2)), before);
  const Json all = Json::parse(text);
  for (const auto& [name, value] : all.items()) {
    Json absent = all, wrong = all;
    absent.erase(name);
    wrong[name] = Json::object();
    EXPECT_EQ(after(wrong.dump()), before) << name;
    if (name == "draws_chosen" || name == "file_format") continue;  // what versions before had not
    EXPECT_EQ(after(absent.dump()), before) << name;
  }
  Json unknown = all;
  unknown["noise_kind"] = "purple";
  EXPECT_EQ(after(unknown.dump()), before);
  for (const char* name : {"seed", "size", "threads", "memory", "views"}) {
    Json huge = all;
    huge[name] = 1e300;
    EXPECT_EQ(after(huge.dump()), before) << name;
  }
  Json three = all;
  three["views"] = 3;
  EXPECT_EQ(after(three.dump()), before);
}

TEST(Choices, AnOwnNetworkIsNotKept) {
  UiState state = chosen();
  state.training.order.model_json = "{}";
  EXPECT_EQ(Json::parse(write_choices(state))["network"], "");
}

TEST(Choices, SettingsOfATrainingThatCannotBeTakeNoOthersWithThem) {
  Json impossible = Json::parse(write_choices(chosen()));
  impossible["training"]["noise_fixed_field"] = true;
  impossible["training"]["noise_kind"] = "speckle";
  UiState state;
  read_choices(impossible.dump(), state);
  EXPECT_EQ(state.training.order.settings, TrainingOrder().settings);
  EXPECT_EQ(state.recent, chosen().recent);
  EXPECT_FALSE(state.choices.dark);
}

// Without saying so: the draws are one that nobody could choose.
TEST(Choices, OfAVersionBeforeDrawsAreProposed) {
  Json before = Json::parse(write_choices(chosen()));
  before.erase("draws_chosen");
  UiState state;
  state.training.draws_chosen = true;
  read_choices(before.dump(), state);
  EXPECT_FALSE(state.training.draws_chosen);
  EXPECT_EQ(state.training.order.settings.epochs, 7);
}

TEST(Choices, OfAVersionBeforePicturesAreSavedAsOpened) {
  Json before = Json::parse(write_choices(chosen()));
  before.erase("file_format");
  UiState state;
  state.choices.file_format = FileFormat::png;
  read_choices(before.dump(), state);
  EXPECT_EQ(state.choices.file_format, FileFormat::as_opened);
  EXPECT_EQ(state.choices.amount, 0.75f);
}

TEST(Choices, ANetworkThatThereIsNotLeavesTheOneThatIsProposed) {
  Json json = Json::parse(write_choices(chosen()));
  for (const char* name : {"", "one of tomorrow", "Article"}) {
    json["network"] = name;
    UiState state;
    state.training.order.model_name = "fast";
    read_choices(json.dump(), state);
    EXPECT_EQ(state.training.order.model_name, "fast") << name;
    EXPECT_EQ(state.training.order.size, 96) << name;
  }
}

TEST(Choices, OutOfRangeAreDrawnIn) {
  Json json = Json::parse(write_choices(chosen()));
  json["noise"] = 7;
  json["size"] = 1000000;
  json["memory"] = 0;
  json["threads"] = 5000;
  json["amount"] = 7;
  UiState state;
  read_choices(json.dump(), state);
  EXPECT_EQ(state.choices.noise.strength, 1.0f);
  EXPECT_EQ(state.training.order.size, 1024);
  EXPECT_EQ(state.choices.memory_bytes, size_t(1) << 20);
  EXPECT_EQ(state.choices.threads, 4096);
  EXPECT_EQ(state.choices.amount, 1.0f);
  for (const char* name : {"noise", "size", "view", "threads", "amount"}) json[name] = -1;
  read_choices(json.dump(), state);
  EXPECT_EQ(state.choices.noise.strength, 0.0f);
  EXPECT_EQ(state.training.order.size, 8);
  EXPECT_EQ(state.view.mode, ViewMode(0));
  EXPECT_EQ(state.choices.threads, 0);
  EXPECT_EQ(state.choices.amount, 0.0f);
}

TEST(Choices, EveryViewComesBack) {
  for (int mode = 0; mode <= int(ViewMode::layers); ++mode) {
    UiState before = chosen(), state;
    before.view.mode = ViewMode(mode);
    read_choices(write_choices(before), state);
    EXPECT_EQ(state.view.mode, ViewMode(mode));
  }
}

// Versions before kept numbers, one of tomorrow may have other views: the rest is read all the
// same.
TEST(Choices, APageAndAViewThatThereAreNotAreTheFirst) {
  Json json = Json::parse(write_choices(chosen()));
  for (const auto& [page, view] : {std::pair<Json, Json>{1, 5}, {"garden", "from above"}}) {
    json["page"] = page;
    json["view"] = view;
    UiState state;
    state.page = Page::train;
    state.view.mode = ViewMode::layers;
    read_choices(json.dump(), state);
    EXPECT_EQ(state.page, Page::denoise);
    EXPECT_EQ(state.view.mode, ViewMode::split);
    EXPECT_EQ(state.choices.noise.kind, NoiseKind::speckle);
  }
}

TEST(Choices, CropsAreOfPicturesAtTheirOwnSize) {
  UiState before = chosen();
  before.training.order.size = 0;
  before.training.order.settings.crop = 64;
  UiState state;
  read_choices(write_choices(before), state);
  EXPECT_EQ(state.training.order.size, 0);
  EXPECT_EQ(state.training.order.settings.crop, 64);
  before.training.order.settings.crop = 5000;
  read_choices(write_choices(before), state);
  EXPECT_EQ(state.training.order.settings.crop, 1024);
}

}  // namespace
}  // namespace limpid
