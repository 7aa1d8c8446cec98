// The engine's module, run by worker.mjs: requests in, events out, each as JSON and bytes.
#include <emscripten.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/engine/cpu.h"
#include "core/error.h"
#include "core/ui/work/message.h"
#include "web/work_host.h"

namespace limpid {
namespace {

// Of the module's one instance: made by limpid_start().
struct State {
  std::unique_ptr<WorkHost> host;
  std::deque<Event> events;
  Message message;   // the one limpid_receive() gave last
  std::string text;  // what a function returned last
};
State state;

std::unique_ptr<Worker> make_worker(int threads) {
  std::vector<std::unique_ptr<Engine>> engines;
  engines.push_back(make_cpu_engine());
  return std::make_unique<Worker>(std::move(engines), threads);
}

// Instead of an event that there is no memory to hand out.
Failed without_room(const Event& event) {
  using What = Failed::What;
  Failed failed = {.what = What::pictures, .message = "There is not enough memory for the result."};
  if (const auto* opened = std::get_if<PictureOpened>(&event)) {
    failed.what = What::picture;
    failed.number = opened->picture;
  } else if (const auto* noisy = std::get_if<NoiseAdded>(&event)) {
    failed.what = What::restore;
    failed.number = noisy->picture;
  } else if (const auto* restored = std::get_if<Restored>(&event)) {
    failed.what = What::restore;
    failed.number = restored->picture;
    failed.queue = restored->request.queue;
  } else if (const auto* encoded = std::get_if<PictureEncoded>(&event)) {
    failed.what = What::encode;
    failed.number = encoded->picture;
  } else if (std::holds_alternative<TrainingEnded>(event)) {
    failed.what = What::training;
  }
  return failed;
}

}  // namespace
}  // namespace limpid

using namespace limpid;

extern "C" {

EMSCRIPTEN_KEEPALIVE void limpid_start(int threads) {
  state.host = make_work_host(make_worker(threads));
}

// Empty when the request was taken; else what is wrong with it.
EMSCRIPTEN_KEEPALIVE const char* limpid_send(const char* json) {
  state.text.clear();
  try {
    state.host->send(request_from(json, {}));
  } catch (const Error& error) {
    state.text = error.what();
  }
  return state.text.c_str();
}

// Works for a while where the module has one thread; true while there is more to do.
EMSCRIPTEN_KEEPALIVE bool limpid_step(double slice_s) { return state.host->step(slice_s); }

// The next event's JSON, null when there is none; its bytes are at limpid_bytes().
EMSCRIPTEN_KEEPALIVE const char* limpid_receive() {
  if (state.events.empty()) {
    for (Event& event : state.host->receive()) state.events.push_back(std::move(event));
  }
  state.message = {};
  if (state.events.empty()) return nullptr;
  const Event event = std::move(state.events.front());
  state.events.pop_front();
  try {
    state.message = to_message(event);
  } catch (const std::bad_alloc&) {  // its pixels are copied
    state.message = to_message(Event(without_room(event)));
  }
  return state.message.json.c_str();
}
EMSCRIPTEN_KEEPALIVE const uint8_t* limpid_bytes() { return state.message.bytes.data(); }
EMSCRIPTEN_KEEPALIVE size_t limpid_bytes_size() { return state.message.bytes.size(); }

// Requests with every field at its default, to be filled by name.
EMSCRIPTEN_KEEPALIVE const char* limpid_default_restore() {
  state.text = to_message(Restore{}).json;
  return state.text.c_str();
}
EMSCRIPTEN_KEEPALIVE const char* limpid_default_training() {
  state.text = to_message(StartTraining{}).json;
  return state.text.c_str();
}

}  // extern "C"
