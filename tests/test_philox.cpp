#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/noise/philox.h"
#include "tests/golden_noise.h"

namespace limpid {
namespace {

using Four = std::array<uint32_t, 4>;

// Random123 1.14, tests/kat_vectors.
TEST(Philox, KnownAnswers) {
  constexpr uint32_t ones = 0xFFFFFFFF;
  EXPECT_EQ(philox4x32({}, {}), (Four{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
  EXPECT_EQ(philox4x32({ones, ones, ones, ones}, {ones, ones}),
            (Four{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}));
  EXPECT_EQ(philox4x32({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, {0xA4093822, 0x299F31D0}),
            (Four{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}));
}

TEST(Sequence, HasTheWordsInTheirPlaces) {
  const Sequence sequence = {
      .seed = 0x123456789ABCDEF, .stream = Stream::augment, .epoch = 7, .item = 11};
  EXPECT_EQ(sequence.block(2), philox4x32({2, 11, 7, 5}, {0x89ABCDEF, 0x1234567}));
  uint32_t position = 0;
  for (const auto& word : golden_noise()["sequence"]) {
    EXPECT_EQ(sequence.bits(position++), words_from_hex(word)[0]);
  }
}

TEST(Sequence, FillsWhatSinglePositionsGive) {
  const Sequence sequence = {.seed = 9, .stream = Stream::weights, .epoch = 1, .item = 2};
  for (const size_t count : {0, 1, 3, 4, 5, 4097}) {
    for (const uint32_t first : {0u, 8u, 0xFFFFFFFCu - 4096u}) {
      std::vector<uint32_t> bits(count);
      sequence.fill(first, bits);
      for (size_t i = 0; i < count; ++i) {
        ASSERT_EQ(bits[i], sequence.bits(first + uint32_t(i))) << first << " + " << i;
      }
    }
  }
}

TEST(Sequence, EveryPartOfThePlaceCounts) {
  const Sequence place = {.seed = 1, .stream = Stream::noise, .epoch = 1, .item = 1};
  std::vector<Sequence> places(6, place);
  places[1].seed = 2;
  places[2].seed = 1 | uint64_t(1) << 32;
  places[3].stream = Stream::shuffle;
  places[4].epoch = 2;
  places[5].item = 2;
  std::set<uint32_t> values;
  for (const Sequence& sequence : places) {
    for (uint32_t position = 0; position < 100; ++position) values.insert(sequence.bits(position));
  }
  EXPECT_EQ(values.size(), 600u);
}

TEST(Uniform, IsTheMiddleOfItsPart) {
  EXPECT_EQ(uniform(0), 0x1p-24f);
  EXPECT_EQ(uniform(0x1FF), 0x1p-24f);
  EXPECT_EQ(uniform(0x200), 3 * 0x1p-24f);
  EXPECT_EQ(uniform(0x80000000), 0.5f + 0x1p-24f);
  EXPECT_EQ(uniform(0xFFFFFFFF), 1 - 0x1p-24f);
}

TEST(Below, SharesOutTheWholeRange) {
  EXPECT_EQ(below(1, 0xFFFFFFFF), 0u);
  EXPECT_EQ(below(10, 0), 0u);
  EXPECT_EQ(below(10, 0xFFFFFFFF), 9u);
  EXPECT_EQ(below(0xFFFFFFFF, 0xFFFFFFFF), 0xFFFFFFFEu);
  const Sequence sequence;
  constexpr uint32_t draws = 70000;
  std::array<int, 7> count = {};
  for (uint32_t i = 0; i < draws; ++i) ++count[below(7, sequence.bits(i))];
  for (const int n : count) EXPECT_NEAR(n, draws / 7.0, deviations * std::sqrt(draws / 7.0));
}

TEST(Gaussian, IsTheQuantileToThatBit) {
  for (const auto& example : golden_noise()["normal"]) {
    const uint32_t bits = example["bits"];
    const double exact = example["exact"];
    EXPECT_NEAR(gaussian(bits), exact, 5e-7 * std::fabs(exact)) << "of " << bits;
    EXPECT_EQ(std::bit_cast<uint32_t>(gaussian(bits)), words_from_hex(example["normal"])[0])
        << "of " << bits;
  }
}

TEST(Gaussian, ManyAtOnceAreTheSame) {
  for (const size_t count : {0, 1, 3, 4, 7, 1021}) {
    std::vector<uint32_t> bits(count);
    Sequence().fill(0, bits);
    std::vector<float> normal(count);
    gaussian(bits, normal);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(normal[i], gaussian(bits[i]));
  }
}

TEST(Gaussian, RisesAndIsOdd) {
  float last = -6;
  for (uint32_t part = 0; part < 1u << 23; ++part) {
    const uint32_t bits = part << 9;
    const float value = gaussian(bits);
    ASSERT_GE(value, last) << "at part " << part;
    ASSERT_EQ(gaussian(~bits), -value) << "at part " << part;
    last = value;
  }
  EXPECT_NEAR(last, 5.2947, 1e-4);
}

// The largest distance between the values' distribution function and the normal one.
double kolmogorov_smirnov(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  double distance = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double expected = std::erfc(-double(values[i]) / std::sqrt(2.0)) / 2;
    distance = std::max({distance, std::fabs(expected - double(i) / double(values.size())),
                         std::fabs(expected - double(i + 1) / double(values.size()))});
  }
  return distance;
}

TEST(Gaussian, IsNormallyDistributed) {
  constexpr size_t count = 1 << 21;
  for (const uint64_t seed : {1, 2, 3}) {
    std::vector<uint32_t> bits(count);
    Sequence{.seed = seed, .stream = Stream::noise, .epoch = 0, .item = 0}.fill(0, bits);
    std::vector<float> normal(count);
    gaussian(bits, normal);
    const Moments moments = moments_of(normal);
    // Deviations of the estimates: Kendall and Stuart, volume 1, 10.
    EXPECT_NEAR(moments.mean, 0, deviations * std::sqrt(1.0 / count));
    EXPECT_NEAR(moments.variance, 1, deviations * std::sqrt(2.0 / count));
    EXPECT_NEAR(moments.skewness, 0, deviations * std::sqrt(6.0 / count));
    EXPECT_NEAR(moments.kurtosis, 3, deviations * std::sqrt(24.0 / count));
    // Exceeded by chance once in 15,000 times: 2 exp(-2 d^2 count).
    EXPECT_LT(kolmogorov_smirnov(normal), 2.27 / std::sqrt(count));
  }
}

TEST(Gaussian, PlacesAreIndependent) {
  constexpr size_t count = 1 << 18;
  const auto normals = [](const Sequence& sequence) {
    std::vector<uint32_t> bits(count);
    sequence.fill(0, bits);
    std::vector<float> normal(count);
    gaussian(bits, normal);
    return normal;
  };
  const Sequence place = {.seed = 1, .stream = Stream::noise, .epoch = 1, .item = 1};
  const std::vector<float> values = normals(place);
  std::vector<Sequence> others(5, place);
  others[0].seed = 2;
  others[1].seed = 1 | uint64_t(1) << 32;
  others[2].stream = Stream::shuffle;
  others[3].epoch = 2;
  others[4].item = 2;
  const double bound = deviations / std::sqrt(double(count));
  for (size_t i = 0; i < others.size(); ++i) {
    EXPECT_NEAR(correlation(values, normals(others[i])), 0, bound) << "place " << i;
  }
  for (const ptrdiff_t shift : {1, 2, 3, 4, 256, 768}) {
    const std::vector<float> a(values.begin(), values.end() - shift);
    const std::vector<float> b(values.begin() + shift, values.end());
    EXPECT_NEAR(correlation(a, b), 0, bound) << "shift " << shift;
  }
}

}  // namespace
}  // namespace limpid
