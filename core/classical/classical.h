// Removing noise without having learned anything: what a network has to beat.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/image/image.h"
#include "core/image/restoration.h"

namespace limpid {

enum class ClassicalMethod {
  median,     // median.h
  bilateral,  // bilateral.h
  nlm,        // nlm.h: non-local means
  wavelet,    // wavelet.h: BayesShrink
};

// The restored picture, for gaussian noise of the strength `sigma` on the 0..1 scale (below 1e-6:
// the picture itself; none: estimate_noise() guesses it). Any size, 1 or 3 channels; a gray picture
// stays gray; values are within 0..1. An empty Image when cancelled. Uses one thread. The
// same for a picture that is not held whole: classical_run.h.
Image classical_denoise(ClassicalMethod method, const Image& noisy, std::optional<double> sigma,
                        const PartsProgress& progress = {});

std::vector<ClassicalMethod> classical_methods();

// "median", "bilateral", "nlm", "wavelet"; parsing throws Error listing the four.
std::string to_string(ClassicalMethod method);
ClassicalMethod parse_classical_method(const std::string& text);

}  // namespace limpid
