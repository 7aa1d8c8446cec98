// A model with its weights in one safetensors file: tensors named as in parameters(), the model as
// JSON in the metadata "model", and texts beside it that training and tools keep ("training",
// "history", "split_hash").
//
// A checkpoint (train/checkpoint.h) is a model file too. What is read of it are the weights after
// its last step: neither their moving average nor those of the best epoch, which stand under
// checkpoint_prefixes and are passed over.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/model/safetensors.h"
#include "core/model/state.h"

namespace limpid {

// Before the names of a checkpoint's other tensors, which follow those of the weights.
inline constexpr const char* adam_first_moment = "adam.m/";
inline constexpr const char* adam_second_moment = "adam.v/";
inline constexpr const char* sgd_velocity = "sgd.velocity/";
inline constexpr const char* moving_average = "average/";
inline constexpr const char* best_weights = "best/";
inline constexpr std::array checkpoint_prefixes = {adam_first_moment, adam_second_moment,
                                                   sgd_velocity, moving_average, best_weights};

struct ModelFile {
  Model model;
  std::vector<Tensor> weights;  // in the order of parameters(model)
  Metadata metadata;            // without "model"

  bool operator==(const ModelFile&) const = default;
};

// Throws Error naming the file and what is wrong: cut, altered, no model in it, tensors that do
// not fit the model, values that are not finite, a negative variance.
ModelFile read_model_file(const std::filesystem::path& file);

// The same from memory; `where` names it in errors.
ModelFile decode_model_file(std::span<const uint8_t> bytes, const std::string& where);

// Writes it whole or not at all. The same content gives the same bytes. Throws Error naming the
// file, also for weights that decode_model_file would refuse.
void write_model_file(const std::filesystem::path& file, const ModelFile& content,
                      Storage storage = Storage::f32);

std::vector<uint8_t> encode_model_file(const ModelFile& content, const std::string& where,
                                       Storage storage = Storage::f32);

// The parts that a checkpoint shares. Takes the model out of `content`'s metadata and checks it.
Model take_model(Safetensors& content, const std::string& where);

// Takes the tensors "<prefix><name>" out of `content`, in the order of parameters(model) and
// without the prefix; none when there is none. Throws Error when some are missing or do not fit.
std::vector<Tensor> take_tensors(Safetensors& content, const Model& model,
                                 const std::string& prefix, const std::string& where);

}  // namespace limpid
