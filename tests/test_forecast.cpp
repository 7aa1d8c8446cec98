#include "core/ui/work/forecast.h"

#include <gtest/gtest.h>

#include "core/engine/reference.h"
#include "core/error.h"
#include "core/model/json.h"
#include "core/ui/work/filters.h"
#include "tests/temporary_folder.h"
#include "tests/training_pictures.h"

namespace limpid {
namespace {

TrainingOrder order_for(const TrainingPictures& pictures) {
  TrainingOrder order{.paths = {pictures.folder().string()}, .size = 16};
  order.model_json = to_json(tiny_model());
  return order;
}

TEST(Forecast, CountsAndMeasures) {
  const TrainingPictures pictures(8);
  const TrainingOrder order = order_for(pictures);
  const TrainingPlanned plan = forecast(order, *make_reference_engine());
  EXPECT_EQ(plan.order, order);
  EXPECT_EQ(plan.pictures, 8u);
  EXPECT_EQ(plan.test_pictures, 2u);
  EXPECT_EQ(plan.parameters, 6u * 9 * 3 + 6 + 6 * 9 * 6 + 6 + 3 * 9 * 6 + 3);
  EXPECT_GT(plan.memory_bytes, 16u * 16 * 6 * sizeof(float));
  EXPECT_GT(plan.seconds, 0);
}

TEST(Forecast, CountsTheTestsOfTheirOwnFolder) {
  const TrainingPictures pictures(8), tests(3);
  TrainingOrder order = order_for(pictures);
  order.tests = tests.folder().string();
  const TrainingPlanned plan = forecast(order, *make_reference_engine());
  EXPECT_EQ(plan.pictures, 11u);
  EXPECT_EQ(plan.test_pictures, 3u);
  const auto refusal = [&](const std::filesystem::path& folder) {
    order.tests = folder.string();
    return message_of([&] { forecast(order, *make_reference_engine()); });
  };
  EXPECT_EQ(refusal(pictures.folder()),
            "all pictures are those that only test: none is left to learn from");
  const TemporaryFolder empty;
  EXPECT_EQ(refusal(empty.path()), empty.path().string() + ": there is no picture to test");
}

// Six pictures and two tests: 6 + 2/3 pictures' time for an epoch, 60 + 2/3 with ten draws.
TEST(Forecast, TakesEachDrawForAPicture) {
  TrainingSettings settings;
  settings.epochs = 3;
  for (const int draws : {1, 10}) {
    settings.draws = draws;
    EXPECT_NEAR(work_in_pictures(settings, 6, 2), 3 * (6 * draws + 2.0 / 3), 1e-6);
  }
}

TEST(Forecast, ShowsTheFiltersItWouldBeginWith) {
  const TrainingPictures pictures(2);
  TrainingOrder order = order_for(pictures);
  order.settings.seed = 5;
  const TrainingPlanned plan = forecast(order, *make_reference_engine());
  const Model model = tiny_model();
  EXPECT_EQ(plan.filters->picture().steps,
            filter_pictures(model, initial_weights(model, 5))->picture().steps);
}

TEST(Forecast, OfOneThatGoesOnLearningShowsWhatItKnows) {
  const TrainingPictures pictures(2);
  TrainingOrder order = order_for(pictures);
  order.size = 0;
  order.settings.crop = 8;
  order.begins_with = 3;
  const Model model = tiny_model();
  const Models loaded = {{3, {model, initial_weights(model, 8), {}}}};
  const TrainingPlanned plan = forecast(order, *make_reference_engine(), loaded);
  EXPECT_EQ(plan.filters->picture().steps,
            filter_pictures(model, loaded.at(3).weights)->picture().steps);
  EXPECT_THROW(forecast(order, *make_reference_engine()), Error);
}

TEST(Forecast, RefusesASizeThatTheModelCannotTake) {
  const TrainingPictures pictures(2);
  TrainingOrder order = order_for(pictures);
  order.size = 15;
  EXPECT_THROW(forecast(order, *make_reference_engine()), Error);
}

}  // namespace
}  // namespace limpid
