#include "core/image/jpeg.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include "core/image/bytes.h"

namespace limpid {

namespace {

using Bytes = std::span<const uint8_t>;

constexpr std::string_view jfif_signature("JFIF\0", 5);
constexpr std::string_view exif_signature("Exif\0\0", 6);
constexpr std::string_view xmp_signature("http://ns.adobe.com/xap/1.0/\0", 29);
constexpr std::string_view profile_signature("ICC_PROFILE\0", 12);
constexpr int jfif_kind = 0xE0, exif_kind = 0xE1, xmp_kind = 0xE1, profile_kind = 0xE2,
              scan_kind = 0xDA;
constexpr size_t most_content = 65533;  // of a segment

// JFIF (ITU-T T.871, 10.1): its signature, two bytes of version, the unit of length, pixels across
// and down in it.
constexpr size_t unit_at = 7, density_at = 8, jfif_bytes = 12;
constexpr uint8_t inch = 1, centimeter = 2;
constexpr double inches_per_meter = 1 / 0.0254;

uint32_t pixels_per_meter(Bytes jfif) {
  if (jfif.size() < jfif_bytes || !says(jfif, 0, jfif_signature)) return 0;
  const auto number = [&](size_t at) { return uint32_t(jfif[at]) << 8 | jfif[at + 1]; };
  const uint32_t across = number(density_at);
  if (across != number(density_at + 2)) return 0;  // no squares
  if (jfif[unit_at] == inch) return uint32_t(std::lround(across * inches_per_meter));
  return jfif[unit_at] == centimeter ? across * 100 : 0;
}

void set_size_of_pixels(std::span<uint8_t> jfif, uint32_t per_meter) {
  assert(jfif.size() >= jfif_bytes && says(jfif, 0, jfif_signature));
  const long per_inch = std::lround(per_meter / inches_per_meter);
  if (per_inch < 1 || per_inch > 65535) return;
  jfif[unit_at] = inch;
  for (const size_t at : {density_at, density_at + 2}) {
    jfif[at] = uint8_t(per_inch >> 8);
    jfif[at + 1] = uint8_t(per_inch);
  }
}

// A profile comes in parts, each with its number, from 1 on, and theirs in all (ICC.1:2022, B.4).
class ProfileParts {
 public:
  void add(Bytes content) {
    content = content.subspan(profile_signature.size());
    if (content.size() < 2) return;
    const size_t number = content[0], all = content[1];
    if (number == 0 || number > all) return;
    parts_.resize(std::max(parts_.size(), all));
    parts_[number - 1] = content.subspan(2);
  }
  // Empty when one is missing.
  std::vector<uint8_t> whole() const {
    std::vector<uint8_t> profile;
    for (const Bytes part : parts_) {
      if (part.empty()) return {};
      profile.insert(profile.end(), part.begin(), part.end());
    }
    return profile;
  }

 private:
  std::vector<Bytes> parts_;
};

void append_segment(std::vector<uint8_t>& file, int kind, std::string_view signature,
                    std::initializer_list<size_t> numbers, Bytes content) {
  const size_t length = 2 + signature.size() + numbers.size() + content.size();
  file.insert(file.end(), {0xFF, uint8_t(kind), uint8_t(length >> 8), uint8_t(length)});
  file.insert(file.end(), signature.begin(), signature.end());
  for (const size_t number : numbers) file.push_back(uint8_t(number));
  // Not insert: in g++ 12's -O3 its move of what stands behind, of which there is none, warns.
  std::copy(content.begin(), content.end(), std::back_inserter(file));
}

}  // namespace

bool is_jpeg(std::span<const uint8_t> file) {
  return file.size() >= 2 && file[0] == 0xFF && file[1] == 0xD8;
}

JpegInfo read_jpeg_segments(std::span<const uint8_t> file) {
  assert(is_jpeg(file));
  JpegInfo info;
  ProfileParts profile;
  size_t at = 2;  // behind the start marker; segments are FF, kind, length (with itself), content
  while (file.size() - at >= 4 && file[at] == 0xFF) {
    const int kind = file[at + 1];
    if (kind == 0xFF) {  // padding
      ++at;
      continue;
    }
    if (kind == scan_kind) info.pixels = file.subspan(at);
    const size_t length = size_t(file[at + 2]) << 8 | file[at + 3];
    if (kind == scan_kind || length < 2 || length > file.size() - at - 2) break;
    const std::span<const uint8_t> content = file.subspan(at + 4, length - 2);
    if (kind == jfif_kind && info.pixels_per_meter == 0) {
      info.pixels_per_meter = pixels_per_meter(content);
    }
    if (kind == exif_kind && says(content, 0, exif_signature)) {
      info.exif = content.subspan(exif_signature.size());
    }
    if (kind == xmp_kind && says(content, 0, xmp_signature)) {
      info.xmp = content.subspan(xmp_signature.size());
    }
    if (kind == profile_kind && says(content, 0, profile_signature)) profile.add(content);
    at += 2 + length;
  }
  info.profile = profile.whole();
  return info;
}

void add_to_jpeg(const PictureMetadata& metadata, std::vector<uint8_t>& file) {
  assert(is_jpeg(file) && file.size() >= 6);
  set_size_of_pixels(std::span(file).subspan(6), metadata.pixels_per_meter);
  std::vector<uint8_t> added;
  if (!metadata.exif.empty() && metadata.exif.size() <= most_content - exif_signature.size()) {
    append_segment(added, exif_kind, exif_signature, {}, metadata.exif);
  }
  if (!metadata.xmp.empty() && metadata.xmp.size() <= most_content - xmp_signature.size()) {
    append_segment(added, xmp_kind, xmp_signature, {}, metadata.xmp);
  }
  const Bytes profile = metadata.profile;
  const size_t most = most_content - profile_signature.size() - 2;
  const size_t parts = (profile.size() + most - 1) / most;
  for (size_t i = 0; i < parts && parts <= 255; ++i) {
    const Bytes part = profile.subspan(i * most, std::min(most, profile.size() - i * most));
    append_segment(added, profile_kind, profile_signature, {i + 1, parts}, part);
  }
  const size_t first = 4 + (size_t(file[4]) << 8 | file[5]);  // the first segment's end
  file.insert(file.begin() + ptrdiff_t(first), added.begin(), added.end());
}

}  // namespace limpid
