#include "core/image/xmp.h"

#include <gtest/gtest.h>

#include <string>

namespace limpid {
namespace {

std::string upright(const std::string& xmp) {
  const std::vector<uint8_t> bytes = upright_xmp(std::vector<uint8_t>(xmp.begin(), xmp.end()));
  return {bytes.begin(), bytes.end()};
}

TEST(Xmp, AnOrientationIsUprightWhereverItStands) {
  EXPECT_EQ(upright(R"(<a tiff:Orientation="6" xmp:Rating="5"/>)"),
            R"(<a tiff:Orientation="1" xmp:Rating="5"/>)");
  EXPECT_EQ(upright("<tiff:Orientation> 8 </tiff:Orientation>"),
            "<tiff:Orientation> 1 </tiff:Orientation>");
  EXPECT_EQ(upright("a tiff:Orientation = '3' b tiff:Orientation = '2'"),
            "a tiff:Orientation = '1' b tiff:Orientation = '1'");
  EXPECT_EQ(upright("tiff:Orientation\r\n=\t'3'"), "tiff:Orientation\r\n=\t'1'");
}

TEST(Xmp, AllElseStaysAsItIs) {
  for (const std::string xmp :
       {R"(<a xmp:Rating="5" tiff:Orientation="1"/>)", "tiff:Orientation", "tiff:Orientation=\"",
        "exif:Orientation=\"6\"", "", "<tiff:Orientation></tiff:Orientation>",
        "tiff:Orientation=\"9\"", "tiff:Orientation=\"none\""}) {
    EXPECT_EQ(upright(xmp), xmp);
  }
}

}  // namespace
}  // namespace limpid
