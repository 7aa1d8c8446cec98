#include "core/data/folder.h"

#include <algorithm>
#include <set>
#include <system_error>

#include "core/error.h"
#include "core/image/picture.h"

namespace limpid {

namespace fs = std::filesystem;

namespace {

// Pipes, sockets and the like. A status that cannot be had is no reason to leave a file out in
// silence: reading it will say why.
bool is_device(const fs::file_status& status) {
  return fs::is_other(status) && status.type() != fs::file_type::unknown;
}

bool is_run(const fs::path& folder) {
  std::error_code none;
  return fs::is_regular_file(folder / run_record_name, none) &&
         fs::is_regular_file(folder / run_model_name, none);
}

class Search {
 public:
  void add_root(const fs::path& root) {
    std::error_code code;
    const fs::file_status status = fs::status(root, code);
    if (status.type() == fs::file_type::not_found) {
      throw Error(root.string() + ": there is no such file or folder");
    }
    if (fs::is_directory(status)) {
      add_folder(root, "");
    } else {
      add_file(root, root.filename().generic_string());
    }
  }

  FoundFiles sorted() && {
    const auto before = [](const FoundFile& a, const FoundFile& b) {
      return a.file.native() < b.file.native();
    };
    std::sort(found_.files.begin(), found_.files.end(), before);
    if (!foreign_.empty()) {
      const size_t n = foreign_.size();
      found_.passed_over = foreign_.front().string() +
                           (n == 1 ? " is" : " and " + std::to_string(n - 1) + " more are") +
                           " in a format that is not read: save as PNG or JPEG first";
    }
    return std::move(found_);
  }

 private:
  void add_file(const fs::path& file, const std::string& name) {
    if (seen_.insert(fs::absolute(file).lexically_normal()).second) {
      found_.files.push_back({.file = file, .name = name});
    }
  }

  // `name` is the folder's, with a '/' at its end, or empty for a root.
  void add_folder(const fs::path& folder, const std::string& name) {
    std::error_code code;
    const fs::path place = fs::canonical(folder, code);
    if (!code && !seen_.insert(place).second) return;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator i(folder, code); !code && i != fs::directory_iterator();
         i.increment(code)) {
      entries.push_back(*i);
    }
    if (code) {
      found_.skipped.push_back(
          {.file = folder, .reason = "cannot list " + folder.string() + ": " + code.message()});
    }
    std::sort(entries.begin(), entries.end());  // of two ways to one folder the first is taken
    for (const fs::directory_entry& entry : entries) add_entry(entry, name);
  }

  void add_entry(const fs::directory_entry& entry, const std::string& folder_name) {
    const std::string name = entry.path().filename().generic_string();
    if (name.front() == '.') return;
    std::error_code code;
    const fs::file_status status = entry.status(code);
    if (fs::is_directory(status)) {
      if (!is_run(entry.path())) add_folder(entry.path(), folder_name + name + '/');
    } else if (has_picture_ending(entry.path()) && !is_device(status)) {
      add_file(entry.path(), folder_name + name);
    } else if (has_foreign_ending(entry.path())) {
      foreign_.push_back(entry.path());
    }
  }

  FoundFiles found_;
  std::vector<fs::path> foreign_;
  std::set<fs::path> seen_;  // folders as the file system has them, files as they are named
};

// Where a file truly is; of a link to nothing, where it was looked for.
fs::path place_of(const fs::path& file) {
  std::error_code code;
  const fs::path place = fs::canonical(file, code);
  return code ? file : place;
}

void mark_tests(FoundFiles& found, const fs::path& tests) {
  std::set<fs::path> places;
  for (const FoundFile& test : find_pictures({tests}).files) places.insert(place_of(test.file));
  for (FoundFile& one : found.files) one.only_tests = places.contains(place_of(one.file));
  std::stable_partition(found.files.begin(), found.files.end(),
                        [](const FoundFile& one) { return !one.only_tests; });
}

}  // namespace

FoundFiles find_pictures(const std::vector<fs::path>& roots, const fs::path& tests) {
  Search search;
  for (const fs::path& root : roots) search.add_root(root);
  if (tests.empty()) return std::move(search).sorted();
  search.add_root(tests);
  FoundFiles found = std::move(search).sorted();
  mark_tests(found, tests);
  return found;
}

fs::path counterpart_in(const fs::path& folder, const std::string& name) {
  const fs::path same = folder / name;
  std::error_code code;
  if (fs::exists(same, code)) return same;
  std::vector<fs::path> others;
  for (fs::directory_iterator i(same.parent_path(), code); !code && i != fs::directory_iterator();
       i.increment(code)) {
    const fs::path& file = i->path();
    if (file.stem() == same.stem() && has_picture_ending(file)) others.push_back(file);
  }
  return others.size() == 1 ? others.front() : same;
}

}  // namespace limpid
