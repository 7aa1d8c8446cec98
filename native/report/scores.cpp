#include "native/report/scores.h"

#include <cmath>
#include <cstdio>
#include <limits>

namespace limpid {

namespace {

Json finite_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

double mean_of(const std::vector<Quality>& qualities, double Quality::*measure) {
  double sum = 0;
  size_t count = 0;
  for (const Quality& quality : qualities) {
    if (std::isnan(quality.*measure)) continue;
    sum += quality.*measure;
    ++count;
  }
  return count > 0 ? sum / double(count) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json score_json(const Quality& quality) {
  return {{"rmse", finite_or_null(quality.rmse)},
          {"psnr", finite_or_null(quality.psnr)},
          {"ssim", finite_or_null(quality.ssim)}};
}

std::string score_text(const Quality& quality) {
  char text[96];
  const int length =
      std::snprintf(text, sizeof text, "RMSE %.4f  PSNR %.2f dB", quality.rmse, quality.psnr);
  if (std::isnan(quality.ssim)) return text;
  std::snprintf(text + length, sizeof text - size_t(length), "  SSIM %.3f", quality.ssim);
  return text;
}

Quality mean(const std::vector<Quality>& qualities) {
  return {.rmse = mean_of(qualities, &Quality::rmse),
          .psnr = mean_of(qualities, &Quality::psnr),
          .ssim = mean_of(qualities, &Quality::ssim)};
}

}  // namespace limpid
