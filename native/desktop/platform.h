// The desktop as the front end's host.
#pragma once

#include <future>
#include <string>
#include <vector>

#include "core/ui/platform.h"
#include "core/ui/work/worker_thread.h"
#include "native/desktop/dialog.h"
#include "native/desktop/file_browser.h"

namespace limpid {

class FrontEnd;

// What came of it.
struct Saved {
  std::string told;  // to the user
  bool failed = false;
};

class DesktopPlatform : public Platform {
 public:
  // `window`: as Dialogs has it. Throws Error when there is no engine.
  explicit DesktopPlatform(const std::string& window);

  // The front end that gets what dialogs answer; set before the first frame.
  void attach(FrontEnd& front_end) { front_end_ = &front_end; }
  // Of the trainings that the window began, the newest first, `most` at most.
  static std::vector<std::string> kept_runs(size_t most);
  // Once a frame: what dialogs have answered since, and which files are written.
  void poll();
  // After the front end's frame: what the host draws above it.
  void draw() { browser_.draw(); }

  void send(Request request) override { worker_.send(std::move(request)); }
  std::vector<Event> receive() override { return worker_.receive(); }
  void pick(Pick what) override;
  void save(const std::string& name, std::vector<uint8_t> bytes) override;
  bool lets_name_files() const override { return true; }
  bool can_copy_pictures() const override { return !copy_command_.empty(); }
  void copy_picture(std::vector<uint8_t> png) override;
  bool can_copy_links() const override { return false; }
  void copy_link(const std::string&) override {}  // there is no address
  void pick_results_folder() override;
  void results_complete(const std::string& folder, size_t failed, size_t all) override;
  bool keeps_files() const override { return true; }
  std::string new_run_folder(const std::string& network) override;
  void forget_training() override {}  // runs have folders
  std::string stored_choices() override;
  void store_choices(const std::string& text) override;
  bool prefers_dark() const override { return true; }

 private:
  FrontEnd* front_end_ = nullptr;
  FileBrowser browser_;
  Dialogs dialogs_;
  // Files on their way to the disk; the program ends when they are there.
  std::vector<std::future<Saved>> writings_;
  const std::string copy_command_;  // takes a PNG for the clipboard; empty: none is installed
  WorkerThread worker_;
};

}  // namespace limpid
