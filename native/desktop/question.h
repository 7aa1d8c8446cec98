// What a file dialog asks for.
#pragma once

#include <string>

namespace limpid {

struct Question {
  enum class Kind { files, folder, save };
  Kind kind = Kind::files;
  std::string title;
  std::string proposed;  // the name or folder to begin with
};

}  // namespace limpid
