#include "core/image/palette.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/image/picture.h"

namespace limpid {
namespace {

using Bytes = std::vector<uint8_t>;

// Two pixels by Pillow, of the colours 50, 50, 50 and 200, `green`, 200.
std::map<std::string, Bytes> two_pixels(uint8_t green) {
  Bytes png = {137, 80, 78, 71, 13, 10, 26, 10, 0,  0,  0,  13, 73,  72,    68,  82,
               0,   0,  0,  2,  0,  0,  0,  1,  1,  3,  0,  0,  0,   206,   236, 237,
               201, 0,  0,  0,  6,  80, 76, 84, 69, 50, 50, 50, 200, green, 200};
  const Bytes sum = green == 200 ? Bytes{100, 54, 20, 153} : Bytes{102, 132, 231, 124};  // CRC
  png.insert(png.end(), sum.begin(), sum.end());
  const Bytes pixels = {0,  0,  0,  10,  73,  68, 65, 84, 120, 156, 99, 112, 0,  0,   0,  66, 0,
                        65, 41, 55, 244, 239, 0,  0,  0,  0,   73,  69, 78,  68, 174, 66, 96, 130};
  png.insert(png.end(), pixels.begin(), pixels.end());
  const Bytes gif = {71, 73,  70,    56,  55, 97, 2, 0, 1, 0, 129, 0, 0, 50, 50,
                     50, 200, green, 200, 0,  0,  0, 0, 0, 0, 44,  0, 0, 0,  0,
                     2,  0,   1,     0,   0,  8,  5, 0, 1, 4, 8,   8, 0, 59};
  const Bytes bmp = {66, 77, 66, 0,  0,   0,  0, 0,   0,     0,   62, 0, 0, 0, 40, 0, 0,
                     0,  2,  0,  0,  0,   1,  0, 0,   0,     1,   0,  8, 0, 0, 0,  0, 0,
                     4,  0,  0,  0,  196, 14, 0, 0,   196,   14,  0,  0, 2, 0, 0,  0, 2,
                     0,  0,  0,  50, 50,  50, 0, 200, green, 200, 0,  0, 1, 0, 0};
  return {{"png", png}, {"gif", gif}, {"bmp", bmp}};
}

TEST(Palette, IsKnownByTheFile) {
  for (const auto& [format, bytes] : two_pixels(100)) EXPECT_TRUE(has_palette(bytes)) << format;
  Bytes os2 = {'B', 'M', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 2, 0, 1, 0, 1, 0, 4, 0};
  EXPECT_TRUE(has_palette(os2));
  os2[24] = 24;
  EXPECT_FALSE(has_palette(os2));
  Bytes bmp = two_pixels(100)["bmp"];
  bmp[28] = 24;
  EXPECT_FALSE(has_palette(bmp));
  bmp[28] = 1;
  EXPECT_TRUE(has_palette(bmp));
  for (const int channels : {1, 3}) {
    const Image color(1, 2, channels), alpha(1, 2, 1);
    EXPECT_FALSE(has_palette(encode_png({.color = color})));
    EXPECT_FALSE(has_palette(encode_png({.color = color, .alpha = alpha})));
  }
  for (const Bytes& cut : {Bytes(), Bytes{'B', 'M'}, Bytes{137, 'P', 'N', 'G'}}) {
    EXPECT_FALSE(has_palette(cut));
  }
}

// So that gray pictures meet gray noise and are written as gray ones.
TEST(Palette, OfGraysMakesAGrayPicture) {
  for (const auto& [format, bytes] : two_pixels(200)) {
    const Raster gray = decode_stored(bytes, format).color;
    ASSERT_EQ(gray.channels, 1) << format;
    EXPECT_EQ(gray.step(0), 50u) << format;
    EXPECT_EQ(gray.step(1), 200u) << format;
  }
  for (const auto& [format, bytes] : two_pixels(100)) {
    const Raster color = decode_stored(bytes, format).color;
    ASSERT_EQ(color.channels, 3) << format;
    EXPECT_EQ(color.step(4), 100u) << format;
  }
}

}  // namespace
}  // namespace limpid
