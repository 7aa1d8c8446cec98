#include "core/image/webp.h"

namespace limpid {

WebpPicture read_webp(const Source& source) {
  source.refuse("it is a WebP, which this Limpid was built without");
}

}  // namespace limpid
