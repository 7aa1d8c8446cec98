// Pictures in rows of clean, noisy and restored, as the article shows them.
#pragma once

#include <string>
#include <vector>

#include "native/report/example.h"

namespace limpid {

// The example with its pictures as a grid shows them: pixel by pixel, small ones enlarged by whole
// numbers to at least 192 pixels, large ones shrunk to at most 384.
Example for_grid(const Example& example);

// A column for each example, which for_grid() has made: its name, the clean picture, the noisy and
// the restored one with their RMSE beneath.
struct GridTitle {
  std::string title;
  std::string subtitle;
};
Image draw_grid(const GridTitle& title, const std::vector<Example>& examples);

}  // namespace limpid
