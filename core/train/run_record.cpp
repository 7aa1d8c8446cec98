#include "core/train/run_record.h"

#include <sys/utsname.h>

#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/image/file.h"
#include "core/model/json.h"
#include "core/model/model_file.h"
#include "core/model/strict_json.h"
#include "core/model/summary.h"
#include "core/train/training_facts.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;

constexpr size_t most_run_json_bytes = size_t(64) << 20;  // 100,000 names and epochs

constexpr const char* running = "running";
constexpr const char* error_key = "error";

Json machine_json(const Engine& engine) {
  utsname system = {};
  ::uname(&system);
  return {{"engine", engine.name()},
          {"description", engine.describe()},
          {"system", std::string(system.sysname) + " " + system.release + " " + system.machine},
          {"cores", std::thread::hardware_concurrency()}};
}

Json pictures_json(const Dataset& dataset, const Split& split, const std::string& hash) {
  Json skipped = Json::array(), test = Json::array();
  for (const SkippedFile& file : dataset.skipped()) skipped.push_back(file.reason);
  for (const size_t i : split.test) test.push_back(dataset.name(i));
  return {{"train", split.train.size()},
          {"test", split.test.size()},
          {"straddling_duplicate_groups", split.straddling_groups},
          {"split_hash", hash},
          {"skipped", skipped},
          {"test_pictures", test}};
}

Json read_run_json(const fs::path& file) {
  const std::vector<uint8_t> bytes = read_file(file, most_run_json_bytes);
  check_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string(),
             {.depth = 8, .elements = 1'000'000});
  Json run = Json::parse(bytes.begin(), bytes.end(), nullptr, /*allow_exceptions=*/false);
  if (!run.is_object() || !run.contains("settings")) {
    throw Error(file.string() + ": not what a training of Limpid writes");
  }
  return run;
}

}  // namespace

std::string to_string(TrainingEnd end) {
  switch (end) {
    case TrainingEnd::finished: return "finished";
    case TrainingEnd::stopped_early: return "stopped early";
    case TrainingEnd::cancelled: return "stopped";
    case TrainingEnd::diverged: return "diverged";
  }
  return "";
}

struct RunRecord::Content {
  Json run;  // run.json
};

RunRecord::RunRecord(const Subject& subject, Renewal renewal)
    : subject_(subject),
      split_hash_(split_hash(subject.dataset, subject.split)),
      renewal_(std::move(renewal)),
      content_(std::make_unique<Content>()) {}

RunRecord::~RunRecord() = default;

void RunRecord::start(const std::vector<Tensor>& weights) {
  write_model({}, weights);
  const Shape shape = subject_.dataset.shape(subject_.split.train.front());
  const int crop = subject_.settings.training.crop;
  const Summary summary = crop > 0 ? summarize(subject_.model, crop, crop)
                                   : summarize(subject_.model, shape.height, shape.width);
  write_file(subject_.folder.summary(), to_text(subject_.model, summary));
  content_->run = {{"limpid", LIMPID_VERSION},
                   {"state", running},
                   {"settings", Json::parse(to_json(subject_.settings))},
                   {"machine", machine_json(subject_.engine)},
                   {"pictures", pictures_json(subject_.dataset, subject_.split, split_hash_)},
                   {"model", Json::parse(to_json(subject_.model))},
                   {"history", Json::array()}};
  write_run();
}

void RunRecord::resume() {
  content_->run = read_run_json(subject_.folder.run());
  content_->run["settings"] = Json::parse(to_json(subject_.settings));
  content_->run["machine"] = machine_json(subject_.engine);
  content_->run["state"] = running;
  content_->run.erase(error_key);
  write_run();
}

bool RunRecord::keep(const Checkpoint& checkpoint, double every_s) {
  const size_t epochs = checkpoint.history.size();
  const bool ends_epoch = checkpoint.picture == 0 && epochs != epochs_;
  if (!ends_epoch) {
    keep_held();
    write_checkpoint(subject_.folder.checkpoint(), checkpoint);
    return true;
  }
  epochs_ = epochs;
  if (!renewal_.is_due(every_s)) {
    held_ = checkpoint;
    return false;
  }
  held_.reset();
  keep_epoch(checkpoint);
  return true;
}

void RunRecord::keep_epoch(const Checkpoint& checkpoint) {
  renewal_.renew([&] { write_kept(checkpoint); });
  show(checkpoint.history, model_weights(checkpoint));
}

void RunRecord::write_kept(const Checkpoint& checkpoint) {
  write_checkpoint(subject_.folder.checkpoint(), checkpoint);
  write_epoch(checkpoint.history, model_weights(checkpoint));
}

void RunRecord::keep_held() {
  if (const auto held = std::exchange(held_, std::nullopt)) keep_epoch(*held);
}

void RunRecord::epoch(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights) {
  write_epoch(history, weights);
  show(history, weights);
}

void RunRecord::write_epoch(const std::vector<EpochRecord>& history,
                            const std::vector<Tensor>& weights) {
  write_model(history, weights);
  write_file(subject_.folder.history(), history_csv(history));
  content_->run["history"] = Json::parse(history_json(history));
  write_run();
  written_epochs_ = history.size();
}

void RunRecord::finish(const std::vector<EpochRecord>& history,
                       const std::vector<Tensor>& weights) {
  keep_held();
  if (written_epochs_ != history.size()) epoch(history, weights);
}

void RunRecord::end(TrainingEnd end) {
  keep_held();
  content_->run["state"] = to_string(end);
  write_run();
}

void RunRecord::fail(const std::string& sentence) noexcept try {
  if (content_->run.is_null()) return;
  content_->run["state"] = "failed";
  content_->run[error_key] = sentence;
  write_run();
  if (const auto held = std::exchange(held_, std::nullopt)) write_kept(*held);  // no GPU: not shown
} catch (const std::exception&) {  // the sentence is told all the same
}

void RunRecord::set(const std::string& name, const std::string& json) {
  if (json.empty())
    content_->run.erase(name);
  else
    content_->run[name] = Json::parse(json);
  write_run();
}

void RunRecord::write_model(const std::vector<EpochRecord>& history,
                            const std::vector<Tensor>& weights) const {
  write_model_file(subject_.folder.model(),
                   trained_model(subject_.settings, split_hash_, history, subject_.model, weights));
}

void RunRecord::write_run() const {
  using Invalid = Json::error_handler_t;  // a sentence may name a file by bytes that are no UTF-8
  write_file(subject_.folder.run(), content_->run.dump(2, ' ', false, Invalid::replace) + "\n");
}

std::unique_ptr<RunRecord> make_run_record(const RunRecord::Subject& subject,
                                           std::function<bool()>) {
  return std::make_unique<RunRecord>(subject);
}

RecordedRun read_run(const fs::path& folder) {
  const fs::path file = RunFolder::record_of(folder);
  const Json run = read_run_json(file);
  RecordedRun recorded;
  recorded.settings = run_settings_from_json(run["settings"].dump(), file.string());
  try {
    recorded.model = model_from_json(run.at("model").dump(), file.string());
    recorded.history = history_from_json(run.at("history").dump(), file.string());
    recorded.state = run.at("state").get<std::string>();
  } catch (const Json::exception&) {
    throw Error(file.string() + ": it lacks the model, the history or the state of the training");
  }
  return recorded;
}

RunStart read_start(const RunFolder& folder) {
  const Json run = read_run_json(folder.run());
  RunStart start;
  start.settings = run_settings_from_json(run["settings"].dump(), folder.run().string());
  std::error_code code;  // what cannot be looked at is read, and its error told
  const bool is_there = fs::exists(folder.checkpoint(), code);
  if (is_there || (code && code != std::errc::no_such_file_or_directory)) {
    start.checkpoint = read_checkpoint(folder.checkpoint());
    start.model = start.checkpoint->model;
  } else {
    if (run.contains("history") &&
        !run["history"].empty()) {  // only runs without an epoch may begin again
      throw Error(folder.checkpoint().string() +
                  ": it is missing, and without it this training cannot go on (its model can learn "
                  "further in another run)");
    }
    ModelFile file = read_model_file(folder.model());
    start.model = std::move(file.model);
    start.weights = std::move(file.weights);
  }
  return start;
}

}  // namespace limpid
