// The safetensors format alone (https://github.com/huggingface/safetensors): named tensors and
// texts <-> bytes. Eight bytes with the header's length, the header as JSON, the numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/model/state.h"

namespace limpid {

// What a file may be: 100 million parameters with Adam's moments, the average and the best.
constexpr size_t max_safetensors_header_bytes = size_t(64) << 20;
constexpr size_t max_safetensors_bytes = max_safetensors_header_bytes + size_t(2'000'000'000);

using Metadata = std::map<std::string, std::string>;

struct Safetensors {
  std::vector<Tensor> tensors;  // in the order of their numbers in the file
  Metadata metadata;
};

// A tensor that somebody else owns, under the name that it gets in the file.
struct NamedTensor {
  std::string name;
  const Tensor* tensor = nullptr;
};

// How numbers lie in a file.
enum class Storage {
  f32,
  f16,  // half.h: half the size; 3 digits are kept
};

// The same content gives the same bytes; the numbers begin at a multiple of 8. Text that is not
// UTF-8 gets U+FFFD in its place. Throws Error naming `where` and the tensor with a value that is
// not finite, or would not be in that storage. Names must differ.
std::vector<uint8_t> encode_safetensors(const std::vector<NamedTensor>& tensors,
                                        const Metadata& metadata, const std::string& where,
                                        Storage storage = Storage::f32);

// Trusts nothing: every size is checked against the bytes that are there before it is used. Throws
// Error naming `where`, the tensor and the place for anything but a whole file of F32, F16 or
// BF16 tensors with finite values that lie one after the other without a gap.
Safetensors decode_safetensors(std::span<const uint8_t> bytes, const std::string& where);

}  // namespace limpid
