// How a model was trained, in a few words for a list of models.
#pragma once

#include <string>

#include "core/model/model_file.h"

namespace limpid {

// "trained on gaussian noise of strength 0.5, 3 epochs"; empty where the file does not say, or says
// it as another program would.
std::string training_sentence(const ModelFile& file);

}  // namespace limpid
