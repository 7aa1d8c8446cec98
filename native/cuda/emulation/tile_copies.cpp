// Mbarriers and copies of tiles, which arrive when the phase that they belong to ends.
#include <cstring>
#include <string>

#include "core/error.h"
#include "native/cuda/emulation/block.h"

namespace limpid::cuda {
namespace emulation {
namespace {

constexpr int row_bytes = 128, chunk_bytes = 16;

int rows_of(const TileSource& source) {
  return int(source.tile[0] * source.tile[1] * source.tile[2]);
}

// The bytes of a chunk of the array; null where it lies outside.
const uint8_t* chunk_of(const TileSource& source, const TileCorner& corner, int row, int chunk) {
  int64_t value = 0, pitch = 1;
  const int height = int(source.tile[0]), depth = int(source.tile[1]);
  const int along[] = {0, row % height, row / height % depth, row / height / depth};
  for (int i = 0; i < 4; ++i) {
    const int64_t at =
        corner.at[i] + (i == 0 ? chunk * 8 : int64_t(along[i]) * source.steps[size_t(i) - 1]);
    if (at < 0 || at >= int64_t(source.sizes[size_t(i)])) return nullptr;
    value += at * pitch;
    pitch *= int64_t(source.sizes[size_t(i)]);
  }
  return static_cast<const uint8_t*>(source.memory) + value * 2;
}

void arrive_at_last(const TileCopy& copy) {
  const size_t first = size_t(copy.to - block.shared.data());
  for (int row = 0; row < rows_of(copy.source); ++row) {
    for (int chunk = 0; chunk < row_bytes / chunk_bytes; ++chunk) {
      size_t byte = first + size_t(row * row_bytes + chunk * chunk_bytes);
      byte ^= (byte >> 7 & 7) << 4;
      if (const uint8_t* from = chunk_of(copy.source, copy.corner, row, chunk)) {
        std::memcpy(block.shared.data() + byte, from, chunk_bytes);
      } else {
        std::memset(block.shared.data() + byte, 0, chunk_bytes);
      }
    }
  }
}

Phases& phases_of(const Mbarrier* mbarrier) {
  static Phases none;
  none = {};
  const auto found = block.mbarriers.find(mbarrier);
  if (found == block.mbarriers.end()) {
    block.fault("an mbarrier that was not started");
    return none;
  }
  Phases& phases = found->second;
  const bool own = phases.maker == block.thread();
  if (!own && (!phases.shown || *phases.shown == block.shared.barriers_passed())) {
    block.fault("an mbarrier used before a barrier has shown it to this thread");
  }
  return phases;
}

}  // namespace

bool Block::has_ended(Phases& phases, int parity) {
  if (int(phases.ended % 2) != parity) return true;
  int bytes = 0;
  for (const TileCopy& copy : phases.copies) bytes += rows_of(copy.source) * row_bytes;
  if (phases.missing > 0 || bytes != phases.bytes_expected) return false;
  phases.released[phases.ended % 2] = phases.gathered;
  ++phases.ended;
  for (const TileCopy& copy : phases.copies) {
    arrive_at_last(copy);
    check(shared.end_tile_copy(copy.to, size_t(rows_of(copy.source)) * row_bytes, phases.number,
                               phases.ended));
  }
  phases.copies.clear();
  phases.missing = phases.arrivals;
  phases.bytes_expected = 0;
  return true;
}

}  // namespace emulation

using emulation::block;
using emulation::Phases;

// The driver refuses what it has no words for.
TileMap map_tiles(const TileSource& source) {
  bool fits = source.memory && uintptr_t(source.memory) % 16 == 0 && source.sizes[0] % 8 == 0;
  for (const uint64_t size : source.sizes) fits &= size > 0 && size <= uint64_t(1) << 32;
  for (size_t i = 0; i < 3; ++i) {
    const uint32_t step = source.steps[i], rows = source.tile[i];
    fits &= step >= 1 && step <= 8 && rows >= 1 && (rows - 1) * step + 1 <= 256;
  }
  if (!fits) throw Error("the emulated driver refuses these tiles");
  TileMap map;
  static_assert(sizeof source <= sizeof map && std::is_trivially_copyable_v<TileSource>);
  std::memcpy(&map, &source, sizeof source);
  return map;
}

void start_mbarrier(Mbarrier* mbarrier, int arrivals) {
  emulation::note_write(mbarrier, sizeof *mbarrier);
  const int number = int(block.mbarriers.size());
  block.mbarriers[mbarrier] = {
      .number = number, .arrivals = arrivals, .missing = arrivals, .maker = block.thread()};
}

void show_mbarriers() {
  for (auto& [mbarrier, phases] : block.mbarriers) {
    if (phases.maker == block.thread()) phases.shown = block.shared.barriers_passed();
  }
}

void arrive_expecting(Mbarrier* mbarrier, int bytes) {
  Phases& phases = emulation::phases_of(mbarrier);
  // With nothing missing the phase has ended, though nobody has waited for it yet; but bytes may
  // still be to come.
  if (phases.missing == 0 && phases.bytes_expected > 0) {
    return block.fault("one arrival too many at an mbarrier");
  }
  if (phases.missing == 0) block.has_ended(phases, int(phases.ended % 2));
  --phases.missing;
  phases.bytes_expected += bytes;
  emulation::join(phases.gathered, block.shared.arrive(block.thread()));
}

void arrive(Mbarrier* mbarrier) { arrive_expecting(mbarrier, 0); }

void wait_phase(Mbarrier* mbarrier, int parity) {
  Phases& phases = emulation::phases_of(mbarrier);
  emulation::Thread& mine = block.mine();
  mine.awaited = &phases;
  mine.parity = parity;
  if (!block.has_ended(phases, parity)) block.wait(emulation::Wait::phase);
  // Since it was let go on, the next phase may have ended too, which it has not waited for.
  const bool last = int(phases.ended % 2) != parity;
  block.shared.see_phase(block.thread(), phases.number, phases.ended - (last ? 0 : 1));
  block.shared.learn(block.thread(), phases.released[parity]);
}

void copy_tile(void* shared, const TileMap& map, Mbarrier* mbarrier, const TileCorner& corner) {
  TileSource source;
  std::memcpy(static_cast<void*>(&source), &map, sizeof source);
  uint8_t* const to = static_cast<uint8_t*>(shared);
  if ((to - block.shared.data()) % tile_block_bytes != 0 || corner.at[0] % 8 != 0) {
    return block.fault("a tile copied to or from where none may begin");
  }
  const size_t bytes = size_t(emulation::rows_of(source)) * emulation::row_bytes;
  const std::string fault = block.shared.begin_tile_copy(to, bytes, block.thread());
  if (!fault.empty()) return block.check(fault);
  emulation::phases_of(mbarrier).copies.push_back({to, source, corner});
}

}  // namespace limpid::cuda
