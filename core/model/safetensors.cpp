#include "core/model/safetensors.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/error.h"
#include "core/model/half.h"
#include "core/model/strict_json.h"

namespace limpid {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are stored as they lie here");
static_assert(sizeof(float) == 4 && std::numeric_limits<float>::is_iec559);

using Json = nlohmann::json;

constexpr size_t prefix_bytes = 8;  // the header's length
constexpr size_t alignment = 8;
constexpr const char* metadata_name = "__metadata__";
constexpr size_t max_name_bytes = 512;
constexpr JsonLimits header_limits = {
    .depth = 3,         // header, tensor, shape
    .members = 25'000,  // 1,000 layers of four tensors, six times at most
    .elements = 8,      // of a shape
};

struct Kind {
  const char* name;  // the format's
  size_t bytes;      // of a number
  float (*read)(const uint8_t* number);
};

uint16_t read_word(const uint8_t* number) {
  uint16_t word;
  std::memcpy(&word, number, sizeof word);
  return word;
}

float read_float(const uint8_t* number) {
  float value;
  std::memcpy(&value, number, sizeof value);
  return value;
}

constexpr Kind kinds[] = {
    {"F32", 4, read_float},
    {"F16", 2, [](const uint8_t* number) { return from_half(read_word(number)); }},
    {"BF16", 2,  // the upper half of a float
     [](const uint8_t* number) { return std::bit_cast<float>(uint32_t(read_word(number)) << 16); }},
};

const Kind& kind_of(Storage storage) { return kinds[storage == Storage::f32 ? 0 : 1]; }

// Where a tensor lies, as the header says it.
struct Entry {
  std::string name;
  const Kind* kind = nullptr;
  std::vector<int> shape;
  uint64_t begin = 0, end = 0;  // bytes, counted from the header's end
};

void check_finite(const Tensor& tensor, const std::string& name, const std::string& where) {
  const auto bad = std::find_if(tensor.data.begin(), tensor.data.end(),
                                [](float value) { return !std::isfinite(value); });
  if (bad == tensor.data.end()) return;
  throw Error(where + ": tensor '" + shown(name) + "' has a value that is not finite, number " +
              std::to_string(bad - tensor.data.begin() + 1));
}

// One read of a file: what is said of it, and where.
class Reader {
 public:
  Reader(std::span<const uint8_t> bytes, const std::string& where) : bytes_(bytes), where_(where) {}

  Safetensors read() {
    const Json header = read_header();
    Safetensors content;
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
      if (name == metadata_name) {
        content.metadata = read_metadata(value);
      } else {
        entries.push_back(read_entry(name, value));
      }
    }
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.begin < b.begin; });
    check_places(entries);
    for (const Entry& entry : entries) content.tensors.push_back(read_tensor(entry));
    return content;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { throw Error(where_ + ": " + what); }
  [[noreturn]] void refuse(const std::string& name, const std::string& what) const {
    refuse("tensor '" + shown(name) + "' " + what);
  }

  Json read_header() {
    if (bytes_.size() < prefix_bytes) {
      refuse("no safetensors file, it is only " + std::to_string(bytes_.size()) + " bytes long");
    }
    uint64_t length = 0;
    std::memcpy(&length, bytes_.data(), prefix_bytes);
    if (length > bytes_.size() - prefix_bytes) {
      refuse("cut short or no safetensors file: the header of " + std::to_string(length) +
             " bytes goes past the end at byte " + std::to_string(bytes_.size()));
    }
    if (length > max_safetensors_header_bytes) {
      refuse("the header of " + std::to_string(length) + " bytes is over the limit of " +
             std::to_string(max_safetensors_header_bytes));
    }
    const auto* begin = reinterpret_cast<const char*>(bytes_.data()) + prefix_bytes;
    const std::string_view text(begin, size_t(length));
    numbers_ = bytes_.subspan(prefix_bytes + size_t(length));
    check_json(text, where_ + ": the header", header_limits);
    Json header = Json::parse(text);
    if (!header.is_object()) refuse("the header is no JSON object");
    return header;
  }

  Metadata read_metadata(const Json& json) const {
    if (!json.is_object()) refuse("the header's __metadata__ is no JSON object");
    Metadata metadata;
    for (const auto& [name, value] : json.items()) {
      if (!value.is_string()) refuse("the metadata '" + shown(name) + "' is no text");
      metadata[name] = value.get<std::string>();
    }
    return metadata;
  }

  Entry read_entry(const std::string& name, const Json& json) const {
    if (name.empty() || name.size() > max_name_bytes) {
      refuse("a tensor's name has " + std::to_string(name.size()) + " bytes, not 1 to 512");
    }
    if (!json.is_object()) refuse(name, "has an entry in the header that is no JSON object");
    for (const auto& [field, value] : json.items()) {
      if (field != "dtype" && field != "shape" && field != "data_offsets") {
        refuse(name, "has an entry in the header with the unknown field '" + shown(field) + "'");
      }
    }
    if (json.size() != 3) refuse(name, "lacks its dtype, shape or data_offsets in the header");
    const Json& dtype = json["dtype"];
    const auto* const kind = std::find_if(std::begin(kinds), std::end(kinds),
                                          [&](const Kind& known) { return dtype == known.name; });
    if (kind == std::end(kinds)) {
      refuse(name, "has dtype " + shown(dtype.dump()) + "; \"F32\", \"F16\" and \"BF16\" are read");
    }
    Entry entry{.name = name, .kind = kind, .shape = {}};
    read_offsets(json["data_offsets"], entry);
    read_shape(json["shape"], entry);
    return entry;
  }

  void read_offsets(const Json& json, Entry& entry) const {
    if (!json.is_array() || json.size() != 2 || !json[0].is_number_unsigned() ||
        !json[1].is_number_unsigned()) {
      refuse(entry.name, "has data_offsets " + shown(json.dump()) + ", not two byte counts");
    }
    entry.begin = json[0].get<uint64_t>();
    entry.end = json[1].get<uint64_t>();
    if (entry.begin > entry.end) refuse(entry.name, "ends before it begins");
    if (entry.end > numbers_.size()) {
      refuse(entry.name, "goes up to byte " + std::to_string(entry.end) +
                             " of the numbers, which end at byte " +
                             std::to_string(numbers_.size()) + ": the file is cut short");
    }
  }

  void read_shape(const Json& json, Entry& entry) const {
    if (!json.is_array()) refuse(entry.name, "has a shape that is no list");
    const uint64_t held = (entry.end - entry.begin) / entry.kind->bytes;
    uint64_t count = 1;
    for (const Json& side : json) {
      if (!side.is_number_unsigned() || side.get<uint64_t>() < 1 ||
          side.get<uint64_t>() > uint64_t(std::numeric_limits<int>::max())) {
        refuse(entry.name, "has a shape with the side " + shown(side.dump()));
      }
      entry.shape.push_back(int(side.get<uint64_t>()));
      if (count > held / uint64_t(entry.shape.back())) {  // so that the product cannot overflow
        refuse(entry.name, "has more values by its shape " + shown(json.dump()) + " than the " +
                               std::to_string(held) + " that its bytes hold");
      }
      count *= uint64_t(entry.shape.back());
    }
    if (count * entry.kind->bytes != entry.end - entry.begin) {
      refuse(entry.name, "has " + std::to_string(count) + " values by its shape " +
                             shown(json.dump()) + ", but " +
                             std::to_string(entry.end - entry.begin) + " bytes");
    }
  }

  // Sorted entries: each begins where the one before ends.
  void check_places(const std::vector<Entry>& entries) const {
    uint64_t at = 0;
    for (const Entry& entry : entries) {
      if (entry.begin != at) {
        refuse(entry.name, std::string(entry.begin < at ? "overlaps the one before it"
                                                        : "leaves a gap before it") +
                               " at byte " + std::to_string(std::min(entry.begin, at)) +
                               " of the numbers");
      }
      at = entry.end;
    }
    if (at != numbers_.size()) {
      refuse(std::to_string(numbers_.size() - at) + " bytes at the end belong to no tensor");
    }
  }

  // Never inlined: browsers compile a function that loops for long once more, with great care, and
  // the whole reader took them 0.4 s.
  [[gnu::noinline]] Tensor read_tensor(const Entry& entry) const {
    Tensor tensor{entry.name, entry.shape, {}};
    const std::span<const uint8_t> bytes =
        numbers_.subspan(size_t(entry.begin), size_t(entry.end - entry.begin));
    tensor.data.resize(bytes.size() / entry.kind->bytes);
    for (size_t i = 0; i < tensor.data.size(); ++i) {
      tensor.data[i] = entry.kind->read(&bytes[i * entry.kind->bytes]);
    }
    check_finite(tensor, entry.name, where_);
    return tensor;
  }

  const std::span<const uint8_t> bytes_;
  std::span<const uint8_t> numbers_;  // what comes after the header
  const std::string& where_;
};

[[maybe_unused]] size_t count_of(const std::vector<int>& shape) {
  return std::accumulate(shape.begin(), shape.end(), size_t(1), std::multiplies<>());
}

std::string json_of(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string header_of(const std::vector<NamedTensor>& tensors, const Metadata& metadata,
                      const Kind& kind) {
  std::string texts;
  for (const auto& [name, text] : metadata) {
    if (!texts.empty()) texts += ",";
    texts += json_of(name) + ":" + json_of(text);
  }
  std::string header = "{";
  if (!texts.empty()) header += json_of(metadata_name) + ":{" + texts + "}";
  uint64_t at = 0;
  for (const NamedTensor& named : tensors) {
    const uint64_t end = at + named.tensor->data.size() * kind.bytes;
    if (header.size() > 1) header += ",";
    header += json_of(named.name) + R"(:{"dtype":")" + kind.name + R"(","shape":)" +
              Json(named.tensor->shape).dump() + R"(,"data_offsets":[)" + std::to_string(at) + "," +
              std::to_string(end) + "]}";
    at = end;
  }
  header += "}";
  header.resize((header.size() + alignment - 1) / alignment * alignment, ' ');
  return header;
}

void append(const void* from, size_t count, std::vector<uint8_t>& bytes) {
  const auto* begin = static_cast<const uint8_t*>(from);
  bytes.insert(bytes.end(), begin, begin + count);
}

void append_halves(const NamedTensor& named, const std::string& where,
                   std::vector<uint8_t>& bytes) {
  for (const float value : named.tensor->data) {
    const uint16_t half = to_half(value);
    if (!std::isfinite(from_half(half))) {
      throw Error(where + ": tensor '" + shown(named.name) + "' has the value " +
                  std::to_string(value) + ", which 16 bits cannot hold");
    }
    append(&half, sizeof half, bytes);
  }
}

}  // namespace

std::vector<uint8_t> encode_safetensors(const std::vector<NamedTensor>& tensors,
                                        const Metadata& metadata, const std::string& where,
                                        Storage storage) {
  const std::string header = header_of(tensors, metadata, kind_of(storage));
  size_t size = prefix_bytes + header.size();
  for (const NamedTensor& named : tensors) {
    assert(named.tensor->data.size() == count_of(named.tensor->shape));
    check_finite(*named.tensor, named.name, where);
    size += named.tensor->data.size() * kind_of(storage).bytes;
  }
  std::vector<uint8_t> bytes;
  bytes.reserve(size);
  const uint64_t length = header.size();
  append(&length, prefix_bytes, bytes);
  append(header.data(), header.size(), bytes);
  for (const NamedTensor& named : tensors) {
    if (storage == Storage::f16) {
      append_halves(named, where, bytes);
    } else {
      append(named.tensor->data.data(), named.tensor->data.size() * sizeof(float), bytes);
    }
  }
  return bytes;
}

Safetensors decode_safetensors(std::span<const uint8_t> bytes, const std::string& where) {
  return Reader(bytes, where).read();
}

}  // namespace limpid
