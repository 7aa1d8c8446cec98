// Philox4x32-10, the one source of randomness: noise, shuffles, initial weights, dropout. Salmon
// et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A value depends only on where it
// is asked for (seed, stream, epoch, item, position), never on order, threads or device.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace limpid {

// What the numbers are for: two streams of one seed never meet.
enum class Stream : uint32_t { noise = 1, shuffle, weights, dropout, augment, strength, blotches };

// Four independent 32-bit values for one counter under one key. The multipliers and key increments
// are those of Salmon et al., section 3.3. constexpr, here and below, so that GPUs run it too.
constexpr std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter,
                                             std::array<uint32_t, 2> key) {
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    const uint64_t product_0 = uint64_t(0xD2511F53) * counter[0];
    const uint64_t product_1 = uint64_t(0xCD9E8D57) * counter[2];
    counter = {uint32_t(product_1 >> 32) ^ counter[1] ^ key[0], uint32_t(product_1),
               uint32_t(product_0 >> 32) ^ counter[3] ^ key[1], uint32_t(product_0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

// One sequence of a stream: for noise, the picture `item` in epoch `epoch`.
struct Sequence {
  uint64_t seed = 0;
  Stream stream = Stream::noise;
  uint32_t epoch = 0;
  uint32_t item = 0;

  // The four values at positions 4 * block .. 4 * block + 3: Philox of the counter {block, item,
  // epoch, stream} under the key {lower half of the seed, upper half}.
  constexpr std::array<uint32_t, 4> block(uint32_t block) const {
    return philox4x32({block, item, epoch, uint32_t(stream)},
                      {uint32_t(seed), uint32_t(seed >> 32)});
  }
  constexpr uint32_t bits(uint32_t position) const { return block(position / 4)[position % 4]; }

  // The values at positions first, first + 1, ...; first is a multiple of 4.
  void fill(uint32_t first, std::span<uint32_t> bits) const;
};

// The middle of the 2^23 equal parts of (0, 1) that the upper bits choose: never 0, never 1, and
// exact (a float has 24 bits).
constexpr float uniform(uint32_t bits) { return (float(bits >> 9) + 0.5f) * 0x1p-23f; }

// One of 0 .. n - 1, each as likely as the others but for n / 2^32.
uint32_t below(uint32_t n, uint32_t bits);

// The standard normal value at the point uniform(bits) of the distribution function, -5.29 .. 5.29:
// Wichura 1988, AS 241, PPND7 (7 digits), with a logarithm of our own made of +, -, *, / only.
// sqrt is exact by IEEE 754, fused multiply-add is off, so every machine gives the same bits.
float gaussian(uint32_t bits);

// gaussian() of each value; both have the same length.
void gaussian(std::span<const uint32_t> bits, std::span<float> normal);

}  // namespace limpid
