// What a file dialog asks for.
#pragma once

#include <string>
#include <vector>

namespace limpid {

// Files of some endings.
struct FileKind {
  std::string name = {};                  // as the user reads it
  std::vector<std::string> endings = {};  // ".png", in lower case; none: all files are of the kind

  // Whatever the case of its ending.
  bool has(const std::string& file) const;
  // "*.[pP][nN][gG]" and others, for who tells upper case from lower.
  std::vector<std::string> patterns() const;
};

FileKind all_files();
FileKind picture_files();   // that can be read
FileKind writable_files();  // pictures too
FileKind model_files();

struct Question {
  enum class Kind { files, folder, save };
  Kind kind = Kind::files;
  std::string title = {};
  std::string proposed = {};  // the name or folder to begin with
  // What the dialog shows first; the user can have it show all files.
  FileKind offered = all_files();

  bool offers_all() const { return offered.endings.empty(); }
};

}  // namespace limpid
