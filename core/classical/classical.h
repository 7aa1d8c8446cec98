// Removing noise without having learned anything: what a network has to beat.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/image/image.h"

namespace limpid {

enum class ClassicalMethod {
  median,     // median.h
  bilateral,  // bilateral.h
  nlm,        // nlm.h: non-local means
  wavelet,    // wavelet.h: BayesShrink
};

// Told how much is done, 0..1; returning false cancels.
using ClassicalProgress = std::function<bool(double share)>;

// The restored picture, for gaussian noise of the strength `sigma` on the 0..1 scale (0: the
// picture itself; estimate_noise() guesses it from the picture). Any size, 1 or 3 channels; a
// gray picture stays gray; values may lie outside of 0..1. An empty Image when cancelled. Uses one
// thread.
Image classical_denoise(ClassicalMethod method, const Image& noisy, double sigma,
                        const ClassicalProgress& progress = {});

std::vector<ClassicalMethod> classical_methods();

// "median", "bilateral", "nlm", "wavelet"; parsing throws Error listing the four.
std::string to_string(ClassicalMethod method);
ClassicalMethod parse_classical_method(const std::string& text);

}  // namespace limpid
