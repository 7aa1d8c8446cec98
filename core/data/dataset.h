// A folder of pictures, ready to be drawn from in any order: decoded when first needed, resized
// once, held as bytes within a memory cap, decoded again beyond it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/image/image.h"

namespace limpid {

struct DatasetSettings {
  int size = 256;        // pictures become size x size (bicubic, not keeping the aspect: the
                         // article's); 0 keeps each picture's own size
  int channels = 3;      // 1 or 3: what the network takes
  size_t cache_bytes = size_t(2) << 30;   // decoded pictures held at most
};

// A file that is no readable picture: it is left out, with the reason.
struct SkippedFile {
  std::filesystem::path file;
  std::string reason;
};

class Dataset {
 public:
  // Finds the pictures in `paths` (folders with their sub-folders; single files), sorted by path
  // as bytes, hidden files left out; files without a picture ending are ignored inside folders.
  // Every file is decoded once here, to know that it is readable, its content and its hash.
  // Throws Error when a path is absent or when no readable picture is left.
  Dataset(const std::vector<std::filesystem::path>& paths, const DatasetSettings& settings);
  ~Dataset();
  Dataset(Dataset&&) noexcept;

  size_t size() const;
  const std::filesystem::path& file(size_t i) const;   // as found: root joined with the rest
  std::string name(size_t i) const;                    // relative to its root, '/' between parts
  uint64_t content_hash(size_t i) const;               // of the file's bytes
  const std::vector<SkippedFile>& skipped() const;
  const DatasetSettings& settings() const;

  // The picture at the settings' size and channels. Safe to call from several threads. Throws
  // Error when the file has vanished or changed since.
  Image picture(size_t i) const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace limpid
