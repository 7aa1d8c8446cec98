#include "core/ui/work/message.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "core/data/number_json.h"
#include "core/error.h"
#include "core/ui/work/message_fields.h"

namespace limpid {
namespace {

using Json = nlohmann::ordered_json;

// In the order of the variants.
constexpr const char* request_names[] = {
    "FindPictures", "OpenPicture",   "ClosePicture",  "Restore",     "CancelRestore",
    "CancelQueue",  "EncodePicture", "DrawMaps",      "LoadModel",   "PlanTraining",
    "OpenRun",      "StartTraining", "PauseTraining", "StopTraining"};
constexpr const char* event_names[] = {
    "EnginesFound",    "PicturesFound",   "PictureOpened",   "NoiseAdded",     "Restoring",
    "Restored",        "EncodingPicture", "PictureEncoded",  "MapsDrawn",      "ModelLoaded",
    "TrainingPlanned", "RunOpened",       "ReadingPictures", "TrainingBegun",  "TrainingProgressed",
    "EpochEnded",      "PreviewDrawn",    "CheckpointKept",  "TrainingPaused", "TrainingEnded",
    "Failed"};
static_assert(std::size(request_names) == std::variant_size_v<Request>);
static_assert(std::size(event_names) == std::variant_size_v<Event>);

// In the order of the enumerations. Those that settings know too go by the names they have there.
constexpr const char* version_names[] = {"clean", "noisy", "restored"};
constexpr const char* format_names[] = {"png", "jpeg"};
constexpr const char* end_names[] = {"finished", "stopped early", "cancelled", "diverged"};
constexpr const char* failed_names[] = {"pictures", "picture", "restore",  "result", "encode",
                                        "model",    "plan",    "training", "run",    "maps"};
static_assert(std::size(version_names) == size_t(Version::restored) + 1);
static_assert(std::size(format_names) == size_t(PictureFormat::jpeg) + 1);
static_assert(std::size(end_names) == size_t(TrainingEnd::diverged) + 1);
static_assert(std::size(failed_names) == size_t(Failed::What::maps) + 1);
std::span<const char* const> names_of(Version) { return version_names; }
std::span<const char* const> names_of(PictureFormat) { return format_names; }
std::span<const char* const> names_of(TrainingEnd) { return end_names; }
std::span<const char* const> names_of(Failed::What) { return failed_names; }

std::string name_of(NoiseKind value) { return to_string(value); }
template <class Enumeration>
std::string name_of(Enumeration value) {
  return names_of(value)[size_t(value)];
}

void read_name(const std::string& name, NoiseKind& value) { value = parse_noise_kind(name); }
template <class Enumeration>
void read_name(const std::string& name, Enumeration& value) {
  const std::span<const char* const> names = names_of(value);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Error("a message is broken: there is no '" + name + "'");
  value = Enumeration(found - names.begin());
}

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
      return name_of(value);
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
  template <class T>
  Json written(std::optional<T>& value) {
    return value ? written(*value) : Json();
  }
  Json written(TrainingSettings& settings) { return Json::parse(to_json(settings)); }
  Json written(std::vector<uint8_t>& file) {
    append(file.data(), file.size());
    return file.size();
  }
  Json written(SharedPyramid& pyramid) {
    if (!pyramid) return nullptr;
    const Raster& picture = pyramid->picture();
    const uint32_t white = uint32_t(picture.maximum);
    bytes_.reserve(bytes_.size() + picture.count());
    for (size_t i = 0; i < picture.count(); ++i) {
      bytes_.push_back(uint8_t((picture.step(i) * 255 + white / 2) / white));
    }
    return {picture.height, picture.width, picture.channels};
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
      read_name(json.get<std::string>(), value);
    } else if constexpr (std::is_floating_point_v<T>) {
      value = json.is_string() ? not_finite<T>(json.get<std::string>()) : json.get<T>();
    } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>) {
      value = json.get<T>();
    } else if constexpr (std::is_integral_v<T>) {
      value = whole_number<T>(json);
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
  template <class T>
  void read(const Json& json, std::optional<T>& value) {
    value.reset();
    if (!json.is_null()) read(json, value.emplace());
  }
  void read(const Json& json, TrainingSettings& settings) {
    settings = settings_from_json(json.dump(), "a message");
  }
  void read(const Json& json, std::vector<uint8_t>& file) {
    const std::span<const uint8_t> bytes = take(whole_number<size_t>(json));
    file.assign(bytes.begin(), bytes.end());
  }
  void read(const Json& json, SharedPyramid& pyramid) {
    if (json.is_null()) return pyramid.reset();
    const int height = whole_number<int>(json.at(0)), width = whole_number<int>(json.at(1)),
              channels = whole_number<int>(json.at(2));
    if (height < 1 || width < 1 || (channels != 1 && channels != 3)) {
      throw Error("a message is broken: a picture has no such size");
    }
    // Checked against the bytes before they are taken for a size.
    if (uint64_t(height) * uint64_t(width) > rest_.size() / size_t(channels)) {
      throw Error("a message is broken: it is cut short");
    }
    Raster picture(height, width, channels, 255);
    const std::span<const uint8_t> bytes = take(picture.count());
    picture.steps = std::vector<uint8_t>(bytes.begin(), bytes.end());
    pyramid = make_pyramid(std::move(picture));
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
