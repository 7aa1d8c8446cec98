#include "native/cli/picture_jobs.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/image/encoding.h"
#include "core/image/picture.h"
#include "native/cli/usage_error.h"

namespace limpid {

namespace fs = std::filesystem;

namespace {

bool is_folder(const fs::path& path) {
  std::error_code none;
  return fs::is_directory(path, none);
}

// Names a folder that may not be there yet: "out/" or "out", but not "out.png".
bool means_folder(const fs::path& path) {
  return is_folder(path) || !path.has_filename() || !path.has_extension();
}

// Absolute first: what lies in the current folder and is not there yet would stay relative.
fs::path resolved(const fs::path& path) {
  std::error_code none;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path), none);
  return none ? fs::absolute(path).lexically_normal() : whole;
}

bool lies_inside(const fs::path& path, const fs::path& folder) {
  const fs::path inner = resolved(path), outer = resolved(folder);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

// The same file under whatever name; {0, 0} when there is none.
using FileId = std::pair<dev_t, ino_t>;
FileId id_of(const fs::path& file) {
  struct stat status = {};
  return ::stat(file.c_str(), &status) == 0 ? FileId(status.st_dev, status.st_ino) : FileId();
}

[[noreturn]] void refuse(const fs::path& output) {
  throw UsageError("writing " + output.string() +
                   " would overwrite an input: choose another output");
}

fs::path in_folder(const fs::path& folder, const std::string& name) {
  fs::path file = folder / name;
  if (!is_writable_picture(file)) file.replace_extension(".png");
  return file;
}

void check_folder(const PicturePaths& paths, const fs::path& folder, const char* option) {
  if (folder.empty()) return;
  std::error_code none;
  if (fs::exists(folder, none) && !is_folder(folder)) {
    throw UsageError(folder.string() + " is a file, but several pictures need a folder (" + option +
                     ")");
  }
  if (!means_folder(folder)) {
    throw UsageError(folder.string() + " looks like a file, but several pictures need a folder (" +
                     option + ")");
  }
  for (const fs::path& input : paths.inputs) {
    if (is_folder(input) && lies_inside(folder, input)) {
      throw UsageError("the output folder " + folder.string() +
                       " lies inside of the input folder " + input.string() +
                       ": choose one beside it");
    }
  }
}

// Each root by itself: one that is absent does not keep the others from being done.
struct Found {
  std::vector<FoundFile> files;
  std::vector<SkippedFile> failed;
  std::vector<std::string> passed_over;
};
Found find_all(const std::vector<fs::path>& roots) {
  Found found;
  std::set<fs::path> known;  // a file that was named twice is done once
  for (const fs::path& root : roots) {
    try {
      FoundFiles some = find_pictures({root});
      for (FoundFile& file : some.files) {
        if (!known.insert(resolved(file.file)).second) continue;
        if (!is_folder(root)) file.name = root.filename().string();
        found.files.push_back(std::move(file));
      }
      found.failed.insert(found.failed.end(), some.skipped.begin(), some.skipped.end());
      if (!some.passed_over.empty()) found.passed_over.push_back(some.passed_over);
    } catch (const Error& error) {
      found.failed.push_back({root, error.what()});
    }
  }
  return found;
}

// Throws where an input would be lost. Of two pictures that would become one file the first is done
// and the other has failed.
void check_outputs(PictureJobs& plan) {
  std::map<FileId, fs::path> inputs;
  for (const PictureJob& job : plan.jobs) {
    inputs.emplace(id_of(job.input), job.input);
    if (!job.reference.empty()) inputs.emplace(id_of(job.reference), job.reference);
  }
  inputs.erase(FileId());
  std::map<fs::path, fs::path> written;  // output -> input
  const auto is_taken = [&](const PictureJob& job) {
    if (!job.noisy.empty() && resolved(job.noisy) == resolved(job.output)) {
      throw UsageError("-o and --save-noisy both name " + job.output.string());
    }
    for (const fs::path& output : {job.output, job.noisy}) {
      if (output.empty()) continue;
      if (inputs.contains(id_of(output))) refuse(output);
      const auto [place, is_new] = written.emplace(resolved(output), job.input);
      if (is_new) continue;
      plan.failed.push_back({job.input, job.input.string() + " would become " + output.string() +
                                            ", as " + place->second.string() +
                                            " does: give one of them a folder of its own"});
      return true;
    }
    return false;
  };
  std::erase_if(plan.jobs, is_taken);
}

PictureJob single_job(const PicturePaths& paths, const FoundFile& file) {
  const auto placed = [&](const fs::path& path) {
    if (path.empty()) return path;
    const fs::path place = means_folder(path) ? in_folder(path, file.name) : path;
    asked([&] { return format_of(place); });
    return place;
  };
  return {.input = file.file,
          .output = placed(paths.output),
          .noisy = placed(paths.noisy),
          .reference = is_folder(paths.reference) ? counterpart_in(paths.reference, file.name)
                                                  : paths.reference};
}

}  // namespace

PictureJobs plan_pictures(const PicturePaths& paths) {
  if (paths.output.empty()) throw UsageError("the output (-o) has no name");
  if (paths.output == "-") throw UsageError("-o -: pictures go to files, not to standard output");
  const bool single = paths.inputs.size() == 1 && !is_folder(paths.inputs.front());
  Found found = find_all(paths.inputs);
  PictureJobs plan = {
      .jobs = {}, .failed = std::move(found.failed), .passed_over = std::move(found.passed_over)};
  if (single) {
    for (const FoundFile& file : found.files) plan.jobs.push_back(single_job(paths, file));
  } else {
    check_folder(paths, paths.output, "-o");
    check_folder(paths, paths.noisy, "--save-noisy");
    if (!paths.reference.empty() && !is_folder(paths.reference)) {
      throw UsageError(paths.reference.string() +
                       " is no folder, but there are several pictures to "
                       "compare (--reference)");
    }
    for (const FoundFile& file : found.files) {
      plan.jobs.push_back(
          {.input = file.file,
           .output = in_folder(paths.output, file.name),
           .noisy = paths.noisy.empty() ? fs::path() : in_folder(paths.noisy, file.name),
           .reference =
               paths.reference.empty() ? fs::path() : counterpart_in(paths.reference, file.name)});
    }
  }
  if (plan.jobs.empty() && plan.failed.empty()) {
    plan.failed.push_back(
        {paths.inputs.front(), paths.inputs.front().string() + ": no picture in it"});
  }
  check_outputs(plan);
  return plan;
}

void refuse_overwriting(const fs::path& output, const std::vector<fs::path>& inputs) {
  const FileId written = id_of(output);
  if (written == FileId()) return;
  for (const fs::path& input : inputs) {
    if (id_of(input) == written) refuse(output);
  }
}

std::string sentence_about(const fs::path& file, const std::exception& error) {
  const std::string name = file.string(), sentence = sentence_of(error);
  return sentence.find(name) != std::string::npos ? sentence : name + ": " + sentence;
}

std::string no_transparency(const fs::path& file) {
  return file.string() + ": JPEG keeps no transparency, the picture loses it";
}

void make_folder_of(const fs::path& file) {
  const fs::path folder = file.parent_path();
  if (folder.empty()) return;
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) throw Error("cannot make the folder " + folder.string() + ": " + code.message());
}

}  // namespace limpid
