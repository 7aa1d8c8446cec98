// THE seam between Limpid and the devices that run it. An Engine is a device; a Network is one
// model prepared on it for pictures of one size. Nothing of a device shows here.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/image/batch.h"
#include "core/image/raster.h"
#include "core/model/model.h"
#include "core/model/state.h"
#include "core/noise/sample.h"

namespace limpid {

enum class Loss { mse, bce, l1, psnr };  // see loss.h

struct Limits {
  int height = 0;  // of the pictures, multiples of size_multiple(model)
  int width = 0;
  int batch = 1;          // pictures in a call of accumulate, at most
  bool training = false;  // accumulate and update will be called
  Loss loss = Loss::mse;
  int threads = 0;          // 0: all of the machine's
  size_t memory_bytes = 0;  // what does not fit is refused; 0: no cap
};

// Where in the training a batch stands; dropout draws its masks from it.
struct TrainingPlace {
  uint64_t seed = 0;
  uint32_t epoch = 0;
  uint32_t picture = 0;  // the batch's first, counted within the epoch
};

enum class Optimizer { adam, sgd };

// One step of the optimizer, see optimizer.h.
struct UpdateStep {
  Optimizer optimizer = Optimizer::adam;
  int64_t step = 1;  // counted from 1
  float learning_rate = 1e-3f;
  float beta1 = 0.9f;  // Adam's; SGD's momentum
  float beta2 = 0.999f;
  float epsilon = 1e-7f;
  float gradient_scale = 1;  // 1 / pictures in the batch
  float average_decay = 0;   // of the moving average of the weights; 0: none kept
  float clip_norm = 0;       // most that the norm of all gradients together may be; 0: any
};

// Weights, optimizer state and buffers live on the device. One call at a time.
class Network {
 public:
  virtual ~Network() = default;
  // (n, height, width, channels) of 0..1 in and out; n is free. noisy and restored may be the same.
  // On the CPU engines also of a model that check() refuses for its output alone (feature_maps.h):
  // restored has that output's shape.
  virtual void denoise(ConstBatch noisy, Batch restored) = 0;
  // Forward and backward: adds the gradients of the summed loss and returns it (the sum over the
  // pictures of each one's mean loss).
  virtual double accumulate(ConstBatch noisy, ConstBatch clean, const TrainingPlace& place) = 0;
  // Takes pictures to the device, once, so that it makes samples of them itself: the one at place i
  // is picture i of Sample, or null where no sample will ask for it; white is 255 or 65535, and of
  // a gray one 1 channel suffices. False, and nothing is held, where the device holds none or they
  // do not fit, also by Limits::memory_bytes.
  virtual bool hold(std::span<const Raster* const> /*pictures*/) { return false; }
  // accumulate() of samples of pictures that are held, the same bits. Does not wait for the device:
  // losses() does.
  virtual void accumulate_samples(std::span<const Sample> /*samples*/, const TrainingPlace&) {
    assert(false);
  }
  // What accumulate() would have returned for each of these calls since losses() was last asked.
  virtual std::vector<double> losses() { return {}; }
  virtual void update(const UpdateStep& step) = 0;  // applies and clears the gradients
  virtual State read() const = 0;                   // without training: weights only
  // Lists that are empty keep their values. Throws Error when a tensor does not fit the model.
  virtual void write(const State& state) = 0;
  virtual size_t memory_bytes() const = 0;  // held on the device
};

// How tiles of a picture give the bits of the whole. They begin at multiples of `multiple`, counted
// from the picture's beginning, and end at such multiples before its end; of their pixels those
// count that lie `radius` or more from every end of the tile that is not the picture's.
struct TileRule {
  int multiple = 1;
  int radius = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string name() const = 0;      // "cpu", "cuda", "cuda-fp32:1", "reference"
  virtual std::string describe() const = 0;  // one line: device, instruction set, threads
  // What a network prepared with these limits holds, whatever limits.memory_bytes says. Throws
  // Error for sides that the model cannot take.
  virtual size_t memory_bytes(const Model& model, const Limits& limits) = 0;
  virtual TileRule tile_rule(const Model& model) const {
    return {size_multiple(model), receptive_radius(model)};
  }
  // How many of a batch of limits.batch pictures accumulate() best takes in a call; 0: whatever
  // suits the caches. The same for the same arguments, since sums of losses depend on it.
  virtual int best_batch(const Model&, const Limits& /*limits*/) { return 0; }
  // Plans the memory of all values; what the calls of the Network allocate beside are copies of
  // kernels on a CPU, and on a GPU its graphs and what it copies from. Throws Error with both
  // figures when limits.memory_bytes does not suffice, and as memory_bytes() does.
  virtual std::unique_ptr<Network> prepare(const Model& model, const Limits& limits) = 0;
};

}  // namespace limpid
