// The desktop's own file dialog, whatever the desktop and also out of a sandbox: the FileChooser of
// org.freedesktop.portal.Desktop on D-Bus (flatpak.github.io/xdg-desktop-portal). For threads that
// may wait.
#pragma once

#include <string>
#include <vector>

#include "native/desktop/question.h"

namespace limpid {

// There is one. Starts it where it is not running yet, which may take seconds.
bool has_portal();

// The files or the folder that were chosen; none when the user chose none. Waits for the user.
// `parent` is the window the dialog belongs to, "x11:1a00002" (an XID, in base 16), or "". Throws
// Error when there is no portal, or when it ends unanswered.
std::vector<std::string> ask_portal(const Question& question, const std::string& parent);

}  // namespace limpid
