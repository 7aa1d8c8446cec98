// IEEE 754's binary16: a sign, 5 bits of exponent, 10 of fraction. Half the bytes, 3 digits.
#pragma once

#include <cstdint>

namespace limpid {

// Exact for every one of the 65,536; infinities and NaNs stay such.
float from_half(uint16_t bits);

// The nearest, of two equally near the even one; infinite from 65,520 on, NaN stays NaN.
uint16_t to_half(float value);

}  // namespace limpid
