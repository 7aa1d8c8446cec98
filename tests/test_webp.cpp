#include "core/image/webp.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"
#include "core/image/exif.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes load(const std::string& name) { return read_file(golden_file(name), size_t(1) << 20); }

std::string refused(const Bytes& file, const PictureLimits& limits = {}) {
  try {
    decode_picture(file, "name", limits);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class WebpTest : public testing::Test {
 protected:
  void SetUp() override {
    if (refused(load("lossless.webp")).find("built without") != std::string::npos) {
      GTEST_SKIP() << "NOT TESTED: libwebp was not there when this was built";
    }
  }
};

TEST_F(WebpTest, WithoutLossItIsExact) {
  const Picture picture = read_picture(golden_file("lossless.webp"));
  EXPECT_EQ(to_bytes(picture.color), to_bytes(pattern(6, 10, 3)));
  EXPECT_TRUE(picture.alpha.empty());
  EXPECT_EQ(picture.bit_depth, 8);
}

TEST_F(WebpTest, TransparentPixelsKeepTheirColours) {
  const Picture picture = read_picture(golden_file("alpha.webp"));
  EXPECT_EQ(to_bytes(picture.color), to_bytes(pattern(6, 10, 3)));
  const Image all = pattern(6, 10, 4);
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 10; ++x) EXPECT_EQ(picture.alpha.at(y, x, 0), all.at(y, x, 3));
  }
}

TEST_F(WebpTest, WithLossItIsAsPillowDecodesIt) {
  const Picture picture = read_picture(golden_file("lossy.webp"));
  EXPECT_EQ(to_bytes(picture.color), from_hex(golden()["webp"]));
}

TEST_F(WebpTest, ATurnedOneComesOutUprightWithWhatItSays) {
  const Picture picture = read_picture(golden_file("orientation_6.webp"));
  EXPECT_EQ(to_bytes(picture.color), to_bytes(pattern(6, 10, 3)));
  EXPECT_EQ(picture.metadata.profile.size(), 300u);
  EXPECT_FALSE(picture.metadata.exif.empty());
  EXPECT_EQ(exif_orientation(picture.metadata.exif), 1);
}

TEST_F(WebpTest, WhatIsNotWholeOrMovesIsRefused) {
  EXPECT_NE(refused(load("animated.webp")).find("animated"), std::string::npos);
  for (const char* name : {"lossless.webp", "lossy.webp", "alpha.webp"}) {
    const Bytes file = load(name);
    // RIFF files are padded to an even size.
    for (size_t size = 12; size + 1 < file.size(); ++size) {
      EXPECT_NE(refused({file.begin(), file.begin() + ptrdiff_t(size)}), "") << name << size;
    }
  }
}

TEST_F(WebpTest, DamagedBytesNeverCrash) {
  for (const char* name : {"lossless.webp", "lossy.webp", "alpha.webp", "orientation_6.webp"}) {
    const Bytes file = load(name);
    for (size_t i = 0; i < file.size(); ++i) {
      for (const int value : {0, 127, 255}) {
        Bytes damaged = file;
        damaged[i] = uint8_t(value);
        refused(damaged, {.max_pixels = 1'000'000});
      }
    }
  }
}

TEST_F(WebpTest, LimitsHoldBeforeDecoding) {
  EXPECT_NE(refused(load("lossless.webp"), {.max_pixels = 59}).find("over the limit of 59"),
            std::string::npos);
}

TEST(Webp, IsToldByItsFirstBytes) {
  EXPECT_TRUE(is_webp(load("lossy.webp")));
  EXPECT_FALSE(is_webp(load("gray.jpg")));
  const Bytes file = load("lossy.webp");
  EXPECT_FALSE(is_webp(std::span(file).first(11)));
  EXPECT_FALSE(is_webp({}));
}

}  // namespace
}  // namespace limpid
