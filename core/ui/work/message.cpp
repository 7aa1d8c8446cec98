#include "core/ui/work/message.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

#include "core/error.h"

namespace limpid {
namespace {

using Json = nlohmann::ordered_json;

// Every message's fields, once, for writing and reading. `v` is a Writer or a Reader.
template <class V>
void fields(V& v, NoiseSettings& m) {
  v("kind", m.kind), v("strength", m.strength), v("seed", m.seed), v("clip", m.clip);
  v("fixed_field", m.fixed_field);
}

template <class V>
void fields(V& v, Quality& m) {
  v("rmse", m.rmse), v("psnr", m.psnr), v("ssim", m.ssim);
}

template <class V>
void fields(V& v, SplitSettings& m) {
  v("test_size", m.test_size), v("seed", m.seed), v("group_duplicates", m.group_duplicates);
}

template <class V>
void fields(V& v, TrainingOrder& m) {
  v("paths", m.paths), v("size", m.size), v("channels", m.channels);
  v("model_name", m.model_name), v("model_json", m.model_json), v("settings", m.settings);
  v("split", m.split), v("engine", m.engine);
}

template <class V>
void fields(V& v, EpochRecord& m) {
  v("epoch", m.epoch), v("loss", m.loss), v("val_loss", m.val_loss), v("rmse", m.rmse);
  v("seconds", m.seconds), v("learning_rate", m.learning_rate);
}

template <class V>
void fields(V& v, TrainingProgress& m) {
  v("epoch", m.epoch), v("picture", m.picture), v("pictures", m.pictures), v("loss", m.loss);
  v("pictures_per_s", m.pictures_per_s), v("eta_s", m.eta_s), v("validating", m.validating);
}

template <class V>
void fields(V& v, EnginesFound::Entry& m) {
  v("name", m.name), v("description", m.description);
}

template <class V>
void fields(V& v, PicturesFound::File& m) {
  v("path", m.path), v("name", m.name);
}

template <class V>
void fields(V& v, PreviewDrawn::Row& m) {
  v("name", m.name), v("clean", m.clean), v("noisy", m.noisy), v("restored", m.restored);
  v("noisy_rmse", m.noisy_rmse), v("restored_rmse", m.restored_rmse);
}

template <class V>
void fields(V& v, FindPictures& m) {
  v("paths", m.paths);
}

template <class V>
void fields(V& v, OpenPicture& m) {
  v("picture", m.picture), v("path", m.path);
}

template <class V>
void fields(V& v, ClosePicture& m) {
  v("picture", m.picture);
}

template <class V>
void fields(V& v, Restore& m) {
  v("picture", m.picture), v("model", m.model), v("already_noisy", m.already_noisy);
  v("noise", m.noise), v("engine", m.engine), v("memory_bytes", m.memory_bytes);
  v("threads", m.threads), v("first", m.first), v("send_pictures", m.send_pictures);
  v("save_to", m.save_to);
}

template <class V>
void fields(V& v, CancelRestore& m) {
  v("picture", m.picture);
}

template <class V>
void fields(V& v, EncodePicture& m) {
  v("picture", m.picture), v("version", m.version);
}

template <class V>
void fields(V& v, LoadModel& m) {
  v("model", m.model), v("path", m.path);
}

template <class V>
void fields(V& v, PlanTraining& m) {
  v("order", m.order);
}

template <class V>
void fields(V& v, StartTraining& m) {
  v("order", m.order), v("model", m.model), v("checkpoint", m.checkpoint);
  v("keep_in", m.keep_in), v("keep_every_s", m.keep_every_s);
}

template <class V>
void fields(V& v, PauseTraining& m) {
  v("paused", m.paused);
}

template <class V>
void fields(V&, StopTraining&) {}

template <class V>
void fields(V& v, EnginesFound& m) {
  v("engines", m.engines), v("threads", m.threads);
}

template <class V>
void fields(V& v, PicturesFound& m) {
  v("files", m.files), v("skipped", m.skipped);
}

template <class V>
void fields(V& v, PictureOpened& m) {
  v("picture", m.picture), v("image", m.image), v("bit_depth", m.bit_depth);
  v("has_alpha", m.has_alpha), v("noise_strength", m.noise_strength);
}

template <class V>
void fields(V& v, NoiseAdded& m) {
  v("picture", m.picture), v("noise", m.noise), v("image", m.image), v("quality", m.quality);
}

template <class V>
void fields(V& v, Restoring& m) {
  v("picture", m.picture), v("done", m.done), v("total", m.total);
}

template <class V>
void fields(V& v, Restored& m) {
  v("picture", m.picture), v("request", m.request), v("cancelled", m.cancelled);
  v("image", m.image), v("has_quality", m.has_quality), v("noisy", m.noisy);
  v("restored", m.restored), v("ms", m.ms), v("saved_to", m.saved_to);
}

template <class V>
void fields(V& v, PictureEncoded& m) {
  v("picture", m.picture), v("version", m.version), v("name", m.name), v("png", m.png);
}

template <class V>
void fields(V& v, ModelLoaded& m) {
  v("model", m.model), v("name", m.name), v("channels", m.channels);
  v("parameters", m.parameters), v("summary", m.summary), v("training", m.training);
}

template <class V>
void fields(V& v, TrainingPlanned& m) {
  v("order", m.order), v("pictures", m.pictures), v("test_pictures", m.test_pictures);
  v("skipped", m.skipped), v("parameters", m.parameters), v("memory_bytes", m.memory_bytes);
  v("flops", m.flops), v("pictures_per_s", m.pictures_per_s), v("seconds", m.seconds);
  v("summary", m.summary);
}

template <class V>
void fields(V& v, ReadingPictures& m) {
  v("done", m.done), v("total", m.total);
}

template <class V>
void fields(V& v, TrainingBegun& m) {
  v("order", m.order), v("pictures", m.pictures), v("test_pictures", m.test_pictures);
  v("skipped", m.skipped), v("history", m.history);
}

template <class V>
void fields(V& v, TrainingProgressed& m) {
  v("progress", m.progress), v("seconds", m.seconds);
}

template <class V>
void fields(V& v, EpochEnded& m) {
  v("record", m.record);
}

template <class V>
void fields(V& v, PreviewDrawn& m) {
  v("epoch", m.epoch), v("rows", m.rows);
}

template <class V>
void fields(V& v, CheckpointKept& m) {
  v("epoch", m.epoch), v("picture", m.picture), v("bytes", m.bytes);
}

template <class V>
void fields(V& v, TrainingPaused& m) {
  v("paused", m.paused);
}

template <class V>
void fields(V& v, TrainingEnded& m) {
  v("end", m.end), v("model", m.model), v("history", m.history), v("message", m.message);
  v("model_file", m.model_file);
}

template <class V>
void fields(V& v, Failed& m) {
  v("what", m.what), v("number", m.number), v("message", m.message);
}

// In the order of the variants.
constexpr const char* request_names[] = {"FindPictures",  "OpenPicture",   "ClosePicture",
                                         "Restore",       "CancelRestore", "EncodePicture",
                                         "LoadModel",     "PlanTraining",  "StartTraining",
                                         "PauseTraining", "StopTraining"};
constexpr const char* event_names[] = {
    "EnginesFound",   "PicturesFound",      "PictureOpened", "NoiseAdded",      "Restoring",
    "Restored",       "PictureEncoded",     "ModelLoaded",   "TrainingPlanned", "ReadingPictures",
    "TrainingBegun",  "TrainingProgressed", "EpochEnded",    "PreviewDrawn",    "CheckpointKept",
    "TrainingPaused", "TrainingEnded",      "Failed"};
static_assert(std::size(request_names) == std::variant_size_v<Request>);
static_assert(std::size(event_names) == std::variant_size_v<Event>);

// The last value of each enumeration, which a message may not pass.
constexpr int last(Version) { return int(Version::restored); }
constexpr int last(NoiseKind) { return int(NoiseKind::speckle); }
constexpr int last(TrainingEnd) { return int(TrainingEnd::diverged); }
constexpr int last(Failed::What) { return int(Failed::What::training); }

class Writer {
 public:
  explicit Writer(std::vector<uint8_t>& bytes) : bytes_(bytes) {}

  template <class T>
  void operator()(const char* name, T& value) {
    json_[name] = written(value);
  }
  Json take() { return json_.is_null() ? Json::object() : std::move(json_); }

 private:
  template <class T>
  Json written(T& value) {
    if constexpr (std::is_enum_v<T>) {
      return int(value);
    } else if constexpr (std::is_floating_point_v<T>) {
      // JSON has no infinity; PSNR of equal pictures and SSIM of tiny ones are no finite numbers.
      if (std::isfinite(value)) return double(value);
      return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      return value;
    } else {
      Writer inner(bytes_);
      fields(inner, value);
      return inner.take();
    }
  }
  template <class T>
  Json written(std::vector<T>& values) {
    Json list = Json::array();
    for (T& value : values) list.push_back(written(value));
    return list;
  }
  Json written(TrainingSettings& settings) { return Json::parse(to_json(settings)); }
  Json written(std::vector<uint8_t>& file) {
    append(file.data(), file.size());
    return file.size();
  }
  Json written(SharedImage& image) {
    if (!image) return nullptr;
    append(image->pixels.data(), image->count() * sizeof(float));
    return {image->height, image->width, image->channels};
  }
  void append(const void* data, size_t size) {
    const uint8_t* from = static_cast<const uint8_t*>(data);
    bytes_.insert(bytes_.end(), from, from + size);
  }

  std::vector<uint8_t>& bytes_;
  Json json_;
};

class Reader {
 public:
  Reader(const Json& json, std::span<const uint8_t>& rest) : json_(json), rest_(rest) {
    if (!json.is_object()) throw Error("a message is broken: an object is missing");
  }

  template <class T>
  void operator()(const char* name, T& value) {
    const auto found = json_.find(name);
    if (found == json_.end()) throw Error(std::string("a message is broken: no ") + name);
    try {
      read(*found, value);
    } catch (const Json::exception&) {
      throw Error(std::string("a message is broken: ") + name + " is of another kind");
    }
  }

 private:
  template <class T>
  void read(const Json& json, T& value) {
    if constexpr (std::is_enum_v<T>) {
      const int number = json.get<int>();
      if (number < 0 || number > last(T())) throw Error("a message is broken: an unknown choice");
      value = T(number);
    } else if constexpr (std::is_floating_point_v<T>) {
      value = json.is_string() ? not_finite<T>(json.get<std::string>()) : json.get<T>();
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      value = json.get<T>();
    } else {
      Reader inner(json, rest_);
      fields(inner, value);
    }
  }
  template <class T>
  static T not_finite(const std::string& text) {
    if (text == "nan") return std::numeric_limits<T>::quiet_NaN();
    return text == "inf" ? std::numeric_limits<T>::infinity() : -std::numeric_limits<T>::infinity();
  }
  template <class T>
  void read(const Json& json, std::vector<T>& values) {
    values.clear();
    for (const Json& item : json) read(item, values.emplace_back());
  }
  void read(const Json& json, TrainingSettings& settings) {
    settings = settings_from_json(json.dump(), "a message");
  }
  void read(const Json& json, std::vector<uint8_t>& file) {
    const std::span<const uint8_t> bytes = take(json.get<size_t>());
    file.assign(bytes.begin(), bytes.end());
  }
  void read(const Json& json, SharedImage& image) {
    if (json.is_null()) return image.reset();
    const auto [height, width, channels] = json.get<std::tuple<int, int, int>>();
    if (height < 1 || width < 1 || (channels != 1 && channels != 3)) {
      throw Error("a message is broken: a picture has no such size");
    }
    // Checked against the bytes before they are taken for a size.
    if (uint64_t(height) * uint64_t(width) > rest_.size() / sizeof(float) / channels) {
      throw Error("a message is broken: it is cut short");
    }
    auto read = std::make_shared<Image>(height, width, channels);
    const std::span<const uint8_t> bytes = take(read->count() * sizeof(float));
    std::memcpy(read->pixels.data(), bytes.data(), bytes.size());
    image = std::move(read);
  }
  std::span<const uint8_t> take(size_t size) {
    if (size > rest_.size()) throw Error("a message is broken: it is cut short");
    const std::span<const uint8_t> taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  const Json& json_;
  std::span<const uint8_t>& rest_;
};

template <class Variant>
Message written(const Variant& content, const char* const* names) {
  Message message;
  Writer writer(message.bytes);
  Variant copy = content;  // fields() is shared with reading; pictures are shared, not copied
  std::visit([&](auto& alternative) { fields(writer, alternative); }, copy);
  Json json = {{"type", names[content.index()]}};
  json.update(writer.take());
  message.json = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return message;
}

template <class Variant, size_t i = 0>
Variant read(const std::string& type, const Json& json, std::span<const uint8_t> bytes,
             const char* const* names) {
  if constexpr (i == std::variant_size_v<Variant>) {
    throw Error("a message is broken: there is no '" + type + "'");
  } else {
    if (type != names[i]) return read<Variant, i + 1>(type, json, bytes, names);
    std::variant_alternative_t<i, Variant> content;
    Reader reader(json, bytes);
    fields(reader, content);
    if (!bytes.empty()) throw Error("a message is broken: bytes are left over");
    return Variant(std::in_place_index<i>, std::move(content));
  }
}

template <class Variant>
Variant read_message(std::string_view text, std::span<const uint8_t> bytes,
                     const char* const* names) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("type") || !json["type"].is_string()) {
    throw Error("a message is broken: it is no JSON object with a type");
  }
  return read<Variant>(json["type"].get<std::string>(), json, bytes, names);
}

}  // namespace

Message to_message(const Request& request) { return written(request, request_names); }
Message to_message(const Event& event) { return written(event, event_names); }

Request request_from(std::string_view json, std::span<const uint8_t> bytes) {
  return read_message<Request>(json, bytes, request_names);
}
Event event_from(std::string_view json, std::span<const uint8_t> bytes) {
  return read_message<Event>(json, bytes, event_names);
}

}  // namespace limpid
