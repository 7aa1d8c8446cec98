#include "native/report/example.h"

#include <future>
#include <utility>

#include "core/train/portions.h"

namespace limpid {

namespace {

Example make_example(const RestorePicture& restore, const std::string& name, const Image& clean,
                     Image noisy, const std::optional<NoiseSettings>& added) {
  Example example = {.name = name,
                     .clean = clean,
                     .noisy = std::move(noisy),
                     .restored = {},
                     .noisy_quality = {},
                     .restored_quality = {}};
  auto noisy_quality =
      std::async(std::launch::async, [&] { return compare(clean, example.noisy); });
  example.restored = restore(example.noisy, added);
  if (!example.restored.empty()) example.restored_quality = compare(clean, example.restored);
  example.noisy_quality = noisy_quality.get();
  return example;
}

}  // namespace

Example make_example(const RestorePicture& restore, const std::string& name, const Image& clean,
                     const ExampleNoise& noise) {
  return make_example(restore, name, clean, add_noise(clean, noise.settings, noise.place),
                      drawn(noise.settings, noise.place));
}

Example make_example(const RestorePicture& restore, const Dataset& dataset, size_t i,
                     const NoiseSettings& noise) {
  const Image clean = dataset.picture(i);
  if (dataset.has_noisy()) {
    return make_example(restore, dataset.name(i), clean, dataset.picture(i, Side::noisy), {});
  }
  return make_example(restore, dataset.name(i), clean,
                      {noise, {.epoch = validation_epoch, .picture = uint32_t(i)}});
}

}  // namespace limpid
