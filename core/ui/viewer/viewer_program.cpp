#include "core/ui/viewer/viewer_program.h"

#include <algorithm>
#include <span>
#include <string>

#include "core/data/hash.h"
#include "core/error.h"
#include "core/ui/viewer/shaders.h"

namespace limpid {
namespace {

// From twice the size on, pixels are squares; below, they are blended.
constexpr float squares_from_zoom = 2;

// The same source for both: only the first lines differ.
std::string version_lines() {
  const GLubyte* version = glGetString(GL_VERSION);
  const std::string text = version ? reinterpret_cast<const char*>(version) : "";
  if (text.find("OpenGL ES") == std::string::npos) return "#version 330 core\n";
  return "#version 300 es\nprecision highp float;\nprecision highp int;\n";
}

GLuint compile(GLenum kind, std::span<const uint8_t> source) {
  const std::string text =
      version_lines() + std::string(reinterpret_cast<const char*>(source.data()), source.size());
  const char* begin = text.c_str();
  const GLuint shader = glCreateShader(kind);
  glShaderSource(shader, 1, &begin, nullptr);
  glCompileShader(shader);
  GLint good = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &good);
  if (!good) {
    char log[512] = "";
    glGetShaderInfoLog(shader, sizeof log, nullptr, log);
    throw Error(std::string("the graphics driver refuses the viewer's shader: ") + log);
  }
  return shader;
}

uint64_t content_of(const ViewerProgram::Drawing& drawing) {
  const View& view = drawing.view;
  const float numbers[] = {drawing.area.low.x,  drawing.area.low.y, drawing.area.high.x,
                           drawing.area.high.y, view.zoom,          view.center.x,
                           view.center.y,       drawing.split_x,    drawing.error_gain};
  const uint64_t pictures[] = {drawing.left->content(), drawing.right->content(),
                               fnv1a({reinterpret_cast<const uint8_t*>(numbers), sizeof numbers})};
  return fnv1a({reinterpret_cast<const uint8_t*>(pictures), sizeof pictures});
}

}  // namespace

ViewerProgram::ViewerProgram() {
  const GLuint vertex = compile(GL_VERTEX_SHADER, viewer_vertex_shader());
  const GLuint fragment = compile(GL_FRAGMENT_SHADER, viewer_fragment_shader());
  program_ = glCreateProgram();
  glAttachShader(program_, vertex);
  glAttachShader(program_, fragment);
  glLinkProgram(program_);
  glDeleteShader(vertex);
  glDeleteShader(fragment);
  GLint good = 0;
  glGetProgramiv(program_, GL_LINK_STATUS, &good);
  if (!good) throw Error("the graphics driver does not link the viewer's shaders");
  glUseProgram(program_);
  glUniform1i(glGetUniformLocation(program_, "u_left"), 0);
  glUniform1i(glGetUniformLocation(program_, "u_right"), 1);
  place_ = glGetUniformLocation(program_, "u_place");
  split_ = glGetUniformLocation(program_, "u_split");
  gain_ = glGetUniformLocation(program_, "u_gain");
  glUseProgram(0);
  glGenVertexArrays(1, &vertices_);
}

ViewerProgram::~ViewerProgram() {
  glDeleteProgram(program_);
  glDeleteVertexArrays(1, &vertices_);
}

void ViewerProgram::add(ImDrawList& list, const Drawing& drawing) const {
  const Area& area = drawing.area;
  Job job = {{content_of(drawing)}, this, drawing};
  list.PushClipRect({area.low.x, area.low.y}, {area.high.x, area.high.y}, true);
  list.AddCallback(&ViewerProgram::draw, &job, sizeof job);
  list.AddCallback(ImDrawCallback_ResetRenderState, nullptr);
  list.PopClipRect();
}

void ViewerProgram::draw(const ImDrawList*, const ImDrawCmd* command) {
  const Job& job = *static_cast<const Job*>(command->UserCallbackData);
  const ImDrawData& data = *ImGui::GetDrawData();
  const ImVec2 scale = data.FramebufferScale;
  const float height = data.DisplaySize.y * scale.y;
  const ImVec4 clip = command->ClipRect;
  const float left = std::max(0.0f, (clip.x - data.DisplayPos.x) * scale.x);
  const float top = std::max(0.0f, (clip.y - data.DisplayPos.y) * scale.y);
  const float right = (clip.z - data.DisplayPos.x) * scale.x;
  const float bottom = (clip.w - data.DisplayPos.y) * scale.y;
  if (right <= left || bottom <= top) return;
  glScissor(GLint(left), GLint(height - bottom), GLsizei(right - left), GLsizei(bottom - top));
  job.program->draw(job.drawing);
}

void ViewerProgram::draw(const Drawing& drawing) const {
  const ImDrawData& data = *ImGui::GetDrawData();
  glUseProgram(program_);
  glBindVertexArray(vertices_);
  glDisable(GL_BLEND);
  glUniform1f(split_, (drawing.split_x - data.DisplayPos.x) * data.FramebufferScale.x);
  glUniform1f(gain_, drawing.error_gain);
  const float pixels = drawing.view.zoom * data.FramebufferScale.x;
  const GLint magnified = pixels >= squares_from_zoom ? GL_NEAREST : GL_LINEAR;
  const auto& tiles = drawing.left->tiles();
  const auto& others = drawing.right->tiles();
  for (size_t i = 0; i < tiles.size() && i < others.size(); ++i) {
    const PictureTexture::Tile& tile = tiles[i];
    if (!tile.filled || !others[i].filled) continue;
    const Point low = to_screen(drawing.view, drawing.area, {float(tile.x), float(tile.y)});
    const Point high = to_screen(drawing.view, drawing.area,
                                 {float(tile.x + tile.width), float(tile.y + tile.height)});
    const auto x = [&](float at) { return (at - data.DisplayPos.x) / data.DisplaySize.x * 2 - 1; };
    const auto y = [&](float at) { return 1 - (at - data.DisplayPos.y) / data.DisplaySize.y * 2; };
    glUniform4f(place_, x(low.x), y(low.y), x(high.x), y(high.y));
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D, others[i].texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, magnified);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, tile.texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, magnified);
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
  }
}

}  // namespace limpid
