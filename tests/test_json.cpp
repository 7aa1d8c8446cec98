#include <gtest/gtest.h>

#include "core/error.h"
#include "core/model/json.h"
#include "core/model/presets.h"

namespace limpid {
namespace {

std::string message_of(const std::string& text) {
  try {
    model_from_json(text, "my.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// A model of one layer with these fields.
std::string with_layer(const std::string& fields) {
  return R"({"name": "m", "channels": 3, "layers": [{)" + fields + "}]}";
}

TEST(Json, ReadsTheHeadersExample) {
  const Model model = model_from_json(R"({"name": "mine", "channels": 3, "layers": [
      {"name": "enc1", "kind": "conv", "channels": 32, "activation": "relu"},
      {"name": "pool1", "kind": "max_pool"},
      {"name": "up1", "kind": "upsample"},
      {"name": "out", "kind": "conv", "channels": 3, "activation": "sigmoid"}]})",
                                      "f");
  const Model expected = {"mine",
                          3,
                          {{.name = "enc1", .channels = 32, .activation = Activation::relu},
                           {.name = "pool1", .kind = LayerKind::max_pool, .stride = 2},
                           {.name = "up1", .kind = LayerKind::upsample, .stride = 2},
                           {.name = "out", .channels = 3, .activation = Activation::sigmoid}}};
  EXPECT_EQ(model, expected);
}

TEST(Json, EveryKindAndFieldReadsBack) {
  const Model model = {
      "all \"kinds\" é",
      1,
      {{.name = "down", .channels = 4, .kernel = 5, .stride = 2, .activation = Activation::relu},
       {.name = "pool", .kind = LayerKind::max_pool, .stride = 2},
       {.name = "norm",
        .kind = LayerKind::batch_norm,
        .activation = Activation::leaky_relu,
        .slope = 0.1f + 0.2f},
       {.name = "drop", .kind = LayerKind::dropout, .rate = 1.0f / 3},
       {.name = "up", .kind = LayerKind::upsample, .stride = 2},
       {.name = "back",
        .kind = LayerKind::transposed_conv,
        .channels = 1,
        .kernel = 4,
        .stride = 2},
       {.name = "sum",
        .kind = LayerKind::add,
        .activation = Activation::sigmoid,
        .inputs = {"back", "input"}},
       {.name = "join", .kind = LayerKind::concat, .inputs = {"sum", "input"}},
       {.name = "out", .channels = 1, .kernel = 1, .slope = 1e-30f, .inputs = {"join"}}}};
  EXPECT_EQ(model_from_json(to_json(model), "f"), model);
  EXPECT_EQ(model_from_json(to_json(article()), "f"), article());
  EXPECT_EQ(model_from_json(to_json(classroom(1)), "f"), classroom(1));
}

TEST(Json, KeepsFieldsThatTheKindDoesNotUse) {
  Model model = classroom();
  model.layers[1].kernel = 1;
  model.layers[1].channels = 7;
  model.layers[1].slope = 0.5f;
  model.layers[0].rate = 0.25f;
  EXPECT_EQ(model_from_json(to_json(model), "f"), model);
}

TEST(Json, RefusesWhatIsNoModel) {
  const std::string layer = "my.json: layer 1: ";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "my.json: no JSON at line 1, column 1"},
      {"[]", "my.json: the model is no JSON object"},
      {"{}", "my.json: the model: 'name' is missing"},
      {R"({"name": "m"})", "my.json: the model: 'layers' is missing"},
      {R"({"name": 3, "layers": []})", "my.json: the model: 'name' cannot be 3"},
      {R"({"name": "m", "layers": {}})", "my.json: the model: 'layers' cannot be {}"},
      {R"({"name": "m", "layers": []})", "my.json: model 'm' has 0 layers, not 1 to 1,000"},
      {R"({"name": "m", "layers": [], "layer": 1})",
       "my.json: the model: there is no field 'layer'"},
      {R"({"name": "m", "layers": [], "name": "n"})",
       "my.json: the name 'name' comes twice in one JSON object"},
      {R"({"name": "m", "channels": 2, "layers": [{"name": "a", "kind": "dropout"}]})",
       "my.json: model 'm' has 2 channels, not 1 or 3"},
      {R"({"name": "m", "layers": [3]})", layer.substr(0, layer.size() - 2) + " is no JSON object"},
      {with_layer(R"("name": "a")"), layer + "'kind' is missing"},
      {with_layer(R"("kind": "conv")"), layer + "'name' is missing"},
      {with_layer(R"("name": "a", "kind": "Conv")"),
       layer + "no kind of layer is called 'Conv' (there are: conv, transposed_conv, max_pool, "
               "upsample, add, concat, batch_norm, dropout)"},
      {with_layer(R"("name": "a", "kind": "conv", "activation": "gelu")"),
       layer + "no activation is called 'gelu' (there are: linear, relu, leaky_relu, sigmoid)"},
      {with_layer(R"("name": "a", "kind": "conv", "chanels": 3)"),
       layer + "there is no field 'chanels'"},
      {with_layer(R"("name": "a", "kind": "conv", "channels": 3.0)"),
       layer + "'channels' cannot be 3.0"},
      {with_layer(R"("name": "a", "kind": "conv", "channels": 4294967299)"),
       layer + "'channels' cannot be 4294967299"},
      {with_layer(R"("name": "a", "kind": "conv", "channels": 18446744073709551615)"),
       layer + "'channels' cannot be 18446744073709551615"},
      {with_layer(R"("name": "a", "kind": "dropout", "rate": "half")"),
       layer + "'rate' cannot be \"half\""},
      {with_layer(R"("name": "a", "kind": "dropout", "rate": 1e39)"),
       layer + "'rate' cannot be 1e+39"},
      {with_layer(R"("name": "a", "kind": "add", "inputs": "input")"),
       layer + "'inputs' cannot be \"input\""},
      {with_layer(R"("name": "a", "kind": "add", "inputs": ["input", 1])"),
       layer + "'inputs' cannot be [\"input\",1]"},
      {with_layer(R"("name": "a", "kind": "add", "inputs": ["input", "b"])"),
       "my.json: model 'm': layer 'a' takes 'b', which is no layer before"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(message_of(text), message) << text;
}

TEST(Json, NamesOfKindsAndActivationsReadBack) {
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(parse_layer_kind(to_string(LayerKind(i))), LayerKind(i));
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(parse_activation(to_string(Activation(i))), Activation(i));
  }
  EXPECT_EQ(to_string(LayerKind::dropout), "dropout");
  EXPECT_EQ(to_string(LayerKind::transposed_conv), "transposed_conv");
  EXPECT_EQ(to_string(Activation::sigmoid), "sigmoid");
}

}  // namespace
}  // namespace limpid
