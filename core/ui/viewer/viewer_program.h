// Draws pictures with shaders/viewer.*, in the middle of ImGui's drawing.
#pragma once

#include <imgui.h>

#include "core/ui/changed_area.h"
#include "core/ui/gl.h"
#include "core/ui/viewer/picture_texture.h"
#include "core/ui/viewer/view.h"

namespace limpid {

class ViewerProgram {
 public:
  // Needs a current GL context. Throws Error with the driver's words when it refuses the shaders.
  ViewerProgram();
  ~ViewerProgram();
  ViewerProgram(const ViewerProgram&) = delete;
  ViewerProgram& operator=(const ViewerProgram&) = delete;

  struct Drawing {
    const PictureTexture* left = nullptr;
    const PictureTexture* right = nullptr;
    Area area;             // on the screen
    View view;             // settled
    float split_x = 0;     // on the screen: left of it `left` is seen
    float error_gain = 0;  // see viewer.frag
  };
  // Draws when `list` is drawn, clipped to the area. What it points to must live until then.
  void add(ImDrawList& list, const Drawing& drawing) const;

 private:
  struct Job {
    DrawnByCallback drawn;
    const ViewerProgram* program;
    Drawing drawing;
  };
  static void draw(const ImDrawList* list, const ImDrawCmd* command);
  void draw(const Drawing& drawing) const;

  GLuint program_ = 0;
  GLuint vertices_ = 0;  // empty: core profiles want one
  GLint place_ = 0, split_ = 0, gain_ = 0;
};

}  // namespace limpid
