#include "core/model/half.h"

#include <bit>
#include <cmath>

namespace limpid {

namespace {

constexpr uint32_t infinite = 0x7C00;
constexpr float least_normal = 0x1p-14f;
constexpr float subnormal_step = 0x1p-24f;

}  // namespace

float from_half(uint16_t bits) {
  const uint32_t sign = uint32_t(bits & 0x8000) << 16;
  const uint32_t exponent = (bits >> 10) & 31;
  const uint32_t fraction = bits & 0x3FF;
  if (exponent == 0) {
    const float value = float(fraction) * subnormal_step;
    return sign == 0 ? value : -value;
  }
  const uint32_t wide = exponent == 31 ? 255 : exponent + (127 - 15);
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

uint16_t to_half(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = (bits >> 16) & 0x8000;
  const float size = std::fabs(value);
  if (std::isnan(value)) return uint16_t(sign | infinite | 0x200);
  if (size >= 65520) return uint16_t(sign | infinite);
  if (size < least_normal) {  // rounds to even as every float operation does; 1024 is the normal
    return uint16_t(sign | uint32_t(std::nearbyint(size / subnormal_step)));
  }
  const uint32_t half = std::bit_cast<uint32_t>(size) - (uint32_t(127 - 15) << 23);
  const uint32_t odd = (half >> 13) & 1;
  return uint16_t(sign | (half + 0xFFF + odd) >> 13);  // a carry goes on into the exponent
}

}  // namespace limpid
