#include "native/cli/byte_size.h"

#include <gtest/gtest.h>

#include "native/cli/usage_error.h"

namespace limpid {
namespace {

TEST(ByteSize, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_byte_size("4096"), 4096u);
  EXPECT_EQ(parse_byte_size("1"), 1u);
  EXPECT_EQ(parse_byte_size("512K"), 512u << 10);
  EXPECT_EQ(parse_byte_size("512M"), 512u << 20);
  EXPECT_EQ(parse_byte_size("512MiB"), 512u << 20);
  EXPECT_EQ(parse_byte_size("512 mb"), 512u << 20);
  EXPECT_EQ(parse_byte_size("1.5g"), 1536u << 20);
  EXPECT_EQ(parse_byte_size("100B"), 100u);
}

TEST(ByteSize, RefusesTheRest) {
  for (const char* text : {"", "M", "x", "0", "-1", "-5M", "5Q", "5MM", "5MiBs", "1e99", "nan",
                           "inf", "0.1", "99999999999T", "0x10", "5 M 5"}) {
    EXPECT_THROW(parse_byte_size(text), UsageError) << text;
  }
}

}  // namespace
}  // namespace limpid
