#include "native/report/text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "native/report/columns.h"
#include "native/report/font.h"

#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include "stb_truetype.h"
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace limpid {

namespace {

constexpr int replacement = 0xFFFD;

// The built-in font is ours, so stb_truetype, which trusts what it reads, may read it.
const stbtt_fontinfo* font() {
  static const stbtt_fontinfo* const opened = []() -> const stbtt_fontinfo* {
    static stbtt_fontinfo info;
    return !font_file().empty() && stbtt_InitFont(&info, font_file().data(), 0) ? &info : nullptr;
  }();
  return opened;
}

// The character at `at`, which moves behind it; `replacement` where the bytes are no UTF-8.
int next_character(const std::string& text, size_t& at) {
  const auto byte = [&](size_t i) { return i < text.size() ? uint8_t(text[i]) : 0; };
  const int first = byte(at++);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  if (more == 0 || first > 0xF4) return replacement;
  int character = first & (0x3F >> more);
  for (int i = 0; i < more; ++i, ++at) {
    if ((byte(at) & 0xC0) != 0x80) return replacement;
    character = character << 6 | (byte(at) & 0x3F);
  }
  return character;
}

std::vector<int> characters(const std::string& text) {
  std::vector<int> result;
  for (size_t at = 0; at < text.size();) result.push_back(next_character(text, at));
  return result;
}

// Hands each glyph with its place to `each(glyph, x)`, in pixels from the text's start; returns the
// width of all.
template <class Each>
float lay_out(const std::string& text, float scale, Each&& each) {
  float x = 0;
  int before = 0;
  for (const int character : characters(text)) {
    const int glyph = stbtt_FindGlyphIndex(font(), character);
    if (before != 0) x += scale * float(stbtt_GetGlyphKernAdvance(font(), before, glyph));
    each(glyph, x);
    int advance = 0;
    stbtt_GetGlyphHMetrics(font(), glyph, &advance, nullptr);
    x += scale * float(advance);
    before = glyph;
  }
  return x;
}

struct Line {
  Coverage coverage;
  int base = 0;  // row of the base line
};

constexpr int margin = 2;  // around the glyphs, some of which lean over their box

Line rasterize(const std::string& text, float size_px, float shift) {
  const float scale = stbtt_ScaleForPixelHeight(font(), size_px);
  Line line;
  line.base = int(std::ceil(size_px)) + margin;
  line.coverage.height = line.base + int(std::ceil(size_px / 2)) + margin;
  line.coverage.width = int(std::ceil(text_width(text, size_px))) + 2 * margin + 1;
  line.coverage.share.resize(size_t(line.coverage.height) * line.coverage.width);
  lay_out(text, scale, [&](int glyph, float x) {
    const float left = x + shift + margin;
    const int column = int(std::floor(left));
    int width = 0, height = 0, dx = 0, dy = 0;
    unsigned char* const bitmap = stbtt_GetGlyphBitmapSubpixel(
        font(), scale, scale, left - float(column), 0, glyph, &width, &height, &dx, &dy);
    for (int i = 0; i < width * height; ++i) {
      const int row = line.base + dy + i / width, at = column + dx + i % width;
      if (row < 0 || row >= line.coverage.height || at < 0 || at >= line.coverage.width) continue;
      float& share = line.coverage.share[size_t(row) * line.coverage.width + at];
      share = std::max(share, float(bitmap[i]) / 255.0f);
    }
    stbtt_FreeBitmap(bitmap, nullptr);
  });
  return line;
}

Coverage turned_left(const Coverage& from) {
  Coverage to = {from.width, from.height, std::vector<float>(from.share.size())};
  for (int y = 0; y < to.height; ++y) {
    for (int x = 0; x < to.width; ++x) {
      to.share[size_t(y) * to.width + x] =
          from.share[size_t(x) * from.width + (from.width - 1 - y)];
    }
  }
  return to;
}

}  // namespace

float text_width(const std::string& text, float size_px) {
  if (!font()) return 0;
  return lay_out(text, stbtt_ScaleForPixelHeight(font(), size_px), [](int, float) {});
}

std::string shortened(const std::string& text, float size_px, float width_px) {
  if (text_width(text, size_px) <= width_px) return text;
  std::string kept = text;
  while (!kept.empty()) {
    do {  // whole characters go
      kept.pop_back();
    } while (!kept.empty() && (uint8_t(text[kept.size()]) & 0xC0) == 0x80);
    if (text_width(kept + "…", size_px) <= width_px) break;
  }
  return kept + "…";
}

std::string shortened_name(const std::string& name, float size_px, float width_px) {
  if (text_width(name, size_px) <= width_px) return name;
  size_t columns = columns_of(name);
  while (columns > 1 && text_width(in_columns(name, columns), size_px) > width_px) --columns;
  return in_columns(name, std::max(columns, size_t(1)));
}

void draw_text(Canvas& canvas, CanvasPoint at, const std::string& text, const TextStyle& style) {
  if (!font() || text.empty()) return;
  const float width = text_width(text, style.size_px);
  const float before = style.align == Align::left     ? 0
                       : style.align == Align::center ? width / 2
                                                      : width;
  if (style.upwards) {
    const Line line = rasterize(text, style.size_px, 0);
    const Coverage turned = turned_left(line.coverage);
    canvas.blend(turned, int(std::lround(at.y + before)) + margin - turned.height,
                 int(std::lround(at.x)) - line.base, style.color);
    return;
  }
  const float left = at.x - before;
  const Line line = rasterize(text, style.size_px, left - std::floor(left));
  canvas.blend(line.coverage, int(std::lround(at.y)) - line.base, int(std::floor(left)) - margin,
               style.color);
}

}  // namespace limpid
