// Everything the front end knows, once. Panels draw it and change the choices in it; what they want
// done goes to `requests`, and what comes back is put in by apply().
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/noise/noise.h"
#include "core/ui/viewer/view.h"
#include "core/ui/work/event.h"
#include "core/ui/work/request.h"

namespace limpid {

enum class Page { denoise, train };

struct PictureEntry {
  enum class Status { listed, opening, ready, restoring, restored, failed };
  int number = 0;
  std::string path;
  std::string name;
  bool comes_along = false;  // with Limpid: nobody opened it
  Status status = Status::listed;
  std::string message;      // why it failed
  bool unreadable = false;  // its file did; else its restoring, which may be tried again
  int tiles_done = 0;
  int tiles = 0;

  // Only of the picture that is shown.
  SharedPyramid clean;  // as in the file, also when that is noisy
  SharedPyramid noisy;
  SharedPyramid restored;

  double estimated_strength = 0;
  bool has_scores = false;
  Quality noisy_quality;
  Quality restored_quality;
  double ms = 0;  // of the last restore
};

struct ModelEntry {
  int number = 0;  // below 0: a classical method, as in Restore::model
  std::string name;
  std::string about;         // parameters, how it was trained
  bool comes_along = false;  // with Limpid: what its name says is known
  bool ready = false;        // its weights are there
  std::string file = {};     // it is loaded from there once it is chosen (model_list.h); or empty
  size_t bytes = 0;          // of that file
  bool loading = false;      // someone chose it, its weights are on their way
  int version = 0;           // raised when its weights change
  bool keeps_name = false;   // a run's, which is not the network's
  bool compared = true;      // shown beside the chosen one, see ViewMode::models
  std::optional<Model> network = {};  // its layers, once they are known
};

// Of restored pictures.
enum class FileFormat {
  as_opened,  // a JPEG of one whose file is named as one, else a PNG
  png,
  jpeg,
};

// What the controls of the Denoise page are set to.
struct Choices {
  bool already_noisy = false;
  NoiseSettings noise;
  int model = 0;                                 // its number; 0: none yet
  std::string engine = {};                       // one of UiState::engines; empty: the first
  int threads = 0;                               // 0: all of the machine's
  size_t memory_bytes = Restore().memory_bytes;  // a network's; larger pictures go in tiles
  int views = 1;                                 // a network's, see DenoiseSettings
  float amount = 1;                              // see Restore
  FileFormat file_format = FileFormat::as_opened;
  bool dark = true;

  bool operator==(const Choices&) const = default;
};

// Pictures that are restored into a folder one after the other, see queue.h.
struct Queue {
  struct Job {
    enum class State { waiting, asked, done, failed };
    int picture = 0;
    std::string file;  // that its result is written to
    State state = State::waiting;
    std::string error = {};  // why it failed
  };
  int number = 0;       // Restore::queue of its requests; 0: it is over, or was given up
  bool paused = false;  // until it goes on
  std::string folder = {};
  Choices choices = {};  // as they were when it began
  std::vector<Job> jobs = {};
  double began_s = 0;        // or went on, by UiState::now
  size_t answered_then = 0;  // jobs
  double answered_s = 0;     // of the last answer, by UiState::now
  bool others_next = false;  // the folder that is asked for is for begin_others()

  bool over() const { return number == 0; }
  bool running() const { return !over() && !paused; }
};

// A folder that was chosen for a queue has results already: the user is to say what becomes of
// them.
struct FoundResults {
  std::string folder;
  size_t there = 0;     // results
  size_t pictures = 0;  // that were listed then
  FileFormat format = FileFormat::as_opened;
};

// A training that broke off, with its page or its machine, and can go on; or one that was over by
// then, whose model nobody has saved: it goes on from its end, and has its model again at once.
struct UnfinishedTraining {
  TrainingOrder order;
  std::string checkpoint;  // the file to go on from
  int over = 0;            // epochs that it had behind it

  bool is_over() const { return over >= order.settings.epochs; }
};

// A training that was opened from its folder, or begun here.
struct RunEntry {
  int number = 0;
  std::string name;     // its folder's; its network's when it is not kept in one
  std::string folder;   // empty: not kept
  TrainingOrder order;  // as it was trained; more epochs: as it is to go on
  std::vector<EpochRecord> history;
  int model = 0;                     // the number its weights have; 0: they are not loaded
  std::vector<uint8_t> model_bytes;  // the model as a file, of one that learned here
  std::string model_file;            // which they can be loaded from; empty: there is none
  bool charted = false;              // its curve is drawn beside the others
  bool asked = true;                 // the user opened it; false: found at the start
};

// What the work was asked for, by the weights that the model had then.
struct RestoreWish {
  Restore request;
  int version = 0;  // ModelEntry::version

  bool operator==(const RestoreWish&) const = default;
};

struct MapsWish {
  DrawMaps request;
  Restore restore;  // whose noisy version they are of
  int version = 0;  // ModelEntry::version

  bool operator==(const MapsWish&) const = default;
};

// The shown picture as another model than the chosen one restores it.
struct Comparison {
  int model = 0;
  RestoreWish wanted;    // what `restored` answers, or will
  bool waiting = false;  // for that
  SharedPyramid restored;
  bool has_scores = false;
  Quality quality;
};

// Into a network, at the shown picture (see ViewMode::layers) or at a training's first test
// picture.
struct LayerMaps {
  std::string layer;  // the name of the one that was chosen; another network may not have it
  MapsWish wanted;    // what `drawn` answers, or will
  std::optional<MapsDrawn> drawn;
  View view;  // of the maps
};

struct TrainingState {
  enum class Status { idle, reading, running, paused };
  Status status = Status::idle;
  TrainingOrder order;                   // as the controls are set
  bool draws_chosen = false;             // its draws; else they are proposed, see proposal.h
  TrainingOrder running;                 // of the training that runs, or ran last
  TrainingOrder order_then;              // as the controls were set when that one began
  int run = 0;                           // its number
  std::optional<TrainingOrder> asked;    // whose forecast is under way
  std::optional<TrainingPlanned> plan;   // the last forecast
  bool begins_once_planned = false;      // it waits for the number of its pictures
  std::string plan_error;                // why there is none
  std::optional<TrainingOrder> refused;  // of which
  std::string error;                     // why a training did not begin, or broke off
  size_t read = 0, to_read = 0;
  size_t pictures = 0, test_pictures = 0;
  double noisy_rmse = 0;  // of the test pictures, before they are restored
  std::vector<EpochRecord> history;
  TrainingProgress progress;
  PreviewDrawn preview;
  int model = 0;  // the number its weights have
  std::optional<TrainingEnded> ended;
  std::optional<UnfinishedTraining> unfinished;  // until it goes on or is given up
  bool shows_details = false;                    // the settings that few change
  bool logarithmic = true;
  LayerMaps maps;  // instead of the first layer's filters
  // Instead of the curves; until someone chooses, while there is no curve yet.
  std::optional<bool> shows_layers;

  bool idle() const { return status == Status::idle; }
  // Whether the last forecast is of what is chosen; or could not be made of it.
  bool planned() const { return plan && plan->order == order; }
  bool refused_plan() const { return !asked && !plan_error.empty() && refused == order; }
};

enum class News { good, bad };

struct Notice {
  std::string text;
  News news = News::good;
  double until = 0;  // by UiState::now
};

// An EncodePicture that is not answered yet, see saving.h.
struct Saving {
  enum class To { file, clipboard };
  int picture = 0;
  To to = To::file;
  PictureFormat format = PictureFormat::png;  // that the file is to have
};

// What a link (scene.h) names and is still to come; or empty.
struct Linked {
  std::string picture = {};  // that comes along, without the ending of its file
  std::string model = {};
  bool both = false;  // were named: until that picture is opened no other model suits it better
};

struct UiState {
  double now = 0;  // of this frame, in seconds
  Page page = Page::denoise;
  Choices choices;
  std::vector<EnginesFound::Entry> engines;
  int threads = 0;

  std::vector<PictureEntry> pictures;
  int shown = 0;             // number of the picture on the screen; 0: none
  bool white_noise = false;  // as that of the picture seen last seems, see PictureOpened
  int opening = 0;           // of the one that was opened for it and is not answered yet; 0: none
  bool reveal = false;       // its row is to be scrolled into sight
  std::vector<ModelEntry> models;
  int awaited_model = 0;  // its number: it takes the place of the model in use once it is there
  int next_number = 1;    // of pictures, models and runs
  std::vector<RunEntry> runs;
  int chosen_run = 0;  // the number of the one whose curves are shown when nothing is learned
  std::vector<std::string> recent;   // files and folders that were opened, the newest first
  std::vector<std::string> to_open;  // of these, by the user in this frame
  Queue queue;
  std::optional<FoundResults> found_results;
  View view;
  Linked linked;

  RestoreWish wanted;      // what the shown picture's results answer, or will
  bool restoring = false;  // it has not come back yet
  double restoring_since = 0;
  // What they answer by now: one that was cancelled or failed leaves those of other choices.
  RestoreWish answered;
  std::vector<Comparison> comparisons;  // of the shown picture
  double comparing_since = 0;           // the first that waits
  LayerMaps maps;

  std::optional<Saving> saving;             // until the picture is encoded
  std::optional<EncodingPicture> encoding;  // how far it is
  double encoding_since = 0;

  TrainingState training;
  std::deque<Notice> notices;

  std::vector<Request> requests;  // of this frame, in order
};

// Null: there is none of that number.
PictureEntry* find_picture(UiState& state, int number);
const PictureEntry* find_picture(const UiState& state, int number);
ModelEntry* find_model(UiState& state, int number);
const ModelEntry* find_model(const UiState& state, int number);
RunEntry* find_run(UiState& state, int number);
const RunEntry* find_run(const UiState& state, int number);
// The picture on the screen, or none.
PictureEntry* shown_picture(UiState& state);
const PictureEntry* shown_picture(const UiState& state);
// Whether the shown picture is restored as it is chosen.
bool restored_as_wanted(const UiState& state);
// Whether a model beside the chosen one is still at it.
bool comparing(const UiState& state);
// Asks for the end of what is at work on a picture: its restoring, else that by other models, else
// its encoding.
void cancel_work(UiState& state);

// The curves of the training that runs, of the chosen run, or of what was learned last.
const std::vector<EpochRecord>& shown_history(const UiState& state);

// Moves it to the front of those that were opened.
void remember(UiState& state, const std::string& path);

// What brings that picture back with what is chosen.
Restore restore_as_chosen(const Choices& choices, int picture);

// Only the picture on the screen keeps its pixels, and is restored for the screen.
void show_picture(UiState& state, int number);
// Takes it out of the list; where it was shown, the one that takes its place is.
void close_picture(UiState& state, int number);

void notify(UiState& state, std::string text, News news);

}  // namespace limpid
