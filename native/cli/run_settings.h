// Everything a training was asked for, as its run folder remembers it.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/split.h"
#include "core/train/settings.h"

namespace limpid {

struct RunSettings {
  std::vector<std::filesystem::path> data;  // absolute
  int size = DatasetSettings().size;        // side of the pictures; 0: their own
  int channels = 3;
  SplitSettings split;
  std::string engine;
  TrainingSettings training;
};

nlohmann::ordered_json to_json(const RunSettings& settings);

// Throws Error naming `where` when `json` is not what to_json gives.
RunSettings run_settings_from_json(const nlohmann::ordered_json& json, const std::string& where);

// A run.json, which holds them as "settings". Throws Error naming the file.
nlohmann::ordered_json read_run_json(const std::filesystem::path& file);

// The first setting that shapes the numbers and is not the same ("size is 128, was 256"); empty
// when there is none. The place of the data and the engine are free, and what difference() of the
// training settings leaves free.
std::string difference(const RunSettings& before, const RunSettings& now);

}  // namespace limpid
