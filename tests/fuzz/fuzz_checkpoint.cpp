// Any bytes are a checkpoint or throw Error; what is read can be written and reads back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/error.h"
#include "core/train/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  limpid::Checkpoint checkpoint;
  try {
    checkpoint = limpid::decode_checkpoint({data, size}, "fuzz");
  } catch (const limpid::Error&) {
    return 0;
  }
  const auto bytes = limpid::encode_checkpoint(checkpoint, "fuzz");
  if (limpid::decode_checkpoint(bytes, "fuzz") != checkpoint) std::abort();
  return 0;
}
