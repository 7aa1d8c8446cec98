#include "core/image/tiff.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/error.h"
#include "core/image/exif.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "tests/golden_image.h"
#include "tests/tiff_file.h"

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

bool same(const Raster& a, const Raster& b) {
  return a.same_size(b) && a.maximum == b.maximum && a.steps == b.steps;
}
bool same(const StoredPicture& a, const StoredPicture& b) {
  return same(a.color, b.color) && same(a.alpha, b.alpha);
}

// pattern() in steps; those of 16 bits differ in both bytes.
uint32_t step(int y, int x, int sample, int bits) {
  const uint32_t byte = uint32_t(pattern_byte(y, x, sample));
  return bits == 16 ? byte << 8 | ((byte + uint32_t(x)) & 255) : byte >> (8 - bits);
}

TiffFile file_of(int samples, int bits) {
  TiffFile file = {.bits = bits, .samples = samples, .photometric = samples >= 3 ? 2u : 1u};
  file.value = [=](int y, int x, int sample) { return step(y, x, sample, bits); };
  return file;
}

// What file_of holds, of its first `channels` samples.
Raster raster_of(int channels, int bits) {
  Raster raster(6, 10, channels, bits == 16 ? 65535 : 255);
  for (size_t i = 0; i < raster.count(); ++i) {
    const int pixel = int(i) / channels, sample = int(i) % channels;
    const uint32_t stretch = bits < 8 ? 255u / ((1u << bits) - 1) : 1;
    raster.set_step(i, step(pixel / 10, pixel % 10, sample, bits) * stretch);
  }
  return raster;
}

TEST(Tiff, EachWayOfPackingThatPillowWritesIsRead) {
  for (const char* name : {"raw.tif", "packbits.tif", "tiff_lzw.tif", "tiff_lzw_2.tif",
                           "tiff_adobe_deflate.tif", "tiff_adobe_deflate_2.tif"}) {
    const Picture picture = read_picture(golden_file(name));
    EXPECT_EQ(to_bytes(picture.color), to_bytes(pattern(6, 10, 3))) << name;
    EXPECT_TRUE(picture.alpha.empty()) << name;
    EXPECT_EQ(picture.bit_depth, 8) << name;
  }
  for (const char* name : {"tiff_lzw_16.tif", "tiff_adobe_deflate_16.tif"}) {
    const StoredPicture picture = read_stored(golden_file(name));
    ASSERT_EQ(picture.bit_depth, 16) << name;
    ASSERT_EQ(picture.color.channels, 1) << name;
    for (size_t i = 0; i < picture.color.count(); ++i) {
      EXPECT_EQ(picture.color.step(i), 257u * uint32_t(pattern_byte(int(i) / 10, int(i) % 10, 0)));
    }
  }
}

TEST(Tiff, TransparentPixelsKeepTheirColours) {
  const StoredPicture picture = read_stored(golden_file("alpha.tif"));
  EXPECT_TRUE(same(picture.color, raster_of(3, 8)));
  for (size_t i = 0; i < picture.alpha.count(); ++i) {
    EXPECT_EQ(picture.alpha.step(i), uint32_t(pattern_byte(int(i) / 10, int(i) % 10, 3)));
  }
}

TEST(Tiff, OfSeveralPagesTheFirstIsRead) {
  EXPECT_TRUE(same(read_stored(golden_file("pages.tif")).color, raster_of(3, 8)));
}

TEST(Tiff, APaletteGivesItsColoursAndOneOfGraysIsGray) {
  const StoredPicture picture = read_stored(golden_file("palette.tif"));
  ASSERT_EQ(picture.color.channels, 3);
  for (size_t i = 0; i < picture.color.count(); ++i) {
    const int pixel = int(i) / 3, number = pattern_byte(pixel / 10, pixel % 10, 0) / 16;
    const int expected = number < 15 ? 17 * number + 5 * (int(i) % 3) : 0;
    EXPECT_EQ(picture.color.step(i), uint32_t(expected));
  }
  for (const int bits : {1, 2, 4, 8}) {
    TiffFile file = file_of(1, bits);
    file.photometric = 3;
    for (int c = 0; c < 3; ++c) {
      for (uint32_t i = 0; i < 1u << bits; ++i) file.fields[320].values.push_back((i ^ 1) << 8);
    }
    const Raster gray = decode_stored(file.bytes(), "gray").color;
    ASSERT_EQ(gray.channels, 1) << bits;
    for (size_t i = 0; i < gray.count(); ++i) {
      EXPECT_EQ(gray.step(i), step(int(i) / 10, int(i) % 10, 0, bits) ^ 1) << bits;
    }
    file.fields[34675] = {1, std::vector<uint32_t>(200)};  // a profile, of colours
    EXPECT_EQ(decode_stored(file.bytes(), "profile").color.channels, 3) << bits;
  }
}

TEST(Tiff, StripsTilesPlanesAndBothByteOrdersHoldTheSame) {
  for (const int bits : {8, 16}) {
    for (const int samples : {1, 3, 5}) {
      for (const bool planes : {false, true}) {
        for (const int columns : {0, 16}) {
          TiffFile file = file_of(samples, bits);
          file.planes = planes;
          file.columns = columns;
          if (columns > 0) file.rows = 16, file.width = 37, file.height = 21;
          const StoredPicture little = decode_stored(file.bytes(), "little");
          file.little = false;
          const StoredPicture big = decode_stored(file.bytes(), "big");
          const std::string what =
              ::testing::PrintToString(std::vector{bits, samples, int(planes), columns});
          EXPECT_TRUE(same(little, big)) << what;
          ASSERT_EQ(little.color.channels, samples >= 3 ? 3 : 1) << what;
          EXPECT_EQ(little.bit_depth, bits) << what;
          EXPECT_TRUE(little.alpha.empty()) << what;
          const int width = little.color.width, channels = little.color.channels;
          ASSERT_EQ(width, file.width);
          for (size_t i = 0; i < little.color.count(); ++i) {
            const int pixel = int(i) / channels;
            ASSERT_EQ(little.color.step(i),
                      step(pixel / width, pixel % width, int(i) % channels, bits))
                << what << ", " << i;
          }
        }
      }
    }
  }
}

TEST(Tiff, GrayOfFewBitsGoesFromBlackToWhite) {
  for (const int bits : {1, 2, 4}) {
    EXPECT_TRUE(same(decode_stored(file_of(1, bits).bytes(), "few").color, raster_of(1, bits)))
        << bits;
  }
  const Raster written_by_pillow = read_stored(golden_file("bits.tif")).color;
  EXPECT_TRUE(same(written_by_pillow, raster_of(1, 1)));
}

TEST(Tiff, WhereZeroIsWhiteItIsTurned) {
  for (const int bits : {1, 8, 16}) {
    TiffFile file = file_of(1, bits);
    const uint32_t most = (1u << bits) - 1;
    file.photometric = 0;
    file.value = [=](int y, int x, int sample) { return most - step(y, x, sample, bits); };
    EXPECT_TRUE(same(decode_stored(file.bytes(), "white").color, raster_of(1, bits))) << bits;
  }
}

// Tag 338: 1 alpha that the colours were multiplied by, 2 alpha, 0 anything.
TEST(Tiff, OfFurtherSamplesAlphaAloneIsTaken) {
  TiffFile file = file_of(5, 16);
  const struct {
    std::vector<uint32_t> meanings;
    int alpha;
  } table[] = {{{0, 2}, 4}, {{2, 0}, 3}, {{2, 1}, 3}};
  for (const auto& [meanings, alpha] : table) {
    file.fields[338] = {3, meanings};
    for (const bool planes : {false, true}) {
      file.planes = planes;
      const StoredPicture picture = decode_stored(file.bytes(), "alpha");
      EXPECT_TRUE(same(picture.color, raster_of(3, 16)));
      ASSERT_EQ(picture.alpha.count(), 60u);
      for (size_t i = 0; i < 60; ++i) {
        EXPECT_EQ(picture.alpha.step(i), step(int(i) / 10, int(i) % 10, alpha, 16));
      }
    }
  }
  file.fields[338] = {3, {0, 0}};
  EXPECT_TRUE(decode_stored(file.bytes(), "others").alpha.empty());
}

TEST(Tiff, ColoursThatWereMultipliedByAlphaAreDividedByIt) {
  TiffFile file = file_of(2, 8);
  file.fields[338] = {3, {1}};
  const uint32_t stored[][3] = {{0, 0, 0}, {7, 0, 0}, {20, 255, 20}, {21, 52, 103}, {90, 60, 255}};
  file.value = [&](int, int x, int sample) { return stored[x % 5][sample]; };
  const StoredPicture picture = decode_stored(file.bytes(), "associated");
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(picture.color.step(i), stored[i][2]) << i;
    EXPECT_EQ(picture.alpha.step(i), stored[i][1]) << i;
  }
}

// The way that upright() tells, which the pictures of make_image.py agree with.
TEST(Tiff, TurnedOnesComeOutUpright) {
  for (uint32_t orientation = 1; orientation <= 8; ++orientation) {
    const Walk walk = upright(int(orientation), 6, 10);
    TiffFile file = file_of(3, 8);
    file.fields[274] = {3, {orientation}};
    Raster expected(walk.height, walk.width, 3, 255);
    for (size_t i = 0; i < expected.count(); ++i) {
      const int pixel = int(i) / 3;
      const ptrdiff_t at =
          walk.first + pixel / walk.width * walk.row_step + pixel % walk.width * walk.column_step;
      expected.set_step(i, step(int(at) / 10, int(at) % 10, int(i) % 3, 8));
    }
    for (const int columns : {0, 16}) {
      file.columns = columns;
      if (columns > 0) file.rows = 16;
      EXPECT_TRUE(same(decode_stored(file.bytes(), "turned").color, expected)) << orientation;
    }
  }
}

TEST(Tiff, WhatItSaysIsKept) {
  const Picture picture = read_picture(golden_file("orientation_6.tif"));
  EXPECT_EQ(to_bytes(picture.color), to_bytes(pattern(6, 10, 3)));
  const PictureMetadata& metadata = picture.metadata;
  EXPECT_EQ(metadata.profile.size(), 300u);
  EXPECT_EQ(std::string(metadata.xmp.begin(), metadata.xmp.end()),
            R"(<x tiff:Orientation="1" xmp:Rating="4"/>)");
  EXPECT_EQ(metadata.pixels_per_meter, 11811u);  // 300 an inch
  EXPECT_TRUE(metadata.exif.empty());
  const auto size_on_paper = [](uint32_t across, uint32_t down, uint32_t unit) {
    TiffFile file = file_of(1, 8);
    file.fields = {{282, {5, {across, 2}}}, {283, {5, {down, 2}}}, {296, {3, {unit}}}};
    return decode_stored(file.bytes(), "size").metadata.pixels_per_meter;
  };
  EXPECT_EQ(size_on_paper(200, 200, 3), 10'000u);  // 100 a centimetre
  EXPECT_EQ(size_on_paper(200, 200, 1), 0u);       // of no unit
  EXPECT_EQ(size_on_paper(200, 100, 2), 0u);       // no squares
  EXPECT_EQ(size_on_paper(0, 0, 2), 0u);
}

TEST(Tiff, OtherKindsAreRefusedByName) {
  const auto with = [](uint32_t tag, uint32_t value) {
    TiffFile file = file_of(1, 8);
    file.fields[tag] = {3, {value}};
    return file;
  };
  TiffFile floats = file_of(1, 32), twelve = with(258, 12), colors = file_of(4, 8);
  floats.fields[339] = {3, {3}};
  colors.photometric = 5;
  TiffFile luma = file_of(3, 8);
  luma.photometric = 6;
  TiffFile palette = file_of(1, 16), many = file_of(6, 8), few = file_of(3, 4);
  palette.photometric = 3;
  palette.fields[320] = {3, std::vector<uint32_t>(3 << 16)};
  const struct {
    TiffFile file;
    std::string kind;
  } table[] = {{floats, "of 32-bit floats"},
               {file_of(1, 32), "of 32 bits a sample"},
               {twelve, "of 12 bits a sample"},
               {few, "of 4 bits a sample"},
               {palette, "with a palette of 16 bits"},
               {many, "of 6 samples a pixel"},
               {with(339, 2), "of signed numbers"},
               {with(339, 5), "of complex numbers"},
               {colors, "of CMYK colours"},
               {with(262, 4), "that masks another picture"},
               {luma, "of YCbCr colours"},
               {with(262, 8), "of Lab colours"},
               {with(262, 32844), "of LogLuv colours"},
               {with(262, 99), "of colours of kind 99"},
               {with(254, 1), "that begins with a preview of another picture"},
               {with(259, 4), "compressed as CCITT Group 4"},
               {with(259, 7), "compressed as JPEG"},
               {with(259, 50000), "compressed as ZSTD"},
               {with(259, 12345), "compressed as kind 12345"}};
  for (const auto& [file, kind] : table) {
    EXPECT_EQ(refused(file.bytes()), "name: not a picture Limpid can read (it is a TIFF " + kind +
                                         ", which is not read: save it as PNG or JPEG first)");
  }
}

TEST(Tiff, WithoutAMeaningOfItsNumbersItIsRefused) {
  TiffFile file = file_of(1, 8);
  file.fields[262] = {};
  EXPECT_EQ(refused(file.bytes()),
            "name: not a picture Limpid can read (the TIFF does not say what its numbers mean)");
}

// A picture, or a sentence that names the file.
void expect_picture_or_refusal(const Bytes& file, const std::string& what) {
  const std::string sentence = refused(file, {.max_pixels = 1'000'000});
  if (sentence.empty()) return;
  EXPECT_EQ(sentence.rfind("name: ", 0), 0u) << what << sentence;
}

std::vector<Bytes> small_files() {
  TiffFile tiles = file_of(3, 16);
  tiles.rows = tiles.columns = 16;
  tiles.planes = true;
  tiles.little = false;
  return {load("packbits.tif"), load("tiff_lzw_2.tif"), load("tiff_adobe_deflate_16.tif"),
          load("pages.tif"),    load("palette.tif"),    tiles.bytes()};
}

TEST(Tiff, CutShortItIsRefusedOrWholeAndNothingIsPrinted) {
  testing::internal::CaptureStderr();
  for (const Bytes& file : small_files()) {
    const StoredPicture whole = decode_stored(file, "whole");
    int refusals = 0;
    for (size_t size = 4; size < file.size(); ++size) {
      const Bytes cut(file.begin(), file.begin() + ptrdiff_t(size));
      try {
        EXPECT_TRUE(same(decode_stored(cut, "name"), whole)) << size << " of " << file.size();
      } catch (const Error& error) {
        ++refusals;
        EXPECT_EQ(std::string(error.what()),
                  "name: not a picture Limpid can read (the TIFF is broken or cut short)");
      }
    }
    EXPECT_GE(refusals, int(file.size()) / 2);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Tiff, DamagedBytesAreRefusedOrGiveAPicture) {
  for (const Bytes& file : small_files()) {
    for (size_t i = 0; i < file.size(); ++i) {
      for (const int value : {0, 1, 127, 255, file[i] ^ 0x10}) {
        Bytes damaged = file;
        damaged[i] = uint8_t(value);
        expect_picture_or_refusal(damaged, std::to_string(i) + ": " + std::to_string(value) + ", ");
      }
    }
  }
}

// Kilobytes of address space that this process has had at most.
int64_t peak_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmPeak:", 0) == 0) return std::stoll(line.substr(7));
  }
  ADD_FAILURE() << "the system does not tell";
  return 0;
}
constexpr int64_t little_kb = 40'000;

TEST(Tiff, MemoryIsTakenForWhatTheFileCanHold) {
  TiffFile claims = file_of(3, 16);
  claims.fields = {{256, {3, {14'000}}}, {257, {3, {14'000}}}, {278, {3, {14'000}}}};
  TiffFile tile = file_of(1, 8);
  tile.rows = tile.columns = 16;
  tile.fields = {{322, {4, {30'000}}}, {323, {4, {30'000}}}};
  for (TiffFile* file : {&claims, &tile}) {
    const Bytes bytes = file->bytes();
    const int64_t before = peak_kb();
    EXPECT_NE(refused(bytes).find("broken or cut short"), std::string::npos) << refused(bytes);
    EXPECT_LT(peak_kb() - before, little_kb);
  }
}

TEST(Tiff, ManyTagsThatShareTheirBytesDoNotTakeThemAllTwice) {
  TiffFile file = file_of(1, 8);
  file.height = file.width = 1000;
  for (uint32_t tag = 40'000; tag < 40'400; ++tag) file.fields[tag] = {4, {8}};
  Bytes bytes = file.bytes();
  const size_t directory = size_t(bytes[4] | bytes[5] << 8 | bytes[6] << 16);
  for (size_t at = directory + 2; at + 12 < bytes.size(); at += 12) {
    if ((bytes[at] | bytes[at + 1] << 8) < 40'000) continue;
    bytes[at + 2] = 1;   // single bytes,
    bytes[at + 6] = 15;  // 0x0F0000 of them
    bytes[at + 4] = 0;
  }
  const int64_t before = peak_kb();
  EXPECT_EQ(refused(bytes), "");
  EXPECT_LT(peak_kb() - before, little_kb);
}

TEST(Tiff, LimitsHoldBeforeDecoding) {
  EXPECT_NE(refused(load("tiff_lzw.tif"), {.max_pixels = 59}).find("over the limit of 59"),
            std::string::npos);
}

TEST(Tiff, IsToldByItsFirstBytes) {
  const auto starts = [](std::string start) { return is_tiff(Bytes(start.begin(), start.end())); };
  for (const char* order : {"II", "MM"}) {
    const bool little = order[0] == 'I';
    for (const char version : {'*', '+'}) {
      EXPECT_TRUE(starts(order + (little ? std::string{version, 0} : std::string{0, version})));
    }
    EXPECT_FALSE(starts(order));
  }
  EXPECT_FALSE(starts("IIRO"));
  EXPECT_FALSE(is_tiff({}));
}

}  // namespace
}  // namespace limpid
