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

TEST(Texts, EachIsThereInEachLanguage) {
  for (size_t language = 0; language < language_count; ++language) {
    for (size_t i = 0; i < size_t(Text::count); ++i) {
      const char* words = text(Text(i), Language(language));
      ASSERT_NE(words, nullptr) << i;
      EXPECT_FALSE(std::string(words).empty()) << i;
    }
  }
}

// A text with figures has the same ones, in the same order, in each language.
TEST(Texts, FiguresAreTheSameInEachLanguage) {
  for (size_t language = 1; language < language_count; ++language) {
    for (size_t i = 0; i < size_t(Text::count); ++i) {
      const std::string english = text(Text(i), Language::english);
      const std::string other = text(Text(i), Language(language));
      for (const char* figure : {"%d", "%zu", "%s"}) {
        EXPECT_EQ(count(english, figure), count(other, figure)) << english;
      }
    }
  }
}

TEST(Texts, TheOneThatIsAskedFor) {
  EXPECT_STREQ(text(Text::denoise), "Denoise");
  EXPECT_STREQ(text(Text::rmse), "RMSE");
  EXPECT_EQ(count(text(Text::reading_pictures), "%zu"), 2u);
}

}  // namespace
}  // namespace limpid
