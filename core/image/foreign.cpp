#include "core/image/foreign.h"

#include <algorithm>
#include <string>

#include "core/image/bytes.h"
#include "core/image/tiff_directory.h"

namespace limpid {
namespace {

struct Sign {
  size_t at;
  std::string_view bytes;
  std::string_view format;
};

using namespace std::string_view_literals;

constexpr std::string_view camera_raw = "a camera's raw file";

constexpr Sign signs[] = {
    {4, "ftypavif", "AVIF"},
    {4, "ftypavis", "AVIF"},
    {4, "ftypheic", "HEIC"},
    {4, "ftypheix", "HEIC"},
    {4, "ftyphevc", "HEIC"},
    {4, "ftypmif1", "HEIF"},
    {4, "ftypcrx ", camera_raw},
    {0, "FUJIFILMCCD-RAW", camera_raw},
    {0, "IIRO", camera_raw},
    {0, "IIU\0"sv, camera_raw},
    {0, "II*\0\x10\0\0\0CR"sv, camera_raw},
    {4, "JXL \r\n"sv, "JPEG XL"},
    {0, "\xff\x0a"sv, "JPEG XL"},
    {4, "jP  \r\n"sv, "JPEG 2000"},
    {0, "\xff\x4f\xff\x51"sv, "JPEG 2000"},
    {0, "8BPS", "PSD"},
    {0, "\x76\x2f\x31\x01"sv, "OpenEXR"},
    {0, "%PDF", "PDF"},
};

// Light as a sensor's mosaic counted it, or as taken apart from one: colours of DNG and TIFF/EP.
bool is_of_a_sensor(const TiffDirectory& directory) {
  constexpr uint32_t photometric_tag = 262, mosaic = 32803, linear = 34892;
  const uint32_t photometric = directory.value(photometric_tag);
  return photometric == mosaic || photometric == linear;
}

// Most cameras' raw files are TIFF files whose first picture is a preview: small itself, or beside
// those of a sensor.
bool is_camera_raw(std::span<const uint8_t> file) {
  constexpr uint32_t dng_version_tag = 50706, subfile_tag = 254, reduced = 1, children_tag = 330;
  constexpr uint32_t most_children = 16;  // cameras write up to four
  const TiffDirectory first = first_directory(file);
  if (first.find(dng_version_tag) > 0 || is_of_a_sensor(first)) return true;
  const uint32_t children = std::min(first.count(children_tag), most_children);
  if (children > 0 && (first.value(subfile_tag) & reduced) != 0) return true;
  for (uint32_t i = 0; i < children; ++i) {
    if (is_of_a_sensor(directory_at(first.block, first.value(children_tag, i)))) return true;
  }
  return false;
}

}  // namespace

void refuse_foreign(const Source& source, std::string_view format) {
  source.refuse("it is " + std::string(format) + ": save it as PNG or JPEG first");
}

std::optional<std::string_view> foreign_format(std::span<const uint8_t> file) {
  for (const Sign& sign : signs) {
    if (says(file, sign.at, sign.bytes)) return sign.format;
  }
  if (is_camera_raw(file)) return camera_raw;
  return {};
}

}  // namespace limpid
