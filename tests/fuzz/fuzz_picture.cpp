// Any bytes are a picture with values of 0..1 or throw Error; what is read can be written and reads
// back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "core/error.h"
#include "core/image/picture.h"
#include "core/image/png.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_whole(const limpid::Image& image) {
  require(image.pixels.size() == size_t(image.height) * image.width * image.channels);
  for (const float value : image.pixels) require(value >= 0 && value <= 1);
}

void write_and_read(const limpid::Picture& picture) {
  const std::vector<uint8_t> png = limpid::encode_png(picture);
  const limpid::Picture again = limpid::decode_picture(png, "fuzz");
  require(again.metadata == picture.metadata);
  require(again.color.same_size(picture.color) && again.bit_depth == picture.bit_depth);
  require(limpid::encode_png(again) == png);
  const limpid::Picture jpeg = limpid::decode_picture(limpid::encode_jpeg(picture), "fuzz");
  require(jpeg.color.height == picture.color.height && jpeg.color.width == picture.color.width);
}

// The one of the PNG specification, annex D.
uint32_t check_sum(std::span<const uint8_t> bytes) {
  uint32_t sum = UINT32_MAX;
  for (const uint8_t byte : bytes) {
    sum ^= byte;
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320u : 0);
  }
  return ~sum;
}

// Of every chunk of a PNG: a change anywhere would make each a wrong one, and the file refused.
void mend_check_sums(uint8_t* file, size_t size) {
  const auto at = [&](size_t i) { return size_t(file[i]); };
  for (size_t i = 8; i + 12 <= size;) {
    const size_t length = at(i) << 24 | at(i + 1) << 16 | at(i + 2) << 8 | at(i + 3);
    if (length > size - i - 12) return;
    const uint32_t sum = check_sum({file + i + 4, 4 + length});
    i += 8 + length;
    for (int shift = 24; shift >= 0; shift -= 8) file[i++] = uint8_t(sum >> shift);
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  const size_t changed = LLVMFuzzerMutate(data, size, most);
  if (seed % 16 != 0 && limpid::is_png({data, changed})) mend_check_sums(data, changed);
  return changed;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  limpid::Picture picture;
  try {
    picture = limpid::decode_picture({data, size}, "fuzz", {.max_pixels = 100'000});
  } catch (const limpid::Error&) {
    return 0;
  }
  require(!picture.color.empty());
  require_whole(picture.color);
  require_whole(picture.alpha);
  require(picture.bit_depth == 8 || picture.bit_depth == 16);
  if (picture.color.pixels.size() <= 10'000) write_and_read(picture);
  return 0;
}
