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

// The pixels in the order PNG and JPEG want them, colour and alpha interleaved.
std::vector<uint8_t> pack(const Raster& color, const Raster& alpha, int bit_depth) {
  assert(bit_depth == 8 || bit_depth == 16);
  const size_t pixels = size_t(color.height) * size_t(color.width);
  const int white = white_of(bit_depth);
  std::vector<uint8_t> packed;
  packed.reserve((color.count() + alpha.count()) * size_t(bit_depth / 8));
  const auto append = [&](const Raster& raster, size_t i) {
    uint32_t step = raster.step(i);
    if (raster.maximum != white) step = to_step(float(step) / float(raster.maximum), white);
    if (bit_depth == 16) packed.push_back(uint8_t(step >> 8));
    packed.push_back(uint8_t(step));
  };
  for (size_t i = 0; i < pixels; ++i) {
    for (int c = 0; c < color.channels; ++c) append(color, i * size_t(color.channels) + size_t(c));
    if (!alpha.empty()) append(alpha, i);
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

void check_writable([[maybe_unused]] const Raster& color, [[maybe_unused]] const Raster& alpha) {
  assert(!color.empty() && (color.channels == 1 || color.channels == 3));
  assert(alpha.empty() ||
         (alpha.channels == 1 && alpha.height == color.height && alpha.width == color.width));
}

std::vector<uint8_t> encode_jpeg(const Raster& color, int quality) {
  check_writable(color, Raster());
  if (color.height > 65535 || color.width > 65535) {  // JPEG stores its sides in 16 bits
    throw Error("a picture of " + std::to_string(color.width) + " x " +
                std::to_string(color.height) + " pixels is too large for a JPEG file");
  }
  const std::vector<uint8_t> pixels = pack(color, Raster(), 8);
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

}  // namespace

std::vector<uint8_t> encode_png(const Raster& color, const Raster& alpha, int bit_depth) {
  check_writable(color, alpha);
  const std::vector<uint8_t> rows = pack(color, alpha, bit_depth);
  return build_png({.width = uint32_t(color.width),
                    .height = uint32_t(color.height),
                    .channels = color.channels + (alpha.empty() ? 0 : 1),
                    .bit_depth = bit_depth,
                    .rows = rows});
}

std::vector<uint8_t> encode_png(const Picture& picture) {
  const int white = white_of(picture.bit_depth);
  return encode_png(to_raster(picture.color, white), to_raster(picture.alpha, white),
                    picture.bit_depth);
}

std::vector<uint8_t> encode_jpeg(const Picture& picture, int quality) {
  return encode_jpeg(to_raster(picture.color, white_of(8)), quality);
}

void write_picture(const std::filesystem::path& file, const Raster& color, const Raster& alpha,
                   int bit_depth) {
  if (!is_writable_picture(file)) {
    throw Error("cannot write " + file.string() + ": its name must end in .png, .jpg or .jpeg");
  }
  constexpr int jpeg_quality = 95;
  write_file(file, lower_ending(file) == ".png" ? encode_png(color, alpha, bit_depth)
                                                : encode_jpeg(color, jpeg_quality));
}

void write_picture(const std::filesystem::path& file, const Picture& picture) {
  const bool jpeg = lower_ending(file) != ".png";
  const int white = white_of(jpeg ? 8 : picture.bit_depth);
  write_picture(file, to_raster(picture.color, white), to_raster(picture.alpha, white),
                picture.bit_depth);
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
