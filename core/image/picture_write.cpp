#include <algorithm>
#include <array>
#include <cassert>
#include <string_view>

#include "core/error.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "core/image/png.h"
#include "stb_image_write.h"

namespace limpid {

namespace {

uint32_t to_steps(float value, float one) {
  return value > 0 ? uint32_t(std::min(value, 1.0f) * one + 0.5f) : 0;  // not a number is black
}

// The pixels in the order PNG and JPEG want them, colour and alpha interleaved.
std::vector<uint8_t> pack(const Image& color, const Image& alpha, int bit_depth) {
  assert(bit_depth == 8 || bit_depth == 16);
  const float one = bit_depth == 16 ? 65535.0f : 255.0f;
  const size_t pixels = size_t(color.height) * color.width;
  std::vector<uint8_t> packed;
  packed.reserve((color.count() + alpha.count()) * (bit_depth / 8));
  const auto append = [&](float value) {
    const uint32_t steps = to_steps(value, one);
    if (bit_depth == 16) packed.push_back(uint8_t(steps >> 8));
    packed.push_back(uint8_t(steps));
  };
  for (size_t i = 0; i < pixels; ++i) {
    for (int c = 0; c < color.channels; ++c) append(color.pixels[i * color.channels + c]);
    if (!alpha.empty()) append(alpha.pixels[i]);
  }
  return packed;
}

std::string lower_ending(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return ending;
}

void check_writable([[maybe_unused]] const Picture& picture) {
  assert(!picture.color.empty() && (picture.color.channels == 1 || picture.color.channels == 3));
  assert(picture.alpha.empty() ||
         (picture.alpha.channels == 1 && picture.alpha.height == picture.color.height &&
          picture.alpha.width == picture.color.width));
}

}  // namespace

std::vector<uint8_t> encode_png(const Picture& picture) {
  check_writable(picture);
  const std::vector<uint8_t> rows = pack(picture.color, picture.alpha, picture.bit_depth);
  return build_png({.width = uint32_t(picture.color.width),
                    .height = uint32_t(picture.color.height),
                    .channels = picture.color.channels + (picture.alpha.empty() ? 0 : 1),
                    .bit_depth = picture.bit_depth,
                    .rows = rows});
}

std::vector<uint8_t> encode_jpeg(const Picture& picture, int quality) {
  check_writable(picture);
  const Image& color = picture.color;
  if (color.height > 65535 || color.width > 65535) {  // JPEG stores its sides in 16 bits
    throw Error("a picture of " + std::to_string(color.width) + " x " +
                std::to_string(color.height) + " pixels is too large for a JPEG file");
  }
  const std::vector<uint8_t> pixels = pack(color, Image(), 8);
  std::vector<uint8_t> file;
  const auto append = [](void* context, void* data, int size) {
    auto* bytes = static_cast<uint8_t*>(data);
    auto* out = static_cast<std::vector<uint8_t>*>(context);
    out->insert(out->end(), bytes, bytes + size);
  };
  stbi_write_jpg_to_func(append, &file, color.width, color.height, color.channels, pixels.data(),
                         quality);
  return file;
}

void write_picture(const std::filesystem::path& file, const Picture& picture) {
  if (!is_writable_picture(file)) {
    throw Error("cannot write " + file.string() + ": its name must end in .png, .jpg or .jpeg");
  }
  write_file(file, lower_ending(file) == ".png" ? encode_png(picture) : encode_jpeg(picture));
}

bool is_writable_picture(const std::filesystem::path& file) {
  const std::string ending = lower_ending(file);
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

bool has_picture_ending(const std::filesystem::path& file) {
  static constexpr std::array<std::string_view, 14> endings = {
      ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib",
      ".gif", ".tga", ".pnm",  ".pbm", ".pgm",  ".ppm", ".hdr"};
  return std::find(endings.begin(), endings.end(), lower_ending(file)) != endings.end();
}

}  // namespace limpid
