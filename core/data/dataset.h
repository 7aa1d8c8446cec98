// Folders of pictures, ready to be drawn from in any order: each decoded and resized once, held as
// bytes within a memory cap, decoded again beyond it. Where there are noisy pictures of the clean
// ones too, a picture is the pair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/data/folder.h"
#include "core/image/batch.h"
#include "core/image/image.h"
#include "core/image/raster.h"

namespace limpid {

struct DatasetSettings {
  int size = 256;    // pictures become size x size (bicubic, not keeping the aspect: the
                     // article's); 0 keeps each picture's own size
  int channels = 3;  // 1 or 3: what the network takes; gray is repeated, of colour the mean is
                     // taken, transparency is ignored
  // The folder with the noisy pictures, each of the same name and size as the clean one (see
  // counterpart_in); empty: there are none.
  std::filesystem::path noisy = {};
  // The folder whose pictures only test, beside the others or among them. They come last, so that
  // the others' numbers do not depend on where it lies. Empty: the split draws some.
  std::filesystem::path tests = {};
  // Decoded pictures held at most; less where 4 GiB are all that can be addressed (a browser).
  size_t cache_bytes = size_t(sizeof(size_t) > 4 ? 2048 : 512) << 20;
};

// Which picture of a pair.
enum class Side { clean, noisy };

// Told after each file that is opened, from any thread but one call at a time; false cancels.
using DatasetProgress = std::function<bool(size_t done, size_t total)>;

class Dataset {
 public:
  // Finds the pictures in `paths` and the settings' `tests` as find_pictures() does and decodes
  // each of them once, on all cores, to know that it is readable, its content and its hash. The
  // content decides, not the ending. What cannot be read, or has no noisy picture of its own where
  // it should have one, is in skipped(). Throws Error when a path is absent, when no readable
  // picture is left, or when cancelled.
  Dataset(const std::vector<std::filesystem::path>& paths, const DatasetSettings& settings,
          const DatasetProgress& progress = {});
  ~Dataset();
  Dataset(Dataset&&) noexcept;

  size_t size() const;
  const std::filesystem::path& file(size_t i) const;  // as found: root joined with the rest
  const std::string& name(size_t i) const;            // relative to its root, '/' between parts
  uint64_t content_hash(size_t i, Side side = Side::clean) const;  // FNV-1a of the file's bytes
  Shape shape(size_t i) const;                                     // of picture(i)
  const std::vector<SkippedFile>& skipped() const;
  const DatasetSettings& settings() const;
  bool has_noisy() const;           // else only Side::clean may be asked for
  bool only_tests(size_t i) const;  // it lies in the settings' `tests`

  // The picture at the settings' size and channels, in steps of 1/255 (of 1/65535 when the file has
  // 16 bits and keeps its own size), whether held in memory or decoded again. Safe to call from
  // several threads. Throws Error when the file is needed and has vanished or changed since.
  Image picture(size_t i, Side side = Side::clean) const;

  // Clean picture i as it is held in memory, for as long as the data set lives: gray once instead
  // of three times, white 255 or 65535. Null when it is decoded again each time.
  const Raster* held(size_t i) const;

  // crop() of picture(i, side), without the work for the rest of it.
  Image part(size_t i, int y, int x, int height, int width, Side side = Side::clean) const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace limpid
