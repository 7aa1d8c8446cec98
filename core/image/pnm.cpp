#include "core/image/pnm.h"

#include <algorithm>
#include <cassert>

namespace limpid {

namespace {

bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Reads the numbers of a PNM file one after the other.
class Reader {
 public:
  explicit Reader(const Source& source) : source_(source), at_(2) {}

  // The next decimal number.
  int number() {
    to_digit();
    int value = 0;
    while (at_digit()) {
      value = value * 10 + (source_.bytes[at_++] - '0');
      if (value > 100'000'000) source_.refuse("the PNM has a number too large");
    }
    return value;
  }

  // The next digit of a plain bitmap, where digits need no space between them.
  int digit() {
    to_digit();
    return source_.bytes[at_++] - '0';
  }

  // What follows the one space behind the header of a binary file, at least `size` bytes.
  std::span<const uint8_t> binary(size_t size) {
    if (at_ < source_.bytes.size() && is_space(source_.bytes[at_])) ++at_;
    if (source_.bytes.size() - at_ < size) source_.refuse("the PNM is cut short");
    return source_.bytes.subspan(at_, size);
  }

 private:
  bool at_digit() const {
    return at_ < source_.bytes.size() && source_.bytes[at_] >= '0' && source_.bytes[at_] <= '9';
  }

  void to_digit() {
    skip_space();
    if (at_ == source_.bytes.size()) source_.refuse("the PNM is cut short");
    if (!at_digit()) source_.refuse("the PNM misses a number");
  }

  // Comments go from # to the end of the line.
  void skip_space() {
    bool comment = false;
    for (; at_ < source_.bytes.size(); ++at_) {
      const uint8_t c = source_.bytes[at_];
      if (c == '#') comment = true;
      if (c == '\n' || c == '\r') comment = false;
      if (!comment && !is_space(c)) return;
    }
  }

  const Source& source_;
  size_t at_;
};

// Rows of bits, each row beginning with a new byte; a set bit is black.
void unpack_bits(std::span<const uint8_t> bits, Raster& raster) {
  const size_t width = size_t(raster.width), row_bytes = (width + 7) / 8;
  for (size_t i = 0; i < raster.count(); ++i) {
    const size_t x = i % width;
    raster.set_step(i, bits[i / width * row_bytes + x / 8] >> (7 - x % 8) & 1 ? 0 : 1);
  }
}

// Big-endian where they take two bytes.
void unpack_values(std::span<const uint8_t> values, Raster& raster) {
  const int maximum = raster.maximum;
  for (size_t i = 0; i < raster.count(); ++i) {
    const int value = maximum > 255 ? values[2 * i] << 8 | values[2 * i + 1] : values[i];
    raster.set_step(i, uint32_t(std::min(value, maximum)));
  }
}

// Numbers in words; of a bitmap digits, of which 1 is black.
void read_plain(Reader& reader, bool bits, Raster& raster) {
  for (size_t i = 0; i < raster.count(); ++i) {
    raster.set_step(
        i, bits ? uint32_t(!reader.digit()) : uint32_t(std::min(reader.number(), raster.maximum)));
  }
}

}  // namespace

bool is_pnm(std::span<const uint8_t> file) {
  return file.size() > 2 && file[0] == 'P' && file[1] >= '1' && file[1] <= '6' &&
         (is_space(file[2]) || file[2] == '#');
}

StoredPicture read_pnm(const Source& source) {
  assert(is_pnm(source.bytes));
  const int kind = source.bytes[1] - '0';  // 1 bits, 2 gray, 3 colour; 4 to 6 the same in binary
  const bool plain = kind <= 3;
  const bool bits = kind == 1 || kind == 4;
  Reader reader(source);
  const int width = reader.number();
  const int height = reader.number();
  const int maximum = bits ? 1 : reader.number();
  if (maximum < 1 || maximum > 65535) source.refuse("the maximum of a PNM is 1 to 65535");
  source.check_size(width, height);
  const int channels = kind == 3 || kind == 6 ? 3 : 1;
  const size_t count = size_t(height) * width * channels;
  // A plain value takes at least one byte: refuses what cannot be there before memory is taken.
  if (plain && count > source.bytes.size()) source.refuse("the PNM is cut short");
  const size_t packed = bits ? (size_t(width) + 7) / 8 * height : count * (maximum > 255 ? 2 : 1);
  const std::span<const uint8_t> content =
      plain ? std::span<const uint8_t>() : reader.binary(packed);
  StoredPicture picture;
  picture.bit_depth = maximum > 255 ? 16 : 8;
  picture.color = Raster(height, width, channels, maximum);
  if (plain) {
    read_plain(reader, bits, picture.color);
  } else if (bits) {
    unpack_bits(content, picture.color);
  } else {
    unpack_values(content, picture.color);
  }
  return picture;
}

}  // namespace limpid
