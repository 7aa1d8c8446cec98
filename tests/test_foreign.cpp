#include "core/image/foreign.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "tests/golden_image.h"

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
      {std::string("II*\0", 4), "TIFF, or a camera's raw file"},
      {std::string("MM\0*", 4), "TIFF, or a camera's raw file"},
      {"\xff\x0a", "JPEG XL"},
      {"8BPS", "PSD"},
      {"%PDF-1.4", "PDF"}};
  for (const auto& [start, format] : files) {
    EXPECT_EQ(refusal(bytes_of(start)), "photo: not a picture Limpid can read (it is " + format +
                                            ": save it as PNG or JPEG first)");
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
