#include <gtest/gtest.h>

#include <limits>

#include "core/error.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "tests/golden_image.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

Bytes load(const fs::path& file) { return read_file(file, size_t(1) << 30); }

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

// What decoding says: "WxHxC" and "+alpha", or the message without the name.
std::string outcome(const Bytes& bytes, const PictureLimits& limits = {}) {
  try {
    const Picture picture = decode_picture(bytes, "name", limits);
    return std::to_string(picture.color.width) + "x" + std::to_string(picture.color.height) + "x" +
           std::to_string(picture.color.channels) + (picture.alpha.empty() ? "" : "+alpha");
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.rfind("name: ", 0), 0u) << message;
    return message.substr(6);
  }
}

std::string refused(const std::string& why) {
  return "not a picture Limpid can read (" + why + ")";
}

float largest_difference(const Image& a, const Image& b) {
  EXPECT_TRUE(a.same_size(b));
  float largest = 0;
  for (size_t i = 0; i < a.count(); ++i) {
    largest = std::max(largest, std::fabs(a.pixels[i] - b.pixels[i]));
  }
  return largest;
}

TEST(Picture, EightOrientationsOfPngComeOutUpright) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto file = golden_file("orientation_" + std::to_string(orientation) + ".png");
    const Picture picture = read_picture(file);
    EXPECT_EQ(picture.color.height, 6);
    EXPECT_EQ(picture.color.width, 10);
    EXPECT_EQ(picture.color.pixels, pattern(6, 10, 3).pixels) << file;
  }
}

TEST(Picture, EightOrientationsOfJpegComeOutUpright) {
  const Picture upright = read_picture(golden_file("orientation_1.jpg"));
  EXPECT_NEAR(upright.color.at(4, 4, 0), 200 / 255.0f, 0.03f);   // red, top left
  EXPECT_NEAR(upright.color.at(28, 4, 2), 200 / 255.0f, 0.03f);  // blue, bottom left
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto file = golden_file("orientation_" + std::to_string(orientation) + ".jpg");
    EXPECT_LT(largest_difference(read_picture(file).color, upright.color), 0.08f) << file;
  }
}

TEST(Picture, ReadsSixteenBitPng) {
  for (int channels = 1; channels <= 4; ++channels) {
    const Picture picture =
        read_picture(golden_file("bits16_" + std::to_string(channels) + ".png"));
    EXPECT_EQ(picture.bit_depth, 16);
    const int color_channels = channels >= 3 ? 3 : 1;
    ASSERT_EQ(picture.color.channels, color_channels);
    ASSERT_EQ(picture.alpha.empty(), channels % 2 == 1);
    for (int y = 0; y < 5; ++y) {
      for (int x = 0; x < 7; ++x) {
        for (int c = 0; c < channels; ++c) {
          const float value =
              c < color_channels ? picture.color.at(y, x, c) : picture.alpha.at(y, x, 0);
          EXPECT_EQ(value, float((257 * pattern_byte(y, x, c) + y) % 65536) / 65535.0f);
        }
      }
    }
  }
}

TEST(Picture, PngRoundTripIsExact) {
  for (int channels : {1, 3}) {
    for (bool with_alpha : {false, true}) {
      for (int bit_depth : {8, 16}) {
        Picture picture;
        picture.bit_depth = bit_depth;
        picture.color = pattern(37, 53, channels);
        if (with_alpha) picture.alpha = disturbed(37, 53, 1);
        if (bit_depth == 16) picture.color.pixels[5] = 12345 / 65535.0f;
        const Picture again = decode_picture(encode_png(picture), "again");
        EXPECT_EQ(again.bit_depth, bit_depth);
        EXPECT_EQ(again.color.pixels, picture.color.pixels);
        EXPECT_EQ(again.alpha.pixels, picture.alpha.pixels);
        EXPECT_TRUE(again.color.same_size(picture.color));
      }
    }
  }
}

TEST(Picture, PngOfEverySmallSizeRoundTrips) {
  for (int height = 1; height <= 9; ++height) {
    for (int width = 1; width <= 9; ++width) {
      const Picture picture = {.color = pattern(height, width, 3), .alpha = {}};
      EXPECT_EQ(decode_picture(encode_png(picture), "again").color.pixels, picture.color.pixels);
    }
  }
}

// Slopes with a little texture make all five filters of PNG win somewhere, and their ties count.
TEST(Picture, PngFiltersAreUndone) {
  for (int slope = 0; slope < 4; ++slope) {
    Picture picture = {.color = Image(60, 60, 1), .alpha = {}};
    uint32_t random = 1;
    for (int y = 0; y < 60; ++y) {
      for (int x = 0; x < 60; ++x) {
        random = random * 1664525 + 1013904223;  // Numerical Recipes
        picture.color.at(y, x, 0) = float((slope * x + 2 * y + (random >> 30)) % 256) / 255.0f;
      }
    }
    EXPECT_EQ(decode_picture(encode_png(picture), "again").color.pixels, picture.color.pixels);
  }
}

TEST(Picture, WritingClampsAndRoundsToNearest) {
  Picture picture = {.color = Image(1, 6, 1), .alpha = {}};
  picture.color.pixels = {-0.5f,
                          1.5f,
                          100.4f / 255,
                          100.6f / 255,
                          std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()};
  EXPECT_EQ(to_bytes(decode_picture(encode_png(picture), "again").color),
            (Bytes{0, 255, 100, 101, 0, 255}));
}

TEST(Picture, JpegRoundTripIsClose) {
  const Image smooth = read_picture(golden_file("orientation_1.jpg")).color;
  const Picture colored = decode_picture(
      encode_jpeg({.color = smooth, .alpha = Image(smooth.height, smooth.width, 1)}), "again");
  EXPECT_TRUE(colored.alpha.empty());
  EXPECT_LT(largest_difference(colored.color, smooth), 0.1f);
  const Image gray = with_channels(smooth, 1);
  const Picture again = decode_picture(encode_jpeg({.color = gray, .alpha = {}}), "again");
  EXPECT_LT(largest_difference(with_channels(again.color, 1), gray), 0.1f);
  EXPECT_TRUE(is_gray(again.color));
}

// Decoders may round the cosine transform and the conversion from YCbCr differently.
TEST(Picture, JpegsDecodeAsPillowDoes) {
  for (const std::string name : {"progressive", "gray"}) {
    const Picture picture = read_picture(golden_file(name + ".jpg"));
    const Bytes expected = from_hex(golden()["jpegs"][name]);
    const Bytes decoded = to_bytes(picture.color);
    ASSERT_EQ(decoded.size(), expected.size());
    for (size_t i = 0; i < decoded.size(); ++i) EXPECT_NEAR(decoded[i], expected[i], 4) << name;
  }
}

TEST(Picture, JpegWithoutItsEndMarkerIsRead) {
  for (const std::string name : {"progressive", "gray"}) {
    Bytes bytes = load(golden_file(name + ".jpg"));
    const Picture whole = decode_picture(bytes, "whole");
    for (int missing = 1; missing <= 2; ++missing) {
      bytes.pop_back();
      EXPECT_EQ(decode_picture(bytes, "cut").color.pixels, whole.color.pixels) << name << missing;
    }
  }
}

TEST(Picture, CutFilesAreRefusedOrWhole) {
  for (const std::string name :
       {"gray.jpg", "orientation_6.jpg", "bits16_4.png", "orientation_2.png"}) {
    const Bytes bytes = load(golden_file(name));
    const Picture whole = decode_picture(bytes, "whole");
    for (size_t size = 0; size + 2 < bytes.size(); ++size) {
      try {
        const Picture cut = decode_picture({bytes.data(), size}, "cut");
        EXPECT_EQ(cut.color.pixels, whole.color.pixels) << name << " cut to " << size;
      } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()).rfind("cut: ", 0), 0u);
      }
    }
  }
  EXPECT_EQ(outcome({}), refused("the file is empty"));
}

TEST(Picture, DamagedBytesNeverCrash) {
  for (const std::string name :
       {"gray.jpg", "progressive.jpg", "orientation_7.jpg", "bits16_3.png", "orientation_5.png"}) {
    const Bytes bytes = load(golden_file(name));
    for (size_t i = 0; i < bytes.size(); ++i) {
      Bytes damaged = bytes;
      damaged[i] ^= 0xFF;
      EXPECT_FALSE(outcome(damaged, {.max_pixels = 1'000'000}).empty());
    }
  }
}

TEST(Picture, PngWithAWrongCheckSumIsRefused) {
  Bytes bytes = load(golden_file("orientation_1.png"));
  bytes[bytes.size() - 20] ^= 1;  // in the last pixel chunk
  EXPECT_EQ(outcome(bytes).rfind(refused("wrong check sum").substr(0, 40), 0), 0u)
      << outcome(bytes);
}

TEST(Picture, LimitsHoldBeforeDecoding) {
  const Bytes bytes = load(golden_file("orientation_1.png"));
  EXPECT_EQ(outcome(bytes, {.max_pixels = 60}), "10x6x3");
  EXPECT_EQ(outcome(bytes, {.max_pixels = 59}), "10 x 6 pixels are over the limit of 59");
  EXPECT_EQ(outcome(bytes, {.max_bytes = 10}),
            std::to_string(bytes.size()) + " bytes are over the limit of 10");
  const Bytes jpeg = load(golden_file("orientation_1.jpg"));
  EXPECT_EQ(outcome(jpeg, {.max_pixels = 100}), "48 x 32 pixels are over the limit of 100");
  Bytes huge = bytes;
  huge[16] = huge[20] = 0x7F;  // the high bytes of width and height
  EXPECT_EQ(outcome(huge), "2130706442 x 2130706438 pixels are over the limit of 200000000");
  EXPECT_EQ(outcome(bytes_of("P6 65535 65535 255\n")),
            "65535 x 65535 pixels are over the limit of 200000000");
}

// The pixels of one PNG behind the size of another.
Bytes with_size_of(const Image& image, const Image& pixels) {
  constexpr ptrdiff_t header_end = 33;  // signature and IHDR
  const Bytes first = encode_png({.color = image}), second = encode_png({.color = pixels});
  Bytes bytes(first.begin(), first.begin() + header_end);
  bytes.insert(bytes.end(), second.begin() + header_end, second.end());
  return bytes;
}

TEST(Picture, PngMayHoldALittleMoreThanItsSizeButNoBomb) {
  const Image small = pattern(16, 16, 3);
  EXPECT_EQ(decode_picture(with_size_of(small, pattern(24, 16, 3)), "more").color.pixels,
            small.pixels);
  EXPECT_EQ(outcome(with_size_of(small, Image(1000, 1000, 3))),
            refused("its pixels are more than its size says"));
  EXPECT_EQ(outcome(with_size_of(pattern(16, 16, 1), Image(1000, 1000, 1))),
            refused("its pixels are more than its size says"));
  EXPECT_EQ(outcome(with_size_of(Image(1000, 1000, 3), Image(1000, 1000, 3))), "1000x1000x3");
}

struct PnmCase {
  std::string file;
  std::string outcome;
  std::vector<float> pixels;
};

TEST(Picture, ReadsEveryPnm) {
  const std::vector<PnmCase> cases = {
      {"P1\n# bits\n3 1\n10 1", "3x1x1", {0, 1, 0}},
      {"P2 2 2 100 0 50\n100 # note\n25", "2x2x1", {0, 0.5f, 1, 0.25f}},
      {"P3\n1 1\n255\n255 0 51\n", "1x1x3", {1, 0, 0.2f}},
      {"P4 9 1\n" + std::string("\xAA\x80", 2), "9x1x1", {0, 1, 0, 1, 0, 1, 0, 1, 0}},
      {"P5 2 1 255\n" + std::string("\x33\xFF", 2), "2x1x1", {0.2f, 1}},
      {"P5 1 1 65535\n" + std::string("\x33\x33", 2), "1x1x1", {0.2f}},
      {"P5 1 1 1000\n" + std::string("\x01\xF4", 2), "1x1x1", {0.5f}},
      {"P6#c\n1 1 15\n" + std::string("\x0F\x03\xFF", 3), "1x1x3", {1, 0.2f, 1}},
      {"P6 1 1 255\n\n\n\n", "1x1x3", {10 / 255.0f, 10 / 255.0f, 10 / 255.0f}},
  };
  for (const PnmCase& c : cases) {
    EXPECT_EQ(outcome(bytes_of(c.file)), c.outcome) << c.file;
    EXPECT_EQ(decode_picture(bytes_of(c.file), "pnm").color.pixels, c.pixels) << c.file;
  }
  EXPECT_EQ(decode_picture(bytes_of(cases[5].file), "pnm").bit_depth, 16);
}

TEST(Picture, InStepsItIsThatOfTheFile) {
  const auto file = bytes_of("P5 2 1 100\n" + std::string("\x32\x64", 2));
  const StoredPicture stored = decode_stored(file, "f");
  EXPECT_EQ(stored.color.maximum, 100);
  EXPECT_EQ(std::get<std::vector<uint8_t>>(stored.color.steps), (std::vector<uint8_t>{50, 100}));
  const Picture picture = decode_picture(file, "f");
  EXPECT_EQ(to_image(stored.color).pixels, picture.color.pixels);
  EXPECT_EQ(encode_png(stored.color, stored.alpha, stored.bit_depth), encode_png(picture));
}

TEST(Picture, RefusesBrokenPnm) {
  EXPECT_EQ(outcome(bytes_of("P6 1 1 255\nab")), refused("the PNM is cut short"));
  EXPECT_EQ(outcome(bytes_of("P5 2 2 255")), refused("the PNM is cut short"));
  EXPECT_EQ(outcome(bytes_of("P1 9999 9999 1")), refused("the PNM is cut short"));
  EXPECT_EQ(outcome(bytes_of("P1 2 2 110")), refused("the PNM is cut short"));
  EXPECT_EQ(outcome(bytes_of("P3 1 1 255 1 2")), refused("the PNM is cut short"));
  EXPECT_EQ(outcome(bytes_of("P3 1 1 255 1 x 2")), refused("the PNM misses a number"));
  EXPECT_EQ(outcome(bytes_of("P5 -1 1 255\n1")), refused("the PNM misses a number"));
  EXPECT_EQ(outcome(bytes_of("P5 99999999999 1 255\n1")),
            refused("the PNM has a number too large"));
  EXPECT_EQ(outcome(bytes_of("P5 0 1 255\n1")), refused("it has no pixels"));
  EXPECT_EQ(outcome(bytes_of("P5 1 1 0\n1")), refused("the maximum of a PNM is 1 to 65535"));
  EXPECT_EQ(outcome(bytes_of("P5 1 1 65536\n1")), refused("the maximum of a PNM is 1 to 65535"));
  EXPECT_EQ(outcome(bytes_of("P7 1 1 255\n1")), refused("unknown image type"));
}

// A BMP of 24 bits: 14 bytes of file header, 40 of picture header, rows from the bottom up padded
// to four bytes.
Bytes small_bmp() {
  Bytes bytes = {'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,  40,
                 0,   0,   0,  2, 0, 0, 0, 2, 0, 0, 0,  1, 0, 24, 0};
  bytes.resize(54);
  bytes.insert(bytes.end(), {1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0});
  return bytes;
}

TEST(Picture, ReadsBmpButNotHalfOfOne) {
  Bytes bytes = small_bmp();
  EXPECT_EQ(to_bytes(decode_picture(bytes, "bmp").color),
            (Bytes{9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4}));
  bytes.resize(bytes.size() - 2);  // the padding of the last row is no pixel
  EXPECT_EQ(outcome(bytes), "2x2x3");
  bytes.resize(bytes.size() - 1);
  EXPECT_EQ(outcome(bytes), refused("the file is cut short"));
}

// stb reports an alpha channel for every BMP of 32 bits.
TEST(Picture, BmpOf32BitsHasAlphaOnlyIfItSaysSo) {
  Bytes bytes = small_bmp();
  bytes[28] = 32;
  EXPECT_EQ(outcome(bytes), "2x2x3+alpha");  // its fourth bytes are 4, 0, 10 and 0
  bytes[57] = bytes[65] = 0;
  EXPECT_EQ(outcome(bytes), "2x2x3");
}

class PictureFile : public testing::Test {
 protected:
  const TemporaryFolder own;
  const fs::path folder = own.path();
};

TEST_F(PictureFile, IsWrittenByItsEnding) {
  const Picture picture = {.color = pattern(8, 8, 3), .alpha = {}};
  for (const std::string name : {"a b.png", "Фото 写真.PNG"}) {
    write_picture(folder / name, picture);
    EXPECT_EQ(read_picture(folder / name).color.pixels, picture.color.pixels);
  }
  for (const std::string name : {"a.jpg", "b.JPEG"}) {
    write_picture(folder / name, picture);
    EXPECT_EQ(load(folder / name)[0], 0xFF);
    EXPECT_EQ(read_picture(folder / name).color.width, 8);
  }
}

TEST_F(PictureFile, MessagesNameIt) {
  const auto message_of = [](auto&& call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  const Picture picture = {.color = pattern(8, 8, 3), .alpha = {}};
  const fs::path text = folder / "text.jpg";
  write_file(text, "hello\n");
  EXPECT_EQ(message_of([&] { read_picture(text); }),
            text.string() + ": not a picture Limpid can read (unknown image type)");
  EXPECT_EQ(
      message_of([&] { write_picture(folder / "a.bmp", picture); }),
      "cannot write " + (folder / "a.bmp").string() + ": its name must end in .png, .jpg or .jpeg");
  EXPECT_EQ(message_of([&] { write_picture(text / "a.png", picture); }),
            "cannot write " + (text / "a.png").string() + ": Not a directory");
}

TEST(PictureEnding, OfAnyCase) {
  for (const auto e : writable_endings()) EXPECT_TRUE(is_writable_picture("a" + std::string(e)));
  for (const auto e : picture_endings()) EXPECT_TRUE(has_picture_ending("a" + std::string(e)));
  EXPECT_TRUE(is_writable_picture("x/Y.PNG"));
  EXPECT_TRUE(is_writable_picture("a.b.jpeg"));
  EXPECT_FALSE(is_writable_picture("a.gif"));
  EXPECT_FALSE(is_writable_picture("png"));
  EXPECT_TRUE(has_picture_ending("No 1.JPG"));
  EXPECT_TRUE(has_picture_ending("a.gif"));
  EXPECT_TRUE(has_picture_ending("a.pgm"));
  EXPECT_FALSE(has_picture_ending("a.txt"));
  EXPECT_FALSE(has_picture_ending(".png"));
  EXPECT_FALSE(has_picture_ending("jpg"));
  for (const char* name : {"a.jpg", "a.JPEG", "a.png/a.Jpe", "a.jfif"}) {
    EXPECT_TRUE(has_jpeg_ending(name)) << name;
    EXPECT_TRUE(has_picture_ending(name)) << name;
  }
  for (const char* name : {"a.png", "a.jpg/b", "jpg", "a.jp2", "a.jxl"}) {
    EXPECT_FALSE(has_jpeg_ending(name)) << name;
  }
}

}  // namespace
}  // namespace limpid
