// The front end's module: ui.mjs gives it input, files and the worker's events, and asks for a
// frame when something has changed.
#include <emscripten.h>
#include <emscripten/html5.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/ui/changed_area.h"
#include "core/ui/controls.h"
#include "core/ui/front_end.h"
#include "core/ui/work/message.h"
#include "web/keys.h"
#include "web/page_platform.h"

EM_JS(void, host_copy_text, (const char* text), { Module.host.copy_text(UTF8ToString(text)); })

namespace limpid {
namespace {

// Of the module's one instance: made by page_start().
struct State {
  PagePlatform platform;
  std::unique_ptr<FrontEnd> front_end;
  ChangedArea changed;
  std::string pasted;  // text that was pasted last
  std::string text;    // what a function returned last
};
std::optional<State> state;

void open_context() {
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.alpha = attributes.depth = attributes.stencil = attributes.antialias = false;
  attributes.preserveDrawingBuffer = true;  // what has not changed is not drawn again
  const EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context =
      emscripten_webgl_create_context("#canvas", &attributes);
  if (context <= 0 || emscripten_webgl_make_context_current(context) != EMSCRIPTEN_RESULT_SUCCESS) {
    throw Error("This browser or its graphics driver lacks WebGL 2, which the page draws with.");
  }
}

void open_imgui() {
  ImGui::CreateContext();
  ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
  ImGui::GetIO().BackendPlatformName = "web";
  ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
  platform.Platform_GetClipboardTextFn = [](ImGuiContext*) { return state->pasted.c_str(); };
  platform.Platform_SetClipboardTextFn = [](ImGuiContext*, const char* text) {
    host_copy_text(text);
  };
  if (!ImGui_ImplOpenGL3_Init("#version 300 es")) throw Error("WebGL 2 could not be started.");
}

// Of a text with a line feed behind each.
std::vector<std::string> lines_of(const char* text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char* c = text; *c; ++c) {
    if (*c != '\n')
      line += *c;
    else
      lines.push_back(std::exchange(line, {}));
  }
  return lines;
}

// What page_frame() returns.
enum class More { none, without_input, at_once };

More more_to_draw() {
  // ImGui takes a press and its release in a frame each: they may still wait.
  const bool waits = !ImGui::GetCurrentContext()->InputEventsQueue.empty();
  if (waits || state->front_end->glides()) return More::at_once;
  return state->front_end->is_busy() ? More::without_input : More::none;
}

}  // namespace
}  // namespace limpid

using namespace limpid;

extern "C" {

// Empty when the front end is there; else why it is not.
EMSCRIPTEN_KEEPALIVE const char* page_start() {
  static std::string why;
  try {
    state.emplace();
    open_context();
    open_imgui();
    state->front_end = std::make_unique<FrontEnd>(state->platform);
  } catch (const Error& error) {
    why = error.what();
  }
  return why.c_str();
}

// A frame, for a canvas of that many pixels, `scale` of them in a pixel of CSS; only for what
// follows from it unless it is `drawn`. Whether more is to be drawn: 0, no; 1, without waiting for
// input; 2, as soon as if there were input.
EMSCRIPTEN_KEEPALIVE int page_frame(double seconds, int width, int height, float scale,
                                    bool drawn) {
  ImGuiIO& io = ImGui::GetIO();
  static double last = seconds;
  io.DeltaTime = float(seconds > last ? seconds - last : 1.0 / 60);
  last = seconds;
  io.DisplaySize = {float(width), float(height)};
  state->front_end->prepare(scale);
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
  io.ConfigInputTrickleEventQueue = true;  // see page_pinch()
  state->front_end->frame(seconds);
  if (!drawn) {
    ImGui::EndFrame();
    return int(more_to_draw());
  }
  ImGui::Render();
  ImDrawData& data = *ImGui::GetDrawData();
  if (state->changed.limit(data)) ImGui_ImplOpenGL3_RenderDrawData(&data);
  return int(more_to_draw());
}

// The controls that the last frame drew, as JSON; null when they are those of the call before.
EMSCRIPTEN_KEEPALIVE const char* page_controls() {
  static std::vector<Control> told;
  if (controls() == told) return nullptr;
  told = controls();
  state->text = to_json(told);
  return state->text.c_str();
}

EMSCRIPTEN_KEEPALIVE void page_pointer(float x, float y, bool touch) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(touch ? ImGuiMouseSource_TouchScreen : ImGuiMouseSource_Mouse);
  io.AddMousePosEvent(x, y);
}
EMSCRIPTEN_KEEPALIVE void page_button(int button, bool down) {
  ImGui::GetIO().AddMouseButtonEvent(button, down);
}
EMSCRIPTEN_KEEPALIVE void page_wheel(float x, float y) { ImGui::GetIO().AddMouseWheelEvent(x, y); }
// Two fingers, their middle there, by so many notches of a wheel further apart than before. What
// the first one pressed is let go, which is no click.
EMSCRIPTEN_KEEPALIVE void page_pinch(float x, float y, float notches) {
  ImGuiIO& io = ImGui::GetIO();
  ImGui::ClearActiveID();
  // All in one frame: else ImGui takes one for each, and lags behind the fingers.
  io.ConfigInputTrickleEventQueue = false;
  io.AddMouseSourceEvent(ImGuiMouseSource_TouchScreen);
  io.AddMouseButtonEvent(ImGuiMouseButton_Left, false);
  io.AddMousePosEvent(x, y);
  io.AddMouseWheelEvent(0, notches);
}
EMSCRIPTEN_KEEPALIVE void page_focus(bool focused) { ImGui::GetIO().AddFocusEvent(focused); }

// True when the front end uses that key, so that the browser should not.
EMSCRIPTEN_KEEPALIVE bool page_key(const char* code, bool down, int modifiers) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddKeyEvent(ImGuiMod_Ctrl, modifiers & 1);
  io.AddKeyEvent(ImGuiMod_Shift, modifiers & 2);
  io.AddKeyEvent(ImGuiMod_Alt, modifiers & 4);
  io.AddKeyEvent(ImGuiMod_Super, modifiers & 8);
  const ImGuiKey key = key_of(code);
  if (key == ImGuiKey_None) return false;
  io.AddKeyEvent(key, down);
  return true;
}
EMSCRIPTEN_KEEPALIVE void page_text(const char* text) {
  ImGui::GetIO().AddInputCharactersUTF8(text);
}
EMSCRIPTEN_KEEPALIVE void page_pasted(const char* text) { state->pasted = text; }
EMSCRIPTEN_KEEPALIVE bool page_wants_text() { return ImGui::GetIO().WantTextInput; }
EMSCRIPTEN_KEEPALIVE bool page_uses_escape() { return state->front_end->uses_escape(); }
EMSCRIPTEN_KEEPALIVE int page_cursor() { return ImGui::GetMouseCursor(); }

EMSCRIPTEN_KEEPALIVE int page_shown() { return int(state->front_end->page()); }
// Paths with a line feed behind each, for the page that was shown when they were given; `samples`:
// nobody asked for them.
EMSCRIPTEN_KEEPALIVE void page_add_files(const char* lines, bool samples, int page) {
  if (samples)
    state->front_end->list_pictures(lines_of(lines));
  else
    state->front_end->add_files(lines_of(lines), Page(page));
}
// See FrontEnd::take_folder(): the noisy pictures', else the tests'.
EMSCRIPTEN_KEEPALIVE void page_take_folder(const char* path, bool noisy) {
  state->front_end->take_folder(noisy ? Pick::noisy_folder : Pick::test_folder, path);
}
// See FrontEnd::open_scene(): what is coming, and what it returns, with a line feed behind each.
EMSCRIPTEN_KEEPALIVE const char* page_open_scene(const char* link, const char* pictures,
                                                 const char* models) {
  state->text.clear();
  const Coming coming = {lines_of(pictures), lines_of(models)};
  for (const std::string& sentence : state->front_end->open_scene(link, coming))
    state->text += sentence + '\n';
  return state->text.c_str();
}
// See FrontEnd::offer_model() and offer_model_later().
EMSCRIPTEN_KEEPALIVE void page_offer_model(const char* file) {
  state->front_end->offer_model(file);
}
EMSCRIPTEN_KEEPALIVE void page_offer_model_later(const char* file, size_t bytes) {
  state->front_end->offer_model_later(file, bytes);
}
EMSCRIPTEN_KEEPALIVE void page_restore_all(const char* folder) {
  state->front_end->restore_all(folder);
}
// See FrontEnd::offer_training(): its StartTraining as a message, and the epochs behind it.
// Empty when it is offered; else why it cannot be.
EMSCRIPTEN_KEEPALIVE const char* page_offer_training(const char* json, int over) {
  state->text.clear();
  try {
    StartTraining start = std::get<StartTraining>(request_from(json, {}));
    state->front_end->offer_training({std::move(start.order), std::move(start.checkpoint), over});
  } catch (const Error& error) {
    state->text = error.what();
  }
  return state->text.c_str();
}
EMSCRIPTEN_KEEPALIVE void page_notify(const char* sentence, bool bad) {
  state->front_end->notify(sentence, bad ? News::bad : News::good);
}

// Empty when the event was taken; else what is wrong with it.
EMSCRIPTEN_KEEPALIVE const char* page_event(const char* json, const uint8_t* bytes, size_t size) {
  state->text.clear();
  try {
    if (size > 0 && !bytes) throw std::bad_alloc();  // for them
    state->platform.take(json, {bytes, size});
  } catch (const Error& error) {
    state->text = error.what();
  } catch (const std::bad_alloc&) {
    state->text = "There is not enough memory to show the picture.";
  }
  return state->text.c_str();
}

}  // extern "C"
