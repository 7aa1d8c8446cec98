// Everything a training needs to go on as if it had never stopped, in one safetensors file: the
// weights under their names (so that the file is a model file too), "adam.m/<name>" and
// "adam.v/<name>" or "sgd.velocity/<name>", "average/<name>", "best/<name>", and as metadata the
// model, "training" (the settings), "history", "split_hash" and "checkpoint" (the place). Every
// number reads back as the same bits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/image/batch.h"
#include "core/model/model.h"
#include "core/model/state.h"
#include "core/train/history.h"
#include "core/train/schedule.h"
#include "core/train/settings.h"

namespace limpid {

struct Checkpoint {
  Model model;
  TrainingSettings settings;
  Shape shape;  // of the pictures the network learns from
  std::string split_hash;
  size_t pictures = 0;  // in an epoch

  int epoch = 0;        // epochs that are over
  size_t picture = 0;   // learned in this one: whole batches; all of them: the
                        // validation is to come
  int64_t step = 0;     // updates so far
  double loss_sum = 0;  // over this epoch's pictures so far
  double seconds = 0;   // spent on this epoch so far
  Plateau plateau;
  Patience patience;  // of early stopping and of `best`
  std::vector<EpochRecord> history;

  State state;               // gradients empty; SGD: second moment empty too
  std::vector<Tensor> best;  // of the lowest validation loss; empty: not kept

  bool operator==(const Checkpoint&) const = default;
};

// Updates in an epoch: the last batch may be smaller.
int64_t batches_in_epoch(const Checkpoint& checkpoint);

// The weights that are the model's after it: the best epoch's where they are kept, else the moving
// average where there is one, else the last.
const std::vector<Tensor>& model_weights(const Checkpoint& checkpoint);

// The first thing that shapes the numbers and is not the same in a training that stands at `now`,
// which can then not go on from `before`; empty when there is none. See difference() of settings.
std::string difference(const Checkpoint& before, const Checkpoint& now);

// Writes it whole or not at all. Throws Error naming the file, also for what read_checkpoint would
// refuse.
void write_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint);

// Throws Error naming the file and what is wrong: cut, altered, no checkpoint, tensors that do not
// fit the model, numbers that are not finite, a place that is not one of the training.
Checkpoint read_checkpoint(const std::filesystem::path& file);

// The same in memory; `where` names it in errors.
std::vector<uint8_t> encode_checkpoint(const Checkpoint& checkpoint, const std::string& where);
Checkpoint decode_checkpoint(std::span<const uint8_t> bytes, const std::string& where);

}  // namespace limpid
