// Models that come with limpid, by their names alone.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "core/model/model_file.h"
#include "native/shipped_model.h"
#include "tests/cli_process.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

class ShippedModel : public CliTest {
 protected:
  ShippedModel() { write_sample("photo.png", 3, 32); }

  Outcome denoise(const Arguments& more) const {
    Arguments all = {"denoise", "photo.png", "-o", "out.png", "--noise", "0.2", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    return limpid(all);
  }
  std::vector<uint8_t> restored() const { return read_file(folder / "out.png", 1 << 20); }
};

TEST_F(ShippedModel, IsTheDefaultAndHasAName) {
  ASSERT_EQ(denoise({}).status, 0);
  const std::vector<uint8_t> by_default = restored();
  ASSERT_EQ(denoise({"--model", "fast"}).status, 0);
  EXPECT_EQ(restored(), by_default);
  const char* const source = std::getenv("LIMPID_SOURCE");
  ASSERT_TRUE(source);
  const fs::path file = fs::path(source) / "assets/models/fast.safetensors";
  ASSERT_EQ(denoise({"--model", file.string()}).status, 0);
  EXPECT_EQ(restored(), by_default);
  EXPECT_NE(limpid({"denoise", "--help"}).out.find("(fast with --noise if not given, "),
            std::string::npos);
}

TEST_F(ShippedModel, WhereNobodyChoseOneItSuitsThePicture) {
  write_sample("clean.png", 3, 64);
  ASSERT_EQ(limpid({"noise", "clean.png", "-o", "in/white.png", "--noise", "0.1"}).status, 0);
  ASSERT_EQ(limpid({"noise", "clean.png", "-o", "in/camera.png", "--noise", "0.1", "--noise-kind",
                    "camera"})
                .status,
            0);
  const Outcome outcome = limpid({"denoise", "in", "-o", "out", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["model"], "camera, fast");
  EXPECT_EQ(json["files"][0]["model"], "camera");
  EXPECT_EQ(json["files"][1]["model"], "fast");
  for (const std::string name : {"camera", "fast"}) {
    const std::string file = name == "fast" ? "white.png" : "camera.png";
    ASSERT_EQ(limpid({"denoise", "in/" + file, "-o", "one.png", "--model", name}).status, 0);
    EXPECT_EQ(read_file(folder / "one.png", 1 << 20), read_file(folder / "out" / file, 1 << 20));
  }
}

TEST_F(ShippedModel, WhereNobodyChoseOneItSaysSo) {
  const auto err = [&](const Arguments& more) {
    Arguments all = {"denoise", "photo.png", "-o", "out.png"};
    all.insert(all.end(), more.begin(), more.end());
    return limpid(all).err;
  };
  const std::string said = err({});
  EXPECT_EQ(said.rfind("limpid: with camera, for photographs as cameras leave them, or with fast "
                       "where the noise is white as gaussian noise is (--model chooses)\n",
                       0),
            0u)
      << said;
  EXPECT_NE(said.find(" ms, with camera\n"), std::string::npos) << said;
  EXPECT_EQ(err({"--noise", "0.2"}).find("camera"), std::string::npos);
  EXPECT_EQ(err({"--model", "fast"}).find("camera"), std::string::npos);
  EXPECT_EQ(err({"--method", "median"}).find("camera"), std::string::npos);
}

TEST_F(ShippedModel, IsFoundBesideAnInstalledProgram) {
  fs::create_directories(folder / "usr/bin");
  fs::create_directories(folder / "usr/share/limpid/models");
  fs::copy(binary(), folder / "usr/bin/limpid");
  const Model small{"mine", 3, {{.name = "out", .channels = 3}}};
  const ModelFile file{small, initial_weights(small, 1), {}};
  write_model_file(folder / "mine.safetensors", file);
  ASSERT_EQ(denoise({"--model", "mine.safetensors"}).status, 0);
  const std::vector<uint8_t> expected = restored();
  EXPECT_NE(denoise({"--model", "mine"}).err.find("no model 'mine'"), std::string::npos);

  fs::copy(folder / "mine.safetensors", folder / "usr/share/limpid/models");
  const std::string program = (folder / "usr/bin/limpid").string();
  ::setenv("LIMPID_CLI", program.c_str(), 1);
  const Outcome named = denoise({"--model", "mine"});
  ::unsetenv("LIMPID_CLI");
  EXPECT_EQ(named.status, 0) << named.err;
  EXPECT_EQ(restored(), expected);
}

// Somebody's training may have the name of one that comes along, or of a preset.
TEST_F(ShippedModel, IsNotTakenForATrainingOfItsName) {
  const Model small{"mine", 3, {{.name = "out", .channels = 3}}};
  for (const char* name : {"photo", "classroom"}) {
    fs::create_directory(folder / name);
    write_model_file(folder / name / "model.safetensors", {small, initial_weights(small, 1), {}});
  }
  const Outcome either = denoise({"--model", "photo"});
  EXPECT_EQ(either.status, 2);
  EXPECT_NE(either.err.find("./photo is the training"), std::string::npos) << either.err;
  EXPECT_NE(either.err.find("photo.safetensors the network"), std::string::npos) << either.err;
  ASSERT_EQ(denoise({"--model", "./photo"}).status, 0);
  const std::vector<uint8_t> expected = restored();
  ASSERT_EQ(denoise({"--model", "classroom"}).status, 0);
  EXPECT_EQ(restored(), expected);
}

TEST_F(ShippedModel, AllThatComeAlongAreNamed) {
  std::set<std::string> found;
  const fs::path models = fs::path(std::getenv("LIMPID_SOURCE")) / "assets/models";
  for (const auto& entry : fs::directory_iterator(models)) {
    if (entry.path().extension() == ".safetensors") found.insert(entry.path().stem().string());
  }
  EXPECT_EQ(found, std::set<std::string>(shipped_models.begin(), shipped_models.end()));
  const std::string help = limpid({"denoise", "--help"}).out;
  for (const std::string& name : found) EXPECT_NE(help.find(name), std::string::npos) << name;
}

TEST_F(ShippedModel, PacksIntoHalfTheBytes) {
  const Model wide{"wide", 3, {{.name = "enc", .channels = 64}, {.name = "out", .channels = 3}}};
  write_model_file(folder / "wide.safetensors", {wide, initial_weights(wide, 1), {{"k", "v"}}});
  ASSERT_EQ(limpid({"pack", "wide.safetensors", "-o", "half.safetensors"}).status, 0);
  EXPECT_LT(fs::file_size(folder / "half.safetensors"),
            fs::file_size(folder / "wide.safetensors") * 0.6);
  const ModelFile packed = read_model_file(folder / "half.safetensors");
  EXPECT_EQ(packed.model, wide);
  const Arguments renaming = {"pack", "half.safetensors", "-o", "named.safetensors", "--name",
                              "own"};
  ASSERT_EQ(limpid(renaming).status, 0);
  const ModelFile named = read_model_file(folder / "named.safetensors");
  EXPECT_EQ(named.model.name, "own");
  EXPECT_EQ(named.model.layers, wide.layers);
  EXPECT_EQ(named.weights, packed.weights);
  EXPECT_EQ(packed.metadata.at("k"), "v");
  const std::vector<Tensor> whole = initial_weights(wide, 1);
  for (size_t i = 0; i < whole.size(); ++i) {
    for (size_t k = 0; k < whole[i].data.size(); ++k) {
      ASSERT_NEAR(packed.weights[i].data[k], whole[i].data[k], 1e-4);
    }
  }
}

}  // namespace
}  // namespace limpid
