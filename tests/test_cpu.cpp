#include "core/engine/cpu.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>

#include "core/model/presets.h"
#include "tests/engine_table.h"

static size_t allocations = 0;  // counted here, for NothingIsAllocatedInACall
[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace limpid {
namespace {

using namespace engine_table;

// Some hundred roundings to float, through up to six layers, over the largest value of a tensor.
constexpr double tolerance = 2e-5;

TEST(Cpu, EveryLayerAgreesWithTheReference) {
  const auto cpu = make_cpu_engine();
  for (const Model& model : models()) {
    check(model);
    for (const Sides size : sides(model)) expect_agreement(*cpu, model, size, tolerance);
  }
}

TEST(Cpu, LossesAgreeWithTheReference) { expect_losses_agree(*make_cpu_engine(), tolerance); }

TEST(Cpu, ThreadsAndMicroBatchesChangeNoBit) {
  const auto engine = make_cpu_engine();
  for (const Model& model : models()) {
    SCOPED_TRACE(model.name);
    const int m = size_multiple(model);
    const Pictures pictures(4, {5 * m, 3 * m, model.channels});
    const State one = trained(*engine, model, {.batch = 4, .threads = 1}, pictures);
    EXPECT_EQ(trained(*engine, model, {.batch = 4, .threads = 2}, pictures), one);
    if (!model.name.starts_with("norm")) {
      EXPECT_EQ(trained(*engine, model, {.batch = 1, .threads = 2}, pictures), one);
    }
  }
}

TEST(Cpu, DenoisingIsPictureByPictureInPlaceAndTheSameForAnyNetwork) {
  for (const Model& model : models()) {
    SCOPED_TRACE(model.name);
    const int m = size_multiple(model);
    const Shape shape{3 * m, 2 * m, model.channels};
    const Pictures pictures(3, shape);
    const auto engine = make_cpu_engine();
    const auto network = engine->prepare(model, {.height = shape.height, .width = shape.width});
    const auto trainer =
        engine->prepare(model, {.height = shape.height, .width = shape.width, .training = true});
    network->write(random_state(model));
    trainer->write(random_state(model));
    const std::vector<float> restored = denoised(*network, pictures);
    EXPECT_EQ(denoised(*trainer, pictures), restored);
    std::vector<float> in_place = pictures.noisy;
    network->denoise({3, shape, in_place}, {3, shape, in_place});
    EXPECT_EQ(in_place, restored);
    std::vector<float> alone(shape.count());
    network->denoise({1, shape, pictures.noisy_batch().picture(2)}, {1, shape, alone});
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), restored.end() - alone.size()));
  }
}

TEST(Cpu, TilesAreThePictureToTheBit) {
  const Model model = classroom();
  const Shape whole{192, 208, 3};
  const Pictures picture(1, whole);
  const auto engine = make_cpu_engine();
  const auto [multiple, radius] = engine->tile_rule(model);
  const auto network = engine->prepare(model, {.height = whole.height, .width = whole.width});
  network->write(random_state(model));
  const std::vector<float> expected = denoised(*network, picture);
  const Shape tile{144, 128, 3};  // ends whole multiples before the picture
  const int top = 16, left = 48;
  ASSERT_EQ(multiple, 16);
  Pictures part(1, tile);
  const auto pixel = [&](const Shape& s, int y, int x) { return (size_t(y) * s.width + x) * 3; };
  for (int y = 0; y < tile.height; ++y) {
    std::copy_n(picture.noisy.begin() + pixel(whole, top + y, left), tile.width * 3,
                part.noisy.begin() + pixel(tile, y, 0));
  }
  const auto small = engine->prepare(model, {.height = tile.height, .width = tile.width});
  small->write(random_state(model));
  const std::vector<float> restored = denoised(*small, part);
  ASSERT_LT(2 * radius, tile.height);
  for (int y = radius; y < tile.height - radius; ++y) {
    for (int x = radius; x < tile.width - radius; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(restored[pixel(tile, y, x) + c], expected[pixel(whole, top + y, left + x) + c]);
      }
    }
  }
}

TEST(Cpu, NothingIsAllocatedInACall) {
  for (const Model& model : models()) {
    SCOPED_TRACE(model.name);
    const int m = size_multiple(model);
    const Pictures pictures(2, {3 * m, 4 * m, model.channels});
    const auto network = make_cpu_engine()->prepare(
        model, {.height = 3 * m, .width = 4 * m, .batch = 2, .training = true});
    network->write(random_state(model));
    std::vector<float> restored(pictures.noisy.size());
    // The first call packs the weights of a training network.
    network->denoise(pictures.noisy_batch(), {2, pictures.shape, restored});
    size_t before = allocations;
    network->denoise(pictures.noisy_batch(), {2, pictures.shape, restored});
    EXPECT_EQ(allocations, before);
    before = allocations;
    network->accumulate(pictures.noisy_batch(), pictures.clean_batch(), place);
    EXPECT_EQ(allocations, before);
  }
}

TEST(Cpu, MemoryIsKnownBeforeAndDoesNotGrowWithTheBatch) {
  const auto engine = make_cpu_engine();
  for (const Model& model : models()) {
    SCOPED_TRACE(model.name);
    const int m = size_multiple(model);
    for (bool training : {false, true}) {
      const Limits limits{.height = 2 * m, .width = m, .batch = 3, .training = training};
      EXPECT_EQ(engine->memory_bytes(model, limits),
                engine->prepare(model, limits)->memory_bytes());
    }
  }
  Limits limits{.height = 256, .width = 256, .batch = 1, .training = true};
  const size_t one = engine->memory_bytes(article(), limits);
  limits.batch = 32;
  EXPECT_EQ(engine->memory_bytes(article(), limits), one);
  EXPECT_LT(one, size_t(200) << 20);
}

TEST(Cpu, RefusesWhatDoesNotFit) { expect_refusals(*make_cpu_engine(), "the CPU engine"); }

TEST(Cpu, StateIsReadAndWrittenWhole) { expect_whole_states(*make_cpu_engine()); }

TEST(Cpu, NamesItself) {
  const auto engine = make_cpu_engine();
  EXPECT_EQ(engine->name(), "cpu");
  EXPECT_NE(engine->describe().find("thread"), std::string::npos);
}

}  // namespace
}  // namespace limpid
