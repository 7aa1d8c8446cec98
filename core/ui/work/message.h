// Requests and events as messages between a page and its worker: one JSON text and one run of
// bytes, which can be handed over without a copy.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ui/work/event.h"
#include "core/ui/work/request.h"

namespace limpid {

struct Message {
  std::string json;            // {"type": "Restore", ...}
  std::vector<uint8_t> bytes;  // pictures (a byte a value, rows x columns x channels) and files,
                               // one after the other in the order of the JSON
};

Message to_message(const Request& request);
Message to_message(const Event& event);

// Both throw Error saying what is wrong with a message that is none.
Request request_from(std::string_view json, std::span<const uint8_t> bytes);
Event event_from(std::string_view json, std::span<const uint8_t> bytes);

}  // namespace limpid
