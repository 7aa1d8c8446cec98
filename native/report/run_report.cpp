#include "native/report/run_report.h"

#include <algorithm>

#include "core/engine/loss.h"
#include "core/image/picture.h"
#include "native/report/chart.h"
#include "native/report/grid.h"
#include "native/report/noise_text.h"
#include "native/report/scores.h"

namespace limpid {

namespace {

constexpr size_t shown_pictures = 5;  // the article's
constexpr Color blue = {0.12f, 0.42f, 0.70f};
constexpr Color orange = {0.87f, 0.40f, 0.05f};

Json examples_json(const std::vector<Example>& examples) {
  Json json = Json::array();
  for (const Example& example : examples) {
    json.push_back({{"picture", example.name},
                    {"noisy", score_json(example.noisy_quality)},
                    {"restored", score_json(example.restored_quality)}});
  }
  return json;
}

Curve curve_of(const std::string& name, Color color, const std::vector<EpochRecord>& history,
               double EpochRecord::*value) {
  Curve curve = {.name = name, .color = color, .values = {}};
  for (const EpochRecord& record : history) curve.values.push_back(record.*value);
  return curve;
}

}  // namespace

void RunReport::show(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights) {
  if (drawing_.is_due()) drawing_.renew([&] { draw(history, weights); });
}

void RunReport::draw(const std::vector<EpochRecord>& history, const std::vector<Tensor>& weights) {
  write_loss(history);
  Denoiser denoiser = this->denoiser(weights);
  std::vector<Example> examples;
  const std::vector<size_t>& test = subject().split.test;
  for (size_t i = 0; i < std::min(shown_pictures, test.size()); ++i) {
    const Example whole = example(denoiser, test[i]);
    if (whole.restored.empty()) return;  // interrupted: the grid stays the last epoch's
    examples.push_back(for_grid(whole));
  }
  examples_ = std::move(examples);
  const std::string title = subject().model.name + " after " + std::to_string(history.size()) +
                            (history.size() == 1 ? " epoch" : " epochs");
  const GridTitle titles = {title, noise_text(subject().settings.training)};
  write_picture(subject().folder.grid(), {.color = draw_grid(titles, examples_), .alpha = {}});
  set("first_test_pictures", line_of(examples_json(examples_)));
  drawn_epochs_ = history.size();
}

void RunReport::finish(const std::vector<EpochRecord>& history,
                       const std::vector<Tensor>& weights) {
  RunRecord::finish(history, weights);
  if (drawn_epochs_ != history.size()) draw(history, weights);
}

Json json_of(const FinalScores& scores) {
  return {{"pictures", scores.pictures},
          {"noisy", score_json(scores.noisy)},
          {"restored", score_json(scores.restored)}};
}

void RunReport::set_final(const std::optional<FinalScores>& scores) {
  set("final", scores ? json_of(*scores).dump() : "");
}

std::optional<FinalScores> RunReport::final_scores(
    const std::vector<Tensor>& weights, const std::function<void(size_t, size_t)>& progress) const {
  Denoiser denoiser = this->denoiser(weights);
  std::vector<Quality> noisy, restored;
  for (const size_t i : subject().split.test) {
    const Example example = this->example(denoiser, i);
    if (example.restored.empty()) return std::nullopt;
    noisy.push_back(example.noisy_quality);
    restored.push_back(example.restored_quality);
    if (progress) progress(noisy.size(), subject().split.test.size());
  }
  return FinalScores{.pictures = noisy.size(), .noisy = mean(noisy), .restored = mean(restored)};
}

void RunReport::write_loss(const std::vector<EpochRecord>& history) const {
  const TrainingSettings& training = subject().settings.training;
  const Chart chart = {.title = "Loss of " + subject().model.name,
                       .subtitle = noise_text(training),
                       .y_label = "loss (" + to_string(training.loss) +
                                  (training.loss == Loss::psnr ? ", dB short of 40)" : ")"),
                       .curves = {curve_of("training", blue, history, &EpochRecord::loss),
                                  curve_of("validation", orange, history, &EpochRecord::val_loss)}};
  write_picture(subject().folder.loss(), {.color = draw_chart(chart), .alpha = {}});
}

Denoiser RunReport::denoiser(const std::vector<Tensor>& weights) const {
  const TrainingSettings& training = subject().settings.training;
  DenoiseSettings settings = {.threads = training.threads};
  if (training.memory_bytes > 0) settings.memory_bytes = training.memory_bytes;
  return Denoiser(subject().engine, subject().model, weights, settings);
}

Example RunReport::example(Denoiser& denoiser, size_t picture) const {
  const RestorePicture restore = [&](const Image& noisy, const auto&) {
    return denoiser.denoise(noisy, [this](int, int) { return !interrupted_(); });
  };
  return make_example(restore, subject().dataset, picture, subject().settings.training.noise);
}

}  // namespace limpid
