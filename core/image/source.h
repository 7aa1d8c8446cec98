// One picture file while it is read: its bytes, and how it is refused.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/image/picture.h"

namespace limpid {

struct Source {
  std::span<const uint8_t> bytes;
  std::string name;  // for messages
  PictureLimits limits;

  // Throws Error: `name`: not a picture Limpid can read (`why`).
  [[noreturn]] void refuse(const std::string& why) const;

  // Throws Error when there are no pixels or more than the limit.
  void check_size(uint64_t width, uint64_t height) const;
};

}  // namespace limpid
