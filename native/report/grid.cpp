#include "native/report/grid.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>

#include "core/image/resize.h"
#include "native/report/text.h"

namespace limpid {

namespace {

constexpr Color paper = {1, 1, 1};
constexpr Color faint_ink = {0.40f, 0.40f, 0.40f};
constexpr int least_side = 192;  // of a shown picture's larger side
constexpr int most_side = 384;
constexpr int gap = 24;      // between columns
constexpr int left = 64;     // room for the rows' names
constexpr int top = 150;     // for the titles and the pictures' names
constexpr int caption = 50;  // beneath the noisy and the restored row
constexpr float name_px = 20;
constexpr float number_px = 22;

Image enlarged(const Image& image, int factor) {
  Image result(image.height * factor, image.width * factor, image.channels);
  for (int y = 0; y < result.height; ++y) {
    for (int x = 0; x < result.width; ++x) {
      for (int c = 0; c < result.channels; ++c) {
        result.at(y, x, c) = image.at(y / factor, x / factor, c);
      }
    }
  }
  return result;
}

Image shown(const Image& image) {
  const int side = std::max(image.height, image.width);
  if (side < least_side) return enlarged(image, (least_side + side - 1) / side);
  if (side <= most_side) return image;
  const double scale = double(most_side) / side;
  return resize_bicubic(image, std::max(1, int(std::lround(image.height * scale))),
                        std::max(1, int(std::lround(image.width * scale))));
}

std::string rmse_text(const Quality& quality) {
  char text[32];
  std::snprintf(text, sizeof text, "RMSE %.3f", quality.rmse);
  return text;
}

// Sides of the cell that all pictures fit into.
struct Cell {
  int height = 1;
  int width = 1;
};

// Where row 0, 1 or 2 of the pictures begins; the clean one needs no caption.
int row_top(int row, Cell cell) {
  return top + row * cell.height + (row > 0 ? gap : 0) + (row > 1 ? caption : 0);
}

void draw_column(Canvas& canvas, const Example& example, int x, Cell cell) {
  const float middle = float(x) + float(cell.width) / 2;
  draw_text(canvas, {middle, top - 16}, shortened_name(example.name, name_px, float(cell.width)),
            {.size_px = name_px, .color = faint_ink, .align = Align::center});
  const Image* const pictures[3] = {&example.clean, &example.noisy, &example.restored};
  for (int row = 0; row < 3; ++row) {
    const Image& picture = *pictures[row];
    const int y = row_top(row, cell);
    canvas.paste(picture, y + (cell.height - picture.height) / 2,
                 x + (cell.width - picture.width) / 2);
    if (row == 0) continue;
    const Quality& quality = row == 1 ? example.noisy_quality : example.restored_quality;
    draw_text(canvas, {middle, float(y + cell.height) + 28}, rmse_text(quality),
              {.size_px = number_px, .align = Align::center});
  }
}

}  // namespace

Example for_grid(const Example& example) {
  return {.name = example.name,
          .clean = shown(example.clean),
          .noisy = shown(example.noisy),
          .restored = shown(example.restored),
          .noisy_quality = example.noisy_quality,
          .restored_quality = example.restored_quality};
}

Image draw_grid(const GridTitle& title, const std::vector<Example>& examples) {
  assert(!examples.empty());
  Cell cell;
  for (const Example& example : examples) {
    cell.height = std::max(cell.height, example.clean.height);
    cell.width = std::max(cell.width, example.clean.width);
  }
  cell.width = std::max(cell.width, int(std::ceil(text_width("RMSE 0.000", number_px))));

  const int pictures_width = int(examples.size()) * (cell.width + gap) - gap;
  Canvas canvas(row_top(2, cell) + cell.height + caption, left + pictures_width + gap, paper);
  const float room = float(pictures_width);
  draw_text(canvas, {left, 46}, shortened(title.title, 28, room), {.size_px = 28});
  draw_text(canvas, {left, 82}, shortened(title.subtitle, name_px, room),
            {.size_px = name_px, .color = faint_ink});
  static constexpr const char* names[3] = {"clean", "noisy", "restored"};
  for (int row = 0; row < 3; ++row) {
    const float y = float(row_top(row, cell)) + float(cell.height) / 2;
    draw_text(canvas, {40, y}, names[row],
              {.size_px = 26, .align = Align::center, .upwards = true});
  }
  for (size_t i = 0; i < examples.size(); ++i) {
    draw_column(canvas, examples[i], left + int(i) * (cell.width + gap), cell);
  }
  return canvas.image();
}

}  // namespace limpid
