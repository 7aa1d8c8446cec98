// Pictures in rows of clean, noisy and restored, as the article shows them.
#pragma once

#include <string>
#include <vector>

#include "native/report/example.h"

namespace limpid {

// A column for each example: its name, the clean picture, the noisy and the restored one with their
// RMSE beneath. Pictures are shown pixel by pixel, small ones enlarged by whole numbers to at least
// 192 pixels, large ones shrunk to at most 384.
struct GridTitle {
  std::string title;
  std::string subtitle;
};
Image draw_grid(const GridTitle& title, const std::vector<Example>& examples);

}  // namespace limpid
