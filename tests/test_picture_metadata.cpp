#include "core/image/picture_metadata.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "core/image/encoding.h"
#include "core/image/exif.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

using Bytes = std::vector<uint8_t>;

// As golden/make_image.py makes it, of gray pictures too.
Bytes profile(size_t size, std::string_view space = "RGB ") {
  Bytes bytes(size);
  for (size_t i = 128; i < size; ++i) bytes[i] = uint8_t(i % 251);
  for (int i = 0; i < 4; ++i) bytes[size_t(i)] = uint8_t(size >> (24 - 8 * i));
  std::copy(space.begin(), space.end(), bytes.begin() + 16);
  std::copy_n("acsp", 4, bytes.begin() + 36);
  return bytes;
}

// Upright, without a thumbnail, and `size` bytes in all.
Bytes exif(size_t size) {
  Bytes block = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0};
  block.resize(size);
  return block;
}

Bytes encoded(PictureFormat format, int channels, const PictureMetadata& metadata) {
  const Picture picture{.color = Image(6, 10, channels, 0.5f), .metadata = metadata};
  return format == PictureFormat::png ? encode_png(picture) : encode_jpeg(picture);
}

TEST(PictureMetadata, AProfileHasAHeaderAndTheColoursOfThePicture) {
  EXPECT_TRUE(is_profile(profile(128), 3));
  EXPECT_TRUE(is_profile(profile(128, "GRAY"), 1));
  EXPECT_FALSE(is_profile(profile(128, "GRAY"), 3));
  EXPECT_FALSE(is_profile(profile(128, "CMYK"), 3));
  EXPECT_FALSE(is_profile(profile(128), 1));
  Bytes other = profile(128);
  other[36] = 'b';
  EXPECT_FALSE(is_profile(other, 3));
  EXPECT_FALSE(is_profile(profile(127), 3));
  EXPECT_FALSE(is_profile({}, 3));
  EXPECT_FALSE(is_profile(profile(most_profile_bytes + 1), 3));
}

TEST(PictureMetadata, ProfilesAreReadAsPillowStoresThem) {
  EXPECT_EQ(read_picture(golden_file("profile.png")).metadata.profile, profile(3000));
  EXPECT_EQ(read_stored(golden_file("profile.jpg")).metadata.profile, profile(70000));
  EXPECT_EQ(read_picture(golden_file("bits16_3.png")).metadata, PictureMetadata());
}

TEST(PictureMetadata, XmpComesOutUpright) {
  const std::string turned = R"(<x tiff:Orientation="6" xmp:Rating="4"/>)";
  const std::string kept = R"(<x tiff:Orientation="1" xmp:Rating="4"/>)";
  for (const char* name : {"xmp.png", "xmp.jpg", "xmp.webp"}) {
    const Bytes xmp = read_picture(golden_file(name)).metadata.xmp;
    EXPECT_EQ(std::string(xmp.begin(), xmp.end()), kept) << name;
    const Bytes file = read_file(golden_file(name), 1000);
    EXPECT_NE(std::search(file.begin(), file.end(), turned.begin(), turned.end()), file.end());
  }
}

TEST(PictureMetadata, ComesBackFromBothFormats) {
  for (const PictureFormat format : {PictureFormat::png, PictureFormat::jpeg}) {
    for (const size_t size : {size_t(128), size_t(65519), size_t(65520), size_t(3'000'000)}) {
      const PictureMetadata color = {
          .profile = profile(size), .exif = exif(65527), .xmp = Bytes(65504, 'x')};
      EXPECT_EQ(decode_picture(encoded(format, 3, color), "again").metadata, color) << size;
    }
  }
  const PictureMetadata gray = {.profile = profile(300, "GRAY"), .exif = exif(100)};
  EXPECT_EQ(decode_picture(encoded(PictureFormat::png, 1, gray), "again").metadata, gray);
}

// As other programs write them: gamma 0.45455, sRGB, 300 pixels an inch.
const Bytes gamma_chunk = {0, 0, 0, 4, 'g', 'A', 'M', 'A', 0, 0, 0xB1, 0x8F, 0x0B, 0xFC, 0x61, 5};
const Bytes srgb_chunk = {0, 0, 0, 1, 's', 'R', 'G', 'B', 0, 0xAE, 0xCE, 0x1C, 0xE9};
const Bytes size_chunk = {0,    0, 0, 9,    'p',  'H', 'Y',  's',  0,    0,   0x2E,
                          0x23, 0, 0, 0x2E, 0x23, 1,   0x78, 0xA5, 0x3F, 0x76};

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes whole;
  for (const Bytes& part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

TEST(PictureMetadata, WhatAPngSaysOfColoursIsKept) {
  const PictureMetadata all = {.png_chunks = joined({gamma_chunk, srgb_chunk})};
  const Bytes file = encoded(PictureFormat::png, 3, all);
  EXPECT_EQ(decode_picture(file, "again").metadata, all);
  EXPECT_EQ(encoded(PictureFormat::jpeg, 3, all), encoded(PictureFormat::jpeg, 3, {}));
  Bytes damaged = file;
  const auto at = std::search(damaged.begin(), damaged.end(), srgb_chunk.begin(), srgb_chunk.end());
  ASSERT_NE(at, damaged.end());
  at[8] ^= 1;  // its check sum is wrong now
  EXPECT_EQ(decode_picture(damaged, "damaged").metadata.png_chunks, gamma_chunk);
  const PictureMetadata twice = {.png_chunks = joined({gamma_chunk, srgb_chunk, gamma_chunk})};
  EXPECT_EQ(decode_picture(encoded(PictureFormat::png, 3, twice), "twice").metadata.png_chunks,
            joined({gamma_chunk, srgb_chunk}));
}

bool has(const Bytes& file, const Bytes& part) {
  return std::search(file.begin(), file.end(), part.begin(), part.end()) != file.end();
}

TEST(PictureMetadata, TheSizeOnPaperIsKeptInBothFormats) {
  const PictureMetadata at_300 = {.pixels_per_meter = 11811};  // an inch
  const Bytes png = encoded(PictureFormat::png, 3, at_300);
  EXPECT_TRUE(has(png, size_chunk));
  EXPECT_EQ(decode_picture(png, "png").metadata, at_300);
  Bytes jpeg = encoded(PictureFormat::jpeg, 3, at_300);
  const Bytes in_inches = {'J', 'F', 'I', 'F', 0, 1, 1, 1, 1, 44, 1, 44};
  EXPECT_TRUE(has(jpeg, in_inches));
  EXPECT_EQ(decode_picture(jpeg, "jpeg").metadata, at_300);
  const auto size_says = [&](uint8_t unit, uint8_t across, uint8_t down) {
    std::copy_n(Bytes{unit, 0, across, 0, down}.begin(), 5, jpeg.begin() + 13);
    return decode_picture(jpeg, "other").metadata.pixels_per_meter;
  };
  EXPECT_EQ(size_says(2, 118, 118), 11800u);  // a centimetre
  EXPECT_EQ(size_says(1, 72, 72), 2835u);
  EXPECT_EQ(size_says(0, 1, 1), 0u);    // squares of unknown size
  EXPECT_EQ(size_says(1, 72, 36), 0u);  // no squares
  for (const uint32_t beyond : {1u, 4'000'000'000u}) {
    EXPECT_EQ(encoded(PictureFormat::jpeg, 3, {.pixels_per_meter = beyond}),
              encoded(PictureFormat::jpeg, 3, {}));
  }
}

TEST(PictureMetadata, WhatHasNoPlaceInAJpegIsLeftOut) {
  const PictureMetadata large = {
      .profile = profile(300), .exif = exif(65528), .xmp = Bytes(65505, 'x')};
  const PictureMetadata again =
      decode_picture(encoded(PictureFormat::jpeg, 3, large), "again").metadata;
  EXPECT_EQ(again, (PictureMetadata{.profile = profile(300), .exif = {}}));
}

// Decoders refuse such files, or show nonsense.
TEST(PictureMetadata, AProfileOfOtherColoursIsNotWritten) {
  const PictureMetadata color = {.profile = profile(300), .exif = {}};
  const PictureMetadata gray = {.profile = profile(300, "GRAY"), .exif = {}};
  const Bytes nothing = encoded(PictureFormat::png, 1, {});
  EXPECT_EQ(encoded(PictureFormat::png, 1, color), nothing);
  EXPECT_NE(encoded(PictureFormat::png, 1, gray), nothing);
  // Our JPEGs of gray pictures have three channels that are alike.
  EXPECT_EQ(encoded(PictureFormat::jpeg, 1, gray), encoded(PictureFormat::jpeg, 1, {}));
}

TEST(PictureMetadata, AProfileOfOtherColoursIsNotRead) {
  Bytes file = encoded(PictureFormat::jpeg, 3, {.profile = profile(300), .exif = {}});
  const std::string_view colors = "RGB ";
  const auto at = std::search(file.begin(), file.end(), colors.begin(), colors.end());
  ASSERT_NE(at, file.end());
  std::copy_n("CMYK", 4, at);
  EXPECT_TRUE(decode_picture(file, "other").metadata.profile.empty());
}

TEST(PictureMetadata, OfATurnedPictureItSaysUpright) {
  for (const char* name : {"orientation_6.png", "orientation_6.jpg", "orientation_3.jpg"}) {
    const Picture picture = read_picture(golden_file(name));
    EXPECT_FALSE(picture.metadata.exif.empty());
    EXPECT_EQ(exif_orientation(picture.metadata.exif), 1);
    const Picture again = decode_picture(encode_png(picture), "again");
    EXPECT_EQ(again.color.height, picture.color.height);
    EXPECT_EQ(again.metadata, picture.metadata);
  }
}

TEST(PictureMetadata, ADamagedProfileIsNone) {
  Bytes png = encoded(PictureFormat::png, 3, {.profile = profile(3000), .exif = {}});
  const std::string_view kind = "iCCP";
  const auto chunk = std::search(png.begin(), png.end(), kind.begin(), kind.end());
  ASSERT_NE(chunk, png.end());
  chunk[20] ^= 1;  // its check sum is wrong now
  EXPECT_EQ(decode_picture(png, "damaged").metadata, PictureMetadata());

  const Bytes jpeg = encoded(PictureFormat::jpeg, 3, {.profile = profile(70000), .exif = {}});
  const std::string_view part = "ICC_PROFILE";
  const auto first = std::search(jpeg.begin(), jpeg.end(), part.begin(), part.end());
  ASSERT_NE(first, jpeg.end());
  for (const int number : {0, 2, 3}) {  // of 2 parts the first: none, the second again, a third
    Bytes other = jpeg;
    other[size_t(first - jpeg.begin()) + 12] = uint8_t(number);
    EXPECT_EQ(decode_picture(other, "damaged").metadata, PictureMetadata()) << number;
  }
}

}  // namespace
}  // namespace limpid
