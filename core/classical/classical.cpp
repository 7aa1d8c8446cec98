#include "core/classical/classical.h"

#include <cassert>

#include "core/classical/bilateral.h"
#include "core/classical/median.h"
#include "core/classical/nlm.h"
#include "core/classical/wavelet.h"
#include "core/error.h"

namespace limpid {

Image classical_denoise(ClassicalMethod method, const Image& noisy, double sigma,
                        const ClassicalProgress& progress) {
  assert(sigma >= 0 && (noisy.channels == 1 || noisy.channels == 3));
  if (sigma == 0 || noisy.empty()) return noisy;
  if (noisy.channels == 3 && is_gray(noisy)) {  // its noise is the same in all three
    const Image gray = classical_denoise(method, with_channels(noisy, 1), sigma, progress);
    return gray.empty() ? gray : with_channels(gray, 3);
  }
  const ClassicalProgress told = progress ? progress : [](double) { return true; };
  switch (method) {
    case ClassicalMethod::median: return median_denoise(noisy, sigma, told);
    case ClassicalMethod::bilateral: return bilateral_denoise(noisy, sigma, told);
    case ClassicalMethod::nlm: return nlm_denoise(noisy, sigma, told);
    case ClassicalMethod::wavelet: return wavelet_denoise(noisy, sigma, told);
  }
  assert(false);
  return {};
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
