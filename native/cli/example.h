// A picture on its way through the network: clean, noisy, restored, and how close they are.
#pragma once

#include <string>

#include "core/denoise.h"
#include "core/image/image.h"
#include "core/image/quality.h"
#include "core/noise/noise.h"

namespace limpid {

struct Example {
  std::string name;
  Image clean;
  Image noisy;
  Image restored;         // empty when cancelled; the pictures are of one size
  Quality noisy_quality;  // against clean
  Quality restored_quality;
};

struct ExampleNoise {
  NoiseSettings settings;
  NoisePlace place;
};

// Stops between tiles when the user interrupts.
Example make_example(Denoiser& denoiser, const std::string& name, const Image& clean,
                     const ExampleNoise& noise);

}  // namespace limpid
