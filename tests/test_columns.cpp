#include "native/report/columns.h"

#include <gtest/gtest.h>

namespace limpid {
namespace {

TEST(Columns, AreCharactersOfUtf8) {
  EXPECT_EQ(columns_of(""), 0u);
  EXPECT_EQ(columns_of("abc"), 3u);
  EXPECT_EQ(columns_of("Жüa…"), 4u);
}

TEST(Columns, BeginWithWholeCharacters) {
  EXPECT_EQ(first_columns("Жüa", 0), "");
  EXPECT_EQ(first_columns("Жüa", 1), "Ж");
  EXPECT_EQ(first_columns("Жüa", 2), "Жü");
  EXPECT_EQ(first_columns("Жüa", 9), "Жüa");
}

TEST(Columns, AreFilledOrHoldTheEndOfWhatIsTooLong) {
  EXPECT_EQ(in_columns("Жü", 4), "Жü  ");
  EXPECT_EQ(in_columns("Жüab", 4), "Жüab");
  EXPECT_EQ(in_columns("folder/Жü.png", 7), "…Жü.png");
  EXPECT_EQ(in_columns("folder/Жü.png", 6), "…ü.png");
  EXPECT_EQ(in_columns("ЖЖЖ", 1), "…");
}

}  // namespace
}  // namespace limpid
