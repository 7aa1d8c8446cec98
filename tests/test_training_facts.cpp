#include "core/train/training_facts.h"

#include <nlohmann/json.hpp>

#include "core/model/presets.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

TEST(TrainingFacts, ComeBackFromMetadata) {
  TrainingFacts facts;
  facts.size = 48;
  facts.split = {0.3, 7, true};
  facts.split_hash = "00ff";
  facts.settings.epochs = 3;
  facts.settings.noise.strength = 0.1f;
  facts.history = {{.epoch = 1, .loss = 0.5, .val_loss = 0.25, .rmse = 0.125}};
  Metadata metadata;
  write_facts(facts, metadata);
  const auto again = read_facts(metadata, "here");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->settings, facts.settings);
  EXPECT_EQ(again->size, 48);
  EXPECT_EQ(again->split.test_size, 0.3);
  EXPECT_EQ(again->split.seed, 7u);
  EXPECT_TRUE(again->split.group_duplicates);
  EXPECT_FALSE(again->has_test_data);
  EXPECT_EQ(again->split_hash, "00ff");
  EXPECT_EQ(again->history, facts.history);
}

TEST(TrainingFacts, TellOfAFolderThatTested) {
  RunSettings settings;
  settings.training.noise.strength = 0.1f;
  settings.test_data = "/tests";
  const Model model = preset("classroom", 1);
  const ModelFile file = trained_model(settings, "00ff", {}, model, initial_weights(model, 1));
  const auto facts = read_facts(file.metadata, "here");
  ASSERT_TRUE(facts);
  EXPECT_TRUE(facts->has_test_data);
}

TEST(TrainingFacts, AreAbsentOrWhole) {
  EXPECT_FALSE(read_facts({}, "here"));
  Metadata metadata;
  write_facts(TrainingFacts(), metadata);
  for (const char* text : {"", "{}", R"({"size":"x"})"}) {
    metadata["data"] = text;
    EXPECT_NE(message_of([&] { read_facts(metadata, "here"); }).find("here: "), std::string::npos);
  }
}

TEST(TrainingFacts, NumbersThatTheyCannotHoldAreRefused) {
  Metadata metadata;
  write_facts(TrainingFacts(), metadata);
  const auto data = nlohmann::ordered_json::parse(metadata.at("data"));
  for (const char* name : {"size", "split_seed"}) {
    for (const char* number : {"1.5", "-1e300", "4294967296"}) {
      auto other = data;
      other[name] = nlohmann::ordered_json::parse(number);
      metadata["data"] = other.dump();
      EXPECT_EQ(message_of([&] { read_facts(metadata, "here"); }),
                "here: what it says about its training data makes no sense")
          << name << " " << number;
    }
  }
}

TEST(TrainingFacts, OfALaterLimpidAreRead) {
  TrainingFacts facts;
  facts.settings.epochs = 3;
  Metadata metadata;
  write_facts(facts, metadata);
  metadata["training"].insert(1, R"("of_tomorrow": {"a": 1}, )");
  const auto again = read_facts(metadata, "here");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->settings, facts.settings);
  metadata["training"] = R"({"of_tomorrow": 1})";
  EXPECT_NE(message_of([&] { read_facts(metadata, "here"); }).find("is missing"),
            std::string::npos);
}

TEST(TrainingFacts, NestedWithoutEndAreRefused) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  const std::pair<const char*, std::string> cases[] = {{"training", R"({"batch": )" + deep + "}"},
                                                       {"data", R"({"size": )" + deep + "}"},
                                                       {"history", deep}};
  for (const auto& [key, text] : cases) {
    Metadata metadata;
    write_facts(TrainingFacts(), metadata);
    metadata[key] = text;
    EXPECT_NE(message_of([&] { read_facts(metadata, "here"); }).find("nested over 8 deep"),
              std::string::npos)
        << key;
  }
}

}  // namespace
}  // namespace limpid
