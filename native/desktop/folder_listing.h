// What a folder holds, read on a thread of its own: it may lie on a slow disk.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace limpid {

struct FolderEntry {
  std::string name;
  bool folder = false;
};

struct FolderListing {
  std::vector<FolderEntry> entries;  // folders first, each by name whatever its case
  std::string problem;               // why there are no more, naming the folder; empty: none
};

// A reader that goes before its folder is read leaves it to itself.
class FolderReader {
 public:
  explicit FolderReader(const std::string& folder);
  // Once, when it is there.
  std::optional<FolderListing> take();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

// For comparing names: ASCII's letters in lower case.
std::string lower(std::string text);

}  // namespace limpid
