#include "web/page_platform.h"

#include <emscripten.h>

#include <cassert>
#include <cstdlib>
#include <utility>

#include "core/ui/work/message.h"

// `Module.host` is host.mjs's; text and bytes are copied out before a call returns.
EM_JS(void, host_send, (const char* json), { Module.host.send(UTF8ToString(json)); })
EM_JS(void, host_pick, (const char* what), { Module.host.pick(UTF8ToString(what)); })
EM_JS(void, host_save, (const char* name, const uint8_t* bytes, size_t size),
      { Module.host.save(UTF8ToString(name), HEAPU8.slice(bytes, bytes + size)); })
EM_JS(bool, host_can_copy, (), { return Module.host.can_copy(); })
EM_JS(void, host_copy, (const uint8_t* bytes, size_t size),
      { Module.host.copy(HEAPU8.slice(bytes, bytes + size)); })
EM_JS(bool, host_can_copy_links, (), { return Module.host.can_copy_links(); })
EM_JS(void, host_copy_link, (const char* scene), { Module.host.copy_link(UTF8ToString(scene)); })
EM_JS(void, host_begin_results, (), { Module.host.begin_results(); })
EM_JS(void, host_end_results, (size_t failed), { Module.host.end_results(failed); })
EM_JS(void, host_forget_training, (), { Module.host.forget_training(); })
EM_JS(char*, host_choices, (), { return stringToNewUTF8(Module.host.choices()); })
EM_JS(void, host_store_choices, (const char* text),
      { Module.host.store_choices(UTF8ToString(text)); })
EM_JS(bool, host_prefers_dark, (), { return Module.host.prefers_dark(); })

namespace limpid {

// A hidden page draws no frames while its worker learns on: of what only the newest counts, only
// the newest waits.
void PagePlatform::take(std::string_view json, std::span<const uint8_t> bytes) {
  Event event = event_from(json, bytes);
  if (std::holds_alternative<PreviewDrawn>(event) ||
      std::holds_alternative<TrainingProgressed>(event)) {
    std::erase_if(events_, [&](const Event& old) { return old.index() == event.index(); });
  }
  events_.push_back(std::move(event));
}

void PagePlatform::send(Request request) {
  const Message message = to_message(request);
  assert(message.bytes.empty());  // they are those of events
  host_send(message.json.c_str());
}

std::vector<Event> PagePlatform::receive() { return std::exchange(events_, {}); }

void PagePlatform::pick(Pick what) {
  switch (what) {
    case Pick::pictures: return host_pick("pictures");
    case Pick::folder: return host_pick("folder");
    case Pick::noisy_folder: return host_pick("noisy");
    case Pick::test_folder: return host_pick("tests");
    case Pick::model: return host_pick("model");
  }
}

void PagePlatform::save(const std::string& name, std::vector<uint8_t> bytes) {
  host_save(name.c_str(), bytes.data(), bytes.size());
}

bool PagePlatform::can_copy_pictures() const { return host_can_copy(); }

void PagePlatform::copy_picture(std::vector<uint8_t> png) { host_copy(png.data(), png.size()); }

bool PagePlatform::can_copy_links() const { return host_can_copy_links(); }

void PagePlatform::copy_link(const std::string& scene) { host_copy_link(scene.c_str()); }

void PagePlatform::pick_results_folder() { host_begin_results(); }

void PagePlatform::results_complete(const std::string&, size_t failed, size_t) {
  host_end_results(failed);
}

void PagePlatform::forget_training() { host_forget_training(); }

std::string PagePlatform::stored_choices() {
  char* text = host_choices();
  std::string choices = text;
  std::free(text);
  return choices;
}

void PagePlatform::store_choices(const std::string& text) { host_store_choices(text.c_str()); }

bool PagePlatform::prefers_dark() const { return host_prefers_dark(); }

}  // namespace limpid
