#include "core/image/foreign.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "tests/golden_image.h"
#include "tests/tiff_file.h"

namespace limpid {
namespace {

std::string refusal(const std::vector<uint8_t>& file) {
  try {
    decode_picture(file, "photo");
  } catch (const Error& error) {
    return error.what();
  }
  return "it was read";
}

std::vector<uint8_t> bytes_of(const std::string& start) {
  std::vector<uint8_t> file(start.begin(), start.end());
  file.resize(256);
  return file;
}

TEST(Foreign, NamesWhatIsNotRead) {
  const std::string box("\0\0\0\x18", 4);
  const std::vector<std::pair<std::string, std::string>> files = {
      {box + "ftypheic", "HEIC"},
      {box + "ftypcrx ", "a camera's raw file"},
      {std::string("II*\0\x10\0\0\0CR", 10), "a camera's raw file"},
      {"\xff\x0a", "JPEG XL"},
      {"8BPS", "PSD"},
      {"%PDF-1.4", "PDF"}};
  for (const auto& [start, format] : files) {
    EXPECT_EQ(refusal(bytes_of(start)), "photo: not a picture Limpid can read (it is " + format +
                                            ": save it as PNG or JPEG first)");
  }
}

TiffFile preview(bool little, std::map<uint32_t, TiffFile::Field> fields) {
  TiffFile file = {.little = little, .samples = 3, .photometric = 2, .fields = std::move(fields)};
  file.value = [](int, int, int) { return 0; };
  return file;
}

constexpr uint32_t kind_tag = 254, colors_tag = 262, others_tag = 330, dng_tag = 50706;
constexpr uint32_t mosaic = 32803, linear = 34892;

// As DNG, NEF and their like begin: a TIFF file whose first picture is a preview.
TEST(Foreign, NamesCamerasRawFilesThatBeginAsTiffDoes) {
  const std::string expected =
      "photo: not a picture Limpid can read (it is a camera's raw file: save it as PNG or JPEG "
      "first)";
  for (const bool little : {true, false}) {
    EXPECT_EQ(refusal(preview(little, {{dng_tag, {1, {1, 4, 0, 0}}}}).bytes()), expected);
    EXPECT_EQ(refusal(preview(little, {{colors_tag, {3, {mosaic}}}}).bytes()), expected);
    EXPECT_EQ(refusal(preview(little, {{colors_tag, {3, {linear}}}}).bytes()), expected);
    const TiffFile::Field two_others = {4, {8, 8}}, one_other = {4, {8}};
    for (const auto& others : {one_other, two_others}) {
      EXPECT_EQ(refusal(preview(little, {{kind_tag, {4, {1}}}, {others_tag, others}}).bytes()),
                expected);
      EXPECT_EQ(refusal(preview(little, {{others_tag, others}}).bytes()), "it was read");
    }
  }
}

TEST(Foreign, NamesARawFileByASensorsPictureBesideThePreview) {
  for (const bool little : {true, false}) {
    for (const uint32_t colors : {mosaic, linear, 2u}) {
      const auto file_with = [&](uint32_t place) {
        return preview(little, {{others_tag, {4, {8, place}}}}).bytes();
      };
      std::vector<uint8_t> file = file_with(uint32_t(file_with(0).size()));
      const auto append = [&](uint32_t number) {
        file.push_back(uint8_t(little ? number : number >> 8));
        file.push_back(uint8_t(little ? number >> 8 : number));
      };
      append(1);  // entry: the tag, of two bytes, once
      append(colors_tag);
      append(3);
      append(little ? 1 : 0);
      append(little ? 0 : 1);
      append(colors);
      append(0);
      const std::string sentence = refusal(file);
      EXPECT_EQ(sentence == "it was read", colors == 2) << sentence;
      EXPECT_EQ(sentence.find("raw file") != std::string::npos, colors != 2) << sentence;
    }
  }
}

TEST(Foreign, NamesARealAvif) {
  const auto file = read_file(golden_file("lossless.avif"), size_t(1) << 20);
  EXPECT_NE(refusal(file).find("it is AVIF: save it"), std::string::npos) << refusal(file);
}

TEST(Foreign, IsNothingThatIsReadOrUnknown) {
  EXPECT_EQ(foreign_format({}), std::nullopt);
  EXPECT_EQ(foreign_format(bytes_of("hello")), std::nullopt);
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder() / "image")) {
    if (entry.path().extension() == ".avif") continue;
    EXPECT_EQ(foreign_format(read_file(entry.path(), size_t(1) << 20)), std::nullopt)
        << entry.path();
  }
}

}  // namespace
}  // namespace limpid
