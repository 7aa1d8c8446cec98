// What the front end asks for. Plain data: a browser's page sends it to its worker as a message
// (message.h), a window hands it to a thread. The front end chooses the numbers that name pictures
// and models, from 1.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "core/data/split.h"
#include "core/image/encoding.h"
#include "core/noise/noise.h"
#include "core/train/settings.h"

namespace limpid {

// Which of a picture's versions.
enum class Version { clean, noisy, restored };

// Looks through files and folders for pictures. Answer: PicturesFound.
struct FindPictures {
  std::vector<std::string> paths = {};
  bool show = false;  // comes back with the answer: someone asked for them, the first goes on the
                      // screen; else they come along
};

// Reads a picture. Answer: PictureOpened.
struct OpenPicture {
  int picture = 0;
  std::string path = {};
};

// Forgets a picture and what waits for it; that is answered as cancelled.
struct ClosePicture {
  int picture = 0;
};

// Adds noise to an opened picture and takes it away again. Answers: NoiseAdded, Restoring after
// each part, Restored. A later Restore of the same picture takes the place of one that waits or
// runs, a queue's that of that queue alone.
struct Restore {
  int picture = 0;
  int model = 0;               // below 0: one of EnginesFound::methods, -1 the first
  bool already_noisy = false;  // the picture as it is; no NoiseAdded, no scores
  NoiseSettings noise = {};
  std::string engine = {};  // one of EnginesFound; empty: the first
  size_t memory_bytes = size_t(512) << 20;
  int threads = 0;            // 0: all of the machine's
  int views = 1;              // a network's, see DenoiseSettings
  float amount = 1;           // of what is found to be noise, taken out; see blended()
  bool first = false;         // before the others that wait: the picture on the screen
  bool send_pictures = true;  // false: only the scores come back
  bool beside = false;       // by another model than the chosen one, for a comparison: waits beside
                             // the picture's other one, is not kept
  int queue = 0;             // the number of the queue that it is of, as one that waits by itself;
                             // 0: of none
  std::string save_to = {};  // where its result is written; empty: nowhere

  bool operator==(const Restore&) const = default;
};

// Ends the Restore of a picture that waits or runs, and its EncodePicture; of all pictures when 0.
// Not those of a queue. Answers: Restored and PictureEncoded with `cancelled`, where there was one.
struct CancelRestore {
  int picture = 0;
};

// Ends the Restores of a queue. Answers: as above.
struct CancelQueue {
  int queue = 0;
  bool goes_on = false;  // later, under another number: the host keeps its results until then
};

// A version of a picture as a file of its size; as a PNG of its depth, with its alpha. Answers:
// EncodingPicture before each part, PictureEncoded.
struct EncodePicture {
  int picture = 0;
  Version version = Version::restored;
  PictureFormat format = PictureFormat::png;
};

// Draws the feature maps that leave a layer for the middle of a picture's noisy version, which is
// there once the picture was restored (core/feature_maps.h). Answer: MapsDrawn.
struct DrawMaps {
  int picture = 0;  // 0: the first one of the last PreviewDrawn
  int model = 0;
  int layer = 0;
  bool already_noisy = false;
  int threads = 0;  // 0: all of the machine's

  bool operator==(const DrawMaps&) const = default;
};

// Reads a model file (safetensors). Answer: ModelLoaded.
struct LoadModel {
  int model = 0;
  std::string path = {};
};

struct TrainingOrder {
  std::vector<std::string> paths = {};  // pictures and folders
  std::string noisy = {};  // the folder with the noisy pictures of them; empty: noise is added
  std::string tests = {};  // the folder whose pictures only test; empty: `split` draws some
  int size = 64;  // pictures become size x size; 0: they keep their own, and settings.crop is set
  int channels = 3;
  std::string model_name = {};  // a preset's; or, for people alone, that of
  std::string model_json = {};  // an own architecture (core/model/json.h)
  int begins_with = 0;          // the number of a loaded model of that architecture, whose weights
                                // it goes on learning; 0: new weights
  TrainingSettings settings = {};
  SplitSettings split = {};
  std::string engine = {};  // one of EnginesFound; empty: the first

  bool operator==(const TrainingOrder&) const = default;
};

// What that training would be, measured for a moment and not begun. Answer: TrainingPlanned.
struct PlanTraining {
  TrainingOrder order = {};
};

// Reads what the folder of a run (core/train/run_folder.h) tells of it. Answer: RunOpened.
struct OpenRun {
  int run = 0;
  std::string folder = {};
};

// Begins, or goes on from a checkpoint or with a run. Answers: ReadingPictures, TrainingBegun;
// TrainingProgressed a few times a second; EpochEnded, PreviewDrawn; CheckpointKept; TrainingEnded.
struct StartTraining {
  TrainingOrder order = {};
  int model = 0;                // a Restore with this number uses the weights of the last epoch
  std::string checkpoint = {};  // a file to go on from; empty: a new training
  std::string run = {};         // the folder that it is kept in, as by `limpid train`; empty: its
                                // checkpoints come as bytes
  bool resume = false;          // goes on with the training in that folder
  double keep_every_s = 60;     // between two checkpoints within an epoch
};

// Holds a training, or lets it go on. Answer: TrainingPaused.
struct PauseTraining {
  bool paused = true;
};

// Ends a training where it is: its model has the newest weights, from within the epoch too; with
// keep_best those of the best epoch, once one is over. Answer: TrainingEnded.
struct StopTraining {};

using Request = std::variant<FindPictures, OpenPicture, ClosePicture, Restore, CancelRestore,
                             CancelQueue, EncodePicture, DrawMaps, LoadModel, PlanTraining, OpenRun,
                             StartTraining, PauseTraining, StopTraining>;

}  // namespace limpid
