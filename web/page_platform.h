// What the front end asks of its host, asked of the page's JavaScript (host.mjs) in turn.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/ui/platform.h"

namespace limpid {

class PagePlatform : public Platform {
 public:
  // An event of the worker, for the next frame. Throws Error when it is none.
  void take(std::string_view json, std::span<const uint8_t> bytes);

  void send(Request request) override;
  std::vector<Event> receive() override;
  void pick(Pick what) override;
  void save(const std::string& name, std::vector<uint8_t> bytes) override;
  bool lets_name_files() const override { return false; }
  bool can_copy_pictures() const override;
  void copy_picture(std::vector<uint8_t> png) override;
  bool can_copy_links() const override;
  void copy_link(const std::string& scene) override;
  void pick_results_folder() override;
  void results_complete(const std::string& folder, size_t failed, size_t all) override;
  bool keeps_files() const override { return false; }
  std::string new_run_folder(const std::string&) override { return ""; }
  void forget_training() override;
  std::string stored_choices() override;
  void store_choices(const std::string& text) override;
  bool prefers_dark() const override;

 private:
  std::vector<Event> events_;
};

}  // namespace limpid
