// The emulated GPU finds what it is there to find.
#include "native/cuda/emulation/emulation.h"

#include <gtest/gtest.h>

#include <bit>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "native/cuda/simt.h"
#include "tests/random_values.h"

namespace limpid::cuda {
namespace {

// What the launch of `kernel` with 64 threads and 1 KiB of shared memory finds.
template <class... Arguments>
std::string fault(void (*kernel)(Arguments...),
                  const std::type_identity_t<Arguments>&... arguments) {
  DeviceStream stream;
  try {
    launch(stream, "test", {.grid = {2}, .block = {64}, .shared_bytes = 1024}, kernel,
           arguments...);
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "";
}

float* floats() { return reinterpret_cast<float*>(block_memory()); }
int me() { return int(threadIdx.x); }

// Hands every value to the next thread.
void rotate(int* values, bool waits, bool waits_again) {
  store_shared(floats() + me(), float(values[thread_number()]));
  if (waits) __syncthreads();
  const float next = load_shared(floats() + (me() + 1) % 64);
  if (waits_again) __syncthreads();
  store_shared(floats() + me(), next);
  values[thread_number()] = int(next);
}

TEST(CudaEmulation, ThreadsMeetAtBarriers) {
  std::vector<int> values(128);
  for (int i = 0; i < 128; ++i) values[i] = i;
  EXPECT_EQ(fault(rotate, values.data(), true, true), "");
  for (int i = 0; i < 128; ++i) EXPECT_EQ(values[i], i / 64 * 64 + (i + 1) % 64);
}

TEST(CudaEmulation, RacesAreFoundInEitherOrder) {
  std::vector<int> values(128);
  for (const auto order : {emulation::Order::ascending, emulation::Order::descending}) {
    emulation::set_order(order);
    EXPECT_NE(fault(rotate, values.data(), false, true), "");  // or a read of what nobody wrote
    EXPECT_NE(fault(rotate, values.data(), true, false).find("a race"), std::string::npos);
  }
  emulation::set_order(emulation::Order::ascending);
}

void write_together(int stride) { store_shared(floats() + me() / stride, 1.0f); }

void read_unwritten() {
  if (me() == 0) store_shared(floats(), 1.0f);
  __syncthreads();
  load_shared(floats() + me());
}

void reach_past(int index) { store_shared(floats() + index + me(), 1.0f); }

void part_ways() {
  if (me() != 7) __syncthreads();
  uint32_t r[4];
  if (me() == 7) load_matrices(r, block_memory());
}

TEST(CudaEmulation, FaultsOfSharedMemoryAndOfBarriersAreFound) {
  EXPECT_EQ(fault(write_together, 1), "");
  EXPECT_NE(fault(write_together, 2).find("write after write"), std::string::npos);
  EXPECT_NE(fault(read_unwritten).find("what nobody wrote at byte 4 by thread 1"),
            std::string::npos);
  EXPECT_EQ(fault(reach_past, 192), "");
  EXPECT_NE(fault(reach_past, 193).find("past the block's"), std::string::npos);
  EXPECT_NE(fault(part_ways), "");
}

// Every thread copies 16 bytes, or 8, and reads its neighbour's.
template <int bytes>
void copy_and_read(const float* from, float* to, int groups_left, bool waits) {
  constexpr int floats_of_copy = bytes / 4;
  copy_async<bytes>(floats() + floats_of_copy * me(), from + floats_of_copy * me(), me() != 5);
  commit_copies();
  wait_for_copies(groups_left);
  if (waits) __syncthreads();
  to[me()] = load_shared(floats() + floats_of_copy * ((me() + 1) % 64));
}

TEST(CudaEmulation, CopiesArriveWhenWaitedFor) {
  alignas(16) static float from[257];
  for (int i = 0; i < 257; ++i) from[i] = float(i);
  float to[64];
  EXPECT_EQ(fault(copy_and_read<8>, from, to, 0, true), "");
  for (int i = 0; i < 64; ++i) EXPECT_EQ(to[i], i == 4 ? 0 : float(2 * ((i + 1) % 64)));
  EXPECT_EQ(fault(copy_and_read<8>, from + 2, to, 0, true), "");
  EXPECT_NE(fault(copy_and_read<8>, from + 1, to, 0, true).find("multiple of 8"),
            std::string::npos);
  EXPECT_EQ(fault(copy_and_read<16>, from, to, 0, true), "");
  for (int i = 0; i < 64; ++i) EXPECT_EQ(to[i], i == 4 ? 0 : float(4 * ((i + 1) % 64)));
  EXPECT_NE(fault(copy_and_read<16>, from, to, 1, true).find("has not finished"),
            std::string::npos);
  EXPECT_NE(fault(copy_and_read<16>, from, to, 0, false), "");
  EXPECT_NE(fault(copy_and_read<16>, from + 1, to, 0, true).find("multiple of 16"),
            std::string::npos);
}

// One warp's product of a (16, depth) and b (8, depth): the fragments are gathered by the PTX ISA's
// formulas for the element (row, column) that a lane holds, not by ldmatrix.
template <int depth>
void multiply(const float* a, const float* b, float* c) {
  const int group = me() % 32 / 4, in_group = me() % 4;
  uint32_t a_part[4], b_part[2];
  float sums[4] = {};
  for (int i = 0; i < 8; ++i) {
    const int row = (i < 2 || (i >= 4 && i < 6)) ? group : group + 8;
    const int column = in_group * 2 + (i & 1) + (i >= 4 ? 8 : 0);
    if (depth == 16) {
      const uint32_t half = round_to_bf16(a[row * depth + column]);
      a_part[i / 2] = i % 2 == 0 ? half : a_part[i / 2] | half << 16;
    } else if (i < 4) {
      const int row8 = i == 0 || i == 2 ? group : group + 8;
      a_part[i] =
          round_to_tf32(std::bit_cast<uint32_t>(a[row8 * depth + in_group + (i >= 2 ? 4 : 0)]));
    }
  }
  for (int i = 0; i < 4; ++i) {
    if (depth == 16) {
      const int row = in_group * 2 + (i & 1) + (i >= 2 ? 8 : 0);
      const uint32_t half = round_to_bf16(b[group * depth + row]);
      b_part[i / 2] = i % 2 == 0 ? half : b_part[i / 2] | half << 16;
    } else if (i < 2) {
      b_part[i] = round_to_tf32(std::bit_cast<uint32_t>(b[group * depth + in_group + 4 * i]));
    }
  }
  if (depth == 16) multiply_add_bf16(sums, a_part, b_part);
  if (depth == 8) multiply_add_tf32(sums, a_part, b_part);
  if (thread_number() >= 32) return;
  for (int i = 0; i < 4; ++i) {
    c[(i < 2 ? group : group + 8) * 8 + in_group * 2 + (i & 1)] = sums[i];
  }
}

template <int depth>
void expect_product(double tolerance) {
  const std::vector<float> a = random_values(16 * depth, 1), b = random_values(8 * depth, 2);
  std::vector<float> c(16 * 8);
  EXPECT_EQ(fault(multiply<depth>, a.data(), b.data(), c.data()), "");
  for (int row = 0; row < 16; ++row) {
    for (int column = 0; column < 8; ++column) {
      double sum = 0;
      for (int k = 0; k < depth; ++k) sum += double(a[row * depth + k]) * b[column * depth + k];
      EXPECT_NEAR(c[row * 8 + column], sum, tolerance) << row << ", " << column;
    }
  }
}

TEST(CudaEmulation, ProductsOfFragmentsAreProductsOfMatrices) {
  expect_product<16>(16 * 2 * 0x1p-9);  // two factors of 8 bits
  expect_product<8>(8 * 2 * 0x1p-12);   // of 11
}

// Every lane's row and word of it, as ldmatrix gives them.
void take_matrices(bool transposed, uint32_t* to) {
  for (int i = 0; i < 4; ++i) {
    const uint32_t halves = uint32_t(me() * 8 + 2 * i);
    store_shared(reinterpret_cast<uint32_t*>(block_memory()) + me() * 4 + i, halves | (halves + 1)
                                                                                          << 16);
  }
  __syncthreads();
  uint32_t r[4];
  const uint8_t* row = block_memory() + me() % 32 * 16;
  transposed ? load_matrices_transposed(r, row) : load_matrices(r, row);
  for (int m = 0; m < 4; ++m) to[me() % 32 * 4 + m] = r[m];
}

TEST(CudaEmulation, MatricesAreLoadedByTheirLanes) {
  uint32_t to[128];
  EXPECT_EQ(fault(take_matrices, false, to), "");
  const auto element = [](int m, int row, int column) {
    return uint32_t((8 * m + row) * 8 + column);
  };
  for (int lane = 0; lane < 32; ++lane) {
    for (int m = 0; m < 4; ++m) {
      const int row = lane / 4, column = lane % 4 * 2;
      EXPECT_EQ(to[lane * 4 + m], element(m, row, column) | element(m, row, column + 1) << 16);
    }
  }
  EXPECT_EQ(fault(take_matrices, true, to), "");
  for (int lane = 0; lane < 32; ++lane) {
    for (int m = 0; m < 4; ++m) {
      const int row = lane / 4, column = lane % 4 * 2;
      EXPECT_EQ(to[lane * 4 + m], element(m, column, row) | element(m, column + 1, row) << 16);
    }
  }
}

struct ProductTrial {
  TileOrder order = TileOrder::along;
  bool fences = true, meets = true, begins = true, waits = true;
  bool adds = true;  // to zeros, else not to what there is
};

constexpr int product_width = 96;
constexpr int tile_bytes = 2 * 64 * 128;  // two groups of 64 steps across, or 128 rows along

// The product of the warpgroup's tiles, `a` of (64, 16), `b` of (96, 16) values, both of which
// begin at step 16 of their tiles' depth.
void multiply_matrices(const float* a, const float* b, float* c, ProductTrial trial) {
  uint8_t* const second = block_memory() + tile_bytes;
  const auto value = [&](const float* from, int rows, int row, int k) {
    const bool inside = row < rows && k >= 16 && k < 32;
    return inside ? uint32_t(round_to_bf16(from[row * 16 + k - 16])) : 0;
  };
  for (int word = me(); word < tile_bytes / 4; word += 128) {
    const int line = word / 32, chunk = word % 32 / 4, at = word % 32 * 2;  // line of 64 values
    const int place = tile_place(line, chunk) * 4 + word % 4;
    const bool along = trial.order == TileOrder::along;
    for (const auto& [tile, from, rows] :
         {std::tuple(block_memory(), a, 64), std::tuple(second, b, product_width)}) {
      const auto half = [&](int i) {
        return along ? value(from, rows, line, at + i)
                     : value(from, rows, line / 64 * 64 + at + i, line % 64);
      };
      store_shared(reinterpret_cast<uint32_t*>(tile) + place, half(0) | half(1) << 16);
    }
  }
  if (trial.fences) fence_products();
  if (trial.meets) __syncthreads();
  float sums[product_width / 2];
  for (float& sum : sums) sum = trial.adds ? 0 : 1;
  if (trial.begins) begin_products();
  if (!trial.adds) {
    multiply_tiles<product_width, TileOrder::along>(sums, TileView{block_memory()} + 32,
                                                    TileView{second} + 32);
  } else if (trial.order == TileOrder::along) {
    multiply_add_tiles<product_width, TileOrder::along>(sums, TileView{block_memory()} + 32,
                                                        TileView{second} + 32);
  } else {
    constexpr uint32_t group_bytes = 64 * 128;
    multiply_add_tiles<product_width, TileOrder::across>(
        sums, TileView{block_memory(), group_bytes} + 16 * 128,
        TileView{second, group_bytes} + 16 * 128);
  }
  commit_products();
  if (trial.waits) wait_products(sums);
  for (int i = 0; i < product_width / 2; ++i) {
    const int row = me() / 32 * 16 + me() % 32 / 4 + i % 4 / 2 * 8;
    c[row * product_width + i / 4 * 8 + me() % 4 * 2 + i % 2] = sums[i];
  }
}

std::string product_fault(std::vector<float>& c, const ProductTrial& trial) {
  const std::vector<float> a = random_values(64 * 16, 1), b = random_values(product_width * 16, 2);
  c.assign(64 * product_width, 0);
  DeviceStream stream;
  try {
    launch(stream, "test", {.grid = {1}, .block = {128}, .shared_bytes = 2 * tile_bytes},
           multiply_matrices, a.data(), b.data(), c.data(), trial);
  } catch (const std::logic_error& error) {
    return error.what();
  }
  double worst = 0;
  for (int i = 0; i < 64 * product_width; ++i) {
    double sum = 0;
    for (int k = 0; k < 16; ++k) {
      sum += double(a[i / product_width * 16 + k]) * b[i % product_width * 16 + k];
    }
    worst = std::max(worst, std::abs(c[i] - sum));
  }
  return worst < 16 * 2 * 0x1p-9 ? "" : "another product";
}

TEST(CudaEmulation, ProductsOfTilesAreMadeWhenWaitedFor) {
  std::vector<float> c;
  EXPECT_EQ(product_fault(c, {.adds = false}), "");
  for (const TileOrder order : {TileOrder::along, TileOrder::across}) {
    EXPECT_EQ(product_fault(c, {.order = order}), "");
    EXPECT_EQ(product_fault(c, {.order = order, .waits = false}), "another product");
    EXPECT_NE(product_fault(c, {.order = order, .fences = false}).find("no fence"),
              std::string::npos);
    EXPECT_NE(product_fault(c, {.order = order, .meets = false}), "");
    EXPECT_NE(product_fault(c, {.order = order, .begins = false}).find("begin_products"),
              std::string::npos);
  }
}

void exchange_numbers(int lanes, int* to) {
  to[me()] = int(exchange(uint32_t(me()), lanes));
  if (exchange(float(me()), lanes) != float(to[me()])) to[me()] = -1;
}

TEST(CudaEmulation, LanesExchange) {
  int to[64];
  for (const int lanes : {1, 4, 31}) {
    EXPECT_EQ(fault(exchange_numbers, lanes, to), "");
    for (int i = 0; i < 64; ++i) EXPECT_EQ(to[i], i ^ lanes);
  }
}

void write_beside(float* memory, size_t count) { memory[count] = 1; }

TEST(CudaEmulation, WritesBesideAnAllocationEndTheProgram) {
  EXPECT_DEATH(
      {
        const DeviceMemory memory(100);
        write_beside(memory.at<float>(), 25);
      },
      "wrote beside an allocation of 100 bytes");
}

TEST(CudaEmulation, WorkBesideAStreamIsDoneAtOnceOrWhenItIsJoined) {
  DeviceStream stream;
  std::string done;
  for (const auto order : {emulation::Order::ascending, emulation::Order::descending}) {
    emulation::set_order(order);
    stream.beside([&] { done += "beside "; });
    done += "main ";
    stream.join();
  }
  EXPECT_EQ(done, "beside main main beside ");
  stream.beside([] {});
  EXPECT_THROW(stream.beside([] {}), std::logic_error);
  emulation::set_order(emulation::Order::ascending);
}

TEST(CudaEmulation, NumbersAreRoundedAsTheGpuRounds) {
  EXPECT_EQ(round_to_bf16(1 + 0x1p-8f), 0x3F80);            // a tie, to even
  EXPECT_EQ(round_to_bf16(1 + 0x1p-7f + 0x1p-8f), 0x3F82);  // a tie, to even
  EXPECT_EQ(round_to_bf16(1 + 0x1p-8f + 0x1p-20f), 0x3F81);
  EXPECT_EQ(round_to_bf16(-INFINITY), 0xFF80);
  EXPECT_EQ(round_pair_to_bf16(-2, 1 + 0x1p-8f + 0x1p-20f), 0x3F81C000u);
  EXPECT_EQ(round_rectified_pair_to_bf16(-2, 1 + 0x1p-8f + 0x1p-20f), 0x3F810000u);
  EXPECT_EQ(bits_to_float(round_to_tf32(std::bit_cast<uint32_t>(1 + 0x1p-11f))), 1 + 0x1p-10f);
  EXPECT_EQ(bits_to_float(round_to_tf32(std::bit_cast<uint32_t>(1 + 0x1p-12f))), 1);
}

TEST(CudaEmulation, PairsOfBf16AreTakenHalfByHalf) {
  const uint32_t a = round_pair_to_bf16(-2, 3), b = round_pair_to_bf16(1, -256.0f);
  EXPECT_EQ(larger_pair(a, b), round_pair_to_bf16(1, 3));
  EXPECT_EQ(larger_pair(b, a), round_pair_to_bf16(1, 3));
  EXPECT_EQ(larger_pair(round_pair_to_bf16(1, NAN), b), round_pair_to_bf16(1, NAN));
  EXPECT_EQ(larger_pair(b, round_pair_to_bf16(1, NAN)), round_pair_to_bf16(1, NAN));
  EXPECT_EQ(subtract_pairs(a, b), round_pair_to_bf16(-3, 260));  // of 259, a tie to even
  EXPECT_EQ(signs_of_pairs(a, b), 0xFF0000FFu);
  EXPECT_EQ(signs_of_pairs(b, a), 0x00FFFF00u);
  EXPECT_EQ(shift_left(3, 63), uint64_t(1) << 63);
  EXPECT_EQ(shift_left(3, 64), 0u);
}

}  // namespace
}  // namespace limpid::cuda
