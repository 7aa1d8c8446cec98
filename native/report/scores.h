// Qualities of pictures as the commands report them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/image/quality.h"

namespace limpid {

using Json = nlohmann::ordered_json;

// The JSON in one line. Texts may hold any bytes of a file's name: what is no UTF-8 becomes U+FFFD.
std::string line_of(const Json& json);

// {"rmse", "psnr", "ssim"}; null for what is no finite number (PSNR of equal pictures, SSIM of
// pictures under 11 pixels).
Json score_json(const Quality& quality);

// "RMSE 0.0712  PSNR 22.95 dB  SSIM 0.671".
std::string score_text(const Quality& quality);

// Of each measure, over the pictures where it is a number.
Quality mean(const std::vector<Quality>& qualities);

}  // namespace limpid
