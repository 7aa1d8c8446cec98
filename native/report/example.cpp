#include "native/report/example.h"

namespace limpid {

Example make_example(const RestorePicture& restore, const std::string& name, const Image& clean,
                     const ExampleNoise& noise) {
  Example example = {.name = name,
                     .clean = clean,
                     .noisy = add_noise(clean, noise.settings, noise.place),
                     .restored = {},
                     .noisy_quality = {},
                     .restored_quality = {}};
  example.restored = restore(example.noisy, drawn(noise.settings, noise.place));
  if (example.restored.empty()) return example;
  example.noisy_quality = compare(clean, example.noisy);
  example.restored_quality = compare(clean, example.restored);
  return example;
}

}  // namespace limpid
