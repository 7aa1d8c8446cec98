// Asks for files and folders within the window, where no dialog program is installed (dialog.h).
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "native/desktop/dialog.h"

namespace limpid {

class FileBrowser {
 public:
  FileBrowser();
  ~FileBrowser();

  // `answer` is called by draw() with what was chosen, not at all when nothing was. A question that
  // is still open is dropped.
  void ask(const Question& question, Dialogs::Answer answer);
  // Between ImGui's NewFrame and Render, after the front end.
  void draw();

 private:
  struct Entry {
    std::string name;
    bool folder = false;
  };
  // Folders are read on threads of their own: one may be on a slow disk.
  struct Reading;

  void go(const std::string& folder);
  void draw_place();
  void draw_entries(float height);
  void draw_buttons();
  void press(const Entry& entry);
  void finish(std::vector<std::string> paths);
  bool can_finish() const;

  Question question_;
  Dialogs::Answer answer_;
  bool opening_ = false, open_ = false;
  std::string folder_;
  std::string place_;  // as it is edited
  std::string name_;   // of the file to save
  std::vector<Entry> entries_;
  std::string problem_;           // why the folder cannot be read
  std::set<std::string> chosen_;  // names of files
  std::shared_ptr<Reading> reading_;
};

}  // namespace limpid
