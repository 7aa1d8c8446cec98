// The pictures that the front end works with: where their files are, and the last ones decoded.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "core/image/picture.h"
#include "core/ui/work/event.h"

namespace limpid {

// A picture as its file has it.
struct OpenedPicture {
  SharedPyramid color;
  Raster alpha;  // empty: there is none
  int bit_depth = 8;
  PictureMetadata metadata;
};

class OpenedPictures {
 public:
  // What became of a picture the last time it was restored, in the steps of its depth.
  struct Results {
    SharedPyramid noisy;
    SharedPyramid restored;
    // The same with all taken out that was found to be noise.
    std::shared_ptr<const Raster> whole = {};
  };

  // Throws Error naming the file.
  std::shared_ptr<const OpenedPicture> open(int picture, const std::string& path);
  void close(int picture);

  // Decoded again when it is held no more. Throws Error when the picture was not opened, or as
  // read_stored() does.
  std::shared_ptr<const OpenedPicture> picture(int picture);
  std::string path(int picture) const;

  // Until those of another are kept, at least.
  void keep(int picture, Results results);
  Results results(int picture) const;  // empty ones when they are held no more

 private:
  struct Entry {
    std::string path;
    std::shared_ptr<const OpenedPicture> picture;
    Results results;
    size_t bytes() const;
  };
  void used(int picture);

  std::map<int, Entry> entries_;
  std::list<int> newest_first_;  // of those with pixels
  int kept_ = 0;  // whose results were kept last: they stay, for they are on the screen
};

}  // namespace limpid
