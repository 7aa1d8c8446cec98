// Every file of the test pictures outside the repository, against what their index says.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iterator>
#include <map>
#include <sstream>

#include "core/error.h"
#include "core/image/picture.h"
#include "tests/golden_image.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

using Row = std::map<std::string, std::string>;  // a value for each column of the index

std::vector<Row> read_index(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> columns;
  std::vector<Row> rows;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    Row row;
    size_t i = 0;
    for (std::string field; std::getline(fields, field, '\t'); ++i) {
      if (rows.empty()) columns.push_back(field);
      row[columns.at(i)] = field;
    }
    rows.push_back(row);
  }
  if (!rows.empty()) rows.erase(rows.begin());  // the columns' names
  return rows;
}

// FNV-1a of the RGBA bytes. Of 16 bits the upper eight count, as Pillow has it.
std::string checksum(const Picture& picture) {
  const auto to_byte = [&](float value) {
    return picture.bit_depth == 16 ? uint32_t(std::lround(value * 65535)) >> 8
                                   : uint32_t(std::lround(value * 255));
  };
  const Image color = with_channels(picture.color, 3);
  uint64_t hash = 0xCBF29CE484222325;
  for (size_t i = 0; i < size_t(color.height) * color.width; ++i) {
    for (int c = 0; c < 4; ++c) {
      const float alpha = picture.alpha.empty() ? 1 : picture.alpha.pixels[i];
      hash = (hash ^ to_byte(c < 3 ? color.pixels[3 * i + c] : alpha)) * 0x100000001B3;
    }
  }
  std::ostringstream hex;
  hex << std::hex << std::setw(16) << std::setfill('0') << hash;
  return hex.str();
}

// "WxH" of the upright picture; the index has the stored one.
std::string upright_size(const Row& row) {
  const std::string& size = row.at("wxhxc");
  const size_t x = size.find('x');
  const std::string width = size.substr(0, x);
  const std::string height = size.substr(x + 1, size.find('x', x + 1) - x - 1);
  const std::string mark = "EXIF orientation ";
  const size_t at = row.at("what").find(mark);
  const bool turned = at != std::string::npos && row.at("what")[at + mark.size()] >= '5';
  return turned ? height + "x" + width : width + "x" + height;
}

void expect_valid(const Row& row, const fs::path& file) {
  const Picture picture = read_picture(file);
  EXPECT_EQ(std::to_string(picture.color.width) + "x" + std::to_string(picture.color.height),
            upright_size(row));
  const auto& expected = golden()["awkward"];
  if (expected.contains(row.at("file"))) {
    EXPECT_EQ(checksum(picture), expected[row.at("file")]);
  }
}

TEST(PictureFiles, AwkwardOnesAreReadOrRefusedClearly) {
  const fs::path folder = shared_data() / "awkward";
  if (!fs::exists(folder / "index.tsv")) {
    GTEST_SKIP() << "NOT TESTED: set LIMPID_SHARED_DATA to the folder that holds awkward/";
  }
  const std::vector<Row> rows = read_index(folder / "index.tsv");
  EXPECT_FALSE(rows.empty());
  for (const Row& row : rows) {
    const fs::path file = folder / "files" / row.at("file");
    SCOPED_TRACE(file);
    const std::string& kind = row.at("class");
    try {
      if (kind == "valid" || kind == "other-format") {
        expect_valid(row, file);
      } else {
        read_picture(file);
        EXPECT_TRUE(kind == "either" || kind == "valid-rare") << "read, but it is " << kind;
      }
    } catch (const Error& error) {
      EXPECT_NE(kind, "valid") << error.what();
      EXPECT_EQ(std::string(error.what()).rfind(file.string() + ": ", 0), 0u) << error.what();
    }
  }
}

// What the page's dialog offers is what is read, and what browsers read for it.
TEST(PictureFiles, ThePageOffersTheSameEndings) {
  const char* const source = std::getenv("LIMPID_SOURCE");
  if (!source) GTEST_SKIP() << "NOT TESTED: set LIMPID_SOURCE to the repository's root";
  std::ifstream in(fs::path(source) / "web/index.html");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  std::string expected = "accept=\"image/png,image/jpeg,image/webp,image/avif,.avif,.heic";
  for (const std::string_view ending : picture_endings()) expected += "," + std::string(ending);
  EXPECT_NE(page.find(expected + "\""), std::string::npos) << expected;
}

TEST(PictureFiles, AllBrainScansAreRead) {
  const fs::path folder = shared_data() / "brain_mri";
  if (!fs::exists(folder)) {
    GTEST_SKIP() << "NOT TESTED: set LIMPID_SHARED_DATA to the folder that holds brain_mri/";
  }
  int pictures = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || !has_picture_ending(entry.path())) continue;
    EXPECT_NO_THROW(read_picture(entry.path())) << entry.path();
    ++pictures;
  }
  EXPECT_EQ(pictures, 253);
}

}  // namespace
}  // namespace limpid
