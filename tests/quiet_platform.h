// A host that does nothing and has nothing: tests override what they look at.
#pragma once

#include <string>
#include <vector>

#include "core/ui/platform.h"

namespace limpid {

class QuietPlatform : public Platform {
 public:
  void send(Request) override {}
  std::vector<Event> receive() override { return {}; }
  void pick(Pick) override {}
  void save(const std::string&, std::vector<uint8_t>) override {}
  bool lets_name_files() const override { return false; }
  bool can_copy_pictures() const override { return false; }
  void copy_picture(std::vector<uint8_t>) override {}
  bool can_copy_links() const override { return false; }
  void copy_link(const std::string&) override {}
  void pick_results_folder() override {}
  void results_complete(const std::string&, size_t, size_t) override {}
  bool keeps_files() const override { return false; }
  std::string new_run_folder(const std::string&) override { return ""; }
  void forget_training() override {}
  std::string stored_choices() override { return ""; }
  void store_choices(const std::string&) override {}
  bool prefers_dark() const override { return true; }
};

}  // namespace limpid
