// What a model file tells about the training it comes from, so that evaluate can ask the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/data/split.h"
#include "core/model/model_file.h"
#include "core/train/history.h"
#include "core/train/run_settings.h"
#include "core/train/settings.h"

namespace limpid {

struct TrainingFacts {
  TrainingSettings settings;
  int size = 0;  // side of the pictures; 0: their own
  SplitSettings split;
  bool has_test_data = false;  // a folder of its own tested; `split` drew nothing
  std::string split_hash;
  std::vector<EpochRecord> history;  // empty before the first epoch
};

// Where they stand in the metadata of a model file and of a checkpoint.
inline constexpr const char* training_key = "training";
inline constexpr const char* history_key = "history";
inline constexpr const char* split_hash_key = "split_hash";

// As metadata of a model file, beside the model itself, with this version of Limpid.
void write_facts(const TrainingFacts& facts, Metadata& metadata);

// The model file that comes of a training, with its facts.
ModelFile trained_model(const RunSettings& settings, const std::string& split_hash,
                        const std::vector<EpochRecord>& history, const Model& model,
                        const std::vector<Tensor>& weights);

// None when the file does not come from a training of Limpid's. Settings that only a later Limpid
// knows are passed over: its models serve here too. Throws Error naming `where` when what the file
// says makes no sense.
std::optional<TrainingFacts> read_facts(const Metadata& metadata, const std::string& where);

}  // namespace limpid
