// The desktop as the front end's host.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/ui/platform.h"
#include "core/ui/work/worker_thread.h"
#include "native/desktop/dialog.h"

namespace limpid {

class FrontEnd;

class DesktopPlatform : public Platform {
 public:
  // Throws Error when there is no engine.
  DesktopPlatform();

  // The front end that gets what dialogs answer; set before the first frame.
  void attach(FrontEnd& front_end) { front_end_ = &front_end; }
  // Once a frame: what dialogs have answered since.
  void poll() { dialogs_.poll(); }

  void send(Request request) override { worker_.send(std::move(request)); }
  std::vector<Event> receive() override { return worker_.receive(); }
  void pick(Pick what) override;
  void save(const std::string& name, std::vector<uint8_t> bytes) override;
  bool can_copy_pictures() const override { return !copy_command_.empty(); }
  void copy_picture(std::vector<uint8_t> png) override;
  void pick_results_folder() override;
  void results_complete(const std::string& folder) override;
  std::string checkpoint_file() override;
  void give_up_training() override {}  // none is offered
  std::string stored_choices() override;
  void store_choices(const std::string& text) override;
  bool prefers_dark() const override { return true; }

 private:
  void write(const std::string& file, const std::vector<uint8_t>& bytes);

  FrontEnd* front_end_ = nullptr;
  Dialogs dialogs_;
  const std::string copy_command_;  // takes a PNG for the clipboard; empty: none is installed
  WorkerThread worker_;
};

}  // namespace limpid
