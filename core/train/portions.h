// In which order a training uses pictures: epoch by epoch the batches, each cut into what the
// network takes in one call, then the test pictures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/data/batches.h"

namespace limpid {

// The epoch of all validations: the test pictures always have the same crops and noise, which are
// never training's, so that epochs can be compared.
constexpr uint32_t validation_epoch = uint32_t(1) << 31;

// Pictures first .. first + n - 1 of an epoch.
struct Portion {
  const Batches* batches = nullptr;
  uint32_t epoch = 0;
  size_t first = 0;
  int n = 0;
};

class Portions {
 public:
  struct Range {
    int epoch = 0;
    size_t picture = 0;  // of `epoch`, the first to use; the test pictures come after the others
    int epochs = 0;      // ends with epoch `epochs` - 1
  };
  // Both must outlive this. A portion has at most `at_once` pictures and lies within one of
  // training's batches.
  Portions(const Batches& training, const Batches& testing, int at_once, const Range& range);

  std::optional<Portion> next();

 private:
  const Batches* training_;
  const Batches* testing_;
  size_t at_once_;
  Range range_;  // what is left; the picture counts through training's and then testing's
};

}  // namespace limpid
