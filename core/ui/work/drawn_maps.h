// What the layers of a network make of an opened picture, to be seen.
#pragma once

#include "core/ui/work/event.h"
#include "core/ui/work/opened_pictures.h"
#include "core/ui/work/restores.h"

namespace limpid {

// On the CPU, whatever the pictures are restored on: it is a small part of one. `test_picture`: the
// noisy one of a training, or null. Throws Error when there is no such model, layer or noisy
// version.
MapsDrawn draw_maps(const DrawMaps& request, const Engines& engines, const Models& models,
                    OpenedPictures& pictures, const SharedPyramid& test_picture);

}  // namespace limpid
