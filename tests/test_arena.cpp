#include "core/engine/arena.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "core/noise/philox.h"

namespace limpid {
namespace {

TEST(Arena, BuffersThatMeetDoNotOverlap) {
  struct Asked {
    size_t floats;
    int first, last, handle;
  };
  const Sequence random{.seed = 1};
  for (uint32_t round = 0; round < 50; ++round) {
    Arena arena;
    std::vector<Asked> asked;
    for (uint32_t i = 0; i < 20; ++i) {
      const uint32_t at = (round * 20 + i) * 4;
      const int first = int(below(12, random.bits(at)));
      const int last = first + int(below(5, random.bits(at + 1)));
      const size_t floats = below(1000, random.bits(at + 2));
      asked.push_back({floats, first, last, arena.reserve(floats, first, last)});
    }
    arena.plan();
    arena.allocate();
    const float* begin = nullptr;
    for (const Asked& a : asked) {
      const float* at = arena.at(a.handle);
      if (!begin || at < begin) begin = at;
    }
    for (const Asked& a : asked) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.at(a.handle)) % 64, 0u);
      EXPECT_LE(arena.at(a.handle) + a.floats + buffer_slack, begin + arena.floats());
      for (const Asked& b : asked) {
        if (a.handle == b.handle || a.last < b.first || b.last < a.first) continue;
        EXPECT_TRUE(arena.at(a.handle) + a.floats + buffer_slack <= arena.at(b.handle) ||
                    arena.at(b.handle) + b.floats + buffer_slack <= arena.at(a.handle));
      }
    }
  }
}

TEST(Arena, OneAfterTheOtherTakesTheRoomOfOne) {
  Arena arena;
  for (int time = 0; time < 10; ++time) arena.reserve(1000, time, time);
  arena.plan();
  EXPECT_LT(arena.floats(), size_t(1100));
}

TEST(Arena, StartsAsZeros) {
  Arena arena;
  const int handle = arena.reserve(100, 0, 0);
  arena.plan();
  arena.allocate();
  for (size_t i = 0; i < 100 + buffer_slack; ++i) EXPECT_EQ(arena.at(handle)[i], 0.0f);
}

TEST(Arena, MayBeEmpty) {
  Arena arena;
  const int handle = arena.reserve(0, 0, 3);
  arena.plan();
  arena.allocate();
  EXPECT_NE(arena.at(handle), nullptr);
}

}  // namespace
}  // namespace limpid
