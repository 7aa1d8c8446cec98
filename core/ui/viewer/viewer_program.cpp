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

constexpr int tiles_a_frame = 16;

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
  left_part_ = glGetUniformLocation(program_, "u_left_part");
  right_part_ = glGetUniformLocation(program_, "u_right_part");
  split_ = glGetUniformLocation(program_, "u_split");
  gain_ = glGetUniformLocation(program_, "u_gain");
  glUseProgram(0);
  glGenVertexArrays(1, &vertices_);
}

ViewerProgram::~ViewerProgram() {
  glDeleteProgram(program_);
  glDeleteVertexArrays(1, &vertices_);
}

void ViewerProgram::clear() {
  drawings_.clear();
  filled_ = 0;
  filling_ = false;
}

void ViewerProgram::add(ImDrawList& list, const Drawing& drawing) {
  if (drawing.left->empty() || drawing.right->empty()) return;
  const Pyramid& picture = drawing.left->picture();
  const int level = seen_level(drawing.view.zoom, int(picture.levels.size()));
  auto job = std::make_unique<Job>(Job{{}, this, drawing, {}});
  job->tiles = seen_tiles(drawing.view, drawing.area, picture.width(), picture.height(), level);
  for (PictureTexture* texture : {drawing.left, drawing.right}) {
    filled_ += texture->fill(job->tiles, tiles_a_frame - filled_, filling_);
  }
  job->drawn.content = content_of(drawing);
  drawings_.push_back(std::move(job));
  const Area& area = drawing.area;
  list.PushClipRect({area.low.x, area.low.y}, {area.high.x, area.high.y}, true);
  list.AddCallback(&ViewerProgram::draw, drawings_.back().get());
  list.AddCallback(ImDrawCallback_ResetRenderState, nullptr);
  list.PopClipRect();
}

void ViewerProgram::draw(const ImDrawList*, const ImDrawCmd* command) {
  const Job& job = *static_cast<const Job*>(command->UserCallbackData);
  const ImVec4 clip = command->ClipRect;
  const float left = std::max(0.0f, clip.x), top = std::max(0.0f, clip.y);
  if (clip.z <= left || clip.w <= top) return;
  glScissor(GLint(left), GLint(ImGui::GetDrawData()->DisplaySize.y - clip.w),
            GLsizei(clip.z - left), GLsizei(clip.w - top));
  job.program->draw(job);
}

void ViewerProgram::draw(const Job& job) const {
  const Drawing& drawing = job.drawing;
  const ImVec2 screen = ImGui::GetDrawData()->DisplaySize;
  glUseProgram(program_);
  glBindVertexArray(vertices_);
  glDisable(GL_BLEND);
  glUniform1f(split_, drawing.split_x);
  glUniform1f(gain_, drawing.error_gain);
  const bool squares = drawing.view.zoom >= squares_from_zoom;
  const auto x = [&](float at) { return at / screen.x * 2 - 1; };
  const auto y = [&](float at) { return 1 - at / screen.y * 2; };
  const auto use = [&](GLenum unit, GLint place, const PictureTexture::Part& part) {
    glUniform4f(place, part.area.low.x, part.area.low.y, part.area.high.x, part.area.high.y);
    glActiveTexture(unit);
    glBindTexture(GL_TEXTURE_2D, part.texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER,
                    squares && part.exact ? GL_NEAREST : GL_LINEAR);
  };
  const Pyramid& picture = drawing.left->picture();
  for (const TilePlace& tile : job.tiles) {
    const PictureTexture::Part left = drawing.left->part(tile), right = drawing.right->part(tile);
    if (!left.texture || !right.texture) continue;
    const Area area = extent(tile, picture.width(), picture.height());
    const Point low = to_screen(drawing.view, drawing.area, area.low);
    const Point high = to_screen(drawing.view, drawing.area, area.high);
    glUniform4f(place_, x(low.x), y(low.y), x(high.x), y(high.y));
    use(GL_TEXTURE1, right_part_, right);
    use(GL_TEXTURE0, left_part_, left);
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
  }
}

}  // namespace limpid
