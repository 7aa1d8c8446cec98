// The versions of pictures that are made into files, a part at a time.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "core/image/encoding.h"
#include "core/ui/work/event.h"
#include "core/ui/work/opened_pictures.h"

namespace limpid {

class Encodes {
 public:
  // Both must outlive this.
  Encodes(OpenedPictures& pictures, std::function<void(Event)> tell);

  // Of the version as it is now. Throws Error when it is not there.
  void add(const EncodePicture& request);
  void cancel(int picture);  // 0: all
  bool waiting() const { return !jobs_.empty(); }

  // Goes on with the first by at least one part.
  void step(const std::function<bool()>& slice_is_over);

 private:
  struct Job {
    PictureEncoded answer;
    std::shared_ptr<const OpenedPicture> picture;
    SharedPyramid version;
    Encoding encoding;
  };

  OpenedPictures& pictures_;
  const std::function<void(Event)> tell_;
  std::list<Job> jobs_;
};

}  // namespace limpid
