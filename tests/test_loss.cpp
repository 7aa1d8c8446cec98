#include "core/engine/loss.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"

namespace limpid {
namespace {

constexpr Loss all_losses[] = {Loss::mse, Loss::bce, Loss::l1, Loss::psnr};

TEST(Loss, IsTheMeanOverTheValues) {
  const std::vector<float> restored = {0.25f, 0.5f, 1.0f, 0.0f};
  const std::vector<float> clean = {0.75f, 0.5f, 0.5f, 0.25f};
  EXPECT_DOUBLE_EQ(loss(Loss::mse, restored, clean), (0.25 + 0 + 0.25 + 0.0625) / 4);
  EXPECT_DOUBLE_EQ(loss(Loss::l1, restored, clean), (0.5 + 0 + 0.5 + 0.25) / 4);
}

TEST(Loss, CrossEntropyIsThatOfEachValueAsAProbability) {
  const std::vector<float> restored = {0.25f, 0.5f};
  const std::vector<float> clean = {0.75f, 1.0f};
  const double first = -(0.75 * std::log(0.25) + 0.25 * std::log(0.75));
  EXPECT_DOUBLE_EQ(loss(Loss::bce, restored, clean), (first - std::log(0.5)) / 2);
}

TEST(Loss, CrossEntropyOfCertainValuesIsFinite) {
  const std::vector<float> restored = {0.0f, 1.0f, -0.5f, 2.0f};
  const std::vector<float> clean = {1.0f, 0.0f, 1.0f, 0.0f};
  std::vector<float> gradient(4, 7.0f);
  EXPECT_NEAR(loss_gradient(Loss::bce, restored, clean, gradient), -std::log(1e-7), 1e-6);
  EXPECT_EQ(gradient, std::vector<float>(4, 0.0f));
}

TEST(Loss, AbsoluteLossHasNoGradientAtItsKink) {
  std::vector<float> gradient(3, 7.0f);
  loss_gradient(Loss::l1, std::vector<float>{0.5f, 0.25f, 0.75f},
                std::vector<float>{0.5f, 0.5f, 0.5f}, gradient);
  EXPECT_EQ(gradient, (std::vector<float>{0.0f, -1.0f / 3, 1.0f / 3}));
}

TEST(Loss, PsnrIsWhatIsMissingTo40Decibels) {
  const std::vector<float> clean(4, 0.5f);
  const auto of = [&](float error) {
    return loss(Loss::psnr, std::vector<float>(4, 0.5f + error), clean);
  };
  EXPECT_NEAR(of(0.25f), 40 - 10 * std::log10(16), 0.01);
  EXPECT_NEAR(of(0.125f) - of(0.0625f), 10 * std::log10(4), 0.1) << "a PSNR of 6 dB more";
  EXPECT_NEAR(of(0.01f), 10 * std::log10(2), 1e-5);
  EXPECT_EQ(of(0), 0);
}

// Of the worse picture each value's gradient is as much smaller as its error is larger.
TEST(Loss, PsnrCountsEachPictureAlike) {
  std::vector<double> gradient(2), worse(2);
  const std::vector<float> clean = {0.5f, 0.5f};
  loss_gradient(Loss::psnr, std::vector<double>{0.6, 0.4}, clean, gradient);
  loss_gradient(Loss::psnr, std::vector<double>{0.8, 0.2}, clean, worse);
  for (const size_t i : {0, 1}) EXPECT_NEAR(worse[i] * 0.3 / (gradient[i] * 0.1), 1, 0.01);
}

TEST(Loss, GradientIsThatOfTheLoss) {
  const std::vector<float> clean = {0.75f, 0.5f, 0.125f, 0.0f, 1.0f};
  const std::vector<double> restored = {0.25, 0.625, 0.5, 0.375, 0.5};
  for (Loss kind : all_losses) {
    std::vector<double> gradient(5), unused(5);
    loss_gradient(kind, restored, clean, gradient);
    for (size_t i = 0; i < restored.size(); ++i) {
      const double h = 1e-5;
      std::vector<double> above = restored, below = restored;
      above[i] += h;
      below[i] -= h;
      const double slope =
          (loss_gradient(kind, above, clean, unused) - loss_gradient(kind, below, clean, unused)) /
          (2 * h);
      // h^2 / 6 of the third derivative, at most 16 * 32 here.
      EXPECT_NEAR(gradient[i], slope, 1e-8) << to_string(kind) << ", value " << i;
    }
  }
}

TEST(Loss, FloatsAndDoublesAgree) {
  const std::vector<float> clean = {0.75f, 0.5f, 0.125f};
  const std::vector<float> restored = {0.25f, 0.625f, 0.5f};
  for (Loss kind : all_losses) {
    std::vector<float> gradient(3);
    std::vector<double> exact(3);
    const double mean =
        loss_gradient(kind, std::vector<double>(restored.begin(), restored.end()), clean, exact);
    EXPECT_EQ(loss_gradient(kind, restored, clean, gradient), mean);
    EXPECT_EQ(loss(kind, restored, clean), mean);
    for (size_t i = 0; i < exact.size(); ++i) EXPECT_EQ(gradient[i], float(exact[i]));
  }
}

TEST(Loss, AsShownIsTheSameAndTheErrorWithinTheScale) {
  const std::vector<float> clean = {0.75f, 0.5f, 0.125f, 0, 1};
  const std::vector<float> restored = {0.25f, 0.625f, 0.5f, -0.5f, 1.25f};
  for (Loss kind : all_losses) {
    const LossAsShown both = loss_as_shown(kind, restored, clean);
    EXPECT_EQ(both.loss, loss(kind, restored, clean)) << to_string(kind);
    EXPECT_DOUBLE_EQ(both.rmse, std::sqrt((0.25 + 0.015625 + 0.140625 + 0 + 0) / 5));
  }
}

TEST(Loss, NotANumberStaysOne) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (Loss kind : all_losses) {
    EXPECT_TRUE(std::isnan(loss(kind, std::array{nan}, std::array{0.5f}))) << to_string(kind);
  }
}

TEST(Loss, NamesAreReadAndWritten) {
  for (Loss kind : all_losses) EXPECT_EQ(parse_loss(to_string(kind)), kind);
  try {
    parse_loss("ssim");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "no loss is called 'ssim' (there are: mse, bce, l1, psnr)");
  }
}

}  // namespace
}  // namespace limpid
