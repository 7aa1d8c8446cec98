#include "core/image/webp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

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

// The shorter one first.
std::pair<int, int> sides(const Bytes& file) {
  const Image color = decode_picture(file, "name").color;
  return {std::min(color.width, color.height), std::max(color.width, color.height)};
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

// Only where a file without loss states its sides can damage change them, and an orientation can
// turn them. Much of the last file is a profile and EXIF, which are not looked into.
TEST_F(WebpTest, DamagedBytesAreRefusedOrLeaveThePictureItsSides) {
  const struct {
    const char* name;
    double refused;  // share, at least
  } table[] = {{"lossless.webp", 0.8},
               {"lossy.webp", 0.3},
               {"alpha.webp", 0.8},
               {"orientation_6.webp", 0.1}};
  for (const auto& [name, least] : table) {
    const Bytes file = load(name);
    const std::pair<int, int> whole = sides(file);
    int tried = 0, refusals = 0;
    for (size_t i = 0; i < file.size(); ++i) {
      const bool states_sides = i > 20 && i < 25;
      for (const int value : {0, 127, 255}) {
        Bytes damaged = file;
        damaged[i] = uint8_t(value);
        if (damaged == file) continue;
        ++tried;
        const std::string sentence = refused(damaged, {.max_pixels = 1'000'000});
        if (!sentence.empty()) {
          ++refusals;
          EXPECT_EQ(sentence.rfind("name: not a picture Limpid can read (", 0), 0u) << sentence;
        } else if (!states_sides) {
          EXPECT_EQ(sides(damaged), whole) << name << ", byte " << i << ": " << value;
        }
      }
    }
    EXPECT_GE(refusals, least * tried) << name;
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
