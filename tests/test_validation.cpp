#include "core/train/validation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace limpid {
namespace {

TEST(Validation, IsTheMeanOverThePictures) {
  const Shape shape{1, 2, 1};
  const std::vector<float> clean = {0, 0, 0.5f, 0.5f};
  const std::vector<float> restored = {0.5f, 0.5f, 0.5f, 1};
  for (const Loss loss : {Loss::mse, Loss::l1}) {
    Validation validation(loss);
    validation.add({2, shape, restored}, {2, shape, clean});
    EXPECT_EQ(validation.pictures(), 2u);
    EXPECT_DOUBLE_EQ(validation.loss(), loss == Loss::mse ? (0.25 + 0.125) / 2 : (0.5 + 0.25) / 2);
    EXPECT_DOUBLE_EQ(validation.rmse(), (0.5 + std::sqrt(0.125)) / 2);
  }
}

TEST(Validation, TheErrorIsThatOfThePictureAsShown) {
  const std::vector<float> clean = {0, 1}, restored = {-0.5f, 1.25f};
  Validation validation(Loss::mse);
  validation.add({1, {1, 2, 1}, restored}, {1, {1, 2, 1}, clean});
  EXPECT_EQ(validation.rmse(), 0);
  EXPECT_GT(validation.loss(), 0.1);
}

TEST(Validation, DoesNotDependOnHowThePicturesCome) {
  const Shape shape{1, 3, 1};
  std::vector<float> clean(15), restored(15);
  for (int i = 0; i < 15; ++i) restored[size_t(i)] = float(i) / 15;
  const ConstBatch all_restored{5, shape, restored}, all_clean{5, shape, clean};
  Validation together(Loss::mse), apart(Loss::mse);
  together.add(all_restored, all_clean);
  for (int i = 0; i < 5; ++i) {
    apart.add({1, shape, all_restored.picture(i)}, {1, shape, all_clean.picture(i)});
  }
  EXPECT_EQ(together.loss(), apart.loss());
  EXPECT_EQ(together.rmse(), apart.rmse());
}

}  // namespace
}  // namespace limpid
