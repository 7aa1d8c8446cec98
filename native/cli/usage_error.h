// What the user asked for makes no sense: exit status 2 instead of 1.
#pragma once

#include "core/error.h"

namespace limpid {

class UsageError : public Error {
 public:
  using Error::Error;
};

// What work() returns. Its Error is the user's: one of what was asked for, not of doing it.
template <class Work>
auto asked(Work work) {
  try {
    return work();
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace limpid
