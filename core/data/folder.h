// Which files of some folders are to be taken for pictures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace limpid {

// A file that is no readable picture, or a folder that cannot be listed: it is left out.
struct SkippedFile {
  std::filesystem::path file;
  std::string reason;  // one sentence that names it
};

struct FoundFile {
  std::filesystem::path file;  // root joined with the rest
  std::string name;            // relative to its root, '/' between parts
  bool only_tests = false;
};

struct FoundFiles {
  std::vector<FoundFile> files;  // sorted by path as bytes, those that only test last
  std::vector<SkippedFile> skipped;
  // One sentence about pictures in formats that are not read, by their endings; empty: there are
  // none.
  std::string passed_over = {};
};

// A training's own files: a folder that holds both is a run, and its pictures are curves and grids.
constexpr const char* run_record_name = "run.json";
constexpr const char* run_model_name = "model.safetensors";

// Looks through `roots`: folders with their sub-folders, and single files, which are taken whatever
// they are called. Inside folders only picture endings count, hidden files and folders and the runs
// of trainings are left out, and links are followed, to each folder once. The same in `tests`,
// where that is given: what lies there only tests, also what the roots lead to, be it through
// links. Throws Error when one is absent.
FoundFiles find_pictures(const std::vector<std::filesystem::path>& roots,
                         const std::filesystem::path& tests = {});

// The picture of that name (with its sub-folders) in a folder that holds others of the same
// pictures, or the only one there that differs in its ending: what was made of a WebP may be a PNG.
// Where there is none, the one of that very name, which then does not exist.
std::filesystem::path counterpart_in(const std::filesystem::path& folder, const std::string& name);

}  // namespace limpid
