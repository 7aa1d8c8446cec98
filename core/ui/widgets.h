// The controls of the front end, drawn in its theme. All take the width that is left in their
// column unless told otherwise.
#pragma once

#include <imgui.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace limpid {

enum class Look { plain, main };

// A panel with a title; the content is drawn between begin and end. Height 0: as its content needs;
// negative: what is left, less so much.
void begin_card(const char* id, const char* title, ImVec2 size = {0, 0});
void end_card();

bool button(const char* label, Look look = Look::plain, float width = 0);
// One of several, or none where `chosen` is not their number; true when another one was chosen.
bool segmented(const char* id, std::span<const char* const> labels, int& chosen, float width = -1);
// A small caption above the next control.
void caption(const char* text);
// 0..1 with a mark and its number at each of `marks`; true while it is moved.
bool unit_slider(const char* id, const char* label, float& value, std::span<const float> marks);
bool number(const char* id, const char* label, int& value, int low, int high);
// With `notes`: of each name, in small letters below it where they are opened; or empty.
bool choice(const char* id, const char* label, std::span<const char* const> names, int& chosen,
            std::span<const std::string> notes = {});
// Of these values, and the one that is chosen where it is none of them; each as `text_of` says.
template <class Value, class TextOf>
bool value_choice(const char* id, const char* label, std::vector<Value> values, Value& chosen,
                  TextOf text_of) {
  if (std::ranges::find(values, chosen) == values.end()) values.push_back(chosen);
  std::ranges::sort(values);
  std::vector<std::string> texts;
  std::vector<const char*> names;
  for (const Value value : values) texts.push_back(text_of(value));
  for (const std::string& text : texts) names.push_back(text.c_str());
  int at = int(std::ranges::find(values, chosen) - values.begin());
  if (!choice(id, label, names, at)) return false;
  chosen = values[size_t(at)];
  return true;
}
void progress(float fraction, const char* text);
// Text that breaks at the column's end.
void paragraph(const char* text, ImU32 color);
// What is under the pointer, explained in a box of readable width.
void explain(const char* text);
// A short text, cut with an ellipsis at `width`.
std::string fitted(const std::string& text, float width);
// Once a frame, behind all controls: from one that is gone meanwhile Tab goes to the first.
void keep_tab_going();
// `n` controls beside each other: the width of each.
float share_of_row(int n);

}  // namespace limpid
