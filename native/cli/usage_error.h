// What the user asked for makes no sense: exit status 2 instead of 1.
#pragma once

#include "core/error.h"

namespace limpid {

class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace limpid
