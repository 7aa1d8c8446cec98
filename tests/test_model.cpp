#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "core/engine/reference.h"
#include "core/error.h"
#include "core/model/model.h"
#include "core/model/presets.h"

namespace limpid {
namespace {

Layer conv(const std::string& name, int channels, int kernel = 3, int stride = 1) {
  return {.name = name, .channels = channels, .kernel = kernel, .stride = stride};
}
Layer transposed(const std::string& name, int channels, int kernel) {
  return {.name = name,
          .kind = LayerKind::transposed_conv,
          .channels = channels,
          .kernel = kernel,
          .stride = 2};
}
Layer pool(const std::string& name) {
  return {.name = name, .kind = LayerKind::max_pool, .stride = 2};
}
Layer up(const std::string& name) {
  return {.name = name, .kind = LayerKind::upsample, .stride = 2};
}
Layer join(const std::string& name, LayerKind kind, std::vector<std::string> inputs) {
  return {.name = name, .kind = kind, .inputs = std::move(inputs)};
}

// A U-Net of two levels with every way of joining.
Model unet() {
  return {"unet",
          1,
          {conv("enc1", 2), pool("pool1"), conv("enc2", 3), conv("down", 4, 3, 2), conv("mid", 4),
           transposed("grow", 3, 4), join("skip2", LayerKind::concat, {"grow", "enc2"}),
           conv("dec2", 2), up("up1"), join("skip1", LayerKind::add, {"up1", "enc1"}),
           conv("out", 1), join("residual", LayerKind::add, {"out", "input"})}};
}

std::string message_of(const Model& model) {
  try {
    check(model);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Model, TakesEveryKindOfLayer) {
  EXPECT_EQ(message_of(unet()), "");
  EXPECT_EQ(message_of({"one", 3, {conv("only", 3, 1)}}), "");
}

TEST(Model, RefusesAModelThatIsNone) {
  EXPECT_EQ(message_of({"m", 2, {conv("a", 2)}}), "model 'm' has 2 channels, not 1 or 3");
  EXPECT_EQ(message_of({"m", 3, {}}), "model 'm' has 0 layers, not 1 to 1,000");
  Model deep = {"m", 1, {}};
  for (int i = 0; i < 1000; ++i) deep.layers.push_back(conv("a" + std::to_string(i), 1, 1));
  EXPECT_EQ(message_of(deep), "");
  deep.layers.push_back(conv("last", 1, 1));
  EXPECT_EQ(message_of(deep), "model 'm' has 1001 layers, not 1 to 1,000");
  EXPECT_EQ(message_of({"", 3, {conv("a", 3)}}),
            "a model has the name '', not 1 to 100 bytes without '/' and control characters");
  EXPECT_EQ(message_of({"m", 1, {conv("a", 20'000, 5), conv("b", 200, 5), conv("c", 1)}}),
            "model 'm' has over 100 million parameters, at 'b.kernel'");
}

TEST(Model, RefusesNames) {
  const std::string rule = "', not 1 to 100 bytes without '/' and control characters";
  for (const std::string& name : {std::string(), std::string("a/b"), std::string(101, 'n')}) {
    EXPECT_NE(message_of({"m", 1, {conv(name, 1)}}), "") << name;
  }
  EXPECT_EQ(message_of({"m", 1, {conv("a\x1B[2J", 1)}}),
            "model 'm': layer 1 has the name 'a?[2J" + rule);
  EXPECT_EQ(message_of({"m", 1, {conv(std::string(100, 'n'), 1)}}), "");
  EXPECT_EQ(message_of({"m", 1, {conv("a", 1), conv("a", 1)}}),
            "model 'm': layer 'a' has a name that is taken");
  EXPECT_EQ(message_of({"m", 1, {conv("input", 1)}}),
            "model 'm': layer 'input' has a name that is taken");
}

TEST(Model, RefusesValuesOutOfTheirRange) {
  const auto with = [](Layer layer) { return message_of({"m", 3, {std::move(layer)}}); };
  const std::string a = "model 'm': layer 'a' ";
  EXPECT_EQ(with(conv("a", 0)), a + "has 0 channels, not 1 to 65536");
  EXPECT_EQ(with(conv("a", 65537)), a + "has 65537 channels, not 1 to 65536");
  EXPECT_EQ(with(transposed("a", -1, 3)), a + "has -1 channels, not 1 to 65536");
  EXPECT_EQ(with(conv("a", 3, 4)), a + "has kernel 4, not 1 or 3 or 5");
  EXPECT_EQ(with(conv("a", 3, 7)), a + "has kernel 7, not 1 or 3 or 5");
  EXPECT_EQ(with(transposed("a", 3, 5)), a + "has kernel 5, not 2 or 3 or 4");
  EXPECT_EQ(with(conv("a", 3, 3, 3)), a + "has stride 3, not 1 or 2");
  for (const LayerKind kind :
       {LayerKind::transposed_conv, LayerKind::max_pool, LayerKind::upsample}) {
    EXPECT_EQ(with({.name = "a", .kind = kind, .channels = 3, .stride = 1}),
              a + "has stride 1, not 2");
  }
  for (const int stride : {0, 2}) {
    for (const LayerKind kind : {LayerKind::batch_norm, LayerKind::dropout}) {
      EXPECT_EQ(with({.name = "a", .kind = kind, .stride = stride}),
                a + "has stride " + std::to_string(stride) + ", not 1");
    }
    for (const LayerKind kind : {LayerKind::add, LayerKind::concat}) {
      EXPECT_EQ(with({.name = "a", .kind = kind, .stride = stride, .inputs = {"input", "input"}}),
                a + "has stride " + std::to_string(stride) + ", not 1");
    }
  }
  for (const float rate : {-0.1f, 1.0f, NAN}) {
    EXPECT_EQ(with({.name = "a", .kind = LayerKind::dropout, .rate = rate}),
              a + "has a rate that is not in 0 .. 1 (1 excluded)");
  }
  EXPECT_EQ(with({.name = "a", .channels = 3, .slope = INFINITY}),
            a + "has a slope that is no number from 0 on");
  EXPECT_EQ(with({.name = "a", .channels = 3, .slope = -0.1f}),
            a + "has a slope that is no number from 0 on");
  for (const LayerKind kind : {LayerKind::max_pool, LayerKind::upsample, LayerKind::dropout}) {
    const int stride = kind == LayerKind::dropout ? 1 : 2;
    EXPECT_EQ(with({.name = "a", .kind = kind, .stride = stride, .activation = Activation::relu}),
              a + "takes no activation: give it to the layer before");
  }
}

TEST(Model, RefusesInputs) {
  const auto second = [](Layer layer) {
    return message_of({"m", 1, {conv("a", 1), std::move(layer)}});
  };
  const std::string b = "model 'm': layer 'b' ";
  EXPECT_EQ(second(join("b", LayerKind::add, {"a", "c"})),
            b + "takes 'c', which is no layer before");
  EXPECT_EQ(second(join("b", LayerKind::add, {"a", "b"})),
            b + "takes 'b', which is no layer before");
  EXPECT_EQ(second(join("b", LayerKind::add, {})), b + "needs two inputs or more by name");
  EXPECT_EQ(second(join("b", LayerKind::concat, {"a"})), b + "needs two inputs or more by name");
  EXPECT_EQ(second(join("b", LayerKind::conv, {"a", "input"})), b + "takes one input");
  EXPECT_EQ(second(join("b", LayerKind::add, std::vector<std::string>(65, "a"))),
            b + "takes over 64 inputs");
  EXPECT_EQ(second(join("b", LayerKind::add, std::vector<std::string>(64, "a"))), "");
  EXPECT_EQ(message_of({"m", 1, {conv("a", 1), join("b", LayerKind::batch_norm, {"input"})}}),
            "model 'm': layer 'a' is used by no other");
}

TEST(Model, RefusesShapesThatDoNotMeet) {
  EXPECT_EQ(
      message_of({"m", 1, {conv("a", 2), join("b", LayerKind::add, {"a", "input"}), conv("c", 1)}}),
      "model 'm': layer 'b' has inputs of unequal shapes");
  EXPECT_EQ(message_of(
                {"m",
                 1,
                 {pool("a"), join("b", LayerKind::concat, {"a", "input"}), conv("c", 1), up("d")}}),
            "model 'm': layer 'b' has inputs of unequal shapes");
  EXPECT_EQ(message_of({"m", 1, {up("a"), pool("b")}}),
            "model 'm': layer 'a' makes the picture larger than it came");
  EXPECT_EQ(message_of({"m", 3, {conv("a", 3), pool("b")}}),
            "model 'm': layer 'b' gives 1/2 of the side and 3 channels; the last layer must give "
            "the picture's size and 3 channels");
  EXPECT_EQ(message_of({"m", 3, {conv("a", 1)}}),
            "model 'm': layer 'a' gives 1/1 of the side and 1 channels; the last layer must give "
            "the picture's size and 3 channels");
}

TEST(Model, RefusesMoreThanTenPoolings) {
  Model model = {"m", 1, {}};
  for (int i = 0; i < 11; ++i) model.layers.push_back(pool("p" + std::to_string(i)));
  for (int i = 0; i < 11; ++i) model.layers.push_back(up("u" + std::to_string(i)));
  EXPECT_EQ(message_of(model), "model 'm': layer 'p10' pools more than 10 times");
  model.layers.erase(model.layers.begin() + 10, model.layers.begin() + 12);
  EXPECT_EQ(message_of(model), "");
  EXPECT_EQ(size_multiple(model), 1024);
}

TEST(Model, RefusesWidthsThatAnIntCannotHold) {
  Model model = {"m", 1, {conv("c0", 65536, 1)}};
  for (int i = 1; i < 40; ++i) {
    const std::string before = "c" + std::to_string(i - 1);
    model.layers.push_back(join("c" + std::to_string(i), LayerKind::concat, {before, before}));
  }
  model.layers.push_back(conv("out", 1, 1));
  EXPECT_EQ(message_of(model), "model 'm': layer 'c1' joins over 65536 channels");
}

TEST(Model, ShapesFollowTheLayers) {
  const std::vector<Shape> expected = {{8, 12, 2}, {4, 6, 2},  {4, 6, 3},  {2, 3, 4},
                                       {2, 3, 4},  {4, 6, 3},  {4, 6, 6},  {4, 6, 2},
                                       {8, 12, 2}, {8, 12, 2}, {8, 12, 1}, {8, 12, 1}};
  EXPECT_EQ(output_shapes(unet(), {8, 12, 1}), expected);
}

TEST(Model, SidesAreMultiplesOfThePoolings) {
  EXPECT_EQ(size_multiple({"m", 1, {conv("a", 1)}}), 1);
  EXPECT_EQ(size_multiple({"m", 1, {pool("a"), up("b"), pool("c"), up("d")}}), 2);
  EXPECT_EQ(size_multiple(unet()), 4);
  EXPECT_EQ(size_multiple(article()), 4);
}

TEST(Model, InputsAreFoundByName) {
  const Model model = unet();
  EXPECT_EQ(inputs_of(model, 0), std::vector<int>{-1});
  EXPECT_EQ(inputs_of(model, 1), std::vector<int>{0});
  EXPECT_EQ(inputs_of(model, 6), (std::vector<int>{5, 2}));
  EXPECT_EQ(inputs_of(model, 11), (std::vector<int>{10, -1}));
}

TEST(Model, ParametersHaveNamesShapesAndOrder) {
  const Model model = {"m",
                       3,
                       {conv("a", 4, 5),
                        {.name = "n", .kind = LayerKind::batch_norm},
                        pool("p"),
                        transposed("t", 3, 2)}};
  const std::vector<Parameter> all = parameters(model);
  std::vector<std::string> texts;
  for (const Parameter& parameter : all) {
    std::string text = parameter.name;
    for (int side : parameter.shape) text += " " + std::to_string(side);
    texts.push_back(text + (parameter.trained ? "" : " not trained"));
  }
  EXPECT_EQ(texts,
            (std::vector<std::string>{"a.kernel 4 5 5 3", "a.bias 4", "n.gamma 4", "n.beta 4",
                                      "n.mean 4 not trained", "n.variance 4 not trained",
                                      "t.kernel 3 2 2 4", "t.bias 3"}));
  EXPECT_EQ(all[0].count(), 300u);
}

TEST(Model, PadsAsKerasDoes) {
  EXPECT_EQ(pad_before(1, 1), 0);
  EXPECT_EQ(pad_before(3, 1), 1);
  EXPECT_EQ(pad_before(5, 1), 2);
  EXPECT_EQ(pad_before(1, 2), 0);
  EXPECT_EQ(pad_before(3, 2), 0);
  EXPECT_EQ(pad_before(5, 2), 1);
  EXPECT_EQ(pad_before(4, 2), 1);
}

// Nobody asks what it is: of the smallest int even the difference to a stride would be undefined.
TEST(Model, TheKernelOfALayerThatHasNoneMeansNothing) {
  Model model = {"m", 1, {conv("a", 1, 5), pool("b"), up("c"), {"d", LayerKind::batch_norm}}};
  const int radius = receptive_radius(model);
  for (size_t i = 1; i < model.layers.size(); ++i) {
    model.layers[i].kernel = std::numeric_limits<int>::min();
  }
  ASSERT_EQ(message_of(model), "");
  EXPECT_EQ(receptive_radius(model), radius);
}

// How far apart a pixel of the picture and an output pixel that it changes are, at most: each
// pixel of a row is changed in turn. All taps are positive, so that nothing cancels; a pooling
// hands on a change only where the pixel is the largest, so changes go far up.
int widest_change(const Model& model) {
  const int side = 64;
  const auto engine = make_reference_engine();
  const auto network = engine->prepare(model, {.height = size_multiple(model), .width = side});
  State state = network->read();
  for (Tensor& tensor : state.weights) tensor.data.assign(tensor.data.size(), 0.01f);
  network->write(state);
  const Shape shape = {size_multiple(model), side, model.channels};
  std::vector<float> picture(shape.count(), 0.0f), before(picture.size()), after(picture.size());
  network->denoise({1, shape, picture}, {1, shape, before});
  int widest = 0;
  for (int x = side / 4; x < side * 3 / 4; ++x) {
    picture.assign(picture.size(), 0.0f);
    for (int y = 0; y < shape.height; ++y) picture[size_t(y) * side + x] = 1e6f;
    network->denoise({1, shape, picture}, {1, shape, after});
    for (size_t i = 0; i < after.size(); ++i) {
      if (after[i] != before[i]) widest = std::max(widest, std::abs(int(i % side) - x));
    }
  }
  return widest;
}

TEST(Model, ReceptiveRadiusIsAsFarAsAChangeReaches) {
  std::vector<Model> models = {
      {"conv", 1, {conv("a", 1, 5)}},
      {"pool", 1, {pool("a"), up("b")}},
      {"pools", 1, {pool("a"), pool("b"), up("c"), up("d")}},
      {"strided", 1, {conv("a", 1, 1, 2), up("b")}},
      {"mixed", 1, {conv("a", 2), pool("b"), conv("c", 2), up("d"), conv("e", 1)}},
      unet()};
  for (int down : {1, 3, 5}) {
    for (int grow : {2, 3, 4}) {
      models.push_back({std::to_string(down) + " " + std::to_string(grow),
                        1,
                        {conv("a", 1, down, 2), transposed("b", 1, grow)}});
    }
  }
  for (const Model& model : models) {
    ASSERT_EQ(message_of(model), "");
    EXPECT_EQ(receptive_radius(model), widest_change(model)) << model.name;
  }
}

}  // namespace
}  // namespace limpid
