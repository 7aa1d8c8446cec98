#include "core/model/json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/model/strict_json.h"
#include "core/names.h"

namespace limpid {
namespace {

using Json = nlohmann::ordered_json;

// In the order of the enums.
constexpr std::array kind_names = {"conv", "transposed_conv", "max_pool",   "upsample",
                                   "add",  "concat",          "batch_norm", "dropout"};
constexpr std::array activation_names = {"linear", "relu", "leaky_relu", "sigmoid"};

Layer defaults_of(LayerKind kind) {
  Layer layer;
  layer.kind = kind;
  if (kind == LayerKind::transposed_conv || kind == LayerKind::max_pool ||
      kind == LayerKind::upsample) {
    layer.stride = 2;
  }
  return layer;
}

Json json_of(const Layer& layer) {
  const Layer plain = defaults_of(layer.kind);
  Json json = {{"name", layer.name}, {"kind", to_string(layer.kind)}};
  if (has_kernel(layer.kind) || layer.channels != plain.channels) json["channels"] = layer.channels;
  if (has_kernel(layer.kind) || layer.kernel != plain.kernel) json["kernel"] = layer.kernel;
  if (has_kernel(layer.kind) || layer.stride != plain.stride) json["stride"] = layer.stride;
  if (has_kernel(layer.kind) || layer.activation != plain.activation) {
    json["activation"] = to_string(layer.activation);
  }
  if (layer.activation == Activation::leaky_relu || layer.slope != plain.slope) {
    json["slope"] = shortest(layer.slope);
  }
  if (layer.kind == LayerKind::dropout || layer.rate != plain.rate) {
    json["rate"] = shortest(layer.rate);
  }
  if (!layer.inputs.empty()) json["inputs"] = layer.inputs;
  return json;
}

// One field read from JSON: false when the value is of another kind or does not fit.
bool read(const Json& json, std::string& value) {
  if (!json.is_string()) return false;
  value = json.get<std::string>();
  return true;
}
bool read(const Json& json, int& value) {
  if (!json.is_number_integer()) return false;
  const int64_t number = json.get<int64_t>();
  value = int(number);
  return value == number && !(json.is_number_unsigned() && number < 0);
}
bool read(const Json& json, float& value) {
  if (!json.is_number()) return false;
  const double number = json.get<double>();
  if (std::abs(number) > std::numeric_limits<float>::max()) return false;
  value = float(number);
  return true;
}
bool read(const Json& json, LayerKind& value) {
  if (!json.is_string()) return false;
  value = parse_layer_kind(json.get<std::string>());
  return true;
}
bool read(const Json& json, Activation& value) {
  if (!json.is_string()) return false;
  value = parse_activation(json.get<std::string>());
  return true;
}
bool read(const Json& json, Json& value) {
  value = json;
  return json.is_array();
}
bool read(const Json& json, std::vector<std::string>& value) {
  if (!json.is_array()) return false;
  value.clear();
  for (const Json& item : json) {
    if (!item.is_string()) return false;
    value.push_back(item.get<std::string>());
  }
  return true;
}

// The fields of one JSON object, each taken once; one that is left over at the end is unknown.
class Fields {
 public:
  Fields(Json json, std::string where) : json_(std::move(json)), where_(std::move(where)) {
    if (!json_.is_object()) throw Error(where_ + " is no JSON object");
  }

  template <class Value>
  bool take(const char* name, Value& value) {
    const auto found = json_.find(name);
    if (found == json_.end()) return false;
    if (!read_value(*found, value)) {
      throw Error(where_ + ": '" + name + "' cannot be " + shown(found->dump()));
    }
    json_.erase(found);
    return true;
  }

  template <class Value>
  void need(const char* name, Value& value) {
    if (!take(name, value)) throw Error(where_ + ": '" + name + "' is missing");
  }

  void end() const {
    if (json_.empty()) return;
    throw Error(where_ + ": there is no field '" + shown(json_.begin().key()) + "'");
  }

 private:
  template <class Value>
  bool read_value(const Json& json, Value& value) const {
    try {
      return read(json, value);
    } catch (const Error& error) {  // of a name that is none
      throw Error(where_ + ": " + error.what());
    }
  }

  Json json_;
  const std::string where_;
};

Layer layer_from_json(const Json& json, const std::string& where) {
  Fields fields(json, where);
  LayerKind kind = {};
  fields.need("kind", kind);
  Layer layer = defaults_of(kind);
  fields.need("name", layer.name);
  fields.take("channels", layer.channels);
  fields.take("kernel", layer.kernel);
  fields.take("stride", layer.stride);
  fields.take("activation", layer.activation);
  fields.take("slope", layer.slope);
  fields.take("rate", layer.rate);
  fields.take("inputs", layer.inputs);
  fields.end();
  return layer;
}

}  // namespace

double shortest(float value) {
  char text[32] = {};
  std::to_chars(text, text + sizeof text - 1, value);
  return std::strtod(text, nullptr);
}

std::string to_json(const Model& model) {
  Json json = {{"name", model.name}, {"channels", model.channels}, {"layers", Json::array()}};
  for (const Layer& layer : model.layers) json["layers"].push_back(json_of(layer));
  return json.dump();
}

Model model_from_json(std::string_view text, const std::string& where) {
  check_json(text, where);
  Fields fields(Json::parse(text), where + ": the model");
  Model model;
  Json layers;
  fields.need("name", model.name);
  fields.take("channels", model.channels);
  fields.need("layers", layers);
  fields.end();
  for (size_t i = 0; i < layers.size(); ++i) {
    model.layers.push_back(layer_from_json(layers[i], where + ": layer " + std::to_string(i + 1)));
  }
  try {
    check(model);
  } catch (const Error& error) {
    throw Error(where + ": " + error.what());
  }
  return model;
}

std::string to_string(LayerKind kind) { return kind_names[size_t(kind)]; }

std::string to_string(Activation activation) { return activation_names[size_t(activation)]; }

LayerKind parse_layer_kind(const std::string& text) {
  return named<LayerKind>(kind_names, shown(text), "kind of layer");
}

Activation parse_activation(const std::string& text) {
  return named<Activation>(activation_names, shown(text), "activation");
}

}  // namespace limpid
