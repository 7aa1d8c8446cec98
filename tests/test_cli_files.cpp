// What the limpid command reads and writes: names of any kind, and nothing lost.
#include <nlohmann/json.hpp>

#include "core/image/image.h"
#include "tests/cli_process.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class CliFiles : public TrainedCliTest {
 protected:
  CliFiles() { write_sample("photo.png", 3); }
};

TEST_F(CliFiles, ARunAmongItsPicturesGoesOn) {
  ASSERT_EQ(limpid(training("data/run", {"--epochs", "1"})).status, 0);
  ASSERT_TRUE(fs::exists(folder / "data/run/grid.png"));
  const Outcome resumed = limpid({"train", "--resume", "-o", "data/run", "--epochs", "2"});
  EXPECT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("6 pictures to learn from, 2 to test"), std::string::npos)
      << resumed.err;
}

// Which CLI11 would take for a list of its two words, or for the folder without brackets.
TEST_F(CliFiles, AFolderInBracketsIsItself) {
  write_sample("[a,b]/one.png", 3);
  write_sample("a/other.png", 3);
  const Outcome outcome = limpid({"noise", "[a,b]", "-o", "[out]"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(fs::exists(folder / "[out]/one.png"));
  EXPECT_FALSE(fs::exists(folder / "[out]/other.png"));
}

TEST_F(CliFiles, ARunThatLostItsCheckpointDoesNotBeginAgain) {
  const std::string model = text_of(folder / "run/model.safetensors");
  fs::remove(folder / "run/checkpoint.safetensors");
  expect_message(limpid({"train", "--resume", "-o", "run", "--epochs", "2"}), 1,
                 "run/checkpoint.safetensors: it is missing");
  EXPECT_EQ(text_of(folder / "run/model.safetensors"), model);
}

TEST_F(CliFiles, NothingIsWrittenOverWhatItIsMadeOf) {
  write_sample("maps/01-enc.png", 1);
  fs::copy_file(folder / "run/model.safetensors", folder / "m.safetensors");
  fs::create_hard_link(folder / "m.safetensors", folder / "same.safetensors");
  const struct {
    Arguments arguments;
    std::string input;
  } table[] = {
      {{"grid", "photo.png", "-o", "photo.png", "--model", "run"}, "photo.png"},
      {{"pack", "m.safetensors", "-o", "./m.safetensors"}, "m.safetensors"},
      {{"pack", "m.safetensors", "-o", "same.safetensors"}, "m.safetensors"},
      {{"pack", "run", "-o", "run/model.safetensors"}, "run/model.safetensors"},
      {{"maps", "maps/01-enc.png", "-o", "maps", "--model", "run"}, "maps/01-enc.png"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(testing::PrintToString(row.arguments));
    const std::string before = text_of(folder / row.input);
    expect_message(limpid(row.arguments), 2, "would overwrite an input");
    EXPECT_EQ(text_of(folder / row.input), before);
  }
  expect_message(limpid({"pack", "run", "-o", "photo.png"}), 2, ".safetensors");
}

// The same file under two names that are not there yet.
TEST_F(CliFiles, NewNamesInTheCurrentFolderAreLookedThrough) {
  expect_message(limpid({"denoise", "photo.png", "-o", "./new.png", "--model", "run", "--noise",
                         "0.1", "--save-noisy", "new.png"}),
                 2, "both name");
  expect_message(limpid({"denoise", ".", "-o", "out", "--model", "run"}), 2, "lies inside");
}

TEST_F(CliFiles, EmptyNamesAreRefused) {
  for (const Arguments& arguments : {
           Arguments{"noise", "data", "-o", ""},
           Arguments{"denoise", "photo.png", "-o", "", "--model", "run"},
           Arguments{"denoise", "photo.png", "-o", "o.png", "--model", ""},
           Arguments{"denoise", "", "-o", "o.png", "--model", "run"},
           Arguments{"train", "data", "-o", ""},
       }) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const Outcome outcome = limpid(arguments);
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.err.rfind("limpid: ", 0), 0u) << outcome.err;
  }
  EXPECT_FALSE(fs::exists(folder / "0.png"));
}

// As old archives hold them.
TEST_F(CliFiles, NamesThatAreNotUtf8AreTold) {
  const std::string name = "caf\xe9.png";
  write_sample("old/" + name, 1);
  const Outcome denoised = limpid({"denoise", "old", "-o", "out", "--model", "run", "--json"});
  EXPECT_EQ(denoised.status, 0) << denoised.err;
  const Json input = Json::parse(denoised.out)["files"][0]["input"];
  const std::vector<uint8_t> bytes = input;  // an array of them
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "old/" + name);
  EXPECT_TRUE(fs::exists(folder / "out" / name));
  const Outcome evaluated =
      limpid({"evaluate", "old", "--model", "run", "--noise", "0.2", "--json"});
  EXPECT_EQ(evaluated.status, 0) << evaluated.err;
  EXPECT_EQ(Json::parse(evaluated.out)["files"][0]["input"], input);

  for (int i = 1; i < 8; ++i) write_sample("old/\xff" + std::to_string(i) + ".png", i);
  Arguments arguments = training("r\xe9", {"--epochs", "1", "--json"});
  arguments[1] = "old";
  const Outcome trained = limpid(arguments);
  EXPECT_EQ(trained.status, 0) << trained.err;
  EXPECT_EQ(Json::parse(text_of(folder / "r\xe9/run.json"))["state"], "finished");
}

TEST_F(CliFiles, PicturesOfOneNameAreToldApart) {
  write_sample("a/1.png", 1);
  write_sample("b/1.png", 2);
  const Outcome outcome =
      limpid({"evaluate", "a", "b", "--model", "run", "--noise", "0.2", "--json"});
  const Json files = Json::parse(outcome.out)["files"];
  EXPECT_EQ(files[0]["input"], "a/1.png");
  EXPECT_EQ(files[1]["input"], "b/1.png");
}

TEST_F(CliFiles, EvaluateTellsWhatCannotBeRead) {
  write_file(folder / "data/scan.psd", std::string_view("of a kind that is not read"));
  const Outcome passed = limpid({"evaluate", "data", "--model", "run", "--noise", "0.2", "--json"});
  EXPECT_EQ(passed.status, 0) << passed.err;
  EXPECT_NE(passed.err.find("scan.psd"), std::string::npos) << passed.err;
  EXPECT_EQ(Json::parse(passed.out)["errors"].size(), 0u);

  write_file(folder / "data/00.png", std::string_view("no picture"));
  const Outcome outcome =
      limpid({"evaluate", "data", "--model", "run", "--noise", "0.2", "--json"});
  EXPECT_EQ(outcome.status, 1);
  const Json scores = Json::parse(outcome.out);
  EXPECT_EQ(scores["pictures"], 8);
  ASSERT_EQ(scores["errors"].size(), 1u);
  EXPECT_EQ(scores["errors"][0]["input"], "data/00.png");
}

TEST_F(CliFiles, WhatIsLeftOutIsToldInALineWhateverItsName) {
  fs::rename(folder / "data", folder / "two\nlines");
  write_file(folder / "two\nlines/scan.psd", std::string_view("of a kind that is not read"));
  Arguments learn = training("learned", {"--epochs", "1"});
  learn[1] = "two\nlines";
  const Arguments commands[] = {{"denoise", "two\nlines", "-o", "d", "--model", "run"},
                                {"noise", "two\nlines", "-o", "n"},
                                {"evaluate", "two\nlines", "--model", "run"},
                                {"grid", "two\nlines", "-o", "g.png", "--model", "run"},
                                learn};
  for (const Arguments& arguments : commands) {
    const Outcome outcome = limpid(arguments);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_NE(outcome.err.find("limpid: left out: "), std::string::npos) << arguments[0];
    EXPECT_NE(outcome.err.find("two lines/scan.psd is in a format"), std::string::npos)
        << arguments[0] << ": " << outcome.err;
  }
}

TEST_F(CliFiles, OfTwoPicturesThatBecomeOneFileTheFirstIsDone) {
  write_sample("one/a.png", 1);
  write_sample("two/a.png", 2);
  write_sample("two/b.png", 3);
  const Outcome outcome = limpid({"denoise", "one", "two", "-o", "o", "--model", "run", "--json"});
  EXPECT_EQ(outcome.status, 1);
  const Json told = Json::parse(outcome.out);
  EXPECT_EQ(told["files"].size(), 2u);
  ASSERT_EQ(told["errors"].size(), 1u);
  EXPECT_EQ(told["errors"][0]["input"], "two/a.png");
  EXPECT_TRUE(fs::exists(folder / "o/b.png"));
}

TEST_F(CliFiles, AGridShowsPicturesInTheOrderGiven) {
  write_sample("a.png", 1);
  write_sample("b.png", 2);
  const auto grid = [&](const Arguments& pictures) {
    Arguments arguments = {"grid", "-o", "g.png", "--model", "run", "--noise-field", "fixed"};
    arguments.insert(arguments.end(), pictures.begin(), pictures.end());
    EXPECT_EQ(limpid(arguments).status, 0);
    return read_picture(folder / "g.png").color;
  };
  const Image both = grid({"b.png", "a.png"}), turned = grid({"a.png", "b.png"});
  ASSERT_EQ(both.width, turned.width);
  EXPECT_NE(both.pixels, turned.pixels);
}

TEST_F(CliFiles, AGridLeavesOutWhatCannotBeRead) {
  write_file(folder / "data/00.png", std::string_view("no picture"));
  const Outcome outcome = limpid({"grid", "data", "-o", "g.png", "--model", "run"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("limpid: left out: "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("data/00.png"), std::string::npos) << outcome.err;
  EXPECT_TRUE(fs::exists(folder / "g.png"));
}

TEST_F(CliFiles, NoisyPicturesAreScoredAsTheyAreWritten) {
  EXPECT_EQ(limpid({"noise", "photo.png", "-o", "n.png", "--no-clip"}).status, 2);
  Picture picture = {.color = Image(9, 14, 3, 0.25f), .alpha = Image(9, 14, 1, 0.5f)};
  write_picture(folder / "clear.png", picture);
  const Outcome outcome = limpid({"noise", "clear.png", "-o", "n.jpg"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_NE(outcome.err.find("JPEG keeps no transparency"), std::string::npos) << outcome.err;
}

TEST_F(CliFiles, JpegsAreAsSmallAsTheirQualitySays) {
  const std::vector<std::vector<std::string>> commands = {{"denoise", "--model", "run"}, {"noise"}};
  for (std::vector<std::string> command : commands) {
    command.insert(command.end(), {"photo.png", "-o"});
    const auto with = [&](const std::string& output, const std::string& quality) {
      std::vector<std::string> all = command;
      all.push_back(output);
      if (!quality.empty()) all.insert(all.end(), {"--quality", quality});
      return limpid(all);
    };
    const auto size = [&](const std::string& quality) {
      EXPECT_EQ(with("q.jpg", quality).status, 0) << command[0];
      return fs::file_size(folder / "q.jpg");
    };
    EXPECT_LT(size("30"), size("")) << command[0];
    EXPECT_EQ(size("95"), size("")) << command[0];
    EXPECT_LT(size(""), size("100")) << command[0];
    expect_message(with("q.jpg", "101"), 2, "--quality");
    expect_message(with("q.png", "90"), 2, "no output is one");
  }
}

TEST_F(CliFiles, NetworksThatComeAlongAreKnownByName) {
  EXPECT_EQ(limpid({"summary", "camera"}).status, 0);
  expect_message(limpid({"denoise", "photo.png", "-o", "o.png", "--model", "camara"}), 1,
                 "there are fast, photo, deep, camera, camera-deep, a model file");
  fs::create_directories(folder / "hollow");
  expect_message(limpid({"summary", "hollow"}), 1, "it holds no run");
}

}  // namespace
}  // namespace limpid
