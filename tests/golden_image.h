// What the tests of core/image share: the pictures of golden/make_image.py and its results.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/image/image.h"

namespace limpid {

inline std::filesystem::path golden_folder() {
  return std::filesystem::path(__FILE__).parent_path() / "golden";
}

inline std::filesystem::path golden_file(const std::string& name) {
  return golden_folder() / "image" / name;
}

inline const nlohmann::json& golden() {
  static const nlohmann::json json =
      nlohmann::json::parse(std::ifstream(golden_folder() / "image.json"));
  return json;
}

inline std::vector<uint8_t> from_hex(const std::string& hex) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(uint8_t(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// In steps of 1/255.
inline std::vector<uint8_t> to_bytes(const Image& image) {
  std::vector<uint8_t> bytes;
  for (float value : image.pixels) bytes.push_back(uint8_t(std::lround(value * 255)));
  return bytes;
}

inline int pattern_byte(int y, int x, int c) {
  return (5 * x + 3 * y + 40 * c + x * y / 7 * 11) % 256;
}

inline Image pattern(int height, int width, int channels) {
  Image image(height, width, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) image.at(y, x, c) = float(pattern_byte(y, x, c)) / 255.0f;
    }
  }
  return image;
}

inline Image disturbed(int height, int width, int channels) {
  Image image(height, width, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        const int change = (31 * x + 17 * y + 7 * c) % 61 - 30;
        image.at(y, x, c) = float(std::clamp(pattern_byte(y, x, c) + change, 0, 255)) / 255.0f;
      }
    }
  }
  return image;
}

// The folder of test pictures outside the repository, which LIMPID_SHARED_DATA names; may be empty.
inline std::filesystem::path shared_data() {
  const char* folder = std::getenv("LIMPID_SHARED_DATA");
  return folder ? folder : "";
}

}  // namespace limpid
