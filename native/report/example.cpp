#include "native/report/example.h"

#include <future>

namespace limpid {

Example make_example(const RestorePicture& restore, const std::string& name, const Image& clean,
                     const ExampleNoise& noise) {
  Example example = {.name = name,
                     .clean = clean,
                     .noisy = add_noise(clean, noise.settings, noise.place),
                     .restored = {},
                     .noisy_quality = {},
                     .restored_quality = {}};
  auto noisy_quality =
      std::async(std::launch::async, [&] { return compare(clean, example.noisy); });
  example.restored = restore(example.noisy, drawn(noise.settings, noise.place));
  if (!example.restored.empty()) example.restored_quality = compare(clean, example.restored);
  example.noisy_quality = noisy_quality.get();
  return example;
}

}  // namespace limpid
