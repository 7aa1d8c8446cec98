#include "core/ui/work/forecast.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "core/data/folder.h"
#include "core/error.h"
#include "core/model/summary.h"
#include "core/ui/work/filters.h"
#include "core/ui/work/order.h"

namespace limpid {
namespace {

constexpr int most_timings = 20;
constexpr double timing_s = 0.3;

// Seconds for learning one picture of `side` x `side`.
double seconds_a_picture(const Model& model, const std::vector<Tensor>& weights,
                         const TrainingOrder& order, int side, Engine& engine) {
  const Shape shape = {side, side, model.channels};
  const int n = std::min(pictures_at_once(order.settings, model, shape), 4);
  const std::unique_ptr<Network> network =
      engine.prepare(model, {.height = side,
                             .width = side,
                             .batch = n,
                             .training = true,
                             .loss = order.settings.loss,
                             .threads = order.settings.threads});
  State state;
  state.weights = weights;
  network->write(state);
  const std::vector<float> pixels(size_t(n) * shape.count(), 0.5f);
  const ConstBatch batch = {n, shape, pixels};
  network->accumulate(batch, batch, {});  // the first call also packs the weights
  // The fastest of a few: other programs can only make it slower.
  double least = std::numeric_limits<double>::infinity(), spent = 0;
  for (int i = 0; i < most_timings && (i < 2 || spent < timing_s); ++i) {
    const auto start = std::chrono::steady_clock::now();
    network->accumulate(batch, batch, {});
    network->update({.gradient_scale = 1 / float(n)});
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    least = std::min(least, passed.count());
    spent += passed.count();
  }
  return least / n;
}

size_t tests_among(const FoundFiles& found, const TrainingOrder& order) {
  const size_t all = found.files.size();
  const size_t own = size_t(std::ranges::count_if(found.files, &FoundFile::only_tests));
  if (all < 2) throw Error("training needs at least two pictures, one of them to test");
  if (own == all) throw Error("all pictures are those that only test: none is left to learn from");
  if (!order.tests.empty() && own == 0) throw Error(order.tests + ": there is no picture to test");
  if (own > 0) return own;
  return train_test_split(all, order.split.test_size, order.split.seed).test.size();
}

}  // namespace

TrainingPlanned forecast(const TrainingOrder& order, Engine& engine, const Models& loaded) {
  const Model model = model_of(order);
  check(order.settings);
  const int multiple = size_multiple(model);
  const int side = side_of(order);
  if (side < multiple || side % multiple != 0) {
    throw Error("size " + std::to_string(side) + " is no multiple of " + std::to_string(multiple) +
                ", which the model '" + model.name + "' needs");
  }
  TrainingPlanned plan{.order = order};
  const FoundFiles found = find_pictures({order.paths.begin(), order.paths.end()}, order.tests);
  for (const SkippedFile& file : found.skipped) plan.skipped.push_back(file.reason);
  plan.pictures = found.files.size();
  plan.test_pictures = tests_among(found, order);

  plan.parameters = size_t(summarize(model, side, side).parameters);
  const Shape shape = {side, side, model.channels};
  plan.memory_bytes =
      engine.memory_bytes(model, {.height = side,
                                  .width = side,
                                  .batch = pictures_at_once(order.settings, model, shape),
                                  .training = true,
                                  .loss = order.settings.loss,
                                  .threads = order.settings.threads});
  // A smaller picture tells the same, by its share of the work.
  const int timed = std::min(side, std::max(multiple, 128 / multiple * multiple));
  const std::vector<Tensor> weights = first_weights(order, model, loaded);
  plan.filters = filter_pictures(model, weights);
  const double seconds =
      seconds_a_picture(model, weights, order, timed, engine) * std::pow(double(side) / timed, 2);
  plan.seconds = seconds * work_in_pictures(order.settings, plan.pictures - plan.test_pictures,
                                            plan.test_pictures);
  return plan;
}

double work_in_pictures(const TrainingSettings& settings, size_t learned, size_t tested) {
  // Validation is forward alone: about a third of learning a picture.
  return settings.epochs * (double(learned) * settings.draws + double(tested) / 3);
}

}  // namespace limpid
