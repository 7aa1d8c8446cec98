#include "core/image/raster.h"

#include <gtest/gtest.h>

#include <cmath>

namespace limpid {
namespace {

TEST(Raster, EveryStepComesBackFromItsFloat) {
  for (const int maximum : {1, 100, 255, 1000, 65535}) {
    Raster raster(1, maximum + 1, 1, maximum);
    for (int i = 0; i <= maximum; ++i) {
      std::visit([&](auto& steps) { steps[size_t(i)] = uint16_t(i) & 0xFFFF; }, raster.steps);
    }
    const Image image = to_image(raster);
    EXPECT_EQ(image.pixels.back(), 1);
    EXPECT_EQ(image.pixels[1], 1.0f / float(maximum));
    EXPECT_EQ(to_raster(image, maximum).steps, raster.steps) << maximum;
    EXPECT_EQ(raster.bytes(), raster.count() * (maximum > 255 ? 2 : 1));
  }
}

TEST(Raster, ClampsAndRoundsToTheNearestStep) {
  EXPECT_EQ(to_step(-3, 255), 0u);
  EXPECT_EQ(to_step(7, 255), 255u);
  EXPECT_EQ(to_step(std::nanf(""), 255), 0u);
  EXPECT_EQ(to_step(0.499f / 255, 255), 0u);
  EXPECT_EQ(to_step(0.501f / 255, 255), 1u);
  EXPECT_EQ(to_step(0.5f, 65535), 32768u);
}

TEST(Raster, RowsAreTakenAndPutWhereTheyBelong) {
  Image image(5, 3, 3);
  for (size_t i = 0; i < image.count(); ++i) image.pixels[i] = float(i) / 255;
  const Raster whole = to_raster(image, 255);
  EXPECT_EQ(rows_of(whole, 2, 2).pixels, crop(image, 2, 0, 2, 3).pixels);
  EXPECT_EQ(crop(whole, 1, 2, 2, 1).pixels, crop(image, 1, 2, 2, 1).pixels);
  EXPECT_EQ(whole.at(3, 1, 2), image.at(3, 1, 2));
  Raster parts(5, 3, 3, 255);
  put_rows(crop(image, 3, 0, 2, 3), 3, parts);
  EXPECT_EQ(rows_of(parts, 0, 3).pixels, Image(3, 3, 3).pixels);
  put_rows(crop(image, 0, 0, 3, 3), 0, parts);
  EXPECT_EQ(parts.steps, whole.steps);
}

TEST(Raster, KnowsGray) {
  EXPECT_TRUE(is_gray(to_raster(Image(2, 2, 3, 0.4f), 255)));
  EXPECT_TRUE(is_gray(Raster(2, 2, 1, 255)));
  Image colored(2, 2, 3, 0.4f);
  colored.at(1, 1, 2) = 0.5f;
  for (const int maximum : {255, 65535}) {
    const Raster raster = to_raster(colored, maximum);
    EXPECT_FALSE(is_gray(raster));
    EXPECT_FALSE(is_gray(raster, 1, 1, 1, 1));
    EXPECT_TRUE(is_gray(raster, 0, 0, 1, 2));
    EXPECT_TRUE(is_gray(raster, 0, 0, 2, 1));
  }
}

TEST(Raster, GivesItsBytesToADevice) {
  for (const int maximum : {255, 65535}) {
    Raster raster(2, 3, 3, maximum);
    raster.set_step(0, 200);
    EXPECT_EQ(*static_cast<const uint8_t*>(raster.data()), 200) << "the low byte comes first";
  }
}

}  // namespace
}  // namespace limpid
