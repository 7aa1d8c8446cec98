#include "core/image/foreign.h"

#include "core/image/bytes.h"

namespace limpid {
namespace {

struct Sign {
  size_t at;
  std::string_view bytes;
  std::string_view format;
};

using namespace std::string_view_literals;

constexpr Sign signs[] = {
    {4, "ftypavif", "AVIF"},
    {4, "ftypavis", "AVIF"},
    {4, "ftypheic", "HEIC"},
    {4, "ftypheix", "HEIC"},
    {4, "ftyphevc", "HEIC"},
    {4, "ftypmif1", "HEIF"},
    {4, "ftypcrx ", "a camera's raw file"},
    {0, "FUJIFILMCCD-RAW", "a camera's raw file"},
    {0, "IIRO", "a camera's raw file"},
    {0, "IIU\0"sv, "a camera's raw file"},
    {0, "II*\0"sv, "TIFF, or a camera's raw file"},
    {0, "MM\0*"sv, "TIFF, or a camera's raw file"},
    {4, "JXL \r\n"sv, "JPEG XL"},
    {0, "\xff\x0a"sv, "JPEG XL"},
    {4, "jP  \r\n"sv, "JPEG 2000"},
    {0, "\xff\x4f\xff\x51"sv, "JPEG 2000"},
    {0, "8BPS", "PSD"},
    {0, "\x76\x2f\x31\x01"sv, "OpenEXR"},
    {0, "%PDF", "PDF"},
};

}  // namespace

std::optional<std::string_view> foreign_format(std::span<const uint8_t> file) {
  for (const Sign& sign : signs) {
    if (says(file, sign.at, sign.bytes)) return sign.format;
  }
  return {};
}

}  // namespace limpid
