// Asks for files and folders within the window, where no dialog program is installed (dialog.h).
//
// Made for the keyboard first: what is typed finds names in the folder, or is a path. Up and Down
// go through the list (with Shift: several files), Enter opens, Backspace on an empty field goes to
// the folder above, Escape gives up, Ctrl+H shows hidden files, Ctrl+K those of all kinds. With the
// mouse: a click chooses, with Ctrl or Shift several, a double click opens.
#pragma once

#include <imgui.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "native/desktop/dialog.h"
#include "native/desktop/folder_listing.h"

namespace limpid {

class FileBrowser {
 public:
  FileBrowser();

  // `answer` is called by draw() with what was chosen, not at all when nothing was. A question that
  // is still open is dropped.
  void ask(const Question& question, Dialogs::Answer answer);
  // Between ImGui's NewFrame and Render, after the front end.
  void draw();

 private:
  // `marked`: the name of the entry that is marked then.
  void go(const std::string& folder, const std::string& marked = {});
  void go_up();
  void take_listing();
  void type(const std::string& text);
  void list();
  void mark(int row);
  void mark_by_keys();
  void press(int row);
  void open(int row);
  void enter();
  void choose();
  void finish(std::vector<std::string> paths);

  bool saves() const { return question_.kind == Question::Kind::save; }
  bool replaces() const;
  bool can_choose() const;
  const FolderEntry& entry(int row) const { return entries_[listed_[size_t(row)]]; }
  std::string path_of(const std::string& name) const;

  void draw_place();
  void draw_field();
  bool keep_early();
  void draw_entries(float height);
  void draw_row(int row);
  void draw_switch(const char* label, ImGuiKey key, bool& on);
  void draw_state();
  void draw_buttons();

  Question question_;
  Dialogs::Answer answer_;
  bool opening_ = false, open_ = false;
  std::string folder_;
  std::optional<FolderReader> reader_;  // until the folder is read
  std::string unreadable_;              // why the folder cannot be read
  std::vector<FolderEntry> entries_;    // of the folder: its folders first
  std::string typed_;                   // a part of names, or a path; of a file to save, its name
  bool hidden_ = false;                 // names that begin with a point are listed too
  bool all_ = false;                    // files of other kinds than those offered are listed too
  bool of_other_kind_ = false;          // there are some, which are not listed
  std::vector<size_t> listed_;          // of the entries, a row each
  int marked_ = -1;                     // the row that Enter opens; -1: none
  int anchor_ = -1;                     // the row that Shift chooses from
  bool reveal_ = false;                 // the marked row is to be scrolled into sight
  std::string to_mark_;                 // once the folder is read
  std::set<std::string> chosen_;        // names of files
  int field_ = 0;                       // how often its text was set
  bool to_field_ = false;               // the field is to ask for the keyboard
  bool waits_ = false;                  // it has asked, and not had it yet
  bool listens_ = false;                // it had the keyboard in the last frame
  ImVector<ImWchar> early_;             // what was typed while it waited
  bool early_enter_ = false;            // Enter too
  bool enters_ = false;                 // Enter was pressed before the folder was read
  std::string refusal_;                 // why what was typed opens nothing
};

}  // namespace limpid
