// Any text and the bytes behind its first 0 are a message or throw Error; what is read reads back
// the same once written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "core/error.h"
#include "core/ui/work/message.h"

namespace {

using Bytes = std::span<const uint8_t>;

template <class Read>
void read(std::string_view json, Bytes bytes, const Read& from) {
  limpid::Message message;
  try {
    message = limpid::to_message(from(json, bytes));
  } catch (const limpid::Error&) {
    return;
  }
  const limpid::Message again = limpid::to_message(from(message.json, message.bytes));
  if (again.json != message.json || again.bytes != message.bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes all(data, size);
  const size_t length = size_t(std::find(all.begin(), all.end(), uint8_t(0)) - all.begin());
  const std::string_view json(reinterpret_cast<const char*>(data), length);
  const Bytes bytes = all.subspan(std::min(length + 1, size));
  read(json, bytes, limpid::request_from);
  read(json, bytes, limpid::event_from);
  return 0;
}
