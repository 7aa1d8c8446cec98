// Permissions hold for every user but root, who runs tests in containers.
#pragma once

#include <unistd.h>

#include <cstdlib>

#include "core/error.h"

namespace limpid {

// Root becomes a user without rights while this lives; other users stay who they are.
class AsNobody {
 public:
  AsNobody() {
    constexpr uid_t nobody = 65534;
    if (user_ == 0 && seteuid(nobody) != 0) throw Error("root cannot become nobody");
  }
  ~AsNobody() {
    if (user_ == 0 && seteuid(0) != 0) std::abort();
  }

 private:
  const uid_t user_ = geteuid();
};

}  // namespace limpid
