#include "core/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/train/epoch_losses.h"
#include "core/train/pace.h"
#include "core/train/portions.h"
#include "core/train/prefetch.h"
#include "core/train/validation.h"

namespace limpid {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double losses_every_s = 0.1;  // asking for them waits for the device

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The state without what a checkpoint does not keep: gradients, and moments that only Adam has.
State kept_state(const Network& network, Optimizer optimizer) {
  State state = network.read();
  state.gradients.clear();
  if (optimizer == Optimizer::sgd) state.second_moment.clear();
  return state;
}

}  // namespace

class Trainer::Content {
 public:
  Content(Engine& engine, const Dataset& dataset, const Split& split, Model model,
          TrainingSettings settings, std::vector<Tensor> first_weights);

  // Where it stands. `state` is the last one that was found good; what is newer lies in the
  // network.
  Checkpoint at;
  Batches training;
  Batches testing;
  int at_once = 1;
  std::unique_ptr<Network> network;
  bool holds = false;  // the network does, the pictures to learn from
  EpochLosses losses;
  // A batch, or a validation, that was cancelled half-way; nothing of it is in `at`.
  struct Partial {
    size_t learned = 0;                    // pictures whose gradients lie in the network
    std::optional<Validation> validation;  // of the test pictures so far

    size_t pictures() const { return learned + (validation ? validation->pictures() : 0); }
  };
  Partial partial;
  Keep keep;  // may be empty
  double every_s = 0;

 private:
  static Checkpoint start(const Dataset& dataset, const Split& split, Model model,
                          TrainingSettings settings);
};

Checkpoint Trainer::Content::start(const Dataset& dataset, const Split& split, Model model,
                                   TrainingSettings settings) {
  check(model);
  check(settings);
  if (dataset.settings().channels != model.channels) {
    throw Error("training: the model '" + model.name + "' takes pictures of " +
                std::to_string(model.channels) + " channels, the data set has " +
                std::to_string(dataset.settings().channels));
  }
  if (dataset.has_noisy() != settings.noisy_pictures) {
    throw Error(std::string("training: ") + (settings.noisy_pictures ? "it is" : "it is not") +
                " to learn from noisy pictures, and the data set has " +
                (settings.noisy_pictures ? "none" : "some"));
  }
  settings.noise.seed = settings.seed;
  Checkpoint at;
  at.model = std::move(model);
  at.settings = settings;
  at.split_hash = split_hash(dataset, split);
  return at;
}

Trainer::Content::Content(Engine& engine, const Dataset& dataset, const Split& split, Model model,
                          TrainingSettings settings, std::vector<Tensor> first_weights)
    : at(start(dataset, split, std::move(model), settings)),
      training(dataset, split.train, training_batches(at.settings)),
      testing(dataset, split.test, test_batches(at.settings)) {
  at.shape = training.shape();
  at.pictures = training.pictures();
  if (testing.shape() != at.shape) {
    throw Error(dataset.file(split.test.front()).string() + ": the picture is " +
                to_string(testing.shape()) + ", those to learn from are " + to_string(at.shape) +
                "; pictures of several sizes need a size or a crop");
  }
  at_once = std::min(pictures_at_once(engine, at.settings, at.model, at.shape), int(at.pictures));
  network = engine.prepare(at.model, {.height = at.shape.height,
                                      .width = at.shape.width,
                                      .batch = at_once,
                                      .training = true,
                                      .loss = at.settings.loss,
                                      .threads = at.settings.threads,
                                      .memory_bytes = at.settings.memory_bytes});
  const std::vector<const Raster*> held = training.held();
  holds = !held.empty() && network->hold(held);
  if (first_weights.empty()) first_weights = initial_weights(at.model, at.settings.seed);
  network->write({.weights = std::move(first_weights)});
  at.state = kept_state(*network, at.settings.optimizer);
}

Trainer::Trainer(Engine& engine, const Dataset& dataset, Split split, Model model,
                 TrainingSettings settings, std::vector<Tensor> first_weights)
    : content_(std::make_unique<Content>(engine, dataset, split, std::move(model), settings,
                                         std::move(first_weights))) {}

Trainer::~Trainer() = default;

void Trainer::keep_checkpoint(Keep keep, double every_s) {
  content_->keep = std::move(keep);
  content_->every_s = every_s;
}

void Trainer::keep_checkpoint(const std::filesystem::path& file, double every_s) {
  keep_checkpoint([file](const Checkpoint& checkpoint) { write_checkpoint(file, checkpoint); },
                  every_s);
}

void Trainer::resume(const std::filesystem::path& file) {
  resume(read_checkpoint(file), file.string());
}

void Trainer::resume(Checkpoint checkpoint, const std::string& where) {
  Checkpoint& at = content_->at;
  const std::string obstacle = difference(checkpoint, at);
  if (!obstacle.empty()) throw Error(where + ": the training cannot go on: " + obstacle);
  State state = checkpoint.state;
  if (content_->partial.learned > 0) state.gradients = zeros(at.model);
  content_->partial = {};
  content_->losses = EpochLosses(checkpoint.loss_sum, checkpoint.picture);
  content_->network->write(state);
  checkpoint.settings = at.settings;
  at = std::move(checkpoint);
}

// One call of run().
class Trainer::Run {
 public:
  Run(Content& content, const TrainingCallbacks& callbacks)
      : content_(content),
        at_(content.at),
        settings_(content.at.settings),
        network_(*content.network),
        callbacks_(callbacks),
        portions_(content.training, content.testing, content.at_once,
                  {.epoch = at_.epoch,
                   .picture = at_.picture + content.partial.pictures(),
                   .epochs = at_.settings.epochs}),
        prefetch_([this] { return portions_.next(); }, at_.shape, content.at_once, preparation(),
                  content.holds ? &content.training : nullptr) {}

  TrainingResult result();

 private:
  TrainingEnd run_to_end();
  // Each gives the reason to end, if there is one.
  std::optional<TrainingEnd> learn_batch();
  std::optional<TrainingEnd> finish_epoch();
  std::optional<TrainingEnd> keep_newest();
  std::optional<TrainingEnd> report_learned();

  bool accumulate(const Prefetch::Filled& filled, bool ends_batch);
  bool take_losses();
  bool validate(Validation& validation);
  void close_epoch(const Validation& validation);
  float rate(int64_t step) const;
  bool report(size_t learned, size_t validated);
  void count_seconds();
  void hand_over();
  std::string message(TrainingEnd end) const;

  Content& content_;
  Checkpoint& at_;
  const TrainingSettings& settings_;
  Network& network_;
  const TrainingCallbacks& callbacks_;
  Portions portions_;
  Prefetch prefetch_;
  Pace pace_;
  Clock::time_point losses_taken_ = Clock::now();
  Clock::time_point counted_ = Clock::now();  // at_.seconds go up to here
  Clock::time_point kept_ = Clock::now();
};

TrainingResult Trainer::run(const TrainingCallbacks& callbacks) {
  return Run(*content_, callbacks).result();
}

TrainingResult Trainer::Run::result() {
  const TrainingEnd end = run_to_end();
  return {
      .end = end, .history = at_.history, .weights = model_weights(at_), .message = message(end)};
}

TrainingEnd Trainer::Run::run_to_end() {
  while (at_.epoch < settings_.epochs) {
    if (settings_.stop_patience > 0 && at_.patience.waited >= settings_.stop_patience) {
      return TrainingEnd::stopped_early;
    }
    const auto end = at_.picture < at_.pictures ? learn_batch() : finish_epoch();
    if (end == TrainingEnd::cancelled) return keep_newest().value_or(TrainingEnd::cancelled);
    if (end) return *end;
  }
  return TrainingEnd::finished;
}

std::optional<TrainingEnd> Trainer::Run::learn_batch() {
  const size_t n = std::min(size_t(settings_.batch), at_.pictures - at_.picture);
  Content::Partial& partial = content_.partial;
  while (partial.learned < n) {
    const Prefetch::Filled filled = prefetch_.next();
    partial.learned += size_t(filled.portion.n);
    if (!accumulate(filled, partial.learned == n)) return TrainingEnd::diverged;
    pace_.learned(size_t(filled.portion.n));
    if (const auto end = partial.learned < n ? report_learned() : std::nullopt) return end;
  }
  partial = {};
  ++at_.step;
  network_.update(
      {.optimizer = settings_.optimizer,
       .step = at_.step,
       .learning_rate = rate(at_.step),
       .beta1 = settings_.optimizer == Optimizer::sgd ? settings_.momentum : UpdateStep().beta1,
       .gradient_scale = 1 / float(n),
       .average_decay = settings_.average_decay,
       .clip_norm = settings_.clip_norm});
  at_.picture += n;
  if (const auto end = report_learned()) return end;
  if (content_.keep && seconds_since(kept_) >= content_.every_s) return keep_newest();
  return std::nullopt;
}

// False when the loss is told at once and is not finite.
bool Trainer::Run::accumulate(const Prefetch::Filled& filled, bool ends_batch) {
  const TrainingPlace place{.seed = settings_.seed,
                            .epoch = filled.portion.epoch,
                            .picture = uint32_t(filled.portion.first)};
  content_.losses.expect(size_t(filled.portion.n), ends_batch);
  if (filled.samples.empty()) {
    const double loss = network_.accumulate(filled.noisy, filled.clean, place);
    return content_.losses.add({&loss, 1});
  }
  network_.accumulate_samples(filled.samples, place);
  return true;
}

std::optional<TrainingEnd> Trainer::Run::report_learned() {
  const bool is_due =
      content_.losses.pictures() == 0 || seconds_since(losses_taken_) >= losses_every_s;
  if (is_due && !take_losses()) return TrainingEnd::diverged;
  if (!report(at_.picture + content_.partial.learned, 0)) return TrainingEnd::cancelled;
  return std::nullopt;
}

bool Trainer::Run::take_losses() {
  const bool are_finite = content_.losses.add(network_.losses());
  at_.loss_sum = content_.losses.of_batches();
  losses_taken_ = Clock::now();
  return are_finite;
}

std::optional<TrainingEnd> Trainer::Run::finish_epoch() {
  if (!take_losses()) return TrainingEnd::diverged;
  State state = kept_state(network_, settings_.optimizer);
  if (!is_finite(state)) return TrainingEnd::diverged;
  if (!content_.partial.validation) content_.partial.validation.emplace(settings_.loss);
  Validation& validation = *content_.partial.validation;
  const bool averaging = !state.average.empty();
  if (averaging) network_.write({.weights = state.average});
  const bool cancelled = !validate(validation);
  if (averaging) network_.write({.weights = state.weights});
  if (validation.pictures() < content_.testing.pictures()) return TrainingEnd::cancelled;
  if (!std::isfinite(validation.loss())) return TrainingEnd::diverged;
  at_.state = std::move(state);
  close_epoch(*std::exchange(content_.partial.validation, std::nullopt));
  if (cancelled && at_.epoch < settings_.epochs) return TrainingEnd::cancelled;
  return std::nullopt;
}

// False when cancelled.
bool Trainer::Run::validate(Validation& validation) {
  while (validation.pictures() < content_.testing.pictures()) {
    const Prefetch::Filled filled = prefetch_.next();
    network_.denoise(filled.noisy, filled.noisy);
    validation.add(filled.noisy, filled.clean);
    pace_.validated(size_t(filled.portion.n));
    if (!report(at_.picture, validation.pictures())) return false;
  }
  return true;
}

void Trainer::Run::close_epoch(const Validation& validation) {
  count_seconds();
  const EpochRecord record{.epoch = at_.epoch + 1,
                           .loss = at_.loss_sum / double(at_.pictures),
                           .val_loss = validation.loss(),
                           .rmse = validation.rmse(),
                           .seconds = at_.seconds,
                           .learning_rate = rate(at_.step)};
  at_.history.push_back(record);
  const bool is_best = at_.patience.improves(record.val_loss);
  if (is_best && settings_.keep_best) at_.best = model_weights(at_.state);
  if (settings_.schedule == Schedule::plateau) {
    at_.plateau.observe(record.val_loss, settings_.plateau_patience);
  }
  ++at_.epoch;
  at_.picture = 0;
  at_.loss_sum = 0;
  content_.losses = {};
  at_.seconds = 0;
  hand_over();
  if (callbacks_.epoch) callbacks_.epoch(record);
}

std::optional<TrainingEnd> Trainer::Run::keep_newest() {
  if (!take_losses()) return TrainingEnd::diverged;
  State state = kept_state(network_, settings_.optimizer);
  if (!is_finite(state)) return TrainingEnd::diverged;
  at_.state = std::move(state);
  count_seconds();
  hand_over();
  return std::nullopt;
}

void Trainer::Run::hand_over() {
  if (!content_.keep) return;
  content_.keep(at_);
  kept_ = counted_ = Clock::now();  // what is written and drawn is no part of an epoch
}

float Trainer::Run::rate(int64_t step) const {
  const int64_t steps = int64_t(content_.training.count()) * settings_.epochs;
  return learning_rate(settings_, step, steps, at_.plateau);
}

// `learned` of this epoch. False when the user cancels.
bool Trainer::Run::report(size_t learned, size_t validated) {
  if (!callbacks_.progress) return true;
  const size_t tests = content_.testing.pictures();
  const double epochs = settings_.epochs - at_.epoch;
  const bool validating = validated > 0;
  return callbacks_.progress(
      {.epoch = at_.epoch + 1,
       .picture = validating ? validated : learned,
       .pictures = validating ? tests : at_.pictures,
       .loss = content_.losses.mean(),
       .pictures_per_s = pace_.learned_per_s(),
       .eta_s = pace_.seconds_for(epochs * double(at_.pictures) - double(learned),
                                  epochs * double(tests) - double(validated)),
       .validating = validating});
}

void Trainer::Run::count_seconds() {
  at_.seconds += seconds_since(counted_);
  counted_ = Clock::now();
}

std::string Trainer::Run::message(TrainingEnd end) const {
  const std::string epoch = "epoch " + std::to_string(at_.epoch + 1);
  switch (end) {
    case TrainingEnd::finished: return "";
    case TrainingEnd::stopped_early:
      return "stopped after epoch " + std::to_string(at_.epoch) + ": " +
             std::to_string(at_.patience.waited) + " epochs without a lower validation loss";
    case TrainingEnd::cancelled:
      return "stopped in " + epoch + " of " + std::to_string(settings_.epochs) + " after " +
             std::to_string(at_.picture) + " of " + std::to_string(at_.pictures) + " pictures";
    case TrainingEnd::diverged: break;
  }
  char rate[32];
  std::snprintf(rate, sizeof rate, "%g", double(settings_.learning_rate));
  return "the training diverged in " + epoch +
         ": its numbers are no longer finite; the last good state is kept. Try a learning rate "
         "lower than " +
         rate + (settings_.clip_norm == 0 ? ", or clipped gradients" : "");
}

}  // namespace limpid
