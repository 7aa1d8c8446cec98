#include "core/ui/work/drawn_maps.h"

#include <gtest/gtest.h>

#include "core/engine/reference.h"
#include "core/error.h"
#include "core/feature_maps.h"
#include "core/image/picture.h"
#include "core/model/json.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

class DrawnMapsTest : public testing::Test {
 protected:
  DrawnMapsTest() {
    engines_.push_back(make_reference_engine());
    model_ = model_from_json(
        R"({"name": "tiny", "channels": 3, "layers": [
             {"name": "in", "kind": "conv", "channels": 5},
             {"name": "out", "kind": "conv", "channels": 3}]})",
        "tiny");
    models_[4] = {model_, initial_weights(model_, 1), {}};
    for (size_t i = 0; i < clean_.count(); ++i) clean_.set_step(i, uint32_t(i * 37 % 256));
    for (size_t i = 0; i < noisy_.count(); ++i) noisy_.set_step(i, uint32_t(i * 91 % 256));
    const auto file = folder_.path() / "a.png";
    write_picture(file, clean_, {});
    pictures_.open(2, file.string());
  }

  std::string refused(const DrawMaps& request) {
    try {
      draw_maps(request, engines_, models_, pictures_, test_picture_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  MapMosaic expected(const Raster& seen) {
    return mosaic(feature_maps(*engines_[0], model_, models_[4].weights, 0, to_image(seen)));
  }

  const TemporaryFolder folder_;
  Engines engines_;
  Models models_;
  OpenedPictures pictures_;
  SharedPyramid test_picture_;
  Model model_;
  Raster clean_{9, 12, 3, 255}, noisy_{9, 12, 3, 255};
};

TEST_F(DrawnMapsTest, AreThoseOfTheNoisyVersion) {
  pictures_.keep(2, {make_pyramid(noisy_), nullptr});
  const DrawMaps request = {.picture = 2, .model = 4, .layer = 0};
  const MapsDrawn drawn = draw_maps(request, engines_, models_, pictures_, test_picture_);
  const MapMosaic maps = expected(noisy_);
  EXPECT_EQ(drawn.request, request);
  EXPECT_EQ(drawn.layer, "in");
  EXPECT_EQ(drawn.count, 5);
  EXPECT_EQ(drawn.height, 9);
  EXPECT_EQ(drawn.width, 12);
  EXPECT_EQ(drawn.columns, maps.columns);
  EXPECT_EQ(drawn.gap, maps.gap);
  EXPECT_TRUE(drawn.picture->picture().steps == maps.picture.steps);
}

TEST_F(DrawnMapsTest, OfAPictureThatWasNoisyItsOwn) {
  pictures_.keep(2, {make_pyramid(noisy_), nullptr});  // of another wish
  const MapsDrawn drawn = draw_maps({.picture = 2, .model = 4, .layer = 0, .already_noisy = true},
                                    engines_, models_, pictures_, test_picture_);
  EXPECT_TRUE(drawn.picture->picture().steps == expected(clean_).picture.steps);
}

TEST_F(DrawnMapsTest, OfATrainingThoseOfItsTestPicture) {
  EXPECT_NE(refused({.picture = 0, .model = 4}), "");
  test_picture_ = make_pyramid(noisy_);
  const MapsDrawn drawn =
      draw_maps({.picture = 0, .model = 4}, engines_, models_, pictures_, test_picture_);
  EXPECT_TRUE(drawn.picture->picture().steps == expected(noisy_).picture.steps);
}

TEST_F(DrawnMapsTest, WhatIsNotThereIsSaid) {
  EXPECT_NE(refused({.picture = 2, .model = 4}).find("restore the picture first"),
            std::string::npos);
  pictures_.keep(2, {make_pyramid(noisy_), nullptr});
  EXPECT_EQ(refused({.picture = 2, .model = 4}), "");
  EXPECT_NE(refused({.picture = 2, .model = 5}).find("no model"), std::string::npos);
  EXPECT_NE(refused({.picture = 2, .model = 4, .layer = 2}).find("no layer 2"), std::string::npos);
  EXPECT_NE(refused({.picture = 2, .model = 4, .layer = -1}).find("no layer"), std::string::npos);
  EXPECT_NE(refused({.picture = 3, .model = 4}).find("picture 3"), std::string::npos);
}

}  // namespace
}  // namespace limpid
