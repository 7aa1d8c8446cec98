// Philox4x32-10, the one source of randomness: noise, shuffles, initial weights, dropout. Salmon
// et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A value depends only on where it
// is asked for (seed, stream, epoch, item, position), never on order, threads or device.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace limpid {

// What the numbers are for: two streams of one seed never meet.
enum class Stream : uint32_t { noise = 1, shuffle, weights, dropout, augment };

// Four independent 32-bit values for one counter under one key.
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// One sequence of a stream: for noise, the picture `item` in epoch `epoch`.
struct Sequence {
  uint64_t seed = 0;
  Stream stream = Stream::noise;
  uint32_t epoch = 0;
  uint32_t item = 0;

  // The four values at positions 4 * block .. 4 * block + 3: Philox of the counter {block, item,
  // epoch, stream} under the key {lower half of the seed, upper half}.
  std::array<uint32_t, 4> block(uint32_t block) const;
  uint32_t bits(uint32_t position) const { return block(position / 4)[position % 4]; }

  // The values at positions first, first + 1, ...; first is a multiple of 4.
  void fill(uint32_t first, std::span<uint32_t> bits) const;
};

// The middle of the 2^23 equal parts of (0, 1) that the upper bits choose: never 0, never 1, and
// exact (a float has 24 bits).
float uniform(uint32_t bits);

// One of 0 .. n - 1, each as likely as the others but for n / 2^32.
uint32_t below(uint32_t n, uint32_t bits);

// The standard normal value at the point uniform(bits) of the distribution function, -5.29 .. 5.29:
// Wichura 1988, AS 241, PPND7 (7 digits), with a logarithm of our own made of +, -, *, / only.
// sqrt is exact by IEEE 754, fused multiply-add is off, so every machine gives the same bits.
float gaussian(uint32_t bits);

// gaussian() of each value; both have the same length.
void gaussian(std::span<const uint32_t> bits, std::span<float> normal);

}  // namespace limpid
