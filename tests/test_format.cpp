#include "core/ui/format.h"

#include <gtest/gtest.h>

#include <cmath>

namespace limpid {
namespace {

TEST(Format, APathIsShownByItsLastName) {
  for (const char* path : {"b", "b/", "/a/b", "/a/b/"}) EXPECT_EQ(name_in(path), "b") << path;
}

TEST(Format, Counts) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(751'939), "751,939");
  EXPECT_EQ(count_text(1'005), "1,005");
  EXPECT_EQ(count_text(999'999), "1 million");
  EXPECT_EQ(count_text(12'345'678), "12.3 million");
}

TEST(Format, DevicesByTheirNames) {
  EXPECT_EQ(device_titles(
                {"CPU, AVX-512, 2 threads", "NVIDIA H200, 141 GB", "NVIDIA H200, 141 GB", "Tesla"}),
            (std::vector<std::string>{"CPU", "NVIDIA H200", "NVIDIA H200 (2)", "Tesla"}));
}

TEST(Format, Bytes) {
  EXPECT_EQ(bytes_text(2'000), "2 kB");
  EXPECT_EQ(bytes_text(940e3), "940 kB");
  EXPECT_EQ(bytes_text(2'636'934), "2.6 MB");
  EXPECT_EQ(bytes_text(9.96e6), "10 MB");
  EXPECT_EQ(bytes_text(999e6), "999 MB");
  EXPECT_EQ(bytes_text(1.5e9), "1.5 GB");
  EXPECT_EQ(bytes_text(960e3), "1.0 MB");
  EXPECT_EQ(bytes_text(999.6e6), "1.0 GB");
}

TEST(Format, Memory) {
  EXPECT_EQ(memory_text(size_t(1) << 20), "1 MiB");
  EXPECT_EQ(memory_text(size_t(512) << 20), "512 MiB");
  EXPECT_EQ(memory_text(size_t(2048) << 20), "2 GiB");
  EXPECT_EQ(memory_text(size_t(1536) << 20), "1536 MiB");
  EXPECT_EQ(memory_text(0), "0 MiB");
}

TEST(Format, Durations) {
  EXPECT_EQ(duration_text(0.4), "0 s");
  EXPECT_EQ(duration_text(59.6), "1 min");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(3599), "60 min");
  EXPECT_EQ(duration_text(7500), "2 h 5 min");
  EXPECT_EQ(duration_text(10 * 86400), "10 days");
  EXPECT_EQ(duration_text(120), "2 min");
  EXPECT_EQ(duration_text(601), "10 min");
  EXPECT_EQ(duration_text(47.9 * 3600), "47 h 54 min");
  EXPECT_EQ(duration_text(48 * 3600), "2 days");
  EXPECT_EQ(duration_text(61 * 3600), "3 days");
  EXPECT_EQ(duration_text(-1), "0 s");
}

TEST(Format, TimesRatesAndNumbers) {
  EXPECT_EQ(ms_text(12.4), "12 ms");
  EXPECT_EQ(ms_text(1400), "1.4 s");
  EXPECT_EQ(ms_text(999.7), "1.0 s");
  EXPECT_EQ(rate_text(0.996), "1.0");
  EXPECT_EQ(rate_text(9.96), "10");
  EXPECT_EQ(rate_text(0.153), "0.15");
  EXPECT_EQ(rate_text(2.61), "2.6");
  EXPECT_EQ(rate_text(119.6), "120");
  EXPECT_EQ(fixed_text(0.12345, 4), "0.1235");
  EXPECT_EQ(fixed_text(INFINITY, 2), "∞");
  EXPECT_EQ(fixed_text(-INFINITY, 2), "-∞");
  EXPECT_EQ(fixed_text(NAN, 2), "–");
  EXPECT_EQ(significant_text(0.00012345, 3), "0.000123");
  EXPECT_EQ(epochs_text(1), "1 epoch");
  EXPECT_EQ(epochs_text(30), "30 epochs");
}

}  // namespace
}  // namespace limpid
