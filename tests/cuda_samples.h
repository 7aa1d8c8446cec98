// Samples that a GPU makes of pictures it holds, against what Batches fills on the CPU; on a GPU as
// on the emulated one.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/data/batches.h"
#include "native/cuda/engine.h"
#include "native/cuda/sample.h"
#include "tests/golden_image.h"
#include "tests/temporary_folder.h"
#include "tests/training_lesson.h"

namespace limpid {

// All that differs from picture to picture: depth, colour, and the sides beside the crop's.
inline void add_pictures(const TemporaryFolder& folder) {
  Image half_gray = pattern(11, 13, 3);  // crops of its left half are gray
  for (int y = 0; y < 11; ++y) {
    for (int x = 0; x < 9; ++x)
      half_gray.at(y, x, 1) = half_gray.at(y, x, 2) = half_gray.at(y, x, 0);
  }
  Image deep = pattern(9, 8, 3);
  for (size_t i = 0; i < deep.count(); ++i) deep.pixels[i] = float(i * 997 % 65536) / 65535;
  folder.add("colour.png", pattern(11, 12, 3));
  folder.add("gray.png", pattern(10, 9, 1));
  folder.add("half gray.png", half_gray);
  folder.add("deep.png", deep, 16);
  folder.add("deep gray.png", with_channels(deep, 1), 16);
  folder.add("small.png", pattern(4, 3, 3));
  folder.add("low.png", pattern(2, 15, 3));
  folder.add("dot.png", pattern(1, 1, 3));
}

inline std::vector<std::pair<std::string, NoiseSettings>> noises() {
  std::vector<std::pair<std::string, NoiseSettings>> noises;
  for (const NoiseKind kind : {NoiseKind::gaussian, NoiseKind::poisson, NoiseKind::salt_pepper,
                               NoiseKind::speckle, NoiseKind::camera}) {
    // 0.15: Poisson counts up to 44, so by both of its ways.
    for (const float strength : {0.0f, 0.15f, 0.6f}) {
      const std::string name = to_string(kind) + " " + std::to_string(strength);
      noises.push_back({name, {.kind = kind, .strength = strength, .seed = 5}});
      noises.push_back({name + ", not clipped", noises.back().second});
      noises.back().second.clip = false;
    }
  }
  NoiseSettings chance{.strength = 0.5f, .seed = uint64_t(7) << 40, .weakest = 0.0f};
  chance.no_clip_share = chance.monochrome_share = chance.camera_share = 0.5f;
  noises.push_back({"left to chance", chance});
  noises.push_back({"one field", {.strength = 0.4f, .fixed_field = true}});
  return noises;
}

struct Samples {
  std::vector<float> clean, noisy;
};

inline Samples filled(const Batches& batches, uint32_t epoch) {
  const int n = int(batches.pictures());
  Samples samples;
  samples.clean.resize(size_t(n) * batches.shape().count());
  samples.noisy = samples.clean;
  batches.fill(epoch, 0, {n, batches.shape(), samples.clean}, {n, batches.shape(), samples.noisy});
  return samples;
}

inline float widened(float value) { return value; }
inline float widened(cuda::Bf16 value) { return std::bit_cast<float>(uint32_t(value.bits) << 16); }

// The values past the channels must be zero, and are left out.
template <class T>
Samples made(const Dataset& dataset, const Batches& batches, uint32_t epoch) {
  const Shape shape = batches.shape();
  const size_t n = batches.pictures(), pixels = n * shape.height * shape.width;
  const size_t stored = size_t(cuda::stored_channels(shape.channels));
  std::vector<const Raster*> pictures(dataset.size());
  for (const size_t i : batches.order(epoch)) pictures[i] = dataset.held(i);
  std::vector<Sample> samples(n);
  batches.plan(epoch, 0, samples);

  cuda::DeviceStream stream;
  const cuda::HeldPictures held(stream, pictures);
  EXPECT_EQ(held.bytes(), cuda::HeldPictures::bytes(pictures));
  const cuda::DeviceMemory plan(n * sizeof(Sample)), clean(n * shape.count() * sizeof(float)),
      noisy(pixels * stored * sizeof(T));
  stream.upload(plan.at<Sample>(), samples.data(), plan.bytes());
  cuda::make_samples<T>(stream, {.shape = shape,
                                 .n = int(n),
                                 .pictures = held.table(),
                                 .samples = plan.at<Sample>(),
                                 .clean = clean.at<float>(),
                                 .noisy = noisy.at<T>()});
  Samples result;
  result.clean.resize(n * shape.count());
  std::vector<T> values(pixels * stored);
  stream.download(result.clean.data(), clean.at<float>(), clean.bytes());
  stream.download(values.data(), noisy.at<T>(), noisy.bytes());
  for (size_t i = 0; i < values.size(); ++i) {
    if (int(i % stored) < shape.channels) {
      result.noisy.push_back(widened(values[i]));
    } else {
      EXPECT_EQ(std::bit_cast<uint32_t>(widened(values[i])), 0u);
    }
  }
  return result;
}

// To the nearest number of 8 bits, ties to even.
inline float rounded_to_bf16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  return std::bit_cast<float>((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000u);
}

inline void expect_equal_bits(const std::vector<float>& ours, const std::vector<float>& expected) {
  ASSERT_EQ(ours.size(), expected.size());
  size_t differing = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    differing += std::bit_cast<uint32_t>(ours[i]) != std::bit_cast<uint32_t>(expected[i]);
  }
  EXPECT_EQ(differing, 0u) << "of " << ours.size();
}

inline void expect_samples_of(const Dataset& dataset, std::vector<size_t> pictures,
                              const BatchSettings& settings) {
  const Batches batches(dataset, std::move(pictures), settings);
  for (uint32_t epoch = 0; epoch < 3; ++epoch) {
    Samples expected = filled(batches, epoch);
    const Samples exact = made<float>(dataset, batches, epoch);
    expect_equal_bits(exact.clean, expected.clean);
    expect_equal_bits(exact.noisy, expected.noisy);
    const Samples rounded = made<cuda::Bf16>(dataset, batches, epoch);
    expect_equal_bits(rounded.clean, expected.clean);
    for (float& value : expected.noisy) value = rounded_to_bf16(value);
    expect_equal_bits(rounded.noisy, expected.noisy);
  }
}

inline void expect_equal_samples() {
  const TemporaryFolder folder;
  add_pictures(folder);
  for (const int channels : {1, 3}) {
    const Dataset whole({folder.path()}, {.size = 0, .channels = channels});
    const Dataset resized({folder.path()}, {.size = 6, .channels = channels});
    for (const auto& [name, noise] : noises()) {
      SCOPED_TRACE(name + ", channels: " + std::to_string(channels));
      expect_samples_of(whole, {7, 6, 5, 4, 3, 2, 1, 0},
                        {.noise = noise, .crop = 7, .flip = true, .gray_share = 0.3f});
      expect_samples_of(resized, {5, 0, 3}, {.noise = noise});
    }
  }
}

// Passes on what it is asked, and counts by which of the two ways.
class WatchedEngine : public Engine {
 public:
  explicit WatchedEngine(Engine& engine) : engine_(engine) {}
  std::string name() const override { return engine_.name(); }
  std::string describe() const override { return engine_.describe(); }
  size_t memory_bytes(const Model& model, const Limits& limits) override {
    return engine_.memory_bytes(model, limits);
  }
  std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) override {
    prepared_bytes = engine_.memory_bytes(model, limits);
    return std::make_unique<Watched>(engine_.prepare(model, limits), *this);
  }

  bool refuses = false;  // to hold pictures
  int of_floats = 0, of_samples = 0;
  size_t prepared_bytes = 0, held_bytes = 0;

 private:
  class Watched : public Network {
   public:
    Watched(std::unique_ptr<Network> network, WatchedEngine& watch)
        : network_(std::move(network)), watch_(watch) {}
    void denoise(ConstBatch noisy, Batch restored) override { network_->denoise(noisy, restored); }
    double accumulate(ConstBatch noisy, ConstBatch clean, const TrainingPlace& place) override {
      ++watch_.of_floats;
      return network_->accumulate(noisy, clean, place);
    }
    bool hold(std::span<const Raster* const> pictures) override {
      const size_t before = network_->memory_bytes();
      const bool holds = !watch_.refuses && network_->hold(pictures);
      watch_.held_bytes = network_->memory_bytes() - before;
      return holds;
    }
    void accumulate_samples(std::span<const Sample> samples, const TrainingPlace& place) override {
      ++watch_.of_samples;
      network_->accumulate_samples(samples, place);
    }
    std::vector<double> losses() override { return network_->losses(); }
    void update(const UpdateStep& step) override { network_->update(step); }
    State read() const override { return network_->read(); }
    void write(const State& state) override { network_->write(state); }
    size_t memory_bytes() const override { return network_->memory_bytes(); }

   private:
    std::unique_ptr<Network> network_;
    WatchedEngine& watch_;
  };

  Engine& engine_;
};

// A lesson whose samples differ in all that they may.
struct VariedLesson : Lesson {
  VariedLesson() {
    settings.epochs = 2;
    settings.noise = {.strength = 0.5f, .weakest = 0.1f, .no_clip_share = 0.5f};
    settings.noise.camera_share = 0.4f;
    settings.crop = 4;
    settings.flip = true;
    settings.gray_share = 0.3f;
  }
};

inline void expect_same_training_with_samples(CudaPrecision precision) {
  const auto engine = make_cuda_engine(precision);
  WatchedEngine watched(*engine);
  VariedLesson lesson;
  const Outcome of_samples = learn(*lesson.trainer(watched));
  EXPECT_EQ(of_samples.result.end, TrainingEnd::finished);
  EXPECT_EQ(watched.of_samples, 6);  // 3, 1 | 3 pictures, twice
  EXPECT_EQ(watched.of_floats, 0);
  watched.refuses = true;
  const Outcome of_floats = learn(*lesson.trainer(watched));
  EXPECT_EQ(watched.of_floats, 6);
  expect_same(of_samples, of_floats);
}

inline void expect_held_pictures_within_the_memory() {
  const auto engine = make_cuda_engine(CudaPrecision::fp32);
  WatchedEngine watched(*engine);
  VariedLesson lesson;
  lesson.trainer(watched);
  // 7 pictures of 8 x 8 x 3 bytes behind a table of 10 entries, in parts of 256 bytes.
  const size_t pictures = watched.held_bytes, network = watched.prepared_bytes;
  EXPECT_EQ(pictures, 7 * 256 + (10 * sizeof(cuda::HeldPicture) + 255) / 256 * 256);
  for (const bool fits : {true, false}) {
    lesson.settings.memory_bytes = network + pictures - !fits;
    watched.of_samples = watched.of_floats = 0;
    EXPECT_EQ(learn(*lesson.trainer(watched)).result.end, TrainingEnd::finished);
    EXPECT_EQ(watched.held_bytes, fits ? pictures : 0);
    EXPECT_EQ(watched.of_samples, fits ? 6 : 0);
    EXPECT_EQ(watched.of_floats, fits ? 0 : 6);
  }
  // Those that are stored as JPEGs in between are drawn by the CPU.
  lesson.settings.memory_bytes = 0;
  lesson.settings.jpeg_share = 0.5f;
  watched.of_samples = watched.of_floats = 0;
  EXPECT_EQ(learn(*lesson.trainer(watched)).result.end, TrainingEnd::finished);
  EXPECT_EQ(watched.of_samples, 0);
  EXPECT_EQ(watched.of_floats, 6);
  lesson.settings.jpeg_share = 0;
  // So are pictures that the data set itself does not hold.
  lesson.open({.size = 0, .cache_bytes = 0});
  watched.of_samples = 0;
  learn(*lesson.trainer(watched));
  EXPECT_EQ(watched.of_samples, 0);
}

// Halved until it fits.
inline void expect_whole_batches() {
  const auto engine = make_cuda_engine();
  const Model model = tiny_model();
  Limits limits{.height = 8, .width = 8, .batch = 5, .training = true};
  EXPECT_EQ(engine->best_batch(model, limits), 5);
  const auto bytes = [&](int batch) {
    return engine->memory_bytes(model, {.height = 8, .width = 8, .batch = batch, .training = true});
  };
  for (const auto& [memory, batch] : {std::pair(bytes(5), 5), std::pair(bytes(5) - 1, 3),
                                      std::pair(bytes(2), 2), std::pair(size_t(1), 1)}) {
    limits.memory_bytes = memory;
    EXPECT_EQ(engine->best_batch(model, limits), batch);
  }
}

// More calls than the device keeps the losses of; and other GPUs are used in between, where there
// are some.
inline void expect_losses_in_order(int calls) {
  const TrainingPictures pictures(2);
  const Dataset dataset = pictures.open();
  const Batches batches(dataset, {0, 1}, {.shuffle = false, .crop = 2});
  const Model model{"tiny", 3, {{.name = "out", .channels = 3}}};
  const auto engine = make_cuda_engine(CudaPrecision::fp32, cuda_devices() - 1);
  const auto network = engine->prepare(model, {.height = 2, .width = 2, .training = true});
  const std::vector<const Raster*> held{dataset.held(0), dataset.held(1)};
  cuda::use_device(0);
  ASSERT_TRUE(network->hold(held));
  EXPECT_TRUE(network->losses().empty());
  std::vector<double> expected;
  for (int i = 0; i < 3; ++i) {
    std::vector<float> clean(batches.shape().count()), noisy = clean;
    const Batch target{1, batches.shape(), clean}, input{1, batches.shape(), noisy};
    batches.fill(uint32_t(i), 0, target, input);
    expected.push_back(network->accumulate(input, target, {}));
  }
  EXPECT_NE(expected[0], expected[1]);
  for (int i = 0; i < calls; ++i) {
    Sample sample;
    batches.plan(uint32_t(i % 3), 0, {&sample, 1});
    cuda::use_device(0);
    network->accumulate_samples({&sample, 1}, {});
  }
  cuda::use_device(0);
  const std::vector<double> losses = network->losses();
  ASSERT_EQ(losses.size(), size_t(calls));
  for (int i = 0; i < calls; ++i) EXPECT_EQ(losses[i], expected[i % 3]) << i;
  EXPECT_TRUE(network->losses().empty());
}

}  // namespace limpid
