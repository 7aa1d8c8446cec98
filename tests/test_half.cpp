#include <gtest/gtest.h>

#include <cmath>

#include "core/model/half.h"

namespace limpid {
namespace {

bool is_nan(uint32_t bits) { return (bits & 0x7C00) == 0x7C00 && (bits & 0x3FF) != 0; }

TEST(Half, KnowsTheFormatsExamples) {
  EXPECT_EQ(from_half(0x3C00), 1.0f);
  EXPECT_EQ(from_half(0xC000), -2.0f);
  EXPECT_EQ(from_half(0x3555), 0.333251953125f);
  EXPECT_EQ(from_half(0x7BFF), 65504.0f);
  EXPECT_EQ(from_half(0x0400), 0x1p-14f);
  EXPECT_EQ(from_half(0x0001), 0x1p-24f);
  EXPECT_EQ(from_half(0x03FF), 0x1.FF8p-15f);
  EXPECT_EQ(from_half(0x7C00), INFINITY);
  EXPECT_EQ(from_half(0xFC00), -INFINITY);
  EXPECT_TRUE(std::isnan(from_half(0x7E00)));
  EXPECT_TRUE(std::signbit(from_half(0x8000)));
}

TEST(Half, EveryOneComesBack) {
  for (uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    if (is_nan(bits)) continue;
    ASSERT_EQ(to_half(from_half(uint16_t(bits))), bits);
  }
  EXPECT_TRUE(is_nan(to_half(NAN)));
}

// Between neighbours: just under the middle, the middle itself, just above it.
TEST(Half, RoundsToTheNearestAndTiesToEven) {
  for (uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const float low = from_half(uint16_t(bits));
    const float high = from_half(uint16_t(bits + 1));
    const float middle = (low + high) / 2;  // exact: a float has 13 bits more
    for (const float sign : {1.0f, -1.0f}) {
      const uint32_t negative = sign < 0 ? 0x8000 : 0;
      ASSERT_EQ(to_half(sign * std::nextafter(middle, 0.0f)), negative | bits);
      ASSERT_EQ(to_half(sign * std::nextafter(middle, INFINITY)), negative | (bits + 1));
      ASSERT_EQ(to_half(sign * middle), negative | (bits + (bits & 1)));
    }
  }
  EXPECT_EQ(to_half(65519.996f), 0x7BFF);
  EXPECT_EQ(to_half(65520.0f), 0x7C00);
  EXPECT_EQ(to_half(-INFINITY), 0xFC00);
}

}  // namespace
}  // namespace limpid
