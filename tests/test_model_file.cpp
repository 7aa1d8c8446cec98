#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "core/error.h"
#include "core/image/file.h"
#include "core/model/json.h"
#include "core/model/model_file.h"
#include "core/model/presets.h"
#include "core/noise/philox.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

ModelFile example() {
  const Model model = {"small",
                       1,
                       {{.name = "first", .channels = 2, .kernel = 1},
                        {.name = "norm", .kind = LayerKind::batch_norm},
                        {.name = "out", .channels = 1, .activation = Activation::sigmoid}}};
  return {model, initial_weights(model, 9), {{"training", "{}"}, {"split_hash", "0123"}}};
}

// The example's file with its parts altered by hand.
std::string message_of_altered(const std::function<void(Safetensors&)>& alter) {
  Safetensors content = decode_safetensors(encode_model_file(example(), "f"), "f");
  alter(content);
  std::vector<NamedTensor> tensors;
  for (const Tensor& tensor : content.tensors) tensors.push_back({tensor.name, &tensor});
  const std::vector<uint8_t> bytes = encode_safetensors(tensors, content.metadata, "f");
  return message_of([&] { decode_model_file(bytes, "f"); });
}

TEST(ModelFile, ReadsBackAsItWasWritten) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.safetensors";
  write_model_file(file, example());
  EXPECT_EQ(read_model_file(file), example());
  EXPECT_EQ(read_file(file, 100'000), encode_model_file(example(), "other"));
  fs::remove(file);
  EXPECT_EQ(message_of([&] { read_model_file(file); }),
            "cannot read " + file.string() + ": No such file or directory");
}

TEST(ModelFile, OrderInTheFileIsFree) {
  ModelFile content = example();
  std::vector<NamedTensor> tensors;
  for (const Tensor& tensor : content.weights) tensors.push_back({tensor.name, &tensor});
  std::reverse(tensors.begin(), tensors.end());
  const std::vector<uint8_t> bytes =
      encode_safetensors(tensors, {{"model", to_json(content.model)}}, "f");
  EXPECT_EQ(decode_model_file(bytes, "f").weights, content.weights);
}

TEST(ModelFile, RefusesWhatDoesNotFitTheModel) {
  EXPECT_EQ(message_of_altered([](Safetensors& c) { c.metadata.erase("model"); }),
            "f: there is no model in its metadata: Limpid did not write it");
  EXPECT_EQ(message_of_altered([](Safetensors& c) { c.metadata["model"] = "{}"; }),
            "f: the model: 'name' is missing");
  EXPECT_EQ(message_of_altered([](Safetensors& c) { c.metadata["model"] = "{\"a\":"; }),
            "f: no JSON at line 1, column 6");
  EXPECT_EQ(message_of_altered([](Safetensors& c) { c.tensors.pop_back(); }),
            "f: tensor 'out.bias' is missing");
  EXPECT_EQ(message_of_altered([](Safetensors& c) { c.tensors[0].name = "adam.m/first.kernel"; }),
            "f: tensor 'first.kernel' is missing");
  EXPECT_EQ(message_of_altered([](Safetensors& c) {
              c.tensors.push_back({"more", {1}, {0}});
            }),
            "f: tensor 'more' belongs to no layer");
  EXPECT_EQ(message_of_altered([](Safetensors& c) {
              c.tensors[0].shape = {1, 1, 1, 2};
            }),
            "f: tensor 'first.kernel' is 1 x 1 x 1 x 2, the model's is 2 x 1 x 1 x 1");
  EXPECT_EQ(message_of_altered([](Safetensors& c) { c.tensors[5].data[1] = -1e-9f; }),
            "f: tensor 'norm.variance' has a negative value");
  EXPECT_EQ(message_of_altered([](Safetensors&) {}), "");
}

TEST(ModelFile, RefusesToWriteWhatItWouldNotRead) {
  ModelFile content = example();
  content.weights.pop_back();
  EXPECT_EQ(message_of([&] { encode_model_file(content, "f"); }),
            "f: tensor 'out.bias' is missing");
  content = example();
  content.weights[0].data[0] = INFINITY;
  EXPECT_EQ(message_of([&] { encode_model_file(content, "f"); }),
            "f: tensor 'first.kernel' has a value that is not finite, number 1");
  content = example();
  content.weights[5].data[0] = -1;
  EXPECT_EQ(message_of([&] { encode_model_file(content, "f"); }),
            "f: tensor 'norm.variance' has a negative value");
}

// Bytes altered, cut, doubled and moved at random: each result reads or throws Error, and what
// reads is a model with its weights.
TEST(ModelFile, TwentyThousandMutationsReadOrThrowError) {
  const std::vector<uint8_t> whole = encode_model_file(example(), "f");
  const std::string digits = "0123456789{}[]\",:-.eE \\";
  int read = 0;
  for (uint32_t trial = 0; trial < 20'000; ++trial) {
    const Sequence random = {.seed = 1, .stream = Stream::noise, .item = trial};
    uint32_t at = 0;
    const auto below = [&](size_t n) { return size_t(random.bits(at++) % uint32_t(n)); };
    std::vector<uint8_t> bytes = whole;
    for (size_t i = 0, n = 1 + below(3); i < n && !bytes.empty(); ++i) {
      const size_t place = below(bytes.size());
      switch (below(5)) {
        case 0: bytes[place] = uint8_t(below(256)); break;
        case 1: bytes[place] ^= uint8_t(1 << below(8)); break;
        case 2: bytes[place] = uint8_t(digits[below(digits.size())]); break;
        case 3: bytes.resize(place); break;
        case 4: {
          const size_t length = 1 + below(std::min<size_t>(bytes.size() - place, 40));
          const std::vector<uint8_t> part(bytes.begin() + place, bytes.begin() + place + length);
          bytes.insert(bytes.begin() + below(bytes.size()), part.begin(), part.end());
          break;
        }
      }
    }
    try {
      const ModelFile file = decode_model_file(bytes, "f");
      ASSERT_NO_THROW(check_tensors(file.model, file.weights, "f")) << "trial " << trial;
      ++read;
    } catch (const Error& error) {
      ASSERT_EQ(std::string(error.what()).rfind("f: ", 0), 0u) << error.what();
    }
  }
  EXPECT_GT(read, 100) << "hardly any got past the first checks";
  EXPECT_LT(read, 19'000) << "hardly any was broken";
}

}  // namespace
}  // namespace limpid
