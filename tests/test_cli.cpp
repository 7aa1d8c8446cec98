// The limpid command as a user meets it: its commands, its JSON, its answers to bad input.
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

// With a model in run/ that one epoch taught.
class Cli : public CliTest {
 protected:
  Cli() {
    write_data(8);
    const Outcome trained = limpid(training("run", {"--epochs", "1"}));
    EXPECT_EQ(trained.status, 0) << trained.err;
  }

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
  EXPECT_EQ(keys(result), (std::set<std::string>{"files", "skipped", "errors"}));
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

TEST_F(Cli, EvaluateGivesTheTrainingsOwnScoresAgain) {
  const Json scores = json(
      {"evaluate", "data", "--model", "run", "--test-split", "--json", "--engine", "reference"});
  EXPECT_EQ(keys(scores), (std::set<std::string>{"pictures", "noisy", "restored", "files"}));
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
    EXPECT_LT(all["restored"]["rmse"], all["noisy"]["rmse"]) << method;
  }
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

TEST_F(Cli, RefusesBadInputInOneSentence) {
  write_sample("photo.png", 1);
  const std::string model = text_of(folder / "run/model.safetensors");
  write_file(folder / "cut.safetensors", std::string_view(model).substr(0, model.size() - 7));
  std::string altered = model;
  altered[20] ^= 0x10;
  write_file(folder / "altered.safetensors", std::string_view(altered));
  fs::create_directories(folder / "empty");
  write_sample("two/a.jpg", 1);
  write_sample("three/a.jpg", 1);
  const struct {
    Arguments arguments;
    int status;
    std::string words;
  } table[] = {
      {{}, 2, "a command is missing"},
      {{"denoize"}, 2, "'denoize'"},
      {{"denoise"}, 2, "IN is required"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--wrong"}, 2, "--wrong"},
      {{"denoise", "photo.png", "-o", "o.bmp", "--model", "run"}, 2, "o.bmp"},
      {{"denoise", "photo.png", "-o", "photo.png", "--model", "run"}, 2, "photo.png"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--memory", "x"}, 2, "'x'"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--memory", "1K"}, 1, "photo.png"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", "2"}, 2, "strength 2"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", "0..2"}, 2, "noise"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", "0.1.."}, 2, "0.1.."},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", "x"}, 2, "'x'"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise", ".3..0"}, 2, "weakest"},
      {{"denoise", "photo.png", "-o", "o.png", "--method", "bm3d"}, 2, "bm3d"},
      {{"denoise", "photo.png", "-o", "o.png", "--method", "nlm", "--model", "run"}, 2, "--method"},
      {{"denoise", "photo.png", "-o", "o.png", "--level", "0.1"}, 2, "--method"},
      {{"denoise", "photo.png", "-o", "o.png", "--method", "nlm", "--level", "2"}, 2, "--level"},
      {{"denoise", "photo.png", "-o", "o.png", "--views", "3"}, 2, "--views"},
      {{"denoise", "photo.png", "-o", "o.png", "--views", "2", "--method", "nlm"}, 2, "--views"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--amount", "2"}, 2, "--amount"},
      {{"evaluate", "data", "--method", "nlm"}, 2, "give --noise"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--noise-kind", "x"}, 2, "x"},
      {{"denoise", "photo.png", "-o", "o.png", "--seed", "2"}, 2, "requires --noise"},
      {{"maps", "photo.png", "-o", "o", "--noise-kind", "camera"}, 2, "requires --noise"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--engine", "x"}, 2, "'x'"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "run", "--engine", "cuda"}, 1, "cuda"},
      {{"denoise", "absent.png", "-o", "o.png", "--model", "run"}, 1, "absent.png"},
      {{"denoise", "tiny.json", "-o", "o.png", "--model", "run"}, 1, "tiny.json"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "absent"}, 1, "absent"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "article"}, 1, "without weights"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "photo.png"}, 1, "photo.png"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "cut.safetensors"}, 1, "cut.safe"},
      {{"denoise", "photo.png", "-o", "o.png", "--model", "altered.safetensors"}, 1, "altered"},
      {{"denoise", "empty", "-o", "o", "--model", "run"}, 1, "empty"},
      {{"denoise", "data", "-o", "data", "--model", "run"}, 2, "data"},
      {{"denoise", "data", "-o", "data/new", "--model", "run"}, 2, "data/new"},
      {{"denoise", "data", "-o", "photo.png", "--model", "run"}, 2, "photo.png"},
      {{"denoise", "two", "three", "-o", "o", "--model", "run"}, 2, "o/a.jpg"},
      {{"denoise", "photo.png", "-o", "/proc/o.png", "--model", "run"}, 1, "/proc/o.png"},
      {{"train", "data", "-o", "/proc/run"}, 1, "/proc/run"},
      {{"train", "empty", "-o", "r"}, 1, "empty"},
      {{"train", "absent", "-o", "r"}, 1, "absent"},
      {{"train", "data", "-o", "run"}, 1, "run: the folder is not empty"},
      {{"train", "-o", "r"}, 2, "DATA"},
      {{"train", "--resume", "-o", "r"}, 1, "r: there is no training"},
      {{"train", "--resume", "-o", "run", "--batch", "5"}, 2, "batch is 5, was 4"},
      {{"train", "--resume", "-o", "run", "--size", "8"}, 2, "size is 8, was 16"},
      {{"train", "data", "-o", "r", "--size", "70000"}, 2, "--size"},
      {{"train", "data", "-o", "r", "--size", "17"}, 1, "17"},
      {{"train", "data", "-o", "r", "--epochs", "0"}, 2, "epochs"},
      {{"train", "data", "-o", "r", "--batch", "99999999999"}, 2, "--batch"},
      {{"train", "data", "-o", "r", "--test-size", "1"}, 2, "--test-size"},
      {{"train", "data", "-o", "r", "--memory", "1K", "--model", "tiny.json"}, 1, "only 1024 are"},
      {{"summary", "photo.png"}, 1, "photo.png"},
      {{"summary", "--size", "255"}, 2, "255"},
      {{"evaluate", "data", "--model", "absent"}, 1, "absent"},
      {{"grid", "data", "--model", "run", "-o", "g.txt"}, 2, "g.txt"},
      {{"maps", "photo.png", "-o", "o", "--model", "run", "--layer", "none"}, 2, "has the layers"},
      {{"maps", "absent.png", "-o", "o", "--model", "run"}, 1, "absent.png"},
      {{"noise", "photo.png", "-o", "photo.png"}, 2, "photo.png"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(testing::PrintToString(row.arguments));
    expect_message(limpid(row.arguments), row.status, row.words);
  }
  for (const std::string left : {"o.png", "o", "r", "g.txt", "data/new"}) {
    EXPECT_FALSE(fs::exists(folder / left)) << left;
  }
}

TEST_F(Cli, AFullDiskLeavesNothingHalfWritten) {
  write_sample("photo.png", 1, 64);
  write_sample("clean.png", 2);
  const std::string before = text_of(folder / "clean.png");
  expect_message(
      with_files_up_to(500, {"denoise", "photo.png", "-o", "clean.png", "--model", "run"}), 1,
      "clean.png");
  EXPECT_EQ(text_of(folder / "clean.png"), before);
  const Outcome training_failed = with_files_up_to(500, training("run2"));
  EXPECT_EQ(training_failed.status, 1);
  EXPECT_NE(training_failed.err.find("limpid: cannot write run2/model.safetensors: "),
            std::string::npos)
      << training_failed.err;
  EXPECT_FALSE(fs::exists(folder / "run2"));
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
  }
}

TEST_F(CliTest, AFullStandardOutputIsAnError) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!std::freopen("/dev/full", "w", stdout) || !std::freopen(err_file.c_str(), "w", stderr)) {
      ::_exit(99);
    }
    ::execl(binary(), "limpid", "summary", nullptr);
    ::_exit(99);
  }
  write_file(out_file, std::string_view());
  expect_message(wait(child), 1, "standard output");
}

TEST_F(Cli, AwkwardPicturesGetOneSentenceEach) {
  const char* const shared = std::getenv("LIMPID_SHARED_DATA");
  const fs::path awkward = fs::path(shared ? shared : "") / "awkward/files";
  if (!fs::exists(awkward)) GTEST_SKIP() << "NOT TESTED: no " << awkward;
  size_t restored = 0, refused = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(awkward)) {
    const Outcome outcome =
        limpid({"denoise", "-o", "o.png", "--model", "run", "--", entry.path()});
    if (outcome.status == 0) {
      ++restored;
      EXPECT_GT(read_picture(folder / "o.png").color.count(), 0u);
    } else {
      ++refused;
      expect_message(outcome, 1, entry.path().filename());
    }
    fs::remove(folder / "o.png");
  }
  EXPECT_GE(restored, 26u);  // those its README calls valid
  EXPECT_GE(refused, 11u);   // invalid and huge
}

}  // namespace
}  // namespace limpid
