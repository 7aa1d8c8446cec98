// Which picture file becomes which: decided for all of them before any work.
#pragma once

#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "core/data/folder.h"

namespace limpid {

struct PicturePaths {
  std::vector<std::filesystem::path> inputs;  // files and folders
  std::filesystem::path output;               // a file for a single input file, else a folder
  std::filesystem::path noisy;                // the same for the noisy pictures; empty: not kept
  std::filesystem::path reference;            // clean pictures: a file, or a folder with the same
                                              // names; empty: none
};

struct PictureJob {
  std::filesystem::path input;
  std::filesystem::path output;
  std::filesystem::path noisy;      // or empty
  std::filesystem::path reference;  // or empty
};

struct PictureJobs {
  std::vector<PictureJob> jobs;
  // Inputs that are absent, folders that cannot be listed, pictures that would become the file that
  // another one becomes, or the first input when there is no picture at all.
  std::vector<SkippedFile> failed;
  std::vector<std::string> passed_over;  // of each folder, see FoundFiles
};

// Sub-folders are kept, and so are the endings that can be written; other pictures become PNG.
// Throws UsageError when an input would be overwritten, an output has no name or none that can be
// written, or an output folder lies inside of an input folder.
PictureJobs plan_pictures(const PicturePaths& paths);

// Throws UsageError when the output is, by whatever name, one of the inputs; those may be absent.
void refuse_overwriting(const std::filesystem::path& output,
                        const std::vector<std::filesystem::path>& inputs);

// What is told of `file` when that was thrown at it: what it says, behind the name if it lacks it.
std::string sentence_about(const std::filesystem::path& file, const std::exception& error);

// What is told of a picture that loses its transparency in that file, a JPEG.
std::string no_transparency(const std::filesystem::path& file);

// The folder of `file`, made if it is missing. Throws Error naming it.
void make_folder_of(const std::filesystem::path& file);

}  // namespace limpid
