#include "native/cuda/emulation/emulation.h"

#include <bit>
#include <cstring>

#include "native/cuda/emulation/block.h"

namespace limpid::cuda {

using emulation::block;

void __syncthreads() { block.wait(emulation::Wait::barrier); }

uint8_t* block_memory() { return block.shared.data(); }

void emulation::start_copy(void* shared, const void* global, size_t bytes) {
  if ((uintptr_t(shared) | uintptr_t(global)) % bytes != 0) {
    block.fault("a copy at an address that is not a multiple of " + std::to_string(bytes));
  }
  block.check(block.shared.begin_copy(shared, bytes, block.thread()));
  block.mine().open.push_back({shared, global, bytes});
}

void commit_copies() {
  block.mine().groups.push_back(std::move(block.mine().open));
  block.mine().open.clear();
}

void wait_for_copies(int groups) {
  auto& waiting = block.mine().groups;
  while (int(waiting.size()) > groups) {
    for (const emulation::Copy& copy : waiting.front()) {
      if (copy.from) std::memcpy(copy.to, copy.from, copy.bytes);
      if (!copy.from) std::memset(copy.to, 0, copy.bytes);
      block.check(block.shared.end_copy(copy.to, copy.bytes, block.thread()));
    }
    waiting.pop_front();
  }
}

namespace {

struct ExchangeLane {
  uint32_t value;
  int lanes;
  uint32_t result;
};

void exchange_lanes(void** lane) {
  for (int i = 0; i < 32; ++i) {
    ExchangeLane& mine = *static_cast<ExchangeLane*>(lane[i]);
    mine.result = static_cast<ExchangeLane*>(lane[i ^ mine.lanes])->value;
  }
}

struct MatrixLane {
  uint32_t* r;
  const uint8_t* row;
};

// Words w of row j of matrix m: lane 8 m + j names the row, lane 4 j + w gets the word as r[m].
void give_matrices(void** lane) {
  for (int i = 0; i < 32; ++i) {
    for (int m = 0; m < 4; ++m) {
      const uint8_t* row = static_cast<MatrixLane*>(lane[8 * m + i / 4])->row;
      std::memcpy(&static_cast<MatrixLane*>(lane[i])->r[m], row + i % 4 * 4, 4);
    }
  }
}

// Lane i gets elements (2 (i % 4), i / 4) and (2 (i % 4) + 1, i / 4) of each matrix.
void give_transposed_matrices(void** lane) {
  for (int i = 0; i < 32; ++i) {
    for (int m = 0; m < 4; ++m) {
      uint16_t pair[2];
      for (int k = 0; k < 2; ++k) {
        const uint8_t* row = static_cast<MatrixLane*>(lane[8 * m + i % 4 * 2 + k])->row;
        std::memcpy(&pair[k], row + i / 4 * 2, 2);
      }
      std::memcpy(&static_cast<MatrixLane*>(lane[i])->r[m], pair, 4);
    }
  }
}

void load(emulation::LaneWork work, uint32_t (&r)[4], const void* row) {
  emulation::note_read(row, 16);
  MatrixLane lane{r, static_cast<const uint8_t*>(row)};
  block.with_warp(work, &lane);
}

struct MultiplyLane {
  float* c;
  const uint32_t* a;
  const uint32_t* b;
};

// The 16 x 8 sums of c, of which a lane has rows g and g + 8, columns 2 t and 2 t + 1, with
// g = lane / 4, t = lane % 4.
template <int depth>
void add_product(void** lane, const float (&a)[16][depth], const float (&b)[8][depth]) {
  for (int i = 0; i < 32; ++i) {
    float* c = static_cast<MultiplyLane*>(lane[i])->c;
    for (int j = 0; j < 4; ++j) {
      const float* row = a[i / 4 + 8 * (j / 2)];
      const float* column = b[i % 4 * 2 + j % 2];
      for (int k = 0; k < depth; ++k) c[j] += row[k] * column[k];
    }
  }
}

float upper_half(uint32_t pair, int k) {
  return bits_to_float(k == 0 ? pair << 16 : pair & 0xFFFF0000u);
}

// a: rows g, g + 8, g, g + 8; columns 2 t, 2 t + 1, in the last two registers 8 further.
// b: rows 2 t, 2 t + 1, in the second register 8 further; column g.
void multiply_bf16(void** lane) {
  float a[16][16], b[8][16];
  for (int i = 0; i < 32; ++i) {
    const MultiplyLane& of = *static_cast<MultiplyLane*>(lane[i]);
    const int g = i / 4, t = i % 4;
    for (int k = 0; k < 2; ++k) {
      for (int r = 0; r < 4; ++r) {
        a[g + 8 * (r % 2)][2 * t + k + 8 * (r / 2)] = upper_half(of.a[r], k);
      }
      for (int r = 0; r < 2; ++r) b[g][2 * t + k + 8 * r] = upper_half(of.b[r], k);
    }
  }
  add_product(lane, a, b);
}

// What the tensor cores read of a float: its upper 19 bits.
float read_tf32(uint32_t bits) { return bits_to_float(bits & 0xFFFFE000u); }

// a: rows g, g + 8, g, g + 8; columns t, t, t + 4, t + 4. b: rows t, t + 4; column g.
void multiply_tf32(void** lane) {
  float a[16][8], b[8][8];
  for (int i = 0; i < 32; ++i) {
    const MultiplyLane& of = *static_cast<MultiplyLane*>(lane[i]);
    const int g = i / 4, t = i % 4;
    for (int r = 0; r < 4; ++r) a[g + 8 * (r % 2)][t + 4 * (r / 2)] = read_tf32(of.a[r]);
    for (int r = 0; r < 2; ++r) b[g][t + 4 * r] = read_tf32(of.b[r]);
  }
  add_product(lane, a, b);
}

}  // namespace

void load_matrices(uint32_t (&r)[4], const void* row) { load(give_matrices, r, row); }
void load_matrices_transposed(uint32_t (&r)[4], const void* row) {
  load(give_transposed_matrices, r, row);
}

void multiply_add_bf16(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  MultiplyLane lane{c, a, b};
  block.with_warp(multiply_bf16, &lane);
}
void multiply_add_tf32(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {
  MultiplyLane lane{c, a, b};
  block.with_warp(multiply_tf32, &lane);
}

uint32_t exchange(uint32_t value, int lanes) {
  ExchangeLane lane{value, lanes, 0};
  block.with_warp(exchange_lanes, &lane);
  return lane.result;
}
float exchange(float value, int lanes) {
  return bits_to_float(exchange(std::bit_cast<uint32_t>(value), lanes));
}

uint32_t round_to_tf32(uint32_t float_bits) { return (float_bits + 0x1000u) & 0xFFFFE000u; }

float bits_to_float(uint32_t bits) { return std::bit_cast<float>(bits); }

uint16_t round_to_bf16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if (value != value) return 0x7FFF;
  return uint16_t((bits + 0x7FFFu + (bits >> 16 & 1)) >> 16);
}

uint32_t round_pair_to_bf16(float low, float high) {
  return uint32_t(round_to_bf16(low)) | uint32_t(round_to_bf16(high)) << 16;
}
uint32_t round_rectified_pair_to_bf16(float low, float high) {
  return round_pair_to_bf16(low < 0 ? 0 : low, high < 0 ? 0 : high);
}

namespace {

template <class F>
uint32_t each_half(uint32_t a, uint32_t b, const F& f) {
  return round_pair_to_bf16(f(upper_half(a, 0), upper_half(b, 0)),
                            f(upper_half(a, 1), upper_half(b, 1)));
}

}  // namespace

uint32_t larger_pair(uint32_t a, uint32_t b) {
  return each_half(a, b, [](float x, float y) { return x != x || x > y ? x : y; });
}

uint32_t subtract_pairs(uint32_t a, uint32_t b) {
  return each_half(a, b, [](float x, float y) { return x - y; });
}

uint32_t signs_of_pairs(uint32_t a, uint32_t b) {
  const auto mask = [](uint32_t word, int bit) { return word >> bit & 1 ? 0xFFu : 0u; };
  return mask(a, 15) | mask(a, 31) << 8 | mask(b, 15) << 16 | mask(b, 31) << 24;
}

uint64_t shift_left(uint64_t value, uint32_t bits) { return bits < 64 ? value << bits : 0; }

}  // namespace limpid::cuda
