// Philox4x32-10, the one source of randomness: noise, shuffles, initial weights, dropout. Salmon
// et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A value depends only on where it
// is asked for (seed, stream, epoch, item, position), never on order, threads or device.
#pragma once

#include <array>
#include <cstdint>

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

  // The four values at positions 4 * block .. 4 * block + 3. Stream and the block share a counter
  // word: block < 2^28.
  std::array<uint32_t, 4> block(uint32_t block) const;
  uint32_t bits(uint32_t position) const { return block(position / 4)[position % 4]; }
};

// The middle of the 2^24 equal parts of (0, 1) that the upper bits choose: never 0, never 1.
float uniform(uint32_t bits);

// The standard normal value at that point of the distribution function: Wichura 1988, AS 241,
// PPND7 (7 digits), with a logarithm of our own made of +, -, *, / only. sqrt is exact by IEEE 754,
// fused multiply-add is off, so every machine gives the same bits.
float gaussian(uint32_t bits);

}  // namespace limpid
