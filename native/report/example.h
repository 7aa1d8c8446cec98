// A picture on its way: clean, noisy, restored, and how close they are.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/data/dataset.h"
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

// The restored picture, empty when cancelled; `added` is the noise it was given, none where the
// picture was noisy already.
using RestorePicture =
    std::function<Image(const Image& noisy, const std::optional<NoiseSettings>& added)>;

Example make_example(const RestorePicture& restore, const std::string& name, const Image& clean,
                     const ExampleNoise& noise);

// Of picture i as validation gets it: with noise of the place {validation_epoch, i}, or of a data
// set that has noisy pictures with its own. Throws Error as Dataset::picture does.
Example make_example(const RestorePicture& restore, const Dataset& dataset, size_t i,
                     const NoiseSettings& noise);

}  // namespace limpid
