// Everything a training was asked for, as its run folder remembers it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/split.h"
#include "core/train/settings.h"

namespace limpid {

struct RunSettings {
  std::vector<std::filesystem::path> data;  // absolute
  std::filesystem::path noisy = {};         // absolute, see DatasetSettings; empty: noise is added
  std::filesystem::path test_data = {};     // absolute, DatasetSettings::tests; empty: see `split`
  int size = DatasetSettings().size;        // side of the pictures; 0: their own
  int channels = 3;
  std::string begins_with = {};  // the file, or name, of the network whose weights it began with;
                                 // empty: new ones
  SplitSettings split;
  std::string engine;
  TrainingSettings training;
};

// Of the data set that they ask for.
DatasetSettings dataset_settings(const RunSettings& settings);

// As one JSON object. Reading throws Error naming `where` when `json` is not what to_json gives.
std::string to_json(const RunSettings& settings);
RunSettings run_settings_from_json(std::string_view json, const std::string& where);

// The first setting that shapes the numbers and is not the same ("size is 128, was 256"); empty
// when there is none. The places of the data, of what it began with and the engine are free, and
// what difference() of the training settings leaves free.
std::string difference(const RunSettings& before, const RunSettings& now);

}  // namespace limpid
