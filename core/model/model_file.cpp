#include "core/model/model_file.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/error.h"
#include "core/image/file.h"
#include "core/model/json.h"

namespace limpid {
namespace {

constexpr const char* model_name = "model";  // of the metadata

// Another program's file may have the tensors in another order. Names that the model does not know
// go last.
void sort_as(const std::vector<Parameter>& parameters, std::vector<Tensor>& tensors) {
  std::map<std::string, size_t> order;
  for (const Parameter& parameter : parameters) order.emplace(parameter.name, order.size());
  const auto place = [&](const Tensor& tensor) {
    const auto found = order.find(tensor.name);
    return found == order.end() ? order.size() : found->second;
  };
  std::sort(tensors.begin(), tensors.end(),
            [&](const Tensor& a, const Tensor& b) { return place(a) < place(b); });
}

void check_variances(const std::vector<Tensor>& tensors, const std::string& where) {
  for (const Tensor& tensor : tensors) {
    if (!tensor.name.ends_with(".variance")) continue;
    if (std::any_of(tensor.data.begin(), tensor.data.end(), [](float v) { return v < 0; })) {
      throw Error(where + ": tensor '" + tensor.name + "' has a negative value");
    }
  }
}

}  // namespace

Model take_model(Safetensors& content, const std::string& where) {
  const auto found = content.metadata.find(model_name);
  if (found == content.metadata.end()) {
    throw Error(where + ": there is no model in its metadata: Limpid did not write it");
  }
  Model model = model_from_json(found->second, where);
  content.metadata.erase(found);
  return model;
}

std::vector<Tensor> take_tensors(Safetensors& content, const Model& model,
                                 const std::string& prefix, const std::string& where) {
  std::vector<Tensor> taken, others;
  for (Tensor& tensor : content.tensors) {
    (tensor.name.starts_with(prefix) ? taken : others).push_back(std::move(tensor));
  }
  content.tensors = std::move(others);
  if (taken.empty() && !prefix.empty()) return taken;
  for (Tensor& tensor : taken) tensor.name.erase(0, prefix.size());
  sort_as(parameters(model), taken);
  const std::string place = prefix.empty() ? where : where + ": " + prefix;
  check_tensors(model, taken, place);
  check_variances(taken, place);
  return taken;
}

ModelFile decode_model_file(std::span<const uint8_t> bytes, const std::string& where) {
  Safetensors content = decode_safetensors(bytes, where);
  ModelFile file;
  file.model = take_model(content, where);
  std::erase_if(content.tensors, [](const Tensor& tensor) {
    return std::any_of(checkpoint_prefixes.begin(), checkpoint_prefixes.end(),
                       [&](const char* prefix) { return tensor.name.starts_with(prefix); });
  });
  file.weights = take_tensors(content, file.model, "", where);
  file.metadata = std::move(content.metadata);
  return file;
}

ModelFile read_model_file(const std::filesystem::path& file) {
  return decode_model_file(read_file(file, max_safetensors_bytes), file.string());
}

std::vector<uint8_t> encode_model_file(const ModelFile& content, const std::string& where,
                                       Storage storage) {
  check(content.model);
  check_tensors(content.model, content.weights, where);
  check_variances(content.weights, where);
  Metadata metadata = content.metadata;
  metadata[model_name] = to_json(content.model);
  std::vector<NamedTensor> tensors;
  for (const Tensor& tensor : content.weights) tensors.push_back({tensor.name, &tensor});
  return encode_safetensors(tensors, metadata, where, storage);
}

void write_model_file(const std::filesystem::path& file, const ModelFile& content,
                      Storage storage) {
  write_file(file, encode_model_file(content, file.string(), storage));
}

}  // namespace limpid
