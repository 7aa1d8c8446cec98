// What is on the screen in words, control by control, with its place: for a reader of screens,
// which cannot see what is drawn, and for whoever drives the front end from outside.
#pragma once

#include <string>
#include <vector>

namespace limpid {

enum class Role { button, option, slider, number, choice, picture, text };

struct Control {
  Role role = Role::button;
  std::string name = {};   // as it is written on it or beside it
  std::string value = {};  // what it is set to, or says; empty where the name says it all
  bool chosen = false;
  bool enabled = true;
  float x = 0, y = 0, width = 0, height = 0;  // in pixels of the canvas, from its upper left corner

  bool operator==(const Control&) const = default;
};

// Of the frame that is drawn, in the order of drawing.
const std::vector<Control>& controls();

// Forgets the last frame's.
void begin_controls();

// Notes the item that was drawn last, if it can be seen. What follows "##" in a name is left out.
void note_control(Role role, const std::string& name, const std::string& value = {},
                  bool chosen = false);

// An array of {"role": "button", "name", "value", "chosen", "enabled", "box": [x, y, width,
// height]}.
std::string to_json(const std::vector<Control>& controls);

// Notes what was drawn without an item.
void note_control(Control control);

}  // namespace limpid
