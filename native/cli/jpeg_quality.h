// --quality of the commands that write pictures.
#pragma once

#include "core/image/encoding.h"
#include "native/cli/picture_jobs.h"

namespace CLI {
class App;
}

namespace limpid {

class JpegQuality {
 public:
  void add_to(CLI::App& command);

  // 1..100. Throws UsageError when it was given and none of these files is a JPEG.
  int for_outputs_of(const PictureJobs& plan) const;

 private:
  int quality_ = usual_jpeg_quality;
  bool given_ = false;
};

}  // namespace limpid
