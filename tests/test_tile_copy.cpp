// The emulated GPU copies tiles as warpgroup.h and tile_copy.h have them lie, and finds what a
// kernel forgets to wait for.
#include "native/cuda/tile_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/error.h"
#include "native/cuda/simt.h"
#include "tests/cuda_convolution.h"

namespace limpid::cuda {
namespace {

// What a launch of one block finds.
template <class... Arguments>
std::string fault(unsigned threads, size_t shared_bytes, void (*kernel)(Arguments...),
                  const std::type_identity_t<Arguments>&... arguments) {
  DeviceStream stream;
  try {
    launch(stream, "test", {.grid = {1}, .block = {threads}, .shared_bytes = shared_bytes}, kernel,
           arguments...);
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "";
}

// Calls f() with the threads of blocks in either order.
template <class F>
void in_both_orders(const F& f) {
  for (const auto order : {emulation::Order::ascending, emulation::Order::descending}) {
    SCOPED_TRACE(order == emulation::Order::ascending ? "ascending" : "descending");
    emulation::set_order(order);
    f();
  }
  emulation::set_order(emulation::Order::ascending);
}

int me() { return int(threadIdx.x); }

enum class Plant {
  none,
  no_start,
  no_barrier,  // after the start
  no_show,     // of what was started
  more_bytes,  // expected than come
  fewer_bytes,
  no_copy,
  second_arrival,
  second_copy,  // to the same place
  misplaced,    // the tile, by 512 bytes
  past_end,
  other_column,  // that no chunk begins at
  no_wait,
  one_does_not_wait,
  no_wait_for_readers,
  forgets_reader,
};

constexpr int readers = 64, rounds = 3;
constexpr int room = 4096;  // of a tile

struct Copies {
  TileMap map;
  int rows;
  TileCorner corner[rounds];
  Plant plant = Plant::none;
  int brings = 0;  // this thread; all others read
};

// One thread brings a tile after the other to the same place; the others store what they read, as
// it lies, in `to`, of each round 64 values a row.
void bring_and_read(Copies copies, uint16_t* to) {
  const Plant plant = copies.plant;
  auto* const filled = reinterpret_cast<Mbarrier*>(block_memory() + room);
  Mbarrier* const free = filled + 1;
  uint8_t* const tile = block_memory() + (plant == Plant::misplaced  ? 512
                                          : plant == Plant::past_end ? room - 1024
                                                                     : 0);
  const bool brings = me() == copies.brings;
  if (brings && plant != Plant::no_start) {
    start_mbarrier(filled, 1);
    start_mbarrier(free, readers - (plant == Plant::forgets_reader ? 1 : 0));
    if (plant != Plant::no_show) show_mbarriers();
  }
  if (plant != Plant::no_barrier) __syncthreads();
  const int reader = me() - (me() > copies.brings ? 1 : 0);
  const bool waits =
      plant != Plant::no_wait && !(plant == Plant::one_does_not_wait && reader == readers - 1);
  const int tile_bytes = copies.rows * 128;
  const int bytes = plant == Plant::more_bytes    ? tile_bytes + 128
                    : plant == Plant::fewer_bytes ? tile_bytes - 128
                    : plant == Plant::second_copy ? 2 * tile_bytes
                                                  : tile_bytes;
  for (int round = 0; round < rounds; ++round) {
    if (brings) {
      if (plant != Plant::no_wait_for_readers) wait_phase(free, round % 2 ^ 1);
      arrive_expecting(filled, bytes);
      TileCorner corner = copies.corner[round];
      if (plant == Plant::other_column) corner.at[0] += 4;
      if (plant != Plant::no_copy) copy_tile(tile, copies.map, filled, corner);
      if (plant == Plant::second_copy) copy_tile(tile, copies.map, filled, corner);
      if (plant == Plant::second_arrival) arrive(filled);
      continue;
    }
    if (waits) wait_phase(filled, round % 2);
    for (int i = reader; i < copies.rows * 64; i += readers) {
      to[round * copies.rows * 64 + i] =
          load_shared(reinterpret_cast<const uint16_t*>(block_memory()) + i);
    }
    arrive(free);
  }
}

const TileSource array{.sizes = {72, 5, 4, 3}, .tile = {3, 2, 2}};

std::vector<uint16_t> numbers() {
  std::vector<uint16_t> values(72 * 5 * 4 * 3);
  for (size_t i = 0; i < values.size(); ++i) values[i] = uint16_t(i + 1);
  return values;
}

std::string copy_fault(Plant plant, int brings) {
  const std::vector<uint16_t> values = numbers();
  TileSource source = array;
  source.memory = values.data();
  std::vector<uint16_t> to(rounds * 12 * 64);
  return fault(
      readers + 1, room + 2 * sizeof(Mbarrier), bring_and_read,
      {.map = map_tiles(source), .rows = 12, .corner = {}, .plant = plant, .brings = brings},
      to.data());
}

// Places within and on every side of the array, and far from it.
TEST(TileCopy, BringsRowsSwizzledAndZerosForWhatIsOutside) {
  const std::vector<uint16_t> values = numbers();
  const auto within = [](int at, uint64_t size) { return at >= 0 && at < int(size); };
  for (const uint32_t step : {1u, 2u}) {
    for (const TileCorner& corner :
         {TileCorner{{0, 0, 0, 0}}, TileCorner{{8, 2, 1, 1}}, TileCorner{{-8, -1, 0, 0}},
          TileCorner{{16, 0, -1, -1}}, TileCorner{{64, 3, 2, 1}}, TileCorner{{0, 1, 3, 2}},
          TileCorner{{-64, 0, 0, 0}}, TileCorner{{0, -2, -3, -1}}, TileCorner{{0, 0, 0, 3}}}) {
      TileSource source = array;
      source.memory = values.data();
      source.steps = {step, step, 1};
      std::vector<uint16_t> to(rounds * 12 * 64);
      const Copies copies{.map = map_tiles(source),
                          .rows = 12,
                          .corner = {{{0, 1, 1, 0}}, {{8, -5, 0, 1}}, corner}};
      ASSERT_EQ(fault(readers + 1, room + 2 * sizeof(Mbarrier), bring_and_read, copies, to.data()),
                "");
      for (int i = 0; i < rounds * 12 * 64; ++i) {
        const int round = i / (12 * 64), row = i / 64 % 12, column = i % 64;
        const auto& at = copies.corner[round].at;
        const int x = at[0] + column, y = at[1] + row % 3 * int(step),
                  z = at[2] + row / 3 % 2 * int(step), n = at[3] + row / 6;
        const bool inside = within(x, 72) && within(y, 5) && within(z, 4) && within(n, 3);
        const uint16_t expected = inside ? uint16_t(1 + x + 72 * (y + 5 * (z + 4 * n))) : 0;
        const int place = round * 12 * 64 + tile_place(row, column / 8) * 8 + column % 8;
        ASSERT_EQ(to[size_t(place)], expected)
            << "round " << round << ", row " << row << ", column " << column << ", step " << step;
      }
    }
  }
}

TEST(TileCopy, TilesThatTheDriverHasNoWordsForAreRefused) {
  const std::vector<uint16_t> values = numbers();
  const auto refused = [&](const auto& change) {
    TileSource source = array;
    source.memory = values.data();
    change(source);
    try {
      map_tiles(source);
    } catch (const Error&) {
      return true;
    }
    return false;
  };
  EXPECT_FALSE(refused([](TileSource&) {}));
  EXPECT_TRUE(refused([](TileSource& s) { s.memory = nullptr; }));
  EXPECT_TRUE(refused([&](TileSource& s) { s.memory = values.data() + 1; }));
  EXPECT_TRUE(refused([](TileSource& s) { s.sizes[0] = 68; }));
  EXPECT_TRUE(refused([](TileSource& s) { s.sizes[3] = 0; }));
  EXPECT_TRUE(refused([](TileSource& s) { s.tile[1] = 0; }));
  EXPECT_FALSE(refused([](TileSource& s) { s.tile[1] = 128, s.steps[1] = 2; }));
  EXPECT_TRUE(refused([](TileSource& s) { s.tile[1] = 129, s.steps[1] = 2; }));
  EXPECT_TRUE(refused([](TileSource& s) { s.steps[0] = 9; }));
}

struct Planted {
  Plant plant;
  const char* found;  // in the words of the fault
};

TEST(TileCopy, WhatIsForgottenIsFoundInEitherOrder) {
  for (const int brings : {0, readers}) {
    in_both_orders([&] {
      EXPECT_EQ(copy_fault(Plant::none, brings), "");
      for (const auto& [plant, found] :
           {Planted{Plant::no_start, "an mbarrier that was not started"},
            {Plant::no_barrier, "an mbarrier "},
            {Plant::no_show, "an mbarrier "},
            {Plant::more_bytes, "waits for others that never come"},
            {Plant::fewer_bytes, "waits for others that never come"},
            {Plant::no_copy, "waits for others that never come"},
            {Plant::second_arrival, "one arrival too many"},
            {Plant::misplaced, "where none may begin"},
            {Plant::other_column, "where none may begin"},
            {Plant::past_end, "past the block's shared memory"},
            {Plant::second_copy, "where a copy is on its way"},
            {Plant::no_wait, "a read of what"},
            {Plant::one_does_not_wait, "a read of "}}) {
        EXPECT_NE(copy_fault(plant, brings).find(found), std::string::npos)
            << "plant " << int(plant) << ": " << copy_fault(plant, brings);
      }
      EXPECT_NE(copy_fault(Plant::no_wait_for_readers, brings), "");
      EXPECT_NE(copy_fault(Plant::forgets_reader, brings), "");
    });
  }
}

// Products of 8 x 8 pixels of a patch of 10 x 10, as convolutions take them, with 32 columns; 64 of
// the depth in each round.
constexpr int patch_side = 10, columns = 32, depth = 64;
constexpr int patch_room = 13 << 10, slot_room = patch_room + columns * 128;
constexpr int brought_bytes = patch_side * patch_side * 128 + columns * 128;

enum class RingPlant {
  none,
  no_wait_for_free,
  frees_early,  // what the last products read
  waits_for_all_but_last,
  other_block,  // bytes of 1,024, as if pixels lay in rows of eight
};

struct Ring {
  TileMap pixels, kernel;
  int dy, dx;  // where in the patch
  RingPlant plant;
  int slots;
};

// `whole`: sums of all rounds; `part`: what is there while the last round's products run.
void multiply_ring(Ring ring, float* part, float* whole) {
  const int slots = ring.slots;
  auto* const mbarriers = reinterpret_cast<Mbarrier*>(block_memory() + slots * slot_room);
  if (me() == 0) {
    for (int i = 0; i < slots; ++i) {
      start_mbarrier(mbarriers + 2 * i, 1);
      start_mbarrier(mbarriers + 2 * i + 1, warpgroup_threads / 32);
    }
    show_mbarriers();
  }
  __syncthreads();
  if (me() > warpgroup_threads) return;
  float sums[columns / 2] = {};
  Mbarrier* done = nullptr;
  for (int round = 0; round < rounds; ++round) {
    const int slot = round % slots, parity = round / slots % 2;
    Mbarrier* const filled = mbarriers + 2 * slot;
    uint8_t* const patch = block_memory() + slot * slot_room;
    if (me() == warpgroup_threads) {
      if (ring.plant != RingPlant::no_wait_for_free) wait_phase(filled + 1, parity ^ 1);
      arrive_expecting(filled, brought_bytes);
      copy_tile(patch, ring.pixels, filled, {{round * depth, 0, 0, 0}});
      copy_tile(patch + patch_room, ring.kernel, filled, {{round * depth, 0, 0, 0}});
      continue;
    }
    wait_phase(filled, parity);
    begin_products();
    const uint32_t block_bytes = ring.plant == RingPlant::other_block ? 1024 : patch_side * 128;
    const TileOperand pixels =
        TileView{patch + (ring.dy * patch_side + ring.dx) * 128, 0, block_bytes};
    const TileOperand kernel = TileView{patch + patch_room};
    for (int k = 0; k < depth * 2; k += product_depth * 2) {
      multiply_add_tiles<columns, TileOrder::along>(sums, pixels + k, kernel + k);
    }
    commit_products();
    wait_earlier_products();
    if (ring.plant == RingPlant::frees_early) done = filled + 1;
    if (me() % 32 == 0 && done) arrive(done);
    done = filled + 1;
  }
  if (me() == warpgroup_threads) return;
  for (int i = 0; i < columns / 2; ++i) part[me() * columns / 2 + i] = sums[i];
  if (ring.plant != RingPlant::waits_for_all_but_last) wait_products(sums);
  for (int i = 0; i < columns / 2; ++i) whole[me() * columns / 2 + i] = sums[i];
}

class Products {
 public:
  // The fault of the launch, or "wrong sums", or "".
  std::string fault_of(int dy, int dx, RingPlant plant, int slots = 2) {
    constexpr size_t sums = warpgroup_threads * columns / 2;
    std::vector<float> part(sums), whole(sums);
    const std::string found = fault(
        warpgroup_threads + 32, size_t(slots) * (slot_room + 2 * sizeof(Mbarrier)), multiply_ring,
        {map(pixels_, {rounds * depth, patch_side, patch_side, 1}, {patch_side, patch_side, 1}),
         map(kernel_, {rounds * depth, columns, 1, 1}, {columns, 1, 1}), dy, dx, plant, slots},
        part.data(), whole.data());
    if (!found.empty()) return found;
    const bool right = difference(whole, dy, dx, rounds) < tolerance;
    const bool unfinished = difference(part, dy, dx, rounds - 1) < tolerance;
    return right && unfinished ? "" : "wrong sums";
  }

 private:
  static constexpr double tolerance = 1e-3;

  static std::vector<uint16_t> halves(const std::vector<float>& values) {
    std::vector<uint16_t> result;
    for (const float value : values) result.push_back(round_to_bf16(value));
    return result;
  }
  static TileMap map(const std::vector<uint16_t>& values, const std::array<uint64_t, 4>& sizes,
                     const std::array<uint32_t, 3>& tile) {
    return map_tiles({.memory = values.data(), .sizes = sizes, .tile = tile});
  }

  // The largest, from the definition over so many rounds.
  double difference(const std::vector<float>& sums, int dy, int dx, int of_rounds) const {
    double worst = 0;
    const auto value = [](uint16_t half) { return double(bits_to_float(uint32_t(half) << 16)); };
    for (int t = 0; t < warpgroup_threads; ++t) {
      for (int i = 0; i < columns / 2; ++i) {
        const int row = t / 32 * 16 + t % 32 / 4 + i % 4 / 2 * 8;
        const int column = i / 4 * 8 + t % 4 * 2 + i % 2;
        const int pixel = (row / 8 + dy) * patch_side + row % 8 + dx;
        double sum = 0;
        for (int k = 0; k < of_rounds * depth; ++k) {
          sum += value(pixels_[size_t(pixel * rounds * depth + k)]) *
                 value(kernel_[size_t(column * rounds * depth + k)]);
        }
        worst = std::max(worst, std::abs(sums[size_t(t * columns / 2 + i)] - sum));
      }
    }
    return worst;
  }

  std::vector<uint16_t> pixels_ =
      halves(random_values(size_t(patch_side * patch_side * rounds * depth), 1));
  std::vector<uint16_t> kernel_ = halves(random_values(size_t(columns * rounds * depth), 2));
};

TEST(TileCopy, ProductsTakeAPatchFromAnyOfItsPixels) {
  Products products;
  for (int dy = 0; dy < 3; ++dy) {
    for (int dx = 0; dx < 3; ++dx) {
      SCOPED_TRACE(std::to_string(dy) + ", " + std::to_string(dx));
      EXPECT_EQ(products.fault_of(dy, dx, RingPlant::none), "");
    }
  }
  EXPECT_EQ(products.fault_of(1, 1, RingPlant::none, 3), "");
  EXPECT_EQ(products.fault_of(0, 1, RingPlant::other_block), "wrong sums");
}

TEST(TileCopy, ProductsThatAreUnderWayKeepTheirTiles) {
  Products products;
  in_both_orders([&] {
    EXPECT_EQ(products.fault_of(1, 2, RingPlant::none), "");
    EXPECT_EQ(products.fault_of(1, 2, RingPlant::waits_for_all_but_last), "wrong sums");
    EXPECT_NE(products.fault_of(1, 2, RingPlant::no_wait_for_free), "");
    EXPECT_NE(products.fault_of(1, 2, RingPlant::frees_early), "");
    EXPECT_NE(products.fault_of(1, 2, RingPlant::frees_early, 1), "");
  });
}

}  // namespace
}  // namespace limpid::cuda
