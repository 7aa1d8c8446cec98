// A classical method at work on a picture that is not held whole.
#pragma once

#include <memory>
#include <optional>

#include "core/classical/classical.h"
#include "core/image/batch.h"
#include "core/image/restoration.h"

namespace limpid {

// In bands of rows: those restored, and those around them that they depend on, are held. What all
// of the picture decides (its noise, whether it is gray, how much wavelets shrink) is looked for
// first, so that the noisy rows are asked for up to four times; the rows restored are the same bit
// for bit, however high the bands.
class ClassicalRun : public Restoration {
 public:
  // `sigma` as for classical_denoise().
  ClassicalRun(ClassicalMethod method, std::optional<double> sigma, Shape picture, NoisyRows noisy);
  ~ClassicalRun() override;

  void step() override;

 private:
  Image completed_rows() override;

  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace limpid
