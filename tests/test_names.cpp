#include "core/names.h"

#include <gtest/gtest.h>

#include <vector>

namespace limpid {
namespace {

enum class Fruit { apple, pear, plum };
constexpr const char* fruits[] = {"apple", "pear", "plum"};

TEST(Names, AreListed) {
  EXPECT_EQ(listed(fruits), "apple, pear, plum");
  EXPECT_EQ(listed(std::vector<std::string>{"one"}), "one");
  EXPECT_EQ(listed(std::vector<std::string>()), "");
}

TEST(Names, MeanValuesInTheirOrder) {
  EXPECT_EQ(named<Fruit>(fruits, "apple", "fruit"), Fruit::apple);
  EXPECT_EQ(named<Fruit>(fruits, "plum", "fruit"), Fruit::plum);
}

TEST(Names, ThatThereAreNoneOfAreRefused) {
  for (const std::string text : {"", "Pear", "pea", "pears"}) {
    try {
      named<Fruit>(fruits, text, "fruit");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.what(), "no fruit is called '" + text + "' (there are: apple, pear, plum)");
    }
  }
}

}  // namespace
}  // namespace limpid
