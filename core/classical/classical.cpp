#include "core/classical/classical.h"

#include "core/classical/classical_run.h"
#include "core/names.h"

namespace limpid {

namespace {

// In the order of the enum.
constexpr const char* names[] = {"median", "bilateral", "nlm", "wavelet"};

}  // namespace

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

std::string to_string(ClassicalMethod method) { return names[size_t(method)]; }

ClassicalMethod parse_classical_method(const std::string& text) {
  return named<ClassicalMethod>(names, text, "classical method");
}

}  // namespace limpid
