// The results of golden/make_noise.py, and how far from it chance may lead.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/golden_image.h"

namespace limpid {

inline const nlohmann::json& golden_noise() {
  static const nlohmann::json json =
      nlohmann::json::parse(std::ifstream(golden_folder() / "noise.json"));
  return json;
}

// Of hexadecimal words of eight digits each.
inline std::vector<uint32_t> words_from_hex(const std::string& hex) {
  std::vector<uint32_t> words;
  for (size_t i = 0; i < hex.size(); i += 8) {
    words.push_back(uint32_t(std::stoul(hex.substr(i, 8), nullptr, 16)));
  }
  return words;
}

inline std::vector<uint32_t> float_bits(const std::vector<float>& values) {
  std::vector<uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<uint32_t>(value));
  return bits;
}

// The numbers under test are fixed, so a bound holds always or never; this one holds for truly
// random numbers but once in 15,000 times.
constexpr double deviations = 4;

struct Moments {
  double mean = 0;
  double variance = 0;
  double skewness = 0;
  double kurtosis = 0;
};

template <class Values>
Moments moments_of(const Values& values) {
  double sum = 0;
  for (const auto value : values) sum += double(value);
  Moments moments;
  moments.mean = sum / double(values.size());
  double power_2 = 0;
  double power_3 = 0;
  double power_4 = 0;
  for (const auto value : values) {
    const double d = double(value) - moments.mean;
    power_2 += d * d;
    power_3 += d * d * d;
    power_4 += d * d * d * d;
  }
  moments.variance = power_2 / double(values.size());
  moments.skewness = power_3 / double(values.size()) / std::pow(moments.variance, 1.5);
  moments.kurtosis = power_4 / double(values.size()) / (moments.variance * moments.variance);
  return moments;
}

template <class Values>
double correlation(const Values& a, const Values& b) {
  const Moments of_a = moments_of(a);
  const Moments of_b = moments_of(b);
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - of_a.mean) * (b[i] - of_b.mean);
  return sum / double(a.size()) / std::sqrt(of_a.variance * of_b.variance);
}

}  // namespace limpid
