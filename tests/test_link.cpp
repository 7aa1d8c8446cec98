#include "core/ui/link.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace limpid {
namespace {

using Fields = std::vector<LinkField>;

TEST(Link, ComesBackWhateverIsInIt) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += char(c);
  const Fields fields = {{"picture", "phantom"}, {"view", "side by side"}, {all, all}, {"a", ""}};
  const std::string link = write_link(fields);
  EXPECT_EQ(read_link(link), fields);
  EXPECT_TRUE(link.starts_with("picture=phantom&view=side%20by%20side&%00%01")) << link;
  for (const char c : link) {
    EXPECT_TRUE(isalnum(uint8_t(c)) || std::string("-._~%&=").find(c) != std::string::npos) << c;
  }
}

TEST(Link, AnyTextIsOne) {
  EXPECT_EQ(read_link(""), Fields());
  EXPECT_EQ(read_link("&&"), Fields());
  EXPECT_EQ(read_link("a"), (Fields{{"a", ""}}));
  EXPECT_EQ(read_link("=b&&a=b=c&"), (Fields{{"", "b"}, {"a", "b=c"}}));
  EXPECT_EQ(read_link("a+b=c%2b%2B%26"), (Fields{{"a b", "c++&"}}));
  EXPECT_EQ(read_link("a=%&b=%4&c=%4g&d=%g4&e=%%41"),
            (Fields{{"a", "%"}, {"b", "%4"}, {"c", "%4g"}, {"d", "%g4"}, {"e", "%A"}}));
  EXPECT_EQ(read_link(std::string(1 << 20, '&')), Fields());
}

TEST(Link, ValuesAreOfTheirKindAndInTheirRange) {
  EXPECT_TRUE(truth_of("true"));
  EXPECT_FALSE(truth_of("false"));
  for (const char* other : {"", "1", "True", "true "}) EXPECT_THROW(truth_of(other), Error);
  EXPECT_EQ(whole_of("7", 1, 7), 7);
  EXPECT_EQ(whole_of("-1", -1, 0), -1);
  for (const char* other : {"", "0", "8", "1.5", "2.0", "x", "7 8", "[]", "18446744073709551615",
                            "9223372036854775808", "1e400", "nan", "0x3"}) {
    EXPECT_THROW(whole_of(other, 1, 7), Error) << other;
  }
  EXPECT_EQ(share_of("0"), 0.0f);
  EXPECT_EQ(share_of("0.4"), 0.4f);
  EXPECT_EQ(share_of("1"), 1.0f);
  for (const char* other : {"", "-0.1", "1.1", "0.4x", "0,4", "true", "1e400", "inf"})
    EXPECT_THROW(share_of(other), Error) << other;
  check_one_of({"a", "b"}, "b", "letter");
  try {
    check_one_of({"a", "b"}, "c", "letter");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "no letter is called 'c' (there are: a, b)");
  }
}

TEST(Link, ValuesAreWrittenAsTheyAreRead) {
  EXPECT_TRUE(truth_of(text_of(true)));
  EXPECT_FALSE(truth_of(text_of(false)));
  EXPECT_EQ(text_of(0.4f), "0.4");
  for (const float share : {0.0f, 0.07f, 0.3333333f, 1.0f}) {
    EXPECT_EQ(share_of(text_of(share)), share);
  }
}

TEST(Link, WhatIsShownIsOneShortLine) {
  EXPECT_EQ(shown("a b"), "a b");
  EXPECT_EQ(shown("a\nb\x7f"), "a b ");
  EXPECT_EQ(shown(std::string(40, 'x')), std::string(40, 'x'));
  EXPECT_EQ(shown(std::string(41, 'x')), std::string(40, 'x') + "…");
  EXPECT_EQ(shown(std::string(39, 'x') + "ж"), std::string(39, 'x') + "…");
  EXPECT_EQ(shown(std::string(1000, '\x80')), "…");
}

}  // namespace
}  // namespace limpid
