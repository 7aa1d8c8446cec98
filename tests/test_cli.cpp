// The limpid command as a user meets it: its commands and its JSON.
#include <nlohmann/json.hpp>
#include <set>

#include "core/image/quality.h"
#include "tests/cli_process.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::set<std::string> keys(const Json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

const std::set<std::string> score_keys = {"rmse", "psnr", "ssim"};

class Cli : public TrainedCliTest {
 protected:
  Json json(const Arguments& arguments, int status = 0) const {
    const Outcome outcome = limpid(arguments);
    EXPECT_EQ(outcome.status, status) << outcome.err;
    const Json json = Json::parse(outcome.out, nullptr, false);
    EXPECT_TRUE(json.is_object()) << outcome.out;
    return json;
  }
};

TEST_F(CliTest, HelpTeachesEveryCommand) {
  const Outcome all = limpid({"--help"});
  EXPECT_EQ(all.status, 0);
  for (const std::string command : {"denoise", "train", "evaluate", "noise", "grid", "maps",
                                    "summary", "pack", "bench", "engines"}) {
    EXPECT_NE(all.out.find("\n  " + command + " "), std::string::npos) << command;
    const Outcome help = limpid({command, "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_NE(help.out.find("Example"), std::string::npos) << command;
    EXPECT_NE(help.out.find("limpid " + command), std::string::npos) << command;
    std::istringstream lines(help.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  }
}

TEST_F(CliTest, SummaryIsTheArticles) {
  const Json summary = Json::parse(limpid({"summary", "article", "--json"}).out);
  EXPECT_EQ(keys(summary), (std::set<std::string>{"parameters", "flops", "layers"}));
  EXPECT_EQ(summary["parameters"], 751939);
  std::vector<int> counts;
  for (const Json& layer : summary["layers"]) {
    EXPECT_EQ(keys(layer), (std::set<std::string>{"name", "kind", "output_shape", "parameters"}));
    if (layer["parameters"] != 0) counts.push_back(layer["parameters"]);
  }
  EXPECT_EQ(counts, (std::vector<int>{7168, 295040, 73792, 73856, 295168, 6915}));
  EXPECT_EQ(summary["layers"][0]["output_shape"], Json({256, 256, 256}));
  EXPECT_NE(limpid({"summary"}).out.find("751,939"), std::string::npos);
}

TEST_F(Cli, SummaryReadsEveryKindOfModel) {
  for (const std::string model : {"tiny.json", "run", "run/model.safetensors"}) {
    EXPECT_EQ(json({"summary", model, "--json"})["layers"].size(), 4u) << model;
  }
}

TEST_F(Cli, DenoisesOnePicture) {
  write_sample("photo.png", 3, 21);
  const Json result =
      json({"denoise", "photo.png", "-o", "new/clean.png", "--model", "run", "--json"});
  EXPECT_EQ(keys(result), (std::set<std::string>{"model", "files", "skipped", "errors"}));
  ASSERT_EQ(result["files"].size(), 1u);
  EXPECT_EQ(keys(result["files"][0]),
            (std::set<std::string>{"input", "output", "width", "height", "channels", "ms"}));
  EXPECT_EQ(result["errors"].size(), 0u);
  const Picture clean = read_picture(folder / "new/clean.png");
  EXPECT_EQ(clean.color.height, 21);
  EXPECT_EQ(clean.color.channels, 3);
}

TEST_F(Cli, ComparesWithThePictureBeforeTheNoise) {
  write_sample("photo.png", 3, 32);
  const Json file = json({"denoise", "photo.png", "-o", "clean.png", "--model", "run", "--noise",
                          "0.2", "--save-noisy", "noisy.png", "--json"})["files"][0];
  EXPECT_EQ(keys(file["noisy"]), score_keys);
  EXPECT_EQ(keys(file["restored"]), score_keys);
  const Image photo = read_picture(folder / "photo.png").color;
  // Files hold steps of 1/255.
  EXPECT_NEAR(file["noisy"]["rmse"], rmse(photo, read_picture(folder / "noisy.png").color), 2e-3);
  EXPECT_NEAR(file["restored"]["rmse"], rmse(photo, read_picture(folder / "clean.png").color),
              2e-3);

  // The same picture comes from `limpid noise`, and comparing it with the clean one says the same.
  EXPECT_EQ(limpid({"noise", "photo.png", "-o", "same.png", "--noise", "0.2"}).status, 0);
  EXPECT_EQ(text_of(folder / "same.png"), text_of(folder / "noisy.png"));
  const Json again = json({"denoise", "same.png", "-o", "clean2.png", "--model", "run",
                           "--reference", "photo.png", "--json"})["files"][0];
  EXPECT_NEAR(again["restored"]["rmse"].get<double>(), file["restored"]["rmse"].get<double>(),
              2e-3);
}

TEST_F(Cli, TakesOutAsMuchAsIsAskedFor) {
  write_sample("photo.png", 3, 21);
  const auto restored = [&](const std::string& amount) {
    const Json file = json({"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise",
                            "0.2", "--save-noisy", "noisy.png", "--amount", amount, "--json"});
    EXPECT_EQ(file["files"][0]["restored"] == file["files"][0]["noisy"], amount == "0");
    return read_picture(folder / "o.png").color;
  };
  const Image whole = restored("1"), half = restored("0.5"), none = restored("0");
  EXPECT_EQ(none.pixels, read_picture(folder / "noisy.png").color.pixels);
  for (size_t i = 0; i < whole.count(); ++i) {
    EXPECT_NEAR(half.pixels[i], (whole.pixels[i] + none.pixels[i]) / 2, 1.1 / 255);
  }
}

TEST_F(Cli, KeepsGrayDepthAndTransparency) {
  Picture picture = {.color = Image(9, 14, 1, 0.25f), .alpha = Image(9, 14, 1, 0.5f)};
  picture.bit_depth = 16;
  picture.metadata.exif = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0};
  write_picture(folder / "gray.png", picture);
  EXPECT_EQ(limpid({"denoise", "gray.png", "-o", "out.png", "--model", "run"}).status, 0);
  const Picture restored = read_picture(folder / "out.png");
  EXPECT_EQ(restored.color.channels, 1);
  EXPECT_EQ(restored.bit_depth, 16);
  EXPECT_EQ(restored.metadata, picture.metadata);
  EXPECT_EQ(restored.alpha.pixels, read_picture(folder / "gray.png").alpha.pixels);
}

TEST_F(Cli, FoldersBecomeFoldersAndErrorsAreForEachFile) {
  write_sample("in/a/one.png", 1);
  write_sample("in/b/two words.png", 2);
  write_file(folder / "in/b/broken.png", std::string_view("no picture"));
  const Json result =
      json({"denoise", "in", "absent.png", "-o", "out", "--model", "run", "--json"}, 1);
  EXPECT_EQ(result["files"].size(), 2u);
  EXPECT_TRUE(fs::exists(folder / "out/a/one.png"));
  EXPECT_TRUE(fs::exists(folder / "out/b/two words.png"));
  EXPECT_FALSE(fs::exists(folder / "out/b/broken.png"));
  ASSERT_EQ(result["errors"].size(), 2u);
  for (const Json& error : result["errors"]) {
    EXPECT_EQ(keys(error), (std::set<std::string>{"input", "message"}));
    const std::string input = error["input"], message = error["message"];
    EXPECT_NE(message.find(input), std::string::npos) << message;
  }
}

// Files that are named twice are restored once; what several come to is told once more.
TEST_F(Cli, SeveralPicturesHaveAMean) {
  write_sample("in/one.png", 1);
  write_sample("in/two.png", 2);
  const Arguments arguments = {"denoise", "in",  "in/two.png", "-o",       "out",
                               "--model", "run", "--noise",    "0.1..0.3", "--no-clip"};
  Arguments with_json = arguments;
  with_json.push_back("--json");
  const Json result = json(with_json);
  ASSERT_EQ(result["files"].size(), 2u);
  EXPECT_EQ(result["model"], "tiny");
  EXPECT_NE(std::string(result["noise"]).find("not clipped"), std::string::npos);
  double sum = 0;
  for (const Json& file : result["files"]) {
    sum += file["restored"]["rmse"].get<double>();
    EXPECT_NEAR(file["strength"], file["noisy"]["rmse"], 0.03);  // unclipped, it is that
  }
  EXPECT_NEAR(result["restored"]["rmse"], sum / 2, 1e-9);

  const Outcome told = limpid(arguments);
  EXPECT_NE(told.err.find("gaussian noise of 0.1 to 0.3"), std::string::npos) << told.err;
  EXPECT_NE(told.err.find("ms, noise of 0."), std::string::npos) << told.err;
  EXPECT_NE(told.out.find("mean of 2 pictures\n"), std::string::npos) << told.out;
}

TEST_F(Cli, ATrainingsJsonHasItsEndItsNoiseAndItsScores) {
  const Outcome outcome = limpid(training("told", {"--epochs", "1", "--json"}));
  const Json told = Json::parse(outcome.out);
  const Json run = Json::parse(text_of(folder / "told/run.json"));
  EXPECT_EQ(told["state"], "finished");
  EXPECT_EQ(told["final"], run["final"]);
  EXPECT_EQ(told["final"]["pictures"], 2);
  const std::string noise = told["noise"];
  EXPECT_NE(noise.find("clipped"), std::string::npos) << noise;
  EXPECT_NE(outcome.err.find(noise + "\n"), std::string::npos) << outcome.err;
}

// What a run that was stopped has left out is restored as it would have been.
TEST_F(Cli, WhatIsThereCanBeLeftOut) {
  for (const int i : {1, 2, 3}) write_sample("in/" + std::to_string(i) + ".png", i);
  const std::vector<std::string> all = {"denoise", "in",      "-o",  "out",   "--model",
                                        "run",     "--noise", "0.2", "--json"};
  EXPECT_EQ(json(all)["skipped"], 0);
  const std::string second = text_of(folder / "out/2.png");
  fs::remove(folder / "out/2.png");
  write_file(folder / "out/3.png", std::string_view("mine"));
  std::vector<std::string> rest = all;
  rest.push_back("--skip-existing");
  const Json result = json(rest);
  EXPECT_EQ(result["skipped"], 2);
  EXPECT_EQ(result["files"].size(), 1u);
  EXPECT_EQ(text_of(folder / "out/2.png"), second);
  EXPECT_EQ(text_of(folder / "out/3.png"), "mine");
}

TEST_F(Cli, TilesGiveTheSamePicture) {
  write_sample("photo.png", 5, 100);
  for (const std::string memory : {"512M", "300K"}) {
    EXPECT_EQ(limpid({"denoise", "photo.png", "-o", memory + ".png", "--model", "run", "--memory",
                      memory, "--engine", "reference"})
                  .status,
              0);
  }
  EXPECT_EQ(text_of(folder / "512M.png"), text_of(folder / "300K.png"));
}

// One that is too large for the memory costs no other its scores.
TEST_F(Cli, EvaluateGoesOnBehindAPictureThatFails) {
  write_sample("mixed/large.png", 1, 400);
  write_sample("mixed/small.png", 2, 16);
  const Outcome outcome = limpid({"evaluate", "mixed", "--model", "fast", "--noise", "0.1",
                                  "--full", "--memory", "10M", "--engine", "reference", "--json"});
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_NE(outcome.err.find("limpid: mixed/large.png: "), std::string::npos) << outcome.err;
  const Json scores = Json::parse(outcome.out);
  EXPECT_EQ(scores["pictures"], 1);
  EXPECT_EQ(scores["files"].size(), 1u);
  EXPECT_EQ(scores["errors"].size(), 1u);

  const Outcome none = limpid({"evaluate", "mixed/large.png", "--model", "fast", "--noise", "0.1",
                               "--full", "--memory", "10M", "--engine", "reference", "--json"});
  EXPECT_EQ(none.status, 1) << none.err;
  const Json empty = Json::parse(none.out);
  EXPECT_EQ(empty["pictures"], 0);
  EXPECT_EQ(empty["restored"]["rmse"], nullptr);
  EXPECT_EQ(empty["errors"].size(), 1u);
}

TEST_F(Cli, EvaluateGivesTheTrainingsOwnScoresAgain) {
  const Json scores = json(
      {"evaluate", "data", "--model", "run", "--test-split", "--json", "--engine", "reference"});
  EXPECT_EQ(keys(scores), (std::set<std::string>{"model", "noise", "size", "pictures", "noisy",
                                                 "restored", "files", "errors"}));
  EXPECT_EQ(scores["model"], "tiny");
  EXPECT_EQ(scores["size"], 16);
  EXPECT_EQ(scores["pictures"], 2);  // a quarter of 8
  const Json run = Json::parse(text_of(folder / "run/run.json"));
  EXPECT_EQ(scores["restored"], run["final"]["restored"]);
  EXPECT_EQ(scores["noisy"], run["final"]["noisy"]);
  EXPECT_NEAR(scores["restored"]["rmse"].get<double>(), run["history"].back()["rmse"].get<double>(),
              1e-6);

  const Outcome all = limpid({"evaluate", "data", "--model", "run", "--noise", "0.1", "--no-clip"});
  EXPECT_EQ(all.status, 0);
  EXPECT_NE(all.err.find("0.1 (26/255), not clipped"), std::string::npos) << all.err;
  EXPECT_NE(all.out.find("mean of 8 pictures"), std::string::npos) << all.out;
}

TEST_F(Cli, ClassicalMethodsAnswerAsNetworksDo) {
  write_sample("photo.png", 3, 32);
  for (const std::string method : {"median", "bilateral", "nlm", "wavelet"}) {
    const Json file = json({"denoise", "photo.png", "-o", "clean.png", "--method", method,
                            "--noise", "0.2", "--json"})["files"][0];
    EXPECT_EQ(keys(file["restored"]), score_keys);
    const Json all =
        json({"evaluate", "data", "--method", method, "--noise", "0.2", "--size", "32", "--json"});
    EXPECT_EQ(all["pictures"], 8);
    EXPECT_EQ(all["size"], 32);
    EXPECT_LT(all["restored"]["rmse"], all["noisy"]["rmse"]) << method;
  }
  const Json own = json({"evaluate", "data", "--method", "median", "--noise", "0.2", "--json"});
  EXPECT_EQ(own["size"], 0);  // each at its own
  EXPECT_EQ(limpid({"denoise", "photo.png", "-o", "a.png", "--method", "nlm"}).status, 0);
  EXPECT_EQ(limpid({"grid", "data", "--count", "2", "--method", "nlm", "-o", "g.png"}).status, 0);
}

TEST_F(Cli, GridShowsThePictures) {
  EXPECT_EQ(limpid({"grid", "data", "--count", "3", "--model", "run", "-o", "grid.png"}).status, 0);
  const Image grid = read_picture(folder / "grid.png").color;
  EXPECT_GT(grid.width, 3 * 192);
  EXPECT_GT(grid.height, 3 * 192);
}

TEST_F(Cli, MapsShowEveryLayer) {
  write_sample("photo.png", 3, 32);
  EXPECT_EQ(limpid({"maps", "photo.png", "-o", "maps", "--model", "run", "--noise", "0.2"}).status,
            0);
  const Json summary = Json::parse(limpid({"summary", "run", "--json"}).out);
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder / "maps")) {
    EXPECT_GE(read_picture(entry.path()).color.width, 8) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, summary["layers"].size());
  const std::string last = summary["layers"].back()["name"];
  EXPECT_EQ(limpid({"maps", "photo.png", "-o", "one", "--model", "run", "--layer", last}).status,
            0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "one"), {}), 1);
}

TEST_F(CliTest, BenchAndEnginesAnswer) {
  const Outcome bench = limpid({"bench", "--model", "classroom", "--size", "8", "--seconds", "0",
                                "--engine", "reference", "--json"});
  EXPECT_EQ(bench.status, 0) << bench.err;
  const Json json = Json::parse(bench.out);
  EXPECT_EQ(keys(json), (std::set<std::string>{"engine", "threads", "cases"}));
  ASSERT_EQ(json["cases"].size(), 2u);
  for (const Json& result : json["cases"]) {
    EXPECT_EQ(keys(result),
              (std::set<std::string>{"name", "median_ms", "pictures_per_s", "gflops", "peak_mib"}));
    EXPECT_GT(result["median_ms"], 0);
  }
  const Outcome one = limpid({"bench", "--model", "classroom", "--size", "8", "--seconds", "0",
                              "--engine", "reference", "--only", "train", "--json"});
  EXPECT_EQ(one.status, 0) << one.err;
  ASSERT_EQ(Json::parse(one.out)["cases"].size(), 1u);
  EXPECT_EQ(Json::parse(one.out)["cases"][0]["name"], "train classroom 8x8");
  EXPECT_NE(limpid({"engines"}).out.find("reference"), std::string::npos);
}

}  // namespace
}  // namespace limpid
