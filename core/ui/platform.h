// What the front end needs of its host, a window (native/desktop) or a page (web). The host owns
// the loop, the input and the GL context; it calls FrontEnd::frame() between ImGui's NewFrame and
// Render, and hands files that were dropped, pasted or picked to FrontEnd::add_files().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/ui/work/event.h"
#include "core/ui/work/request.h"

namespace limpid {

enum class Pick { pictures, folder, noisy_folder, test_folder, model };

class Platform {
 public:
  virtual ~Platform() = default;

  // The work: a thread's or a web worker's.
  virtual void send(Request request) = 0;
  virtual std::vector<Event> receive() = 0;

  // Asks the user for files; what was picked comes to FrontEnd::add_files(), a folder for one
  // purpose to FrontEnd::take_folder(), now or later.
  virtual void pick(Pick what) = 0;

  // Asks the user where to, or downloads; the host tells with FrontEnd::notify() what became of it.
  virtual void save(const std::string& name, std::vector<uint8_t> bytes) = 0;
  // The user may name it otherwise, and the ending decides: a picture comes as a PNG, which has all
  // of it, under the name of what it is to be, and becomes that.
  virtual bool lets_name_files() const = 0;
  // A PNG to the clipboard.
  virtual bool can_copy_pictures() const = 0;
  virtual void copy_picture(std::vector<uint8_t> png) = 0;
  // The host's address with that scene (scene.h), to the clipboard. A window has none.
  virtual bool can_copy_links() const = 0;
  virtual void copy_link(const std::string& scene) = 0;

  // The results of a whole queue: asks for a place and gives the folder's path to
  // FrontEnd::restore_all(), now or later. In a browser a folder of the worker's, that the host
  // packs and downloads when FrontEnd says it is complete, or asks for the queue's end. `failed`:
  // so many of all the pictures have no result.
  virtual void pick_results_folder() = 0;
  virtual void results_complete(const std::string& folder, size_t failed, size_t all) = 0;

  // Files stay when the program ends: their paths can be remembered, trainings kept in folders.
  virtual bool keeps_files() const = 0;
  // A folder that is not there yet, for a training of that network (core/train/run_folder.h);
  // empty: checkpoints come as events, which the host stores.
  virtual std::string new_run_folder(const std::string& network) = 0;

  // What the host has stored of the training that it offered (FrontEnd::offer_training()), or that
  // ran last, is of no use any more: it was given up, or its model is saved.
  virtual void forget_training() = 0;

  // Choices that are remembered: one text, empty at first.
  virtual std::string stored_choices() = 0;
  virtual void store_choices(const std::string& text) = 0;

  virtual bool prefers_dark() const = 0;
};

}  // namespace limpid
