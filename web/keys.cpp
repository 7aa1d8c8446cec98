#include "web/keys.h"

namespace limpid {
namespace {

struct Named {
  std::string_view code;
  ImGuiKey key;
};

constexpr Named named[] = {
    {"ArrowLeft", ImGuiKey_LeftArrow},
    {"ArrowRight", ImGuiKey_RightArrow},
    {"ArrowUp", ImGuiKey_UpArrow},
    {"ArrowDown", ImGuiKey_DownArrow},
    {"Tab", ImGuiKey_Tab},
    {"PageUp", ImGuiKey_PageUp},
    {"PageDown", ImGuiKey_PageDown},
    {"Home", ImGuiKey_Home},
    {"End", ImGuiKey_End},
    {"Insert", ImGuiKey_Insert},
    {"Delete", ImGuiKey_Delete},
    {"Backspace", ImGuiKey_Backspace},
    {"Space", ImGuiKey_Space},
    {"Enter", ImGuiKey_Enter},
    {"NumpadEnter", ImGuiKey_KeypadEnter},
    {"Escape", ImGuiKey_Escape},
    {"ControlLeft", ImGuiKey_LeftCtrl},
    {"ControlRight", ImGuiKey_RightCtrl},
    {"ShiftLeft", ImGuiKey_LeftShift},
    {"ShiftRight", ImGuiKey_RightShift},
    {"AltLeft", ImGuiKey_LeftAlt},
    {"AltRight", ImGuiKey_RightAlt},
    {"MetaLeft", ImGuiKey_LeftSuper},
    {"MetaRight", ImGuiKey_RightSuper},
    {"Minus", ImGuiKey_Minus},
    {"Equal", ImGuiKey_Equal},
    {"Period", ImGuiKey_Period},
    {"Comma", ImGuiKey_Comma},
    {"NumpadAdd", ImGuiKey_KeypadAdd},
    {"NumpadSubtract", ImGuiKey_KeypadSubtract},
};

}  // namespace

ImGuiKey key_of(std::string_view code) {
  if (code.size() == 4 && code.starts_with("Key")) return ImGuiKey(ImGuiKey_A + code[3] - 'A');
  if (code.size() == 6 && code.starts_with("Digit")) return ImGuiKey(ImGuiKey_0 + code[5] - '0');
  if (code.size() == 7 && code.starts_with("Numpad")) {
    return ImGuiKey(ImGuiKey_Keypad0 + code[6] - '0');
  }
  for (const Named& entry : named) {
    if (entry.code == code) return entry.key;
  }
  return ImGuiKey_None;
}

}  // namespace limpid
