// Any text is what a run or a model file tells of a training, or throws Error; what is read reads
// back the same once written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/error.h"
#include "core/train/history.h"
#include "core/train/run_settings.h"
#include "core/train/training_facts.h"

namespace {

using namespace limpid;

void require(bool holds) {
  if (!holds) std::abort();
}

template <class Read>
void try_to(const Read& read) {
  try {
    read();
  } catch (const Error&) {
  }
}

void read_run_settings(const std::string& text) {
  const std::string written = to_json(run_settings_from_json(text, "fuzz"));
  require(to_json(run_settings_from_json(written, "fuzz")) == written);
}

void read_history(const std::string& text) {
  const std::string written = history_json(history_from_json(text, "fuzz"));
  require(history_json(history_from_json(written, "fuzz")) == written);
}

void read_settings(const std::string& text) {
  const TrainingSettings settings = settings_from_json(text, "fuzz");
  check(settings);
  require(settings_from_json(to_json(settings), "fuzz") == settings);
}

void read_facts_of(const char* name, const std::string& text) {
  Metadata metadata;
  write_facts(TrainingFacts(), metadata);
  metadata[name] = text;
  const auto facts = read_facts(metadata, "fuzz");
  require(facts && facts->size >= 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try_to([&] { read_run_settings(text); });
  try_to([&] { read_history(text); });
  try_to([&] { read_settings(text); });
  try_to([&] { read_facts_of("data", text); });
  try_to([&] { read_facts_of("training", text); });
  return 0;
}
