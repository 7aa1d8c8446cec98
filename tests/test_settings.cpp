#include "core/train/settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/loss.h"
#include "core/error.h"
#include "core/model/presets.h"

namespace limpid {
namespace {

struct Change {
  const char* name;
  std::function<void(TrainingSettings&)> apply;
};

// Every setting, changed to something else that is allowed.
const std::vector<Change> changes = {
    {"epochs", [](TrainingSettings& s) { s.epochs = 7; }},
    {"batch", [](TrainingSettings& s) { s.batch = 16; }},
    {"at_once", [](TrainingSettings& s) { s.at_once = 3; }},
    {"loss", [](TrainingSettings& s) { s.loss = Loss::l1; }},
    {"optimizer", [](TrainingSettings& s) { s.optimizer = Optimizer::sgd; }},
    {"learning_rate", [](TrainingSettings& s) { s.learning_rate = 1.0f / 3; }},
    {"momentum", [](TrainingSettings& s) { s.momentum = 0.5f; }},
    {"schedule", [](TrainingSettings& s) { s.schedule = Schedule::cosine; }},
    {"warm_up", [](TrainingSettings& s) { s.warm_up = 100; }},
    {"clip_norm", [](TrainingSettings& s) { s.clip_norm = 0.1f; }},
    {"plateau_patience", [](TrainingSettings& s) { s.plateau_patience = 2; }},
    {"stop_patience", [](TrainingSettings& s) { s.stop_patience = 9; }},
    {"keep_best", [](TrainingSettings& s) { s.keep_best = true; }},
    {"average_decay", [](TrainingSettings& s) { s.average_decay = 0.99f; }},
    {"noise", [](TrainingSettings& s) { s.noise.strength = 0.4f; }},
    {"noise_kind", [](TrainingSettings& s) { s.noise.kind = NoiseKind::salt_pepper; }},
    {"noise_clip", [](TrainingSettings& s) { s.noise.clip = false; }},
    {"noise_fixed_field", [](TrainingSettings& s) { s.noise.fixed_field = true; }},
    {"noise_weakest", [](TrainingSettings& s) { s.noise.weakest = 0.1f; }},
    {"noise_no_clip_share", [](TrainingSettings& s) { s.noise.no_clip_share = 0.5f; }},
    {"noise_monochrome_share", [](TrainingSettings& s) { s.noise.monochrome_share = 0.5f; }},
    {"noise_camera_share", [](TrainingSettings& s) { s.noise.camera_share = 0.5f; }},
    {"noisy_pictures", [](TrainingSettings& s) { s.noisy_pictures = true; }},
    {"crop", [](TrainingSettings& s) { s.crop = 64; }},
    {"flip", [](TrainingSettings& s) { s.flip = true; }},
    {"gray_share", [](TrainingSettings& s) { s.gray_share = 0.2f; }},
    {"jpeg_share", [](TrainingSettings& s) { s.jpeg_share = 0.2f; }},
    {"draws", [](TrainingSettings& s) { s.draws = 3; }},
    {"seed", [](TrainingSettings& s) { s.seed = s.noise.seed = UINT64_MAX; }},
    {"threads", [](TrainingSettings& s) { s.threads = 2; }},
    {"memory_bytes", [](TrainingSettings& s) { s.memory_bytes = 1u << 30; }},
};

TEST(Settings, EachReadsBackFromJson) {
  TrainingSettings all;
  for (const Change& change : changes) {
    TrainingSettings one;
    change.apply(one);
    change.apply(all);
    EXPECT_FALSE(one == TrainingSettings()) << change.name;
    EXPECT_EQ(settings_from_json(to_json(one), "here"), one) << change.name;
  }
  EXPECT_EQ(settings_from_json(to_json(all), "here"), all);
}

TEST(Settings, JsonHasEachOnceAndShort) {
  const std::string json = to_json({});
  for (const Change& change : changes) {
    EXPECT_NE(json.find('"' + std::string(change.name) + "\":"), std::string::npos) << json;
  }
  EXPECT_EQ(size_t(std::count(json.begin(), json.end(), ':')), changes.size());
  EXPECT_NE(json.find(R"("learning_rate":0.001,)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("loss":"mse","optimizer":"adam",)"), std::string::npos) << json;
}

TEST(Settings, NoiseFollowsTheSeed) {
  TrainingSettings settings;
  settings.seed = 5;
  EXPECT_EQ(settings_from_json(to_json(settings), "here").noise.seed, 5u);
}

TEST(Settings, DifferenceNamesWhatShapesTheNumbers) {
  for (const Change& change : changes) {
    TrainingSettings now;
    change.apply(now);
    const std::string name = change.name;
    const std::string text = difference(TrainingSettings(), now);
    if (name == "threads" || name == "memory_bytes") {
      EXPECT_EQ(text, "");
    } else {
      EXPECT_EQ(text.find(name + " is "), 0u) << text;
    }
  }
  EXPECT_EQ(difference({.batch = 32}, {.batch = 16}), "batch is 16, was 32");
  EXPECT_EQ(difference({.epochs = 50}, {.epochs = 51}), "");
  EXPECT_EQ(difference({.epochs = 50}, {.epochs = 49}), "epochs is 49, was 50");
}

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Settings, RefusesWhatIsOutOfRange) {
  const float nan = std::nanf("");
  const std::vector<std::pair<TrainingSettings, std::string>> cases = {
      {{.epochs = 0}, "training: epochs 0 is not in 1..200000"},
      {{.epochs = 200'001}, "training: epochs 200001 is not in 1..200000"},
      {{.batch = 0}, "training: batch 0 is not in 1..65536"},
      {{.batch = 65537}, "training: batch 65537 is not in 1..65536"},
      {{.batch = 4, .at_once = 5}, "training: at_once 5 is not in 0..4"},
      {{.at_once = -1}, "training: at_once -1 is not in 0..32"},
      {{.learning_rate = 0}, "training: learning rate 0.000000 is not in 0..1000"},
      {{.learning_rate = nan}, "training: learning rate nan is not in 0..1000"},
      {{.learning_rate = 1001}, "training: learning rate 1001.000000 is not in 0..1000"},
      {{.learning_rate = INFINITY}, "training: learning rate inf is not in 0..1000"},
      {{.momentum = 1}, "training: momentum 1.000000 is not in 0..1, 1 left out"},
      {{.momentum = -0.5f}, "training: momentum -0.500000 is not in 0..1, 1 left out"},
      {{.warm_up = -1}, "training: warm-up -1 is not in 0..1000000"},
      {{.warm_up = 1000001}, "training: warm-up 1000001 is not in 0..1000000"},
      {{.clip_norm = -1}, "training: clip norm -1.000000 is not in 0..1000000"},
      {{.clip_norm = 2e6f}, "training: clip norm 2000000.000000 is not in 0..1000000"},
      {{.clip_norm = nan}, "training: clip norm nan is not in 0..1000000"},
      {{.plateau_patience = 0}, "training: plateau patience 0 is not in 1..200000"},
      {{.plateau_patience = 200'001}, "training: plateau patience 200001 is not in 1..200000"},
      {{.stop_patience = 200'001}, "training: stop patience 200001 is not in 0..200000"},
      {{.stop_patience = -1}, "training: stop patience -1 is not in 0..200000"},
      {{.average_decay = 1}, "training: average decay 1.000000 is not in 0..1, 1 left out"},
      {{.average_decay = -1}, "training: average decay -1.000000 is not in 0..1, 1 left out"},
      {{.average_decay = nan}, "training: average decay nan is not in 0..1, 1 left out"},
      {{.noise = {.strength = 2}}, "noise: strength 2.000000 is not in 0..1"},
      {{.noise = {.strength = 0.1f, .weakest = 0.2f}},
       "noise: the weakest strength 0.200000 is not in 0..0.100000"},
      {{.noise = {.strength = 0.5f}, .noisy_pictures = true},
       "training: noisy pictures get no other noise, and that of 0.500000 was asked for"},
      {{.noise = {.strength = 0}, .noisy_pictures = true}, ""},
      {{.gray_share = 1.5f}, "training: gray share 1.500000 is not in 0..1"},
      {{.gray_share = -1}, "training: gray share -1.000000 is not in 0..1"},
      {{.jpeg_share = 1.5f}, "training: JPEG share 1.500000 is not in 0..1"},
      {{.jpeg_share = -1}, "training: JPEG share -1.000000 is not in 0..1"},
      {{.draws = 0}, "training: draws 0 is not in 1..2000"},
      {{.draws = 2001}, "training: draws 2001 is not in 1..2000"},
      {{.crop = 65537}, "training: crop 65537 is not in 0..65536"},
      {{.threads = 4097}, "training: threads 4097 is not in 0..4096"},
      {{.crop = -1}, "training: crop -1 is not in 0..65536"},
      {{.threads = -1}, "training: threads -1 is not in 0..4096"}};
  for (const auto& [settings, sentence] : cases) {
    EXPECT_EQ(refusal([&] { check(settings); }), sentence);
  }
  EXPECT_EQ(refusal([] { check(TrainingSettings()); }), "");
}

// The default settings with one field's text replaced.
std::string reading(const std::string& from, const std::string& to) {
  std::string json = to_json({});
  const size_t at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  json.replace(at, from.size(), to);
  return refusal([&] { settings_from_json(json, "a.safetensors"); });
}

TEST(Settings, FilesOfTheFirstVersionsRead) {
  for (const char* field :
       {"\"noise_weakest\":null,", "\"noise_no_clip_share\":0.0,",
        "\"noise_monochrome_share\":0.0,", "\"noise_camera_share\":0.0,",
        "\"noisy_pictures\":false,", "\"gray_share\":0.0,", "\"jpeg_share\":0.0,", "\"draws\":1,",
        "\"warm_up\":0,", "\"clip_norm\":0.0,"}) {
    EXPECT_EQ(reading(field, ""), "") << field;
  }
}

TEST(Settings, ReadingNamesWhatIsWrong) {
  const std::string field = "a.safetensors: the training setting ";
  EXPECT_EQ(reading("\"batch\":32,", ""), field + "'batch' is missing");
  EXPECT_EQ(reading("\"batch\":32", "\"batch\":32,\"butch\":1"),
            "a.safetensors: there is no training setting 'butch'");
  EXPECT_EQ(reading("\"batch\":32", "\"batch\":32.5"), field + "'batch' cannot be 32.5");
  EXPECT_EQ(reading("\"batch\":32", "\"batch\":\"32\""), field + "'batch' cannot be \"32\"");
  EXPECT_EQ(reading("\"batch\":32", "\"batch\":4294967328"),
            field + "'batch' cannot be 4294967328");
  EXPECT_EQ(reading("\"batch\":32", "\"batch\":18446744073709551615"),
            field + "'batch' cannot be 18446744073709551615");
  EXPECT_EQ(reading("\"flip\":false", "\"flip\":0"), field + "'flip' cannot be 0");
  EXPECT_EQ(reading("\"seed\":1", "\"seed\":-1"), field + "'seed' cannot be -1");
  EXPECT_EQ(reading("\"momentum\":0.9", "\"momentum\":null"), field + "'momentum' cannot be null");
  EXPECT_EQ(reading("\"loss\":\"mse\"", "\"loss\":2"), field + "'loss' cannot be 2");
  EXPECT_EQ(reading("\"optimizer\":\"adam\"", "\"optimizer\":\"eve\""),
            field + "'optimizer': no optimizer is called 'eve' (there are: adam, sgd)");
  EXPECT_EQ(refusal([] { settings_from_json("[1]", "b"); }),
            "b: the training settings are no JSON object");
  EXPECT_EQ(refusal([] { settings_from_json("{", "b"); }),
            "b: the training settings: no JSON at line 1, column 2");
  EXPECT_EQ(refusal([] {
              const std::string nested = std::string(200'000, '[') + std::string(200'000, ']');
              settings_from_json("{\"batch\": " + nested + "}", "b");
            }),
            "b: the training settings: JSON is nested over 8 deep");
}

TEST(Settings, NamesReadBack) {
  for (const Optimizer o : {Optimizer::adam, Optimizer::sgd}) {
    EXPECT_EQ(parse_optimizer(to_string(o)), o);
  }
  for (const Schedule s : {Schedule::constant, Schedule::cosine, Schedule::plateau}) {
    EXPECT_EQ(parse_schedule(to_string(s)), s);
  }
  EXPECT_EQ(refusal([] { parse_schedule("cosinus"); }),
            "no learning-rate schedule is called 'cosinus' (there are: constant, cosine, plateau)");
}

Model with_batch_norm() {
  Model model = article();
  model.layers.insert(model.layers.begin() + 1, {.name = "norm", .kind = LayerKind::batch_norm});
  return model;
}

TEST(Settings, PicturesAtOnceFillTwoMebibytes) {
  const TrainingSettings settings;
  EXPECT_EQ(pictures_at_once(settings, article(), {256, 256, 3}), 2);  // 768 KiB each
  EXPECT_EQ(pictures_at_once(settings, article(), {1024, 1024, 3}), 1);
  EXPECT_EQ(pictures_at_once(settings, article(), {64, 64, 3}), 32);  // 43 would fit
  EXPECT_EQ(pictures_at_once({.at_once = 5}, article(), {256, 256, 3}), 5);
  EXPECT_EQ(pictures_at_once({.at_once = 5}, with_batch_norm(), {256, 256, 3}), 32);
}

class EngineOfSeven : public Engine {
 public:
  std::string name() const override { return "seven"; }
  std::string describe() const override { return "best takes seven pictures at once"; }
  size_t memory_bytes(const Model&, const Limits&) override { return 0; }
  int best_batch(const Model&, const Limits& limits) override {
    asked = limits;
    return 7;
  }
  std::unique_ptr<Network> prepare(const Model&, const Limits&) override { return nullptr; }

  Limits asked;
};

TEST(Settings, PicturesAtOnceAreTheEnginesUnlessToldOrOfABatchThatStaysWhole) {
  EngineOfSeven engine;
  EXPECT_EQ(pictures_at_once(engine, {}, article(), {64, 64, 3}), 7);
  EXPECT_EQ(pictures_at_once(engine, {.memory_bytes = 99}, article(), {32, 64, 3}), 7);
  EXPECT_EQ(engine.asked.height, 32);
  EXPECT_EQ(engine.asked.width, 64);
  EXPECT_EQ(engine.asked.batch, 32);
  EXPECT_TRUE(engine.asked.training);
  EXPECT_EQ(engine.asked.memory_bytes, 99u);
  EXPECT_EQ(pictures_at_once(engine, {.at_once = 5}, article(), {64, 64, 3}), 5);
  EXPECT_EQ(pictures_at_once(engine, {}, with_batch_norm(), {64, 64, 3}), 32);
  EXPECT_EQ(pictures_at_once(engine, {.at_once = 5}, with_batch_norm(), {64, 64, 3}), 32);
}

TEST(Settings, TestPicturesAreNeitherShuffledNorFlippedNorMadeGray) {
  const TrainingSettings settings{.batch = 5,
                                  .noise = {.strength = 0.3f},
                                  .crop = 16,
                                  .flip = true,
                                  .gray_share = 0.5f,
                                  .jpeg_share = 0.25f,
                                  .draws = 4,
                                  .seed = 9};
  const BatchSettings training = training_batches(settings), test = test_batches(settings);
  EXPECT_TRUE(training.shuffle && training.flip);
  EXPECT_EQ(training.gray_share, 0.5f);
  EXPECT_FALSE(test.shuffle || test.flip);
  EXPECT_EQ(test.gray_share, 0);
  EXPECT_EQ(training.draws, 4);
  EXPECT_EQ(test.draws, 1);
  for (const BatchSettings& batches : {training, test}) {
    EXPECT_EQ(batches.batch, 5);
    EXPECT_EQ(batches.noise, settings.noise);
    EXPECT_EQ(batches.seed, 9u);
    EXPECT_EQ(batches.crop, 16);
    EXPECT_EQ(batches.jpeg_share, 0.25f);
  }
}

}  // namespace
}  // namespace limpid
