#include "core/image/png.h"

#include <array>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <string_view>

#include "core/error.h"

// In stb_image_write.h this is defined but not declared.
extern "C" unsigned char* stbi_zlib_compress(unsigned char* data, int data_len, int* out_len,
                                             int quality);

namespace limpid {

namespace {

using Bytes = std::span<const uint8_t>;

constexpr std::array<uint8_t, 8> signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

// CRC-32 of the PNG specification, annex D: polynomial 0xEDB88320, reflected.
uint32_t crc32(Bytes bytes) {
  static const std::array<uint32_t, 256> table = [] {
    std::array<uint32_t, 256> t;
    for (uint32_t n = 0; n < 256; ++n) {
      uint32_t c = n;
      for (int k = 0; k < 8; ++k) c = c & 1 ? 0xEDB88320 ^ c >> 1 : c >> 1;
      t[n] = c;
    }
    return t;
  }();
  uint32_t c = 0xFFFFFFFF;
  for (uint8_t byte : bytes) c = table[(c ^ byte) & 0xFF] ^ c >> 8;
  return ~c;
}

uint32_t read_u32(Bytes bytes, size_t at) {
  return uint32_t(bytes[at]) << 24 | uint32_t(bytes[at + 1]) << 16 | uint32_t(bytes[at + 2]) << 8 |
         bytes[at + 3];
}

void append_u32(std::vector<uint8_t>& bytes, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(uint8_t(value >> shift));
}

void append_chunk(std::vector<uint8_t>& file, std::string_view kind, Bytes content) {
  append_u32(file, uint32_t(content.size()));
  const size_t start = file.size();
  file.insert(file.end(), kind.begin(), kind.end());
  file.insert(file.end(), content.begin(), content.end());
  append_u32(file, crc32(Bytes(file).subspan(start)));
}

int paeth(int left, int up, int corner) {
  const int to_left = std::abs(up - corner);
  const int to_up = std::abs(left - corner);
  const int to_corner = std::abs(left + up - 2 * corner);
  if (to_left <= to_up && to_left <= to_corner) return left;
  return to_up <= to_corner ? up : corner;
}

// What PNG's filter `kind` (0 to 4) predicts for byte `i` of `row`; `pixel` bytes to its left is
// the byte of the same channel.
int predicted(int kind, const uint8_t* row, const uint8_t* above, size_t i, size_t pixel) {
  const int left = i >= pixel ? row[i - pixel] : 0;
  const int up = above ? above[i] : 0;
  const int corner = above && i >= pixel ? above[i - pixel] : 0;
  switch (kind) {
    case 1: return left;
    case 2: return up;
    case 3: return (left + up) / 2;
    case 4: return paeth(left, up, corner);
    default: return 0;
  }
}

// Each row behind the number of its filter. The filter is the one with the smallest sum of absolute
// differences, which the PNG specification recommends (12.8).
std::vector<uint8_t> filtered_rows(const PngPixels& pixels) {
  const size_t pixel = size_t(pixels.channels) * pixels.bit_depth / 8;
  const size_t row_bytes = pixel * pixels.width;
  std::vector<uint8_t> result((row_bytes + 1) * pixels.height);
  std::vector<uint8_t> trial(row_bytes);
  for (size_t y = 0; y < pixels.height; ++y) {
    const uint8_t* row = pixels.rows.data() + y * row_bytes;
    const uint8_t* above = y > 0 ? row - row_bytes : nullptr;
    uint8_t* out = &result[y * (row_bytes + 1)];
    uint64_t best = std::numeric_limits<uint64_t>::max();
    for (int kind = 0; kind < 5; ++kind) {
      uint64_t sum = 0;
      for (size_t i = 0; i < row_bytes; ++i) {
        trial[i] = uint8_t(row[i] - predicted(kind, row, above, i, pixel));
        sum += uint64_t(std::abs(int8_t(trial[i])));
      }
      if (sum >= best) continue;
      best = sum;
      out[0] = uint8_t(kind);
      std::memcpy(out + 1, trial.data(), row_bytes);
    }
  }
  return result;
}

std::vector<uint8_t> header(const PngPixels& pixels) {
  constexpr std::array<uint8_t, 5> color_type = {0, 0, 4, 2, 6};  // by channels
  std::vector<uint8_t> content;
  append_u32(content, pixels.width);
  append_u32(content, pixels.height);
  content.push_back(uint8_t(pixels.bit_depth));
  content.push_back(color_type[pixels.channels]);
  content.insert(content.end(), 3, 0);  // deflate, the five filters, not interlaced
  return content;
}

}  // namespace

bool is_png(Bytes file) {
  return file.size() >= signature.size() &&
         std::memcmp(file.data(), signature.data(), signature.size()) == 0;
}

PngInfo read_png_chunks(const Source& source) {
  const Bytes file = source.bytes;
  assert(is_png(file));
  PngInfo info;
  size_t at = signature.size();
  for (bool first = true;; first = false) {
    constexpr size_t frame_bytes = 12;  // length, kind, check sum
    if (file.size() - at < frame_bytes) source.refuse("the PNG is cut short");
    const size_t length = read_u32(file, at);
    if (length > file.size() - at - frame_bytes) source.refuse("the PNG is cut short");
    const std::string_view kind(reinterpret_cast<const char*>(&file[at + 4]), 4);
    const Bytes content = file.subspan(at + 8, length);
    if (first) {
      if (kind != "IHDR" || length != 13) source.refuse("the PNG has no header");
      info.width = read_u32(content, 0);
      info.height = read_u32(content, 4);
      source.check_size(info.width, info.height);
    }
    const bool intact = crc32(file.subspan(at + 4, 4 + length)) == read_u32(file, at + 8 + length);
    const bool critical = (kind[0] & 0x20) == 0;  // an upper case letter, by the specification
    if (critical && !intact) {
      source.refuse("wrong check sum in the PNG chunk at byte " + std::to_string(at));
    }
    if (kind == "eXIf" && intact) info.exif = content;
    if (kind == "IEND") return info;
    at += frame_bytes + length;
  }
}

std::vector<uint8_t> build_png(const PngPixels& pixels) {
  std::vector<uint8_t> rows = filtered_rows(pixels);
  // stb's compressor counts in int and doubles its buffer as it grows.
  if (rows.size() > size_t(std::numeric_limits<int>::max() / 2)) {
    throw Error("a picture of " + std::to_string(pixels.width) + " x " +
                std::to_string(pixels.height) + " pixels is too large for a PNG file");
  }
  constexpr int effort = 8;  // stb_image_write's own default
  int size = 0;
  const std::unique_ptr<uint8_t, decltype(&std::free)> packed(
      stbi_zlib_compress(rows.data(), int(rows.size()), &size, effort), std::free);
  if (!packed) throw std::bad_alloc();
  std::vector<uint8_t> file(signature.begin(), signature.end());
  append_chunk(file, "IHDR", header(pixels));
  append_chunk(file, "IDAT", Bytes(packed.get(), size_t(size)));
  append_chunk(file, "IEND", {});
  return file;
}

}  // namespace limpid
