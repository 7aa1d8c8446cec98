// The one exception of Limpid: what the world did wrong (a file, a device, a size, an option).
// what() is one sentence for the user that names the thing and the place. Broken preconditions of
// our own calls are asserts, never an Error. Caught in the mains and at the jobs of the front end.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>

namespace limpid {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What is told of an Error, or of what the standard library throws.
inline std::string sentence_of(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return "there is not enough memory";
  return error.what();
}

}  // namespace limpid
