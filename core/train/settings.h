// What a training is told: everything that shapes its numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/data/batches.h"
#include "core/engine/engine.h"
#include "core/noise/noise.h"

namespace limpid {

// constant; cosine from learning_rate to 0 over all epochs, step by step; plateau: halved when the
// validation loss has not improved for `plateau_patience` epochs.
enum class Schedule { constant, cosine, plateau };

struct TrainingSettings {
  int epochs = 50;
  int batch = 32;
  int at_once = 0;  // pictures in one call of the network; 0: the engine's best_batch(), or as many
                    // as fit in 2 MiB, at least one. With batch_norm always the batch
  Loss loss = Loss::mse;
  Optimizer optimizer = Optimizer::adam;
  float learning_rate = 1e-3f;
  float momentum = 0.9f;  // SGD's
  Schedule schedule = Schedule::constant;
  int warm_up = 0;              // first steps, in which the rate rises to the schedule's; 0: off
  float clip_norm = 0;          // most that the norm of a step's gradients may be; 0: off
  int plateau_patience = 5;     // epochs
  int stop_patience = 0;        // epochs without a lower validation loss to stop; 0: off
  bool keep_best = false;       // the model is the epoch's with the lowest validation loss
  float average_decay = 0;      // > 0: the model is the moving average of the weights
  NoiseSettings noise = {};     // its seed follows `seed`
  bool noisy_pictures = false;  // the data set has the noisy pictures too (DatasetSettings::noisy):
                                // then `noise` must be of strength 0
  int crop = 0;                 // see BatchSettings
  bool flip = false;
  float gray_share = 0;
  float jpeg_share = 0;
  int draws = 1;
  uint64_t seed = 1;
  int threads = 0;          // 0: all of the machine's
  size_t memory_bytes = 0;  // of the network; 0: no cap

  bool operator==(const TrainingSettings&) const = default;
};

// Caps against slips of the keyboard, far above what anybody trains.
constexpr int most_epochs = 200'000;  // the history of more may not fit in the 64 MiB of a model
                                      // file's header or of run.json
constexpr int most_draws = 2000;      // times as many epochs stay below validation_epoch
constexpr int most_batch = 65'536;
constexpr int most_warm_up = 1'000'000;
constexpr int most_threads = 4096;
constexpr int largest_side = 65'536;  // of a crop, and of pictures that are resized

// Throws Error naming the setting that is out of its range.
void check(const TrainingSettings& settings);

// How the pictures to learn from are drawn, and the test pictures: these as they are, in their
// order, with a crop only because the network needs one, and with JPEG in between as in training.
BatchSettings training_batches(const TrainingSettings& settings);
BatchSettings test_batches(const TrainingSettings& settings);

// `at_once` as it is meant for that model and pictures of that shape: 1 .. batch; and with the
// engine's best_batch() where it is 0 and the batch need not stay whole.
int pictures_at_once(const TrainingSettings& settings, const Model& model, Shape shape);
int pictures_at_once(Engine& engine, const TrainingSettings& settings, const Model& model,
                     Shape shape);

// What becomes of fields that a later Limpid may have written.
enum class UnknownSettings { refused, ignored };

// As one JSON object with a field for each setting. Reading throws Error as check_json() does, and
// naming `where` and the field that is absent, unknown (if refused) or of another kind. Files from
// before noise_weakest, noise_no_clip_share, noise_monochrome_share, noise_camera_share,
// noisy_pictures, gray_share, jpeg_share, draws, warm_up and clip_norm lack them: they keep their
// defaults.
std::string to_json(const TrainingSettings& settings);
TrainingSettings settings_from_json(std::string_view text, const std::string& where,
                                    UnknownSettings unknown = UnknownSettings::refused);

// The first setting that shapes the numbers and is not the same ("batch is 16, was 32"); empty when
// there is none. More epochs than before, threads and memory are free.
std::string difference(const TrainingSettings& before, const TrainingSettings& now);

std::string to_string(Optimizer optimizer);  // "adam", "sgd"
Optimizer parse_optimizer(const std::string& text);
std::string to_string(Schedule schedule);          // "constant", "cosine", "plateau"
Schedule parse_schedule(const std::string& text);  // both throw Error listing the names

}  // namespace limpid
