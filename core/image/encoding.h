// A picture on its way into a file, a part at a time, for who shares a thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/image/picture_metadata.h"
#include "core/image/raster.h"

namespace limpid {

enum class PictureFormat {
  png,   // 8 or 16 bits, with alpha
  jpeg,  // 8 bits, without
};

// By the ending: .png, .jpg, .jpeg; any case. Throws Error naming a file with another one.
PictureFormat format_of(const std::filesystem::path& file);

const char* ending_of(PictureFormat format);  // ".png", ".jpg"

// What a JPEG is written with when nobody says otherwise, of 1 (smallest) to 100 (best).
constexpr int usual_jpeg_quality = 95;

// A PNG in parts of some rows; a JPEG is one part.
class Encoding {
 public:
  // The colours and the alpha, which may be empty, must outlive this. `bit_depth`: 8 or 16, of a
  // PNG; `jpeg_quality`: 1..100, of a JPEG. A profile that is none of the file's channels is left
  // out: a JPEG has three, those of a gray picture alike. Throws Error when the picture is too
  // large for a JPEG.
  Encoding(PictureFormat format, const Raster& color, const Raster& alpha, int bit_depth,
           const PictureMetadata& metadata = {}, int jpeg_quality = usual_jpeg_quality);
  ~Encoding();
  Encoding(Encoding&&) noexcept;

  int done() const;  // parts
  int total() const;
  void step();
  std::vector<uint8_t> take_file();  // once all parts are done

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace limpid
