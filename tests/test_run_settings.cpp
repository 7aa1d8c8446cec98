#include "core/train/run_settings.h"

#include <nlohmann/json.hpp>

#include "tests/temporary_folder.h"

namespace limpid {
namespace {

RunSettings unusual() {
  RunSettings settings;
  settings.data = {"/a b/ж", "/c", "/latin \xe9"};
  settings.size = 48;
  settings.channels = 1;
  settings.split = {.test_size = 0.3, .seed = 7, .group_duplicates = true};
  settings.engine = "reference";
  settings.training.epochs = 3;
  settings.training.seed = settings.training.noise.seed = 5;
  settings.training.noise.strength = 0.1f;
  return settings;
}

TEST(RunSettings, ComeBackFromJson) {
  const RunSettings settings = unusual();
  const RunSettings again = run_settings_from_json(to_json(settings), "here");
  EXPECT_EQ(again.data, settings.data);
  EXPECT_EQ(again.engine, "reference");
  EXPECT_EQ(again.training, settings.training);
  EXPECT_EQ(difference(settings, again), "");
  EXPECT_EQ(to_json(again), to_json(settings));
}

TEST(RunSettings, SayWhatTheyBeganWithWhereThatWasSomething) {
  RunSettings settings = unusual();
  EXPECT_EQ(to_json(settings).find("begins_with"), std::string::npos);
  settings.begins_with = "/a b/ж.safetensors";
  EXPECT_EQ(run_settings_from_json(to_json(settings), "here").begins_with, "/a b/ж.safetensors");
  EXPECT_EQ(difference(settings, unusual()), "");
}

TEST(RunSettings, SayWhereTheNoisyPicturesLieWhereThereAreSome) {
  RunSettings settings = unusual();
  EXPECT_EQ(to_json(settings).find("\"noisy\""), std::string::npos);
  settings.noisy = "/latin \xe9/noisy";
  EXPECT_EQ(run_settings_from_json(to_json(settings), "here").noisy, settings.noisy);
  EXPECT_EQ(difference(settings, unusual()), "") << "they may have moved";
}

TEST(RunSettings, SayWhereTheTestsLieWhereTheyHaveAFolder) {
  RunSettings settings = unusual();
  EXPECT_EQ(to_json(settings).find("test_data"), std::string::npos);
  settings.test_data = "/latin \xe9/tests";
  EXPECT_EQ(run_settings_from_json(to_json(settings), "here").test_data, settings.test_data);
  EXPECT_EQ(difference(settings, unusual()), "") << "they may have moved";
}

TEST(RunSettings, AskForTheirDataset) {
  RunSettings settings = unusual();
  settings.noisy = "/noisy";
  settings.test_data = "/tests";
  const DatasetSettings asked = dataset_settings(settings);
  EXPECT_EQ(asked.size, 48);
  EXPECT_EQ(asked.channels, 1);
  EXPECT_EQ(asked.noisy, "/noisy");
  EXPECT_EQ(asked.tests, "/tests");
}

TEST(RunSettings, EveryFieldIsAskedFor) {
  const auto json = nlohmann::ordered_json::parse(to_json(unusual()));
  for (const auto& [name, value] : json.items()) {
    auto without = json;
    without.erase(name);
    EXPECT_NE(message_of([&] { run_settings_from_json(without.dump(), "here"); }).find("here: "),
              std::string::npos)
        << name;
    auto other = json;
    other[name] = nullptr;
    if (name == "data") continue;  // null is a list of none
    EXPECT_NE(message_of([&] { run_settings_from_json(other.dump(), "here"); }), "") << name;
  }
}

// As somebody may have written them.
TEST(RunSettings, WhatNoDataSetTakesIsRefused) {
  const auto refused = [](const char* name, int value) {
    auto json = nlohmann::ordered_json::parse(to_json(unusual()));
    json[name] = value;
    return message_of([&] { run_settings_from_json(json.dump(), "here"); });
  };
  EXPECT_EQ(refused("channels", 7), "here: the training's channels cannot be 7");
  EXPECT_EQ(refused("size", -5), "here: the training's size cannot be -5");
  EXPECT_EQ(refused("size", 65537), "here: the training's size cannot be 65537");
  EXPECT_EQ(refused("size", 65536), "");
}

TEST(RunSettings, NumbersThatTheyCannotHoldAreRefused) {
  const auto json = nlohmann::ordered_json::parse(to_json(unusual()));
  const auto refused = [&](const char* name, const char* value) {
    auto other = json;
    other[name] = nlohmann::ordered_json::parse(value);
    return message_of([&] { run_settings_from_json(other.dump(), "here"); });
  };
  const std::string incomplete = "here: the settings of the training are incomplete";
  for (const char* name : {"size", "channels", "split_seed"}) {
    for (const char* number : {"3.5", "1e300", "4294967299"}) {
      EXPECT_EQ(refused(name, number), incomplete) << name << " " << number;
    }
  }
  for (const char* bytes : {"[[47, 1e300]]", "[[47, 353]]", "[[47, -159]]", "[[47, 97.5]]"}) {
    EXPECT_EQ(refused("data", bytes), incomplete) << bytes;
  }
  EXPECT_EQ(refused("data", "[[47, 233]]"), "");
}

TEST(RunSettings, DifferenceNamesTheFirst) {
  const RunSettings before = unusual();
  RunSettings now = before;
  now.data = {"/elsewhere"};
  now.engine = "cpu";
  now.training.epochs = 9;
  EXPECT_EQ(difference(before, now), "");
  now.training.batch = 2;
  EXPECT_EQ(difference(before, now), "batch is 2, was 32");
  now.split.seed = 8;
  EXPECT_EQ(difference(before, now), "split_seed is 8, was 7");
  now.size = 0;
  EXPECT_EQ(difference(before, now), "size is 0, was 48");
}

}  // namespace
}  // namespace limpid
