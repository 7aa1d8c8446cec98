// What comes back from the work, in the order in which it happened. Plain data, see request.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/image/pyramid.h"
#include "core/image/quality.h"
#include "core/train/history.h"
#include "core/train/trainer.h"
#include "core/ui/work/request.h"

namespace limpid {

// Sent once, at the start.
struct EnginesFound {
  struct Entry {
    std::string name = {};         // "cpu", as requests name it
    std::string description = {};  // one line
  };
  std::vector<Entry> engines = {};        // the first is the default
  int threads = 0;                        // of the machine
  std::vector<std::string> methods = {};  // classical ones (core/classical), beside the models
};

struct PicturesFound {
  struct File {
    std::string path = {};
    std::string name = {};  // relative to the folder that was asked for
  };
  std::vector<File> files = {};
  std::vector<std::string> skipped = {};  // one sentence each
  bool show = false;                      // FindPictures::show
};

struct PictureOpened {
  int picture = 0;
  SharedPyramid image = {};   // as it is in the file, upright
  double noise_strength = 0;  // estimated (core/noise/estimate.h) in its middle, 0..1
  bool white_noise = false;   // so it seems there, see is_white_noise()
};

struct NoiseAdded {
  int picture = 0;
  SharedPyramid image = {};  // clamped to 0..1, in the steps of the picture's depth
};

struct Restoring {
  int picture = 0;
  int done = 0;  // views of tiles of a network, bands of a classical method
  int total = 0;
};

struct Restored {
  int picture = 0;
  Restore request = {};      // what it answers
  bool cancelled = false;    // then there is nothing below
  SharedPyramid image = {};  // like that of NoiseAdded; empty when the pictures were not asked for
  bool has_quality = false;  // false for a picture that was already noisy
  Quality noisy = {};        // against the picture in the file
  Quality restored = {};
  double ms = 0;
  std::string saved_to = {};  // empty: not saved
};

// Before each part of the file.
struct EncodingPicture {
  int picture = 0;
  int done = 0;
  int total = 0;
};

struct PictureEncoded {
  int picture = 0;
  Version version = Version::restored;
  bool cancelled = false;  // then there is nothing below
  std::string name = {};   // proposed for the file, without its ending: "beach-restored"
  std::vector<uint8_t> file = {};
};

// As mosaic() draws them.
struct MapsDrawn {
  DrawMaps request = {};   // what it answers
  std::string layer = {};  // its name
  int count = 0;           // maps, of
  int height = 0, width = 0;
  int columns = 0, gap = 0;
  SharedPyramid picture = {};
};

struct ModelLoaded {
  int model = 0;
  std::string name = {};
  int channels = 3;
  size_t parameters = 0;
  std::string summary = {};   // the table of core/model/summary.h
  std::string json = {};      // the architecture (core/model/json.h)
  std::string training = {};  // one sentence on how it was trained; empty: unknown
};

struct TrainingPlanned {
  TrainingOrder order = {};  // what it answers
  size_t pictures = 0;       // found, for training and testing together
  size_t test_pictures = 0;
  std::vector<std::string> skipped = {};
  size_t parameters = 0;
  size_t memory_bytes = 0;     // of the network
  double seconds = 0;          // of the whole training
  SharedPyramid filters = {};  // filter_pictures() of the weights to start from
};

struct RunOpened {
  int run = 0;
  TrainingOrder order = {};  // as it was trained, for going on with it
  std::vector<EpochRecord> history = {};
  std::string model_file = {};  // of its newest weights; empty: there is none
};

// Before TrainingBegun: each picture is decoded once.
struct ReadingPictures {
  size_t done = 0;
  size_t total = 0;
};

struct TrainingBegun {
  TrainingOrder order = {};
  size_t pictures = 0;  // learned from
  size_t test_pictures = 0;
  double noisy_rmse = 0;  // of these, what EpochRecord::rmse is to be compared with
  std::vector<std::string> skipped = {};
  std::vector<EpochRecord> history = {};  // before it went on
};

struct TrainingProgressed {
  TrainingProgress progress = {};
  double seconds = 0;  // worked so far, without pauses
};

struct EpochEnded {
  EpochRecord record = {};
};

// Some test pictures as the network restores them now, always with the same noise.
struct PreviewDrawn {
  struct Row {
    std::string name = {};
    SharedPyramid clean = {};
    SharedPyramid noisy = {};
    SharedPyramid restored = {};
    double noisy_rmse = 0;
    double restored_rmse = 0;
  };
  int epoch = 0;  // after this one; 0: before the first
  std::vector<Row> rows = {};
  SharedPyramid filters = {};  // filter_pictures()
};

struct CheckpointKept {
  int epoch = 0;
  size_t picture = 0;
  std::vector<uint8_t> bytes = {};  // empty when it went to StartTraining::run
};

struct TrainingPaused {
  bool paused = false;
};

struct TrainingEnded {
  TrainingEnd end = TrainingEnd::finished;
  int model = 0;  // usable in a Restore from now on
  std::vector<EpochRecord> history = {};
  std::string message = {};              // one sentence when it was not simply finished
  std::vector<uint8_t> model_file = {};  // safetensors; also when no epoch was over
};

// A request that could not be carried out. `message` is one sentence for the user.
struct Failed {
  enum class What { pictures, picture, restore, result, encode, model, plan, training, run, maps };
  What what = What::picture;  // result: what was restored could not be written
  int number = 0;             // of the picture, the model or the run, where it is about one
  std::string message = {};
  int queue = 0;  // Restore::queue, where it is about a Restore
};

using Event =
    std::variant<EnginesFound, PicturesFound, PictureOpened, NoiseAdded, Restoring, Restored,
                 EncodingPicture, PictureEncoded, MapsDrawn, ModelLoaded, TrainingPlanned,
                 RunOpened, ReadingPictures, TrainingBegun, TrainingProgressed, EpochEnded,
                 PreviewDrawn, CheckpointKept, TrainingPaused, TrainingEnded, Failed>;

}  // namespace limpid
