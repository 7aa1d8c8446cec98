// Ctrl-C: the first asks the work to stop at its next safe point, the second ends the program.
#pragma once

namespace limpid {

// From now on SIGINT, SIGTERM and SIGHUP (a terminal that is closed) are noted instead of ending
// the program; the first writes one line to stderr. A file that grows over the user's limit is then
// an error like a full disk, too, and so is a pipe whose reader has gone: Ctrl-C takes `tee` as
// well.
void watch_interrupts();

bool interrupted();

// For work that tells how far it is and asks whether to go on.
constexpr auto unless_interrupted = [](auto...) { return !interrupted(); };

// As a shell reports a program that the signal ended: 130 for SIGINT, 143 for SIGTERM, 129 for
// SIGHUP.
int interrupted_status();

}  // namespace limpid
