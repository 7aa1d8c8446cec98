#include "core/ui/work/drawn_maps.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/feature_maps.h"

namespace limpid {
namespace {

Engine& cpu_of(const Engines& engines) {
  const auto found = std::find_if(engines.begin(), engines.end(),
                                  [](const auto& engine) { return engine->name() == "cpu"; });
  return found == engines.end() ? *engines.front() : **found;
}

SharedPyramid noisy_version(const DrawMaps& request, OpenedPictures& pictures,
                            const SharedPyramid& test_picture) {
  if (request.picture == 0) return test_picture;
  const auto picture = pictures.picture(request.picture);
  return request.already_noisy ? picture->color : pictures.results(request.picture).noisy;
}

}  // namespace

MapsDrawn draw_maps(const DrawMaps& request, const Engines& engines, const Models& models,
                    OpenedPictures& pictures, const SharedPyramid& test_picture) {
  const auto found = models.find(request.model);
  if (found == models.end()) throw Error("there is no model to look into yet");
  const ModelFile& file = found->second;
  if (request.layer < 0 || size_t(request.layer) >= file.model.layers.size()) {
    throw Error("the model '" + file.model.name + "' has no layer " +
                std::to_string(request.layer));
  }
  const SharedPyramid noisy = noisy_version(request, pictures, test_picture);
  if (!noisy) throw Error("the noisy version is not there; restore the picture first");
  const FeatureMaps maps = feature_maps(cpu_of(engines), file.model, file.weights, request.layer,
                                        middle_of(noisy->picture()), request.threads);
  MapMosaic drawn = mosaic(maps);
  return {.request = request,
          .layer = file.model.layers[size_t(request.layer)].name,
          .count = maps.shape.channels,
          .height = maps.shape.height,
          .width = maps.shape.width,
          .columns = drawn.columns,
          .gap = drawn.gap,
          .picture = make_pyramid(std::move(drawn.picture))};
}

}  // namespace limpid
