// limpid train and evaluate with clean and noisy pictures of the same names (--noisy).
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/cli_process.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Eight pairs in data/ and noisy/: the noisy pictures are half as bright, which is nothing that
// noise of any kind would do.
class CliPairs : public CliTest {
 protected:
  CliPairs() {
    write_data(8);
    for (int i = 0; i < 8; ++i) {
      const std::string name = std::to_string(i) + ".png";
      Picture picture = read_picture(folder / "data" / name);
      for (float& value : picture.color.pixels) value /= 2;
      fs::create_directories(folder / "noisy");
      write_picture(folder / "noisy" / name, picture);
    }
  }

  // limpid train with what makes it quick, and more.
  Outcome trained(const Arguments& more) const {
    Arguments arguments = {"train",    "data",      "--noisy", "noisy",    "-o",   "run",
                           "--size",   "16",        "--batch", "4",        "--lr", "0.01",
                           "--engine", "reference", "--model", "tiny.json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return limpid(arguments);
  }
};

TEST_F(CliPairs, AreLearnedFrom) {
  const Outcome outcome = trained({"--epochs", "60", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["noise"], "noise as the noisy pictures have it");
  // To be brighter is learned. Under added noise of any strength the scores of the noisy pictures
  // would be others.
  const double noisy = json["final"]["noisy"]["rmse"];
  EXPECT_LT(json["final"]["restored"]["rmse"].get<double>(), 0.7 * noisy);
  const Outcome again =
      limpid({"evaluate", "data", "--noisy", "noisy", "--model", "run", "--test-split", "--json"});
  ASSERT_EQ(again.status, 0) << again.err;
  const Json scores = Json::parse(again.out);
  EXPECT_EQ(scores["noise"], json["noise"]);
  EXPECT_EQ(scores["pictures"], 2);
  EXPECT_NEAR(scores["noisy"]["rmse"].get<double>(), noisy, 1e-9);
  EXPECT_NEAR(scores["restored"]["rmse"].get<double>(),
              json["final"]["restored"]["rmse"].get<double>(), 1e-6);
}

TEST_F(CliPairs, TheNoisyScoresAreThoseOfTheNoisyFiles) {
  const Outcome outcome =
      limpid({"evaluate", "data", "--noisy", "noisy", "--method", "median", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json scores = Json::parse(outcome.out);
  ASSERT_EQ(scores["files"].size(), 8u);
  for (size_t i = 0; i < 8; ++i) {
    const std::string name = std::to_string(i) + ".png";
    const Image clean = read_picture(folder / "data" / name).color;
    const Image noisy = read_picture(folder / "noisy" / name).color;
    double sum = 0;
    for (size_t k = 0; k < clean.count(); ++k) {
      sum += std::pow(double(clean.pixels[k]) - double(noisy.pixels[k]), 2);
    }
    EXPECT_NEAR(scores["files"][i]["noisy"]["rmse"].get<double>(),
                std::sqrt(sum / double(clean.count())), 1e-6);
  }
}

TEST_F(CliPairs, GoOnAlsoFromAnotherPlace) {
  ASSERT_EQ(trained({"--epochs", "2"}).status, 0);
  fs::rename(folder / "noisy", folder / "moved");
  expect_message(limpid({"train", "--resume", "-o", "run", "--epochs", "3"}), 1,
                 (folder / "noisy").string() + ": there is no such folder of noisy pictures");
  const Outcome outcome =
      limpid({"train", "--resume", "-o", "run", "--epochs", "3", "--noisy", "moved"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("going on after 2 epochs"), std::string::npos) << outcome.err;
  write_sample("moved/3.png", 77);  // another content
  const Outcome changed =
      limpid({"train", "--resume", "-o", "run", "--epochs", "4", "--noisy", "moved"});
  EXPECT_EQ(changed.status, 1);
  EXPECT_NE(changed.err.find("the pictures or their split into training and test are not the same"),
            std::string::npos)
      << changed.err;
}

TEST_F(CliPairs, WhatMakesNoSenseIsRefused) {
  expect_message(trained({"--noise", "0.2"}), 2, "--noise");
  expect_message(trained({"--no-clip"}), 2, "--no-clip");
  expect_message(limpid({"train", "data", "--noisy", "absent", "-o", "run"}), 1,
                 "absent: there is no such folder of noisy pictures");
  ASSERT_EQ(trained({"--epochs", "1", "--seed", "4"}).status, 0);
  expect_message(limpid({"evaluate", "data", "--model", "run"}), 2,
                 "has learned from noisy pictures: give such (--noisy), or --noise");
  EXPECT_EQ(limpid({"evaluate", "data", "--model", "run", "--noise", "0.1"}).status, 0);
  expect_message(limpid({"train", "--resume", "-o", "run", "--epochs", "2", "--noise", "0.1"}), 2,
                 "noisy pictures get no other noise");
}

TEST_F(CliPairs, AMissingOneIsNamedAndTheOthersServe) {
  fs::remove(folder / "noisy/3.png");
  const Outcome outcome = trained({"--epochs", "1"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("data/3.png: there is no noisy picture of it in "), std::string::npos)
      << outcome.err;
  const Outcome scores =
      limpid({"evaluate", "data", "--noisy", "noisy", "--model", "run", "--json"});
  EXPECT_EQ(scores.status, 1);
  const Json json = Json::parse(scores.out);
  EXPECT_EQ(json["pictures"], 7);
  ASSERT_EQ(json["errors"].size(), 1u);
  EXPECT_EQ(json["errors"][0]["input"], "data/3.png");
}

}  // namespace
}  // namespace limpid
