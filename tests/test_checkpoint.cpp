#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "core/error.h"
#include "core/image/file.h"
#include "core/model/model_file.h"
#include "core/model/presets.h"
#include "core/train/checkpoint.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

Model small_model() {
  return {"small",
          1,
          {{.name = "first", .channels = 2, .kernel = 1},
           {.name = "norm",
            .kind = LayerKind::batch_norm,
            .activation = Activation::leaky_relu,
            .slope = 0.3f},
           {.name = "out", .channels = 1}}};
}

// In the midst of the third epoch, with everything that a training can keep.
Checkpoint full() {
  Checkpoint c;
  c.model = small_model();
  c.settings.epochs = 7;
  c.settings.batch = 4;
  c.settings.learning_rate = 0.1f + 0.2f;
  c.settings.schedule = Schedule::plateau;
  c.settings.warm_up = 5;
  c.settings.clip_norm = 0.5f;
  c.settings.keep_best = true;
  c.settings.average_decay = 0.99f;
  c.settings.seed = c.settings.noise.seed = std::numeric_limits<uint64_t>::max();
  c.shape = {6, 10, 1};
  c.split_hash = "0123456789abcdef";
  c.pictures = 10;
  c.epoch = 2;
  c.picture = 8;
  c.step = 8;
  c.loss_sum = 0.1 + 0.2;
  c.seconds = 1e-7 / 3;
  c.patience = {.best = 1.0 / 3, .waited = 1};
  c.plateau = {{.best = std::numeric_limits<double>::denorm_min(), .waited = 2}, 1};
  c.history = {{1, std::nextafter(1.0, 2.0), 1e22, 5, -0.0, 0.1f},
               {2, std::numeric_limits<double>::max(), 2.0 / 3, 4.9e-320, 1e-5, 3e-39f}};
  c.state.weights = initial_weights(c.model, 3);
  c.state.first_moment = initial_weights(c.model, 4);
  c.state.second_moment = zeros(c.model);
  c.state.second_moment[0].data[0] = std::numeric_limits<float>::denorm_min();
  c.state.average = initial_weights(c.model, 5);
  c.best = initial_weights(c.model, 6);
  return c;
}

TEST(Checkpoint, ReadsBackAsItWasWritten) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.safetensors";
  write_checkpoint(file, full());
  const Checkpoint read = read_checkpoint(file);
  fs::remove(file);
  EXPECT_EQ(read, full());
  EXPECT_TRUE(std::signbit(read.history[0].seconds)) << "-0.0 equals 0.0 but is not the same bits";
  EXPECT_EQ(encode_checkpoint(read, "f"), encode_checkpoint(full(), "f"));
}

TEST(Checkpoint, ReadsBackWithoutWhatIsNotKept) {
  Checkpoint c = full();
  c.settings.optimizer = Optimizer::sgd;
  c.settings.keep_best = false;
  c.settings.average_decay = 0;
  c.epoch = 0, c.picture = 0, c.step = 0;
  c.patience = {}, c.plateau = {};
  c.history.clear();
  c.state.second_moment.clear();
  c.state.average.clear();
  c.best.clear();
  EXPECT_EQ(decode_checkpoint(encode_checkpoint(c, "f"), "f"), c);
}

TEST(Checkpoint, ReadsBackBeforeTheFirstStepAndAfterTheLast) {
  Checkpoint c = full();
  c.picture = 10, c.step = 9;  // the last batch is smaller
  EXPECT_EQ(decode_checkpoint(encode_checkpoint(c, "f"), "f"), c);
  c.epoch = 0, c.picture = 0, c.step = 0;
  c.patience = {}, c.plateau = {};
  c.history.clear();
  c.state.average.clear();  // that there will be
  c.best.clear();
  EXPECT_EQ(decode_checkpoint(encode_checkpoint(c, "f"), "f"), c);
}

TEST(Checkpoint, ReadsBackAfterManyEpochs) {
  Checkpoint c = full();
  c.settings.epochs = c.epoch = 30'000;
  c.picture = 0, c.step = 90'000;
  c.history.resize(30'000);
  for (int i = 0; i < 30'000; ++i) c.history[size_t(i)].epoch = i + 1;
  EXPECT_EQ(decode_checkpoint(encode_checkpoint(c, "f"), "f"), c);
}

TEST(Checkpoint, ItsModelIsTheBestOnlyWhereThatIsWanted) {
  Checkpoint c = full();
  EXPECT_EQ(&model_weights(c), &c.best);
  c.settings.keep_best = false;
  EXPECT_EQ(&model_weights(c), &c.state.average);
  c.state.average.clear();
  EXPECT_EQ(&model_weights(c), &c.state.weights);
  c.settings.keep_best = true;
  c.best.clear();
  EXPECT_EQ(&model_weights(c), &c.state.weights);
}

TEST(Checkpoint, IsAModelFileOfTheLastWeights) {
  Checkpoint c = full();
  for (const Optimizer optimizer : {Optimizer::adam, Optimizer::sgd}) {
    c.settings.optimizer = optimizer;
    const ModelFile file = decode_model_file(encode_checkpoint(c, "f"), "f");
    EXPECT_EQ(file.model, c.model);
    EXPECT_EQ(file.weights, c.state.weights);
    EXPECT_EQ(file.metadata.at("split_hash"), c.split_hash);
    c.state.second_moment.clear();
  }
}

TEST(Checkpoint, CountsTheLastBatchToo) {
  Checkpoint c = full();
  EXPECT_EQ(batches_in_epoch(c), 3);
  c.pictures = 8;
  EXPECT_EQ(batches_in_epoch(c), 2);
  c.pictures = 9;
  EXPECT_EQ(batches_in_epoch(c), 3);
}

TEST(Checkpoint, RefusesAPlaceThatIsNone) {
  struct Case {
    std::function<void(Checkpoint&)> alter;
    std::string message;
  };
  const double nan = std::nan("");
  const std::vector<Case> cases = {
      {[](Checkpoint& c) { c.shape.width = 0; }, "f: pictures of 0 x 6 x 1 do not fit the model"},
      {[](Checkpoint& c) { c.shape.height = 0; }, "f: pictures of 10 x 0 x 1 do not fit the model"},
      {[](Checkpoint& c) { c.shape.height = (1 << 20) + 1; },
       "f: pictures of 10 x 1048577 x 1 do not fit the model"},
      {[](Checkpoint& c) {
         c.model = classroom(1);  // wants multiples of 4
         c.shape = {6, 8, 1};
       },
       "f: pictures of 8 x 6 x 1 do not fit the model"},
      {[](Checkpoint& c) { c.shape.channels = 3; },
       "f: pictures of 10 x 6 x 3 do not fit the model"},
      {[](Checkpoint& c) { c.pictures = size_t(1) << 32; },
       "f: an epoch of 4294967296 pictures is none"},
      {[](Checkpoint& c) { c.pictures = 0; }, "f: an epoch of 0 pictures is none"},
      {[](Checkpoint& c) { c.picture = 7; },
       "f: epoch 2, picture 7 is no place between two batches of the training"},
      {[](Checkpoint& c) { c.picture = 12; },
       "f: epoch 2, picture 12 is no place between two batches of the training"},
      {[](Checkpoint& c) { c.epoch = 8; },
       "f: epoch 8, picture 8 is no place between two batches of the training"},
      {[](Checkpoint& c) { c.settings.epochs = 2; },
       "f: epoch 2, picture 8 is no place between two batches of the training"},
      {[](Checkpoint& c) { c.step = 7; }, "f: step 7 is not the place's, 8"},
      {[&](Checkpoint& c) { c.loss_sum = nan; }, "f: the loss is not finite"},
      {[](Checkpoint& c) { c.seconds = -1; }, "f: the epoch's seconds are no time"},
      {[](Checkpoint& c) { c.seconds = INFINITY; }, "f: the epoch's seconds are no time"},
      {[&](Checkpoint& c) { c.patience.best = nan; },
       "f: the epochs waited or the best loss are none of the training"},
      {[](Checkpoint& c) { c.patience.waited = 3; },
       "f: the epochs waited or the best loss are none of the training"},
      {[](Checkpoint& c) { c.plateau.patience.waited = -1; },
       "f: the epochs waited or the best loss are none of the training"},
      {[](Checkpoint& c) { c.plateau.halvings = 3; },
       "f: 3 halvings of the learning rate in 2 epochs cannot be"},
      {[](Checkpoint& c) { c.history.pop_back(); }, "f: the history has 1 epochs, the training 2"},
      {[&](Checkpoint& c) { c.history[1].rmse = nan; },
       "f: the history's epoch 2 is out of order or has a number that is not finite"},
      {[](Checkpoint& c) { c.history[0].learning_rate = INFINITY; },
       "f: the history's epoch 1 is out of order or has a number that is not finite"},
      {[&](Checkpoint& c) { c.history[0].loss = nan; },
       "f: the history's epoch 1 is out of order or has a number that is not finite"},
      {[&](Checkpoint& c) { c.history[0].val_loss = nan; },
       "f: the history's epoch 1 is out of order or has a number that is not finite"},
      {[](Checkpoint& c) { c.history[0].seconds = INFINITY; },
       "f: the history's epoch 1 is out of order or has a number that is not finite"},
      {[](Checkpoint& c) { c.history[0].epoch = 2; },
       "f: the history's epoch 1 is out of order or has a number that is not finite"},
      {[](Checkpoint& c) { c.settings.batch = 0; }, "f: training: batch 0 is not in 1..65536"},
      {[](Checkpoint& c) { c.model.layers.clear(); },
       "f: model 'small' has 0 layers, not 1 to 1,000"},
      {[](Checkpoint& c) { c.state.weights.clear(); }, "f: tensor 'first.kernel' is missing"},
      {[](Checkpoint& c) { c.state.first_moment.clear(); },
       "f: adam.m/: tensor 'first.kernel' is missing"},
      {[](Checkpoint& c) { c.state.second_moment.pop_back(); },
       "f: adam.v/: tensor 'out.bias' is missing"},
      {[](Checkpoint& c) { c.state.second_moment[0].data[1] = -1e-30f; },
       "f: tensor 'first.kernel' has a negative second moment"},
      {[](Checkpoint& c) { c.state.average.clear(); },
       "f: average/: tensor 'first.kernel' is missing"},
      {[](Checkpoint& c) { c.best.clear(); }, "f: best/: tensor 'first.kernel' is missing"},
      {[](Checkpoint& c) { c.best[1].data[0] = INFINITY; },
       "f: tensor 'best/first.bias' has a value that is not finite, number 1"},
  };
  for (const Case& test : cases) {
    Checkpoint c = full();
    test.alter(c);
    EXPECT_EQ(message_of([&] { encode_checkpoint(c, "f"); }), test.message);
  }
}

// A checkpoint's file with its parts altered by hand.
std::string message_of_altered(const std::function<void(Safetensors&)>& alter) {
  Safetensors content = decode_safetensors(encode_checkpoint(full(), "f"), "f");
  alter(content);
  std::vector<NamedTensor> tensors;
  for (const Tensor& tensor : content.tensors) tensors.push_back({tensor.name, &tensor});
  const std::vector<uint8_t> bytes = encode_safetensors(tensors, content.metadata, "f");
  return message_of([&] { decode_checkpoint(bytes, "f"); });
}

// One that claims more would wait for batches that never come.
TEST(Checkpoint, GoesOnWithAsManyPicturesAlone) {
  const Checkpoint now = full();
  EXPECT_EQ(difference(full(), now), "");
  Checkpoint altered = full();
  altered.pictures += 4;
  EXPECT_EQ(difference(altered, now), "there are " + std::to_string(now.pictures) +
                                          " pictures to learn from, were " +
                                          std::to_string(altered.pictures));
}

TEST(Checkpoint, RefusesAnAlteredFile) {
  const auto replace = [](const char* name, const std::string& from, const std::string& to) {
    return message_of_altered([&](Safetensors& content) {
      std::string& text = content.metadata.at(name);
      const size_t at = text.find(from);
      ASSERT_NE(at, std::string::npos) << from;
      text.replace(at, from.size(), to);
    });
  };
  const auto without = [](const char* name) {
    return message_of_altered([&](Safetensors& content) { content.metadata.erase(name); });
  };
  EXPECT_EQ(without("checkpoint"),
            "f: no checkpoint of a training, its metadata has no 'checkpoint'");
  EXPECT_EQ(without("training"), "f: no checkpoint of a training, its metadata has no 'training'");
  EXPECT_EQ(without("model"), "f: there is no model in its metadata: Limpid did not write it");

  const std::string place = "f: the place of the training: ";
  EXPECT_EQ(replace("checkpoint", "\"step\":8", "\"step\":7"), "f: step 7 is not the place's, 8");
  EXPECT_EQ(replace("checkpoint", "\"step\":8", "\"step\":8.0"), place + "'step' cannot be 8.0");
  EXPECT_EQ(replace("checkpoint", "\"step\":8,", ""), place + "'step' is missing");
  EXPECT_EQ(replace("checkpoint", "\"epoch\":2", "\"epoch\":4294967298"),
            place + "'epoch' cannot be 4294967298");
  EXPECT_EQ(replace("checkpoint", "\"epoch\":2", "\"epoch\":-2"), place + "'epoch' cannot be -2");
  EXPECT_EQ(replace("checkpoint", "[6,10,1]", "[6,10]"), place + "'shape' cannot be [6,10]");
  EXPECT_EQ(replace("checkpoint", "[6,10,1]", "[6,10,[1]]"), place + "JSON is nested over 2 deep");
  EXPECT_EQ(replace("checkpoint", "{\"shape\"", "[\"shape\""),
            place + "no JSON at line 1, column 9");
  EXPECT_EQ(replace("training", "\"epochs\":7", "\"epochs\":[7]"),
            "f: the training settings: JSON is nested over 1 deep");
  EXPECT_EQ(replace("training", "\"batch\":4", "\"batch\":0"),
            "f: training: batch 0 is not in 1..65536");
  EXPECT_EQ(replace("training", "\"adam\"", "\"sgd\""),
            "f: tensor 'adam.m/first.bias' belongs to no layer");
  EXPECT_EQ(replace("history", "\"epoch\":2", "\"epoch\":3"), "f: the history lacks epoch 2");
  EXPECT_EQ(replace("history", "{\"epoch\":1", "{\"epoch\":1e999"),
            "f: the history: no JSON at line 1, column 15");
}

}  // namespace
}  // namespace limpid
