// What a user may give as --model.
#pragma once

#include <optional>
#include <string>

#include "core/model/model_file.h"

namespace limpid {

// A preset's name, an own architecture (FILE.json; both without weights), a model file or the run
// folder that holds one. `channels` chooses the preset's (3 when not given) and must be the file's.
// Throws Error naming what is wrong with it, UsageError when the channels do not fit.
ModelFile given_model(const std::string& text, std::optional<int> channels = {});

// What is told of a network: given_model()'s, or one that comes with Limpid, by its name.
ModelFile any_model(const std::string& text);

// A model that comes with Limpid (shipped_model.h), a model file or a run folder; when `text` is
// empty the default one that comes with it. A run folder is meant before a preset of its name.
// Throws Error when it has no weights, UsageError when it may be one that comes along or a run
// folder.
ModelFile trained_model(const std::string& text);

// Of an option that takes such a model, and of one that may be left out; `otherwise` says what is
// then taken, if that is not the default one.
std::string model_help();
std::string optional_model_help(const std::string& otherwise = {});

}  // namespace limpid
