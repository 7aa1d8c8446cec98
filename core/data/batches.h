// The pictures of an epoch, batch by batch, clean and noisy, in an order of the seed's. The noise
// is drawn, or the noisy pictures are the data set's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/data/dataset.h"
#include "core/image/batch.h"
#include "core/noise/noise.h"
#include "core/noise/sample.h"

namespace limpid {

struct BatchSettings {
  int batch = 32;
  NoiseSettings noise = {};  // the noise stream's seed is noise.seed; a data set with noisy
                             // pictures gets none
  uint64_t seed = 1;         // of shuffle and augmentation
  bool shuffle = true;       // a new order each epoch
  int crop = 0;              // random crop x crop square instead of the whole picture; 0: whole.
                             // Pictures smaller than the crop are grown by reflection
  bool flip = false;         // random left-right and up-down flips
  float gray_share = 0;      // of the pictures, those that are made gray in an epoch, 0..1; their
                             // noise is then gray too
  float jpeg_share = 0;      // of the pictures with noise within 0..1, those that were stored as a
                             // JPEG of quality 50 to 95 after it
  int draws = 1;             // of each picture in an epoch, every one with its own crop and noise
};

class Batches {
 public:
  // `pictures`: indices into the data set, at least one; the data set must outlive this. Throws
  // Error naming the file when the pictures are not of one size after the crop, or as check() of
  // the noise does.
  Batches(const Dataset& dataset, std::vector<size_t> pictures, const BatchSettings& settings);

  size_t pictures() const;            // in an epoch, all draws counted
  size_t count() const;               // batches in an epoch; the last may be smaller
  size_t batch_size(size_t b) const;  // pictures in batch b
  Shape shape() const;                // of every picture

  // Indices into the data set in the order of a pass, which draws each picture once; an epoch is
  // `draws` passes, one after the other.
  std::vector<size_t> order(uint32_t pass) const;

  // Fills `clean` and `noisy` (n, h, w, c) with pictures first .. first + n - 1 of the epoch. A
  // picture, its crop and flips and its noise depend on (seeds, pass, index into the data set)
  // alone: any order, any thread, any split into calls gives the same values. Training counts
  // epochs from 0; numbers from 2^31 on are for validation, with one draw, whose noise is then
  // never training's. Throws Error as Dataset::picture does.
  void fill(uint32_t epoch, size_t first, Batch clean, Batch noisy) const;

  // The clean pictures as the data set holds them, by index, null where they are none of these.
  // Empty when one is not held, and where plan() cannot say how they are made: with JPEGs in
  // between, and of noisy pictures.
  std::vector<const Raster*> held() const;

  // How fill() makes them: pictures first, first + 1, ... of the epoch, of those that are held().
  // The noise of one that is gray in every pixel has one_draw.
  void plan(uint32_t epoch, size_t first, std::span<Sample> samples) const;

 private:
  Sample sample(uint32_t pass, size_t i) const;
  std::vector<Sample> samples(uint32_t epoch, size_t first, size_t n) const;
  Shape visible(size_t i) const;
  Image seen(const Sample& sample, Side side) const;

  const Dataset* dataset_;
  std::vector<size_t> pictures_;
  BatchSettings settings_;
};

}  // namespace limpid
