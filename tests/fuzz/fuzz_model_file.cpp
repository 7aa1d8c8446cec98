// Any bytes are a model file or throw Error; what is read can be written and reads back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/error.h"
#include "core/model/model_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  limpid::ModelFile file;
  try {
    file = limpid::decode_model_file({data, size}, "fuzz");
  } catch (const limpid::Error&) {
    return 0;
  }
  const auto bytes = limpid::encode_model_file(file, "fuzz");
  if (limpid::decode_model_file(bytes, "fuzz") != file) std::abort();
  return 0;
}
