// What a network makes of a picture on its way through it: the feature maps that leave a layer, and
// these as a picture.
#pragma once

#include <vector>

#include "core/engine/engine.h"
#include "core/image/image.h"
#include "core/image/raster.h"
#include "core/image/restoration.h"
#include "core/model/model.h"
#include "core/model/state.h"

namespace limpid {

struct FeatureMaps {
  Shape shape;                // channels: so many maps
  std::vector<float> values;  // (height, width, channels), whatever their range
};

// The layers that lead to that one, and it: a network whose output are its feature maps, for which
// check() would not take it.
Model cut_behind(const Model& model, int layer);

// The part of a picture that feature_maps() best gets: its middle, of at most 256 pixels a side.
// For who makes its rows as they are asked for: which these are, then the middle of them.
Image middle_of(const Raster& picture);
Image middle_of(const Image& picture);
RowSpan middle_rows(int height);

// Of a layer of the model, for a picture of any size and channels (see Denoiser) that is given to
// it whole: sides that are no multiple of size_multiple(model) are grown by reflection. `weights`
// as in State. Throws Error as the engine does; not every engine runs a network that is cut.
FeatureMaps feature_maps(Engine& engine, const Model& model, const std::vector<Tensor>& weights,
                         int layer, const Image& picture, int threads = 0);

// The maps as gray pictures in rows, gaps between them. The largest value of each map is white and
// 0 is black; in maps that go below 0 it is gray, and the largest, whatever its sign, lies at black
// or white.
struct MapMosaic {
  int columns = 0;
  int gap = 0;  // pixels between two maps
  Raster picture;
};
MapMosaic mosaic(const FeatureMaps& maps);

}  // namespace limpid
