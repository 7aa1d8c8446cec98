// Where a program of the desktop keeps its things: the XDG Base Directory Specification.
#pragma once

#include <filesystem>

namespace limpid {

std::filesystem::path choices_folder();   // $XDG_CONFIG_HOME/limpid
std::filesystem::path runs_folder();      // $XDG_DATA_HOME/limpid/runs: trainings of the window
std::filesystem::path pictures_folder();  // for what is saved without a dialog: the user's Pictures

}  // namespace limpid
