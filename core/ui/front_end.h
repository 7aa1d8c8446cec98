// The front end of the window and of the page: START HERE to see what a frame draws.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/ui/panels.h"
#include "core/ui/platform.h"
#include "core/ui/scene.h"
#include "core/ui/state.h"
#include "core/ui/touch_scroll.h"
#include "core/ui/undo.h"

namespace limpid {

class FrontEnd {
 public:
  // ImGui's context and a GL context are there; the platform outlives this. Loads the fonts. Throws
  // Error when the graphics driver refuses the viewer's shaders.
  explicit FrontEnd(Platform& platform);
  ~FrontEnd();

  // Before ImGui's NewFrame. `scale`: of the display, 1 at 96 dpi.
  void prepare(float scale);
  // Between NewFrame and Render. `seconds`: of a clock that never goes back.
  void frame(double seconds);

  // Files and folders that were dropped, picked or pasted: pictures, model files (.safetensors),
  // folders of runs. Pictures are for the page that was shown when they were given.
  void add_files(const std::vector<std::string>& paths, Page page);
  void add_files(const std::vector<std::string>& paths) { add_files(paths, page()); }
  // What was picked as Pick::noisy_folder or Pick::test_folder, for the next training.
  void take_folder(Pick purpose, const std::string& path);
  Page page() const { return state_.page; }
  // A link that the host was opened with, or that it was given since (scene.h): what it sets wins
  // over choices of an earlier visit. Returns what is to be told of fields that are left out.
  std::vector<std::string> open_scene(std::string_view link, const Coming& coming);
  // A model that comes along: it is used while the user has opened none.
  void offer_model(const std::string& file);
  // Another that comes along, larger and better: it is listed, with the file's size, and asked for
  // with a LoadModel of that file whenever someone chooses it and it is not there yet. The host may
  // have to fetch it first; when it cannot, it answers as the work would, with Failed.
  void offer_model_later(const std::string& file, size_t bytes);
  // Runs that the host found: they are listed.
  void offer_runs(const std::vector<std::string>& folders);
  // Pictures to choose from, such as samples: for the list of the Denoise page, whatever is shown.
  void list_pictures(const std::vector<std::string>& paths);
  // The folder for the results of the queue, see Platform::pick_results_folder().
  void restore_all(const std::string& folder);
  // A training that can go on, or whose model was not saved: the Train page asks whether it should.
  void offer_training(UnfinishedTraining unfinished);
  // One sentence at the bottom of the screen.
  void notify(const std::string& sentence, News news);

  // Whether the next frame should not wait for input: something is moving.
  bool is_busy() const;
  // Whether it should come at the display's rate: something moves on that a finger has moved.
  bool glides() const { return touch_scroll_.glides(); }
  // Whether Escape ends something here: a list that is open, a field's editing, work.
  bool uses_escape() const;

 private:
  struct RunOpening {
    bool asked = false;  // by the user: it is shown
  };
  void open_run(const std::string& folder, RunOpening opening);
  void receive();
  void draw_denoise(ImVec2 size);
  void draw_train(ImVec2 size);
  void draw_setup_column(ImVec2 size, bool with_runs);
  void handle_keys();
  void send();

  Platform& platform_;
  UiState state_;
  Undo undo_;
  TouchScroll touch_scroll_;
  std::unique_ptr<ViewerCard> card_;
  float start_height_ = 0;      // of what begins a training, in the frame before
  bool settles_ = false;        // it is not that of this frame
  bool had_open_list_ = false;  // at the end of the frame before
  std::string stored_;          // the choices as they were stored last
};

}  // namespace limpid
