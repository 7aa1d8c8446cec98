#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/image/encoding.h"
#include "core/image/file.h"
#include "core/image/picture.h"

namespace limpid {

namespace {

std::string lower_ending(const std::filesystem::path& file) {
  std::string ending = file.extension().string();
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return ending;
}

bool is_one_of(std::span<const std::string_view> endings, const std::string& ending) {
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

std::vector<uint8_t> finish(Encoding encoding) {
  while (encoding.done() < encoding.total()) encoding.step();
  return encoding.take_file();
}

std::vector<uint8_t> encode(PictureFormat format, const Picture& picture,
                            int jpeg_quality = usual_jpeg_quality) {
  const int white = white_of(format == PictureFormat::jpeg ? 8 : picture.bit_depth);
  const Raster color = to_raster(picture.color, white), alpha = to_raster(picture.alpha, white);
  return finish(Encoding(format, color, alpha, picture.bit_depth, picture.metadata, jpeg_quality));
}

}  // namespace

std::vector<uint8_t> encode_png(const Raster& color, const Raster& alpha, int bit_depth) {
  return finish(Encoding(PictureFormat::png, color, alpha, bit_depth));
}

std::vector<uint8_t> encode_png(const Picture& picture) {
  return encode(PictureFormat::png, picture);
}

std::vector<uint8_t> encode_jpeg(const Picture& picture) {
  return encode(PictureFormat::jpeg, picture);
}

bool write_picture(const std::filesystem::path& file, const Raster& color,
                   const StoredPicture& picture, const PartsProgress& progress, int jpeg_quality) {
  Encoding encoding(format_of(file), color, picture.alpha, picture.bit_depth, picture.metadata,
                    jpeg_quality);
  const auto goes_on = [&] { return !progress || progress(encoding.done(), encoding.total()); };
  bool on = goes_on();
  while (on && encoding.done() < encoding.total()) {
    encoding.step();
    on = goes_on();
  }
  if (on) write_file(file, encoding.take_file());
  return on;
}

void write_picture(const std::filesystem::path& file, const Picture& picture, int jpeg_quality) {
  write_file(file, encode(format_of(file), picture, jpeg_quality));
}

std::span<const std::string_view> writable_endings() {
  static constexpr std::array<std::string_view, 3> endings = {".png", ".jpg", ".jpeg"};
  return endings;
}

std::span<const std::string_view> picture_endings() {
  static constexpr std::array<std::string_view, 17> endings = {
      ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff", ".bmp",
      ".dib", ".gif", ".tga",  ".pnm", ".pbm",  ".pgm",  ".ppm", ".hdr"};
  return endings;
}

bool is_writable_picture(const std::filesystem::path& file) {
  return is_one_of(writable_endings(), lower_ending(file));
}

bool has_picture_ending(const std::filesystem::path& file) {
  return is_one_of(picture_endings(), lower_ending(file));
}

bool has_jpeg_ending(const std::filesystem::path& file) {
  static constexpr std::array<std::string_view, 4> endings = {".jpg", ".jpeg", ".jpe", ".jfif"};
  return is_one_of(endings, lower_ending(file));
}

bool has_foreign_ending(const std::filesystem::path& file) {
  static constexpr std::array<std::string_view, 21> endings = {
      ".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".pam", ".pfm", ".exr", ".qoi", ".psd",
      ".dng",  ".cr2",  ".cr3",  ".nef", ".arw", ".orf", ".raf", ".rw2", ".pef", ".srw"};
  return is_one_of(endings, lower_ending(file));
}

}  // namespace limpid
