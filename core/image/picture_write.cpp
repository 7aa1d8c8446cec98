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

// The steps of a file with that white: its own, or the nearest to another's.
template <class Use>
void use_steps(const Raster& raster, int white, Use use) {
  std::visit(
      [&](const auto& steps) {
        if (raster.maximum == white) return use([&](size_t i) { return uint32_t(steps[i]); });
        const float one = float(raster.maximum);
        use([&](size_t i) { return to_step(float(steps[i]) / one, white); });
      },
      raster.steps);
}

// The pixels in the order PNG and JPEG want them, colour and alpha interleaved.
std::vector<uint8_t> pack(const Raster& color, const Raster& alpha, int bit_depth) {
  assert(bit_depth == 8 || bit_depth == 16);
  const size_t channels = size_t(color.channels), group = channels + (alpha.empty() ? 0 : 1);
  const size_t width = size_t(bit_depth / 8);
  std::vector<uint8_t> packed(size_t(color.height) * size_t(color.width) * group * width);
  const auto put = [&](size_t at, uint32_t step) {
    if (width == 2) packed[2 * at] = uint8_t(step >> 8);
    packed[width * at + width - 1] = uint8_t(step);
  };
  use_steps(color, white_of(bit_depth), [&](auto step) {
    for (size_t i = 0; i < color.count(); ++i) put(i / channels * group + i % channels, step(i));
  });
  use_steps(alpha, white_of(bit_depth), [&](auto step) {
    for (size_t i = 0; i < alpha.count(); ++i) put(i * group + channels, step(i));
  });
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
