#include "core/image/encoding.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

#include "core/error.h"
#include "core/image/compression.h"
#include "core/image/picture.h"
#include "core/noise/noise.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

// Large enough for several parts, and several chunks of the file: noise does not compress.
constexpr int height = 1203, width = 1001;

Raster noise(int channels, int white) {
  return to_raster(add_noise(Image(height, width, channels, 0.5f), {.strength = 0.3f}), white);
}

TEST(Encoding, APngInPartsComesBack) {
  for (const int bit_depth : {8, 16}) {
    for (const int channels : {1, 3}) {
      for (const bool with_alpha : {false, true}) {
        const Raster color = noise(channels, white_of(bit_depth));
        const Raster alpha = with_alpha ? noise(1, white_of(bit_depth)) : Raster();
        Encoding encoding(PictureFormat::png, color, alpha, bit_depth);
        EXPECT_EQ(encoding.total(), 2);
        for (int i = 0; i < encoding.total(); ++i) {
          EXPECT_EQ(encoding.done(), i);
          encoding.step();
        }
        EXPECT_EQ(encoding.done(), encoding.total());
        const std::vector<uint8_t> file = encoding.take_file();
        const StoredPicture again = decode_stored(file, "again");
        EXPECT_TRUE(again.color.steps == color.steps);
        EXPECT_TRUE(again.alpha.steps == alpha.steps);
        EXPECT_EQ(again.bit_depth, bit_depth);
        EXPECT_TRUE(file == encode_png(color, alpha, bit_depth));
      }
    }
  }
}

// Where each of the filters is the best one somewhere.
TEST(Encoding, APhotographComesBack) {
  const std::string folder = std::string(std::getenv("LIMPID_SOURCE")) + "/assets/samples/";
  const StoredPicture picture = read_stored(folder + "forest.png");
  const std::vector<uint8_t> file = encode_png(picture.color, picture.alpha, 8);
  EXPECT_TRUE(decode_stored(file, "again").color.steps == picture.color.steps);
}

TEST(Encoding, APngIsSmall) {
  const std::vector<uint8_t> flat = encode_png({.color = Image(200, 300, 3, 0.5f)});
  EXPECT_LT(flat.size(), 1000u);
}

TEST(Encoding, AJpegIsOnePart) {
  const Raster color = noise(3, 255), none;
  Encoding encoding(PictureFormat::jpeg, color, none, 8);
  EXPECT_EQ(encoding.total(), 1);
  encoding.step();
  EXPECT_EQ(decode_stored(encoding.take_file(), "again").color.width, width);
  for (const auto& [rows, columns] : {std::pair(1, 65536), {65536, 1}}) {
    const Raster long_one(rows, columns, 1, 255);
    EXPECT_THROW(Encoding(PictureFormat::jpeg, long_one, none, 8), Error);
  }
  const Raster longest(65535, 1, 1, 255);
  EXPECT_NO_THROW(Encoding(PictureFormat::jpeg, longest, none, 8));
}

TEST(Encoding, TheEndingTellsTheFormat) {
  EXPECT_EQ(format_of("a.PNG"), PictureFormat::png);
  EXPECT_EQ(format_of("b.png/a.jpg"), PictureFormat::jpeg);
  EXPECT_EQ(format_of("a.JPEG"), PictureFormat::jpeg);
  for (const PictureFormat format : {PictureFormat::png, PictureFormat::jpeg}) {
    EXPECT_EQ(format_of(std::string("a") + ending_of(format)), format);
  }
  EXPECT_THROW(format_of("a.bmp"), Error);
  EXPECT_THROW(format_of("png"), Error);
}

TEST(Encoding, AWriterThatIsStoppedWritesNothing) {
  const Raster color = noise(1, 255);
  const std::filesystem::path file = testing::TempDir() + "/stopped.png";
  std::filesystem::remove(file);
  int told = 0;
  EXPECT_FALSE(write_picture(file, color, StoredPicture(), [&](int done, int total) {
    EXPECT_EQ(done, told++);
    EXPECT_EQ(total, 2);
    return done < 1;
  }));
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(told, 2);
}

TEST(Encoding, AJpegHasQuality95AndEightBits) {
  const Raster deep = noise(3, 65535);
  Raster color(height, width, 3, 255);
  for (size_t i = 0; i < color.count(); ++i) {
    color.set_step(i, to_step(float(deep.step(i)) / 65535, 255));
  }
  const std::vector<uint8_t> bytes = std::get<std::vector<uint8_t>>(color.steps);
  const std::vector<uint8_t> expected = compress_jpeg(bytes, {height, width, 3}, 95);
  for (const Raster& picture : {color, deep}) {
    const Raster none;
    Encoding encoding(PictureFormat::jpeg, picture, none, 8);
    encoding.step();
    EXPECT_TRUE(encoding.take_file() == expected);
  }
}

TEST(Encoding, OneLongRowIsAPart) {
  const Raster color(2, (1 << 20) + 1, 1, 255), none;
  EXPECT_EQ(Encoding(PictureFormat::png, color, none, 8).total(), 2);
}

}  // namespace
}  // namespace limpid
