#include "native/cli/jpeg_quality.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>

#include "native/cli/option_values.h"
#include "native/cli/usage_error.h"

namespace limpid {

void JpegQuality::add_to(CLI::App& command) {
  command
      .add_option_function<int>(
          "--quality",
          [this](int quality) {
            quality_ = quality;
            given_ = true;
          },
          "Of JPEGs that are written: 1, the smallest, to 100, the best (" +
              std::to_string(usual_jpeg_quality) + ")")
      ->transform(whole_in(1, 100))
      ->type_name("N");
}

int JpegQuality::for_outputs_of(const PictureJobs& plan) const {
  const auto is_jpeg = [](const std::filesystem::path& file) {
    return !file.empty() && format_of(file) == PictureFormat::jpeg;
  };
  if (given_ && !plan.jobs.empty() &&
      std::none_of(plan.jobs.begin(), plan.jobs.end(), [&](const PictureJob& job) {
        return is_jpeg(job.output) || is_jpeg(job.noisy);
      })) {
    throw UsageError("--quality is for JPEGs, and no output is one: name it .jpg");
  }
  return quality_;
}

}  // namespace limpid
