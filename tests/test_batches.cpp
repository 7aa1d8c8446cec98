#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "core/data/batches.h"
#include "core/image/compression.h"
#include "tests/golden_image.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

constexpr NoiseSettings no_noise = {.strength = 0};

// `n` pictures of 12 x 10, each different.
class Batched : public testing::Test {
 protected:
  Dataset open(int n, const DatasetSettings& settings = {.size = 0}) {
    for (int i = 0; i < n; ++i) {
      Image image = pattern(12, 10, 3);
      image.at(0, 0, 0) = float(i) / 255;
      folder.add("picture " + std::to_string(100 + i) + ".png", image);
    }
    return Dataset({folder.path()}, settings);
  }

  TemporaryFolder folder;
};

std::vector<size_t> first_ones(size_t n) {
  std::vector<size_t> pictures(n);
  for (size_t i = 0; i < n; ++i) pictures[i] = i;
  return pictures;
}

struct Filled {
  std::vector<float> clean, noisy;
  bool operator==(const Filled&) const = default;
};

// Pictures first .. first + n - 1 of the epoch.
Filled fill(const Batches& batches, uint32_t epoch, size_t first, size_t n) {
  Filled filled;
  filled.clean.resize(n * batches.shape().count());
  filled.noisy = filled.clean;
  batches.fill(epoch, first, {int(n), batches.shape(), filled.clean},
               {int(n), batches.shape(), filled.noisy});
  return filled;
}

Image picture_of(const std::vector<float>& data, const Batches& batches, size_t i) {
  const Shape shape = batches.shape();
  Image image(shape.height, shape.width, shape.channels);
  std::copy_n(data.begin() + ptrdiff_t(i * shape.count()), shape.count(), image.pixels.begin());
  return image;
}

Image flipped(const Image& image, bool left_right, bool up_down) {
  Image result = image;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < image.channels; ++c) {
        result.at(y, x, c) =
            image.at(up_down ? image.height - 1 - y : y, left_right ? image.width - 1 - x : x, c);
      }
    }
  }
  return result;
}

TEST_F(Batched, CountsBatchesAndTheLastSmallerOne) {
  const Dataset dataset = open(10);
  const Batches batches(dataset, first_ones(10), {.batch = 4});
  EXPECT_EQ(batches.pictures(), 10u);
  EXPECT_EQ(batches.count(), 3u);
  EXPECT_EQ(batches.batch_size(1), 4u);
  EXPECT_EQ(batches.batch_size(2), 2u);
  EXPECT_EQ(batches.shape(), (Shape{12, 10, 3}));
  EXPECT_EQ(Batches(dataset, first_ones(8), {.batch = 4}).batch_size(1), 4u);
}

TEST_F(Batched, EveryEpochHasEveryPictureInAnOrderOfItsOwn) {
  const Dataset dataset = open(30);
  std::vector<size_t> pictures = first_ones(30);
  std::reverse(pictures.begin(), pictures.end());
  const Batches batches(dataset, pictures, {.seed = 5});
  std::set<std::vector<size_t>> orders;
  for (uint32_t epoch = 0; epoch < 20; ++epoch) {
    std::vector<size_t> order = batches.order(epoch);
    EXPECT_EQ(order, batches.order(epoch));
    orders.insert(order);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, first_ones(30));
  }
  EXPECT_EQ(orders.size(), 20u);
  EXPECT_NE(batches.order(0), Batches(dataset, pictures, {.seed = 6}).order(0));
  EXPECT_EQ(Batches(dataset, pictures, {.shuffle = false}).order(3), pictures);
}

// Every picture comes to every place about equally often: chi-square with 5 * 4 degrees of freedom
// would pass 45 once in a thousand times.
TEST_F(Batched, ShufflesEvenly) {
  const Dataset dataset = open(5);
  const Batches batches(dataset, first_ones(5), {});
  std::vector<int> seen(25);
  constexpr int epochs = 5000;
  for (uint32_t epoch = 0; epoch < epochs; ++epoch) {
    const std::vector<size_t> order = batches.order(epoch);
    for (size_t place = 0; place < 5; ++place) ++seen[place * 5 + order[place]];
  }
  double chi_square = 0;
  for (const int n : seen) chi_square += (n - epochs / 5.0) * (n - epochs / 5.0) / (epochs / 5.0);
  EXPECT_LT(chi_square, 45);
}

TEST_F(Batched, FillsCleanAndNoisyInTheEpochsOrder) {
  const Dataset dataset = open(7);
  const NoiseSettings noise = {.strength = 0.3f, .seed = 8};
  const Batches batches(dataset, first_ones(7), {.batch = 3, .noise = noise});
  const std::vector<size_t> order = batches.order(2);
  const Filled filled = fill(batches, 2, 1, 5);
  for (size_t i = 0; i < 5; ++i) {
    const size_t index = order[i + 1];
    const Image clean = dataset.picture(index);
    EXPECT_EQ(picture_of(filled.clean, batches, i).pixels, clean.pixels);
    EXPECT_EQ(picture_of(filled.noisy, batches, i).pixels,
              add_noise(clean, noise, {.epoch = 2, .picture = uint32_t(index)}).pixels);
  }
  EXPECT_NE(filled, fill(batches, 3, 1, 5));
}

// Two epochs of three draws are six passes, wherever a call begins and ends.
TEST_F(Batched, AnEpochOfSeveralDrawsIsThatManyPasses) {
  const Dataset dataset = open(5);
  BatchSettings settings = {.batch = 4, .noise = {.strength = 0.3f}, .crop = 7, .flip = true};
  const Batches passes(dataset, first_ones(5), settings);
  settings.draws = 3;
  const Batches drawn(dataset, first_ones(5), settings);
  EXPECT_EQ(drawn.pictures(), 15u);
  EXPECT_EQ(drawn.count(), 4u);
  EXPECT_EQ(drawn.batch_size(3), 3u);
  const size_t floats = drawn.shape().count();
  for (uint32_t epoch = 0; epoch < 2; ++epoch) {
    Filled expected;
    for (uint32_t draw = 0; draw < 3; ++draw) {
      const Filled pass = fill(passes, 3 * epoch + draw, 0, 5);
      expected.clean.insert(expected.clean.end(), pass.clean.begin(), pass.clean.end());
      expected.noisy.insert(expected.noisy.end(), pass.noisy.begin(), pass.noisy.end());
    }
    EXPECT_EQ(fill(drawn, epoch, 0, 15), expected);
    const Filled middle = fill(drawn, epoch, 3, 9);
    EXPECT_TRUE(std::equal(middle.noisy.begin(), middle.noisy.end(),
                           expected.noisy.begin() + ptrdiff_t(3 * floats)));
  }
}

TEST_F(Batched, AnySplitIntoCallsAndThreadsGivesTheSame) {
  const Dataset dataset = open(9, {.size = 0, .cache_bytes = 1000});  // some are decoded again
  const Batches batches(dataset, first_ones(9), {.batch = 4, .crop = 7, .flip = true});
  const Filled whole = fill(batches, 1, 0, 9);
  const size_t count = batches.shape().count();
  std::vector<Filled> parts(9);
  std::vector<std::thread> threads;
  for (size_t i = 9; i-- > 0;) {
    threads.emplace_back([&, i] { parts[i] = fill(batches, 1, i, 1); });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < 9; ++i) {
    EXPECT_TRUE(std::equal(parts[i].clean.begin(), parts[i].clean.end(),
                           whole.clean.begin() + ptrdiff_t(i * count)));
    EXPECT_TRUE(std::equal(parts[i].noisy.begin(), parts[i].noisy.end(),
                           whole.noisy.begin() + ptrdiff_t(i * count)));
  }
}

TEST_F(Batched, APicturesValuesDoNotDependOnTheOthers) {
  const Dataset dataset = open(9);
  const BatchSettings settings = {.shuffle = false, .crop = 6, .flip = true};
  const Filled all = fill(Batches(dataset, first_ones(9), settings), 4, 5, 1);
  EXPECT_EQ(fill(Batches(dataset, {5}, settings), 4, 0, 1), all);
  EXPECT_EQ(fill(Batches(dataset, {8, 5, 1}, settings), 4, 1, 1), all);
}

TEST_F(Batched, MakesAShareGray) {
  const Dataset dataset = open(1);
  const auto batches = [&](float share) {
    return Batches(dataset, {0}, {.noise = {.strength = 0.2f}, .gray_share = share});
  };
  const Batches some = batches(0.3f);
  const Image color = dataset.picture(0);
  const Image gray = with_channels(with_channels(color, 1), 3);
  int made_gray = 0;
  for (uint32_t epoch = 0; epoch < 400; ++epoch) {
    const Filled filled = fill(some, epoch, 0, 1);
    const bool is_made_gray = filled.clean == gray.pixels;
    made_gray += is_made_gray;
    EXPECT_TRUE(is_made_gray || filled.clean == color.pixels);
    EXPECT_EQ(is_gray(picture_of(filled.noisy, some, 0)), is_made_gray) << "the noise's colour";
  }
  EXPECT_NEAR(made_gray, 120, 37);  // four standard deviations of 9.2
  EXPECT_EQ(fill(batches(1), 3, 0, 1).clean, gray.pixels);
  EXPECT_EQ(fill(batches(0), 3, 0, 1).clean, color.pixels);
}

TEST_F(Batched, FlipsEachWayHalfTheTime) {
  const Dataset dataset = open(1);
  const Batches batches(dataset, {0}, {.noise = no_noise, .flip = true});
  const Image image = dataset.picture(0);
  int seen[4] = {};
  for (uint32_t epoch = 0; epoch < 400; ++epoch) {
    const Filled filled = fill(batches, epoch, 0, 1);
    EXPECT_EQ(filled.noisy, filled.clean);
    for (int way = 0; way < 4; ++way) {
      seen[way] += filled.clean == flipped(image, way & 1, way & 2).pixels;
    }
  }
  EXPECT_EQ(seen[0] + seen[1] + seen[2] + seen[3], 400);
  for (const int n : seen) EXPECT_NEAR(n, 100, 35);  // four standard deviations of 8.7
}

TEST_F(Batched, CropsEveryPlaceOfThePicture) {
  const Dataset dataset = open(1);
  const Batches batches(dataset, {0}, {.noise = no_noise, .crop = 9});
  EXPECT_EQ(batches.shape(), (Shape{9, 9, 3}));
  const Image image = dataset.picture(0);
  std::set<std::pair<int, int>> seen;
  for (uint32_t epoch = 0; epoch < 200; ++epoch) {
    const Filled filled = fill(batches, epoch, 0, 1);
    size_t places = seen.size();
    bool found = false;
    for (int y = 0; y <= 3; ++y) {
      for (int x = 0; x <= 1; ++x) {
        if (crop(image, y, x, 9, 9).pixels != filled.clean) continue;
        seen.insert({y, x});
        found = true;
      }
    }
    EXPECT_TRUE(found) << "epoch " << epoch << " after " << places << " places";
  }
  EXPECT_EQ(seen.size(), 8u);
}

TEST_F(Batched, GrowsPicturesThatAreSmallerThanTheCrop) {
  const Dataset dataset = open(1);
  const Batches batches(dataset, {0}, {.noise = no_noise, .crop = 11});
  const Image grown = pad_reflect(dataset.picture(0), 12, 11);
  const Filled filled = fill(batches, 0, 0, 1);
  EXPECT_TRUE(filled.clean == crop(grown, 0, 0, 11, 11).pixels ||
              filled.clean == crop(grown, 1, 0, 11, 11).pixels);
  const Batches large(dataset, {0}, {.noise = no_noise, .crop = 40});
  EXPECT_EQ(fill(large, 0, 0, 1).clean, pad_reflect(dataset.picture(0), 40, 40).pixels);
}

// The clean picture that a sample describes, value by value.
Image clean_of(const Dataset& dataset, const Sample& sample, Shape shape) {
  const Image whole = dataset.picture(sample.picture);
  Image image(shape.height, shape.width, shape.channels);
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      const int row = reflected(sample.up_down ? shape.height - 1 - y : y,
                                std::min(shape.height, whole.height));
      const int column = reflected(sample.left_right ? shape.width - 1 - x : x,
                                   std::min(shape.width, whole.width));
      for (int c = 0; c < shape.channels; ++c) {
        image.at(y, x, c) = whole.at(sample.y + row, sample.x + column, c);
      }
    }
  }
  return sample.gray ? with_channels(with_channels(image, 1), shape.channels) : image;
}

TEST_F(Batched, PlansWhatItFills) {
  open(6);
  Image half_gray = pattern(12, 10, 3);  // crops of its left half are gray
  for (int y = 0; y < 12; ++y) {
    for (int x = 0; x < 6; ++x)
      half_gray.at(y, x, 1) = half_gray.at(y, x, 2) = half_gray.at(y, x, 0);
  }
  folder.add("half.png", half_gray);
  folder.add("gray.png", pattern(12, 10, 1));
  folder.add("small.png", pattern(4, 3, 3));
  const Dataset dataset({folder.path()}, {.size = 0});
  NoiseSettings noise = {.strength = 0.5f, .seed = 3, .weakest = 0.1f};
  noise.no_clip_share = noise.monochrome_share = 0.4f;
  const Batches batches(dataset, first_ones(9),
                        {.noise = noise, .crop = 5, .flip = true, .gray_share = 0.2f});
  EXPECT_EQ(batches.held().at(8), dataset.held(8));
  int half_gray_crops = 0, own_draws = 0;
  for (uint32_t epoch = 0; epoch < 20; ++epoch) {
    std::vector<Sample> samples(8);
    batches.plan(epoch, 1, samples);
    const Filled filled = fill(batches, epoch, 1, 8);
    for (size_t i = 0; i < 8; ++i) {
      const Image clean = clean_of(dataset, samples[i], batches.shape());
      EXPECT_EQ(picture_of(filled.clean, batches, i).pixels, clean.pixels);
      EXPECT_EQ(picture_of(filled.noisy, batches, i).pixels,
                add_placed_noise(clean, samples[i].noise).pixels);
      EXPECT_TRUE(samples[i].noise.one_draw || !is_gray(clean));
      own_draws += !samples[i].noise.one_draw;
      half_gray_crops += is_gray(clean) && dataset.name(samples[i].picture) == "half.png";
    }
  }
  EXPECT_GT(half_gray_crops, 0);
  EXPECT_GT(own_draws, 0);
}

// Half of the pictures; those whose noise is not clipped have no place in a file.
TEST_F(Batched, StoresAShareAsJpegs) {
  const Dataset dataset = open(40);
  NoiseSettings noise = {.strength = 0.2f, .seed = 3};
  noise.no_clip_share = 0.5f;
  const Batches stored(dataset, first_ones(40), {.noise = noise, .jpeg_share = 0.5f});
  const Batches plain(dataset, first_ones(40), {.noise = noise});
  const Filled with = fill(stored, 0, 0, 40), without = fill(plain, 0, 0, 40);
  EXPECT_TRUE(stored.held().empty());
  int jpegs = 0, unclipped = 0;
  for (size_t i = 0; i < 40; ++i) {
    const Image before = picture_of(without.noisy, plain, i);
    const Image after = picture_of(with.noisy, stored, i);
    EXPECT_EQ(picture_of(with.clean, stored, i).pixels, picture_of(without.clean, plain, i).pixels);
    const bool clipped =
        std::ranges::all_of(before.pixels, [](float x) { return x >= 0 && x <= 1; });
    unclipped += !clipped;
    if (after.pixels == before.pixels) continue;
    ++jpegs;
    EXPECT_TRUE(clipped);
    bool found = false;
    for (int quality = 50; quality <= 95 && !found; ++quality) {
      found = as_jpeg(before, quality).pixels == after.pixels;
    }
    EXPECT_TRUE(found);
  }
  EXPECT_GT(unclipped, 5);
  EXPECT_NEAR(jpegs, 10, 8);
}

// The same part of both, turned alike; no noise is added.
TEST_F(Batched, NoisyPicturesGoTheWayOfTheCleanOnes) {
  for (int i = 0; i < 4; ++i) {
    Image image = pattern(12 + i, 10, 3);
    folder.add("clean/" + std::to_string(i) + ".png", image);
    for (float& value : image.pixels) value = 1 - value;
    folder.add("noisy/" + std::to_string(i) + ".png", image);
  }
  const Dataset dataset({folder.path() / "clean"}, {.size = 0, .noisy = folder.path() / "noisy"});
  const Batches batches(dataset, first_ones(4),
                        {.crop = 11, .flip = true, .gray_share = 0.5f, .draws = 5});
  EXPECT_TRUE(batches.held().empty());
  for (size_t i = 0; i < 20; ++i) {
    const Filled filled = fill(batches, 0, i, 1);
    for (size_t k = 0; k < filled.clean.size(); ++k) {
      ASSERT_NEAR(filled.noisy[k], 1 - filled.clean[k], 1e-6) << "place " << k << " of " << i;
    }
  }
}

TEST_F(Batched, RefusesPicturesOfSeveralSizesWithoutACrop) {
  open(2);
  folder.add("small.png", pattern(5, 6, 3));
  const Dataset dataset({folder.path()}, {.size = 0});
  const std::string text = message_of([&] { Batches(dataset, first_ones(3), {}); });
  EXPECT_EQ(text.rfind((folder.path() / "small.png").string() + ": the picture is 6 x 5, but ", 0),
            0u)
      << text;
  folder.add("narrow.png", pattern(12, 9, 3));
  const Dataset narrow({folder.path()}, {.size = 0});
  EXPECT_NE(message_of([&] { Batches(narrow, {1, 0}, {}); }), "");
  EXPECT_EQ(message_of([&] { Batches(dataset, first_ones(2), {}); }), "");
  EXPECT_EQ(message_of([&] { Batches(dataset, first_ones(3), {.crop = 8}); }), "");
  EXPECT_NE(message_of([&] { Batches(dataset, first_ones(2), {.noise = {.strength = 2}}); }), "");
}

TEST_F(Batched, EachPictureHasACropOfItsOwn) {
  const Dataset dataset = open(9);
  const Batches batches(dataset, first_ones(9), {.noise = no_noise, .crop = 6});
  std::vector<Sample> samples(9);
  batches.plan(0, 0, samples);
  std::set<std::pair<int, int>> places;
  for (const Sample& sample : samples) places.insert({sample.y, sample.x});
  EXPECT_GT(places.size(), 3u);
}

TEST_F(Batched, JpegsAreOfQualities50To95) {
  const Dataset dataset = open(1);
  const NoiseSettings noise = {.strength = 0.2f};
  const Batches stored(dataset, {0}, {.noise = noise, .jpeg_share = 1});
  bool worst = false, best = false;
  for (uint32_t epoch = 0; epoch < 500; ++epoch) {
    const std::vector<float> after = fill(stored, epoch, 0, 1).noisy;
    const Image before = add_noise(dataset.picture(0), noise, {.epoch = epoch, .picture = 0});
    worst = worst || as_jpeg(before, 50).pixels == after;
    best = best || as_jpeg(before, 95).pixels == after;
  }
  EXPECT_TRUE(worst && best);
}

}  // namespace
}  // namespace limpid
