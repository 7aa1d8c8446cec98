// Draws pictures with shaders/viewer.*, in the middle of ImGui's drawing.
#pragma once

#include <imgui.h>

#include <memory>
#include <vector>

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
    PictureTexture* left = nullptr;
    PictureTexture* right = nullptr;  // of the same size
    Area area;                        // on the screen
    View view;                        // settled
    float split_x = 0;                // on the screen: left of it `left` is seen
    float error_gain = 0;             // see viewer.frag
  };
  // Draws when `list` is drawn, clipped to the area. What it points to must live until then. Puts
  // the tiles that are seen on the graphics card, a few a frame.
  void add(ImDrawList& list, const Drawing& drawing);
  // Before the next frame: forgets what was added.
  void clear();
  // Whether tiles of what was added are still on their way to the graphics card.
  bool filling() const { return filling_; }

 private:
  struct Job {
    DrawnByCallback drawn;
    const ViewerProgram* program;
    Drawing drawing;
    std::vector<TilePlace> tiles;
  };
  static void draw(const ImDrawList* list, const ImDrawCmd* command);
  void draw(const Job& job) const;

  GLuint program_ = 0;
  GLuint vertices_ = 0;  // empty: core profiles want one
  GLint place_ = 0, left_part_ = 0, right_part_ = 0, split_ = 0, gain_ = 0;
  std::vector<std::unique_ptr<Job>> drawings_;
  int filled_ = 0;  // tiles, in this frame
  bool filling_ = false;
};

}  // namespace limpid
