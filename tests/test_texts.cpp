#include "core/ui/texts.h"

#include <gtest/gtest.h>

#include <string>

namespace limpid {
namespace {

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Texts, EachIsThere) {
  for (size_t i = 0; i < size_t(Text::count); ++i) {
    const char* words = text(Text(i));
    ASSERT_NE(words, nullptr) << i;
    EXPECT_FALSE(std::string(words).empty()) << i;
  }
}

TEST(Texts, TheOneThatIsAskedFor) {
  EXPECT_STREQ(text(Text::denoise), "Denoise");
  EXPECT_STREQ(text(Text::rmse), "RMSE");
  EXPECT_EQ(count(text(Text::reading_pictures), "%zu"), 2u);
}

}  // namespace
}  // namespace limpid
