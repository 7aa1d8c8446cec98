#include "core/image/exif.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace limpid {
namespace {

using Bytes = std::vector<uint8_t>;

// Byte order, magic, directory at 8 with one entry: tag, type, count, value.
Bytes exif_block(int type, int value) {
  return {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, uint8_t(type), 0, 1, 0, 0, 0, uint8_t(value),
          0,   0,   0};
}

TEST(Exif, ReadsTheOrientation) {
  for (int value = 1; value <= 8; ++value) {
    EXPECT_EQ(exif_orientation(exif_block(3, value)), value);
  }
}

TEST(Exif, NonsenseIsUpright) {
  EXPECT_EQ(exif_orientation(exif_block(3, 0)), 1);
  EXPECT_EQ(exif_orientation(exif_block(3, 9)), 1);
  EXPECT_EQ(exif_orientation(exif_block(2, 6)), 1);
  const Bytes block = exif_block(3, 6);
  for (size_t size = 0; size < block.size(); ++size) {
    const Bytes cut(block.begin(), block.begin() + size);  // own memory, so that checkers see ends
    EXPECT_EQ(exif_orientation(cut), 1) << size;
  }
  for (uint8_t offset : {9, 21, 22, 200, 255}) {
    Bytes moved = block;
    moved[4] = offset;
    EXPECT_EQ(exif_orientation(moved), 1);
    moved[5] = moved[6] = moved[7] = 0xFF;
    EXPECT_EQ(exif_orientation(moved), 1);
  }
  Bytes many = block;
  many[8] = many[9] = 0xFF;  // 65535 entries are announced, the first is there
  EXPECT_EQ(exif_orientation(many), 6);
}

// The same with a second directory, a thumbnail's, behind the first.
Bytes exif_with_thumbnail(bool little, int orientation) {
  Bytes block = little ? exif_block(3, orientation)
                       : Bytes{'M', 'M',  0, 42, 0, 0, 0, 8, 0, 1,
                               1,   0x12, 0, 3,  0, 0, 0, 1, 0, uint8_t(orientation),
                               0,   0};
  const Bytes next = little ? Bytes{26, 0, 0, 0} : Bytes{0, 0, 0, 26};
  block.insert(block.end(), next.begin(), next.end());
  block.insert(block.end(), {0, 0, 0, 0, 0, 0});  // no entries, no more directories
  return block;
}

TEST(Exif, UprightItSaysSoAndShowsNoThumbnail) {
  for (const bool little : {true, false}) {
    Bytes expected = exif_with_thumbnail(little, 1);
    std::fill_n(expected.begin() + 22, 4, uint8_t(0));  // where the thumbnail's was
    EXPECT_EQ(upright_exif(exif_with_thumbnail(little, 6)), expected);
    EXPECT_EQ(upright_exif(exif_with_thumbnail(little, 1)), expected);
  }
}

TEST(Exif, NonsenseIsKeptOrDropped) {
  EXPECT_TRUE(upright_exif({}).empty());
  EXPECT_TRUE(upright_exif(Bytes{'I', 'I', ' ', 'n', 'o', 'n', 'e', '.', '.'}).empty());
  for (const auto& [place, byte] : {std::pair(0, 'N'), {3, 43}, {7, 32}, {6, 1}}) {
    Bytes none = exif_with_thumbnail(false, 6);  // but for its order, its magic number, its place
    none[size_t(place)] = uint8_t(byte);
    EXPECT_TRUE(upright_exif(none).empty()) << place;
    EXPECT_EQ(exif_orientation(none), 1) << place;
  }
  EXPECT_EQ(upright_exif(exif_block(2, 6)), exif_block(2, 6));
  const Bytes block = exif_with_thumbnail(true, 6);
  for (size_t size = 0; size < block.size(); ++size) {
    const Bytes cut(block.begin(), block.begin() + size);
    const Bytes upright = upright_exif(cut);
    EXPECT_TRUE(upright.empty() || upright.size() == size) << size;
    if (size == 26) {
      EXPECT_EQ(upright[22], 0) << "the last that there is: no thumbnail";
    }
  }
}

}  // namespace
}  // namespace limpid
