#include "core/classical/classical.h"

#include <cassert>

#include "core/classical/classical_run.h"
#include "core/error.h"

namespace limpid {

Image classical_denoise(ClassicalMethod method, const Image& noisy, std::optional<double> sigma,
                        const PartsProgress& progress) {
  if (noisy.empty()) return noisy;
  ClassicalRun run(method, sigma, {noisy.height, noisy.width, noisy.channels}, rows_of(noisy));
  return finish(run, progress);
}

std::vector<ClassicalMethod> classical_methods() {
  return {ClassicalMethod::median, ClassicalMethod::bilateral, ClassicalMethod::nlm,
          ClassicalMethod::wavelet};
}

std::string to_string(ClassicalMethod method) {
  switch (method) {
    case ClassicalMethod::median: return "median";
    case ClassicalMethod::bilateral: return "bilateral";
    case ClassicalMethod::nlm: return "nlm";
    case ClassicalMethod::wavelet: return "wavelet";
  }
  assert(false);
  return "";
}

ClassicalMethod parse_classical_method(const std::string& text) {
  std::string names;
  for (const ClassicalMethod method : classical_methods()) {
    if (to_string(method) == text) return method;
    names += (names.empty() ? "" : ", ") + to_string(method);
  }
  throw Error("no classical method is called '" + text + "' (there are: " + names + ")");
}

}  // namespace limpid
