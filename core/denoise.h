// START HERE: the whole way of one picture, from noisy to restored.
//
//   Image noisy = add_noise(clean, settings);
//   Image restored = Denoiser(engine, model, weights, {}).denoise(noisy);
//   Quality quality = compare(clean, restored);
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/engine/engine.h"
#include "core/image/batch.h"
#include "core/image/image.h"
#include "core/image/restoration.h"
#include "core/model/model.h"
#include "core/model/state.h"

namespace limpid {

struct DenoiseSettings {
  size_t memory_bytes = size_t(512) << 20;  // of the network's buffers, at most; picks the tile
  int threads = 0;                          // 0: all of the machine's
  int views = 1;  // 1, 2 or 4: the mean of so many, see views.h; so many times the work
};

// A model with its weights, ready for pictures of whatever size. A picture that fits into
// memory_bytes is restored in one piece, a larger one in equal tiles that overlap as the engine's
// tile_rule() says, so that both give the same bits on one engine. Sides that are no multiple of
// size_multiple(model) are grown by reflection and cropped back. Keeps the network it prepared for
// the last size. Not for two threads at once.
class Denoiser {
 public:
  // `engine` must outlive this. Throws Error when the weights do not fit the model, and as
  // check_views().
  Denoiser(Engine& engine, Model model, std::vector<Tensor> weights,
           const DenoiseSettings& settings);
  ~Denoiser();
  Denoiser(Denoiser&&) noexcept;

  // The restored picture: same size and channels, values within 0..1 (gray stays gray: a colour
  // network gets it three times and its answers are averaged; a gray network gets each channel of a
  // colour picture by itself). An empty Image when cancelled. Beside the two pictures one row of
  // tiles is held; the parts of its progress are views of tiles. Throws Error naming the place of a
  // value that is infinite or no number, and with both figures when not even the smallest tile fits
  // into memory_bytes.
  Image denoise(const Image& noisy, const PartsProgress& progress = {});

  // The same a tile at a time, for who shares a thread or does not hold the picture whole.
  class Run;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

// A row of tiles is asked for at a time; its parts are views of tiles.
class Denoiser::Run : public Restoration {
 public:
  // The denoiser must outlive this and does nothing else meanwhile. Throws Error as denoise().
  Run(Denoiser& denoiser, Shape picture, NoisyRows noisy);
  ~Run() override;

  void step() override;

 private:
  Image completed_rows() override;

  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace limpid
