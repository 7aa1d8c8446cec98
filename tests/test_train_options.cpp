// Each option of limpid train does what it says, as do those of evaluate and denoise that no other
// test gives.
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "core/train/checkpoint.h"
#include "tests/cli_process.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// An option with a value that is not its default, and the settings of run.json that follow.
struct Choice {
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, Json>> settings;
};
using Choices = std::vector<Choice>;

// All that go together, with no two values alike.
const Choices most = {
    {{"--size", "8"}, {{"/size", 8}}},
    {{"--test-size", "0.375"}, {{"/test_size", 0.375}}},
    {{"--split-seed", "7"}, {{"/split_seed", 7}}},
    {{"--group-duplicates"}, {{"/group_duplicates", true}}},
    {{"--crop", "4"}, {{"/training/crop", 4}}},
    {{"--flip"}, {{"/training/flip", true}}},
    {{"--gray-share", "0.15"}, {{"/training/gray_share", 0.15}}},
    {{"--jpeg-share", "0.25"}, {{"/training/jpeg_share", 0.25}}},
    {{"--draws", "3"}, {{"/training/draws", 3}}},
    {{"--noise", "0.05..0.3"}, {{"/training/noise", 0.3}, {"/training/noise_weakest", 0.05}}},
    {{"--no-clip-share", "0.35"}, {{"/training/noise_no_clip_share", 0.35}}},
    {{"--monochrome-share", "0.45"}, {{"/training/noise_monochrome_share", 0.45}}},
    {{"--camera-share", "0.55"}, {{"/training/noise_camera_share", 0.55}}},
    {{"--seed", "9"}, {{"/training/seed", 9}}},
    {{"--epochs", "2"}, {{"/training/epochs", 2}}},
    {{"--batch", "10"}, {{"/training/batch", 10}}},
    {{"--lr", "0.02"}, {{"/training/learning_rate", 0.02}}},
    {{"--loss", "l1"}, {{"/training/loss", "l1"}}},
    {{"--schedule", "cosine"}, {{"/training/schedule", "cosine"}}},
    {{"--warm-up", "11"}, {{"/training/warm_up", 11}}},
    {{"--clip-norm", "2.5"}, {{"/training/clip_norm", 2.5}}},
    {{"--stop-patience", "6"}, {{"/training/stop_patience", 6}}},
    {{"--keep-best"}, {{"/training/keep_best", true}}},
    {{"--average-decay", "0.65"}, {{"/training/average_decay", 0.65}}},
    {{"--engine", "reference"}, {{"/engine", "reference"}}},
    {{"--threads", "12"}, {{"/training/threads", 12}}},
    {{"--memory", "3M"}, {{"/training/memory_bytes", 3 << 20}}},
    {{"--at-once", "5"}, {{"/training/at_once", 5}}},
    {{"--model", "tiny.json"}, {}},
};

// What excludes some of them, or needs one of the others.
const Choices gray = {
    {{"--size", "16"}, {{"/size", 16}}},
    {{"--model", "classroom"}, {}},
    {{"--channels", "1"}, {{"/channels", 1}}},
    {{"--noise", "0.25"}, {{"/training/noise", 0.25}}},
    {{"--noise-kind", "speckle"}, {{"/training/noise_kind", "speckle"}}},
    {{"--no-clip"}, {{"/training/noise_clip", false}}},
    {{"--epochs", "1"}, {{"/training/epochs", 1}}},
    {{"--loss", "bce"}, {{"/training/loss", "bce"}}},
    {{"--optimizer", "sgd"}, {{"/training/optimizer", "sgd"}}},
    {{"--momentum", "0.75"}, {{"/training/momentum", 0.75}}},
    {{"--schedule", "plateau"}, {{"/training/schedule", "plateau"}}},
    {{"--plateau-patience", "13"}, {{"/training/plateau_patience", 13}}},
};

// The article's noise, and weights to go on from. "@most" is the run of the first ones, in the
// test's folder.
const Choices article = {
    {{"--size", "16"}, {{"/size", 16}}},
    {{"--model", "most"}, {{"/begins_with", "@most"}}},
    {{"--noise-field", "fixed"}, {{"/training/noise_fixed_field", true}}},
    {{"--epochs", "1"}, {{"/training/epochs", 1}}},
    {{"--loss", "psnr"}, {{"/training/loss", "psnr"}}},
    {{"--test-data", "data/7.png"}, {{"/test_data", "@data/7.png"}}},
};

// Noisy pictures for the clean ones.
const Choices pairs = {
    {{"--size", "16"}, {{"/size", 16}}},
    {{"--model", "tiny.json"}, {}},
    {{"--noisy", "noisy"},
     {{"/noisy", "@noisy"}, {"/training/noisy_pictures", true}, {"/training/noise", 0.0}}},
    {{"--epochs", "3"}, {{"/training/epochs", 3}}},
};

// Those that no setting keeps; the tests of this file and of test_cli_training.cpp give them.
const std::set<std::string> without_setting = {"--help", "--output", "--resume", "--json",
                                               "--checkpoint-every"};

class TrainOptions : public CliTest {
 protected:
  TrainOptions() {
    write_data(8);
    fs::copy(folder / "data", folder / "noisy");
  }

  Json settings_of(const std::string& run) const {
    return Json::parse(text_of(folder / run / "run.json"))["settings"];
  }

  // Where no option says otherwise; the training itself would take long.
  Json default_settings() const {
    const pid_t child = start({"train", "data", "-o", "plain", "--model", "tiny.json"});
    for (int i = 0; i < 6000 && !fs::exists(folder / "plain/run.json"); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ::kill(child, SIGKILL);
    wait(child);
    return settings_of("plain");
  }

  void expect_settings(const Json& defaults, const std::string& run, const Choices& choices) const {
    Arguments arguments = {"train", "data", "-o", run};
    Json expected = defaults;
    for (const Choice& choice : choices) {
      arguments.insert(arguments.end(), choice.arguments.begin(), choice.arguments.end());
      for (const auto& [name, value] : choice.settings) {
        const Json::json_pointer place(name);
        EXPECT_NE(defaults.value(place, Json()), value) << name << " says nothing";
        const std::string text = value.is_string() ? value.get<std::string>() : "";
        expected[place] = text.starts_with('@') ? Json((folder / text.substr(1)).string()) : value;
      }
    }
    const Outcome outcome = limpid(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(Json::diff(expected, settings_of(run)), Json::array());
  }
};

TEST_F(TrainOptions, EachSetsItsSettingAndNoOther) {
  const Json defaults = default_settings();
  expect_settings(defaults, "most", most);
  expect_settings(defaults, "gray", gray);
  expect_settings(defaults, "article", article);
  expect_settings(defaults, "pairs", pairs);
}

TEST_F(TrainOptions, AreAllTested) {
  std::set<std::string> tested = without_setting;
  for (const Choices& choices : {most, gray, article, pairs}) {
    for (const Choice& choice : choices) tested.insert(choice.arguments[0]);
  }
  const std::string help = limpid({"train", "--help"}).out;
  const std::regex option("\n  (-\\w,)?(--[a-z-]+)");
  for (std::sregex_iterator i(help.begin(), help.end(), option), end; i != end; ++i) {
    EXPECT_EQ(tested.erase((*i)[2]), 1u) << (*i)[2] << " is in no list above";
  }
  EXPECT_EQ(tested, std::set<std::string>());  // they are told
}

TEST_F(TrainOptions, OfTheMachineAndTheDataMayChangeOnTheWay) {
  ASSERT_EQ(limpid(training("run", {"--epochs", "1"})).status, 0);
  Json expected = settings_of("run");
  fs::rename(folder / "data", folder / "moved");
  const Outcome outcome =
      limpid({"train", "moved/0.png", "moved", "--resume", "-o", "run", "--epochs", "2", "--engine",
              "cpu", "--threads", "1", "--memory", "4M"});
  expected["data"] = {(folder / "moved/0.png").string(), (folder / "moved").string()};
  expected["engine"] = "cpu";
  expected["training"]["epochs"] = 2;
  expected["training"]["threads"] = 1;
  expected["training"]["memory_bytes"] = 4 << 20;
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(Json::diff(expected, settings_of("run")), Json::array());
}

// Of an epoch that takes minutes, and by default a minute up to the first checkpoint.
TEST_F(TrainOptions, CheckpointEverySaysHowOftenWithinAnEpoch) {
  const fs::path file = folder / "run/checkpoint.safetensors";
  const pid_t child =
      start({"train", "data", "-o", "run", "--model", "tiny.json", "--engine", "reference",
             "--batch", "4", "--draws", "2000", "--checkpoint-every", "0"});
  for (int i = 0; i < 6000 && !fs::exists(file); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ::kill(child, SIGKILL);
  EXPECT_EQ(wait(child).status, 128 + SIGKILL) << text_of(err_file);
  ASSERT_TRUE(fs::exists(file)) << text_of(err_file);
  EXPECT_EQ(read_checkpoint(file).epoch, 0);
}

class RestoringOptions : public TrainedCliTest {
 protected:
  // Of a sample in the file "in.png" or of another file.
  Image denoised(const Arguments& options, const std::string& in = "in.png") const {
    Arguments arguments = {"denoise", in, "-o", "out.png"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Outcome outcome = limpid(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return read_picture(folder / "out.png").color;
  }

  static Image upside_down(const Image& image) {
    Image turned = image;
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x) {
        for (int c = 0; c < image.channels; ++c) {
          turned.at(y, x, c) = image.at(image.height - 1 - y, image.width - 1 - x, c);
        }
      }
    }
    return turned;
  }
};

TEST_F(RestoringOptions, AFixedFieldIsTheSameForAllPictures) {
  for (const char* name : {"same/a.png", "same/b.png", "same/c.png"}) write_sample(name, 1);
  const auto noisy_scores = [&](const std::string& field) {
    const Outcome outcome =
        limpid({"evaluate", "same", "--model", "run", "--noise-field", field, "--json"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const Json json = Json::parse(outcome.out);
    std::set<double> scores;
    for (const Json& file : json["files"]) scores.insert(file["noisy"]["rmse"].get<double>());
    return scores;
  };
  EXPECT_EQ(noisy_scores("fixed").size(), 1u);
  EXPECT_EQ(noisy_scores("fresh").size(), 3u);
  EXPECT_NE(noisy_scores("fixed"), noisy_scores("fresh"));
}

// Two views are the picture and its half turn, in whichever order.
TEST_F(RestoringOptions, ViewsMakeUpForTheWayThePictureLies) {
  write_sample("in.png", 1);
  write_picture(folder / "turned.png",
                {.color = upside_down(read_picture(folder / "in.png").color), .alpha = {}});
  const auto seen = [&](const char* views, const char* file) {
    return denoised({"--model", "run", "--views", views}, file).pixels;
  };
  EXPECT_EQ(upside_down(denoised({"--model", "run", "--views", "2"}, "turned.png")).pixels,
            seen("2", "in.png"));
  EXPECT_NE(upside_down(denoised({"--model", "run", "--views", "1"}, "turned.png")).pixels,
            seen("1", "in.png"));
  EXPECT_NE(seen("2", "in.png"), seen("1", "in.png"));
  EXPECT_NE(seen("4", "in.png"), seen("2", "in.png"));
}

TEST_F(RestoringOptions, LevelIsTheStrengthThatAMethodAssumes) {
  write_sample("in.png", 1);
  const auto restored = [&](const Arguments& level) {
    Arguments options = {"--method", "nlm", "--noise", "0.2"};
    options.insert(options.end(), level.begin(), level.end());
    return denoised(options).pixels;
  };
  EXPECT_EQ(restored({"--level", "0.2"}), restored({}));
  EXPECT_NE(restored({"--level", "0.1"}), restored({}));
}

}  // namespace
}  // namespace limpid
