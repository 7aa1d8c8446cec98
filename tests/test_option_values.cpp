#include "native/cli/option_values.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace limpid {
namespace {

std::string refusal(CLI::Validator validator, std::string text) { return validator(text); }

TEST(OptionValues, NumbersAreShort) {
  for (const std::string text : {"0", "32", "0.25", "0.9", "0.01", "1e-3", "2.5e-4", "-3"}) {
    EXPECT_EQ(number_text(std::stof(text)), text);
  }
}

TEST(OptionValues, AnEmptyTextIsNone) {
  EXPECT_EQ(refusal(not_empty(), " "), "");
  EXPECT_EQ(refusal(not_empty(), ""), "it is empty");
}

TEST(OptionValues, RealsAreNumbersWithinTheirBounds) {
  for (const std::string text : {"0", "1", "0.5", "1e-3", ".25"}) {
    EXPECT_EQ(refusal(real_in(0, 1), text), "") << text;
  }
  for (const std::string text : {"nan", "inf", "-0.1", "1.01", "", "x", "0.5x", "-nan"}) {
    EXPECT_EQ(refusal(real_in(0, 1), text), "'" + text + "' is no number of 0 to 1");
  }
}

TEST(OptionValues, WholeNumbersAreDecimal) {
  const uint64_t most = std::numeric_limits<uint64_t>::max();
  std::string text = "010";
  EXPECT_EQ(whole_in(0, most)(text), "");
  EXPECT_EQ(text, "10");  // and not 8
  EXPECT_EQ(refusal(whole_in(0, most), "18446744073709551615"), "");
  for (const std::string none : {"18446744073709551616", "-1", "+1", "1.0", "0x10", "", "1 "}) {
    EXPECT_NE(refusal(whole_in(0, most), none), "") << none;
  }
  EXPECT_EQ(refusal(whole_in(1, 7), "1"), "");
  EXPECT_EQ(refusal(whole_in(1, 7), "7"), "");
  EXPECT_EQ(refusal(whole_in(1, 7), "8"), "'8' is no whole number of 1 to 7");
  EXPECT_EQ(refusal(whole_in(1, 7), "0"), "'0' is no whole number of 1 to 7");
}

}  // namespace
}  // namespace limpid
