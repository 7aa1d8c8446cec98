#include <gtest/gtest.h>

#include "core/error.h"
#include "core/model/strict_json.h"

namespace limpid {
namespace {

std::string message_of(const std::string& text, const JsonLimits& limits = {}) {
  try {
    check_json(text, "f", limits);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string repeated(const std::string& text, int n) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

TEST(StrictJson, TakesJson) {
  for (const char* text :
       {"1", "\"a\"", "null", "[]", "{}", " [1, -2.5e3, true, {\"a\": [null]}] ",
        "{\"a\": {\"a\": 1}, \"b\": [{\"a\": 1}, {\"a\": 2}]}", "\"\\u00e9é\""}) {
    EXPECT_EQ(message_of(text), "") << text;
  }
}

TEST(StrictJson, NamesThePlaceOfAnError) {
  EXPECT_EQ(message_of(""), "f: no JSON at line 1, column 1");
  EXPECT_EQ(message_of("[1, x]"), "f: no JSON at line 1, column 5");
  EXPECT_EQ(message_of("{\n  \"a\": 1,\n  b: 2}"), "f: no JSON at line 3, column 3");
  for (const char* text : {"{", "[1,]", "1 2", "{\"a\" 1}", "\"\xC3\"", "nan", "1e999", "'a'"}) {
    EXPECT_EQ(message_of(text).rfind("f: no JSON at line 1", 0), 0u) << text;
  }
}

TEST(StrictJson, RefusesTheSameNameTwice) {
  EXPECT_EQ(message_of("{\"a\": 1, \"b\": {\"c\": 2, \"c\": 3}}"),
            "f: the name 'c' comes twice in one JSON object");
  EXPECT_EQ(message_of("{\"a\": 1, \"b\": {}, \"\\u0061\": 3}"),
            "f: the name 'a' comes twice in one JSON object");
}

TEST(StrictJson, LimitsDepthMembersAndElements) {
  const JsonLimits limits = {.depth = 2, .members = 3, .elements = 4};
  EXPECT_EQ(message_of("[{}]", limits), "");
  EXPECT_EQ(message_of("[{\"a\": []}]", limits), "f: JSON is nested over 2 deep");
  EXPECT_EQ(message_of("{\"a\": 1, \"b\": 1, \"c\": 1}", limits), "");
  EXPECT_EQ(message_of("{\"a\": 1, \"b\": 1, \"c\": 1, \"d\": 1}", limits),
            "f: a JSON object has over 3 members, at 'd'");
  EXPECT_EQ(message_of("[1, [], null, \"\"]", limits), "");
  EXPECT_EQ(message_of("[1, [], null, \"\", {}]", limits), "f: a JSON array has over 4 elements");
  EXPECT_EQ(message_of(repeated("[", 10'000'000)), "f: JSON is nested over 8 deep");
}

TEST(StrictJson, ShowsTextSafely) {
  EXPECT_EQ(shown("enc1"), "enc1");
  EXPECT_EQ(shown("a\x1B[2J\nb\x7F"), "a?[2J?b?");
  EXPECT_EQ(shown(std::string(60, 'a')), std::string(60, 'a'));
  EXPECT_EQ(shown(std::string(61, 'a')), std::string(60, 'a') + "...");
  EXPECT_EQ(shown(repeated("é", 31)), repeated("é", 30) + "...");
  EXPECT_EQ(shown("a" + repeated("é", 30)), "a" + repeated("é", 29) + "...") << "é cut in half";
}

}  // namespace
}  // namespace limpid
