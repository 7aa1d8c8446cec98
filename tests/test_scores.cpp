#include "native/report/scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace limpid {
namespace {

const double nan = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

TEST(Scores, AsJsonHaveNullForWhatIsNoNumber) {
  EXPECT_EQ(score_json({0.5, 6, 0.25}).dump(), R"({"rmse":0.5,"psnr":6.0,"ssim":0.25})");
  EXPECT_EQ(score_json({0, infinity, nan}).dump(), R"({"rmse":0.0,"psnr":null,"ssim":null})");
}

TEST(Scores, AsTextLeaveOutSsimOfTinyPictures) {
  EXPECT_EQ(score_text({0.07123, 22.9456, 0.6712}), "RMSE 0.0712  PSNR 22.95 dB  SSIM 0.671");
  EXPECT_EQ(score_text({0, infinity, nan}), "RMSE 0.0000  PSNR inf dB");
}

TEST(Scores, MeanIsOverThePicturesThatHaveOne) {
  const Quality quality = mean({{0.1, 20, nan}, {0.3, 10, 0.5}});
  EXPECT_DOUBLE_EQ(quality.rmse, 0.2);
  EXPECT_DOUBLE_EQ(quality.psnr, 15);
  EXPECT_DOUBLE_EQ(quality.ssim, 0.5);
  EXPECT_TRUE(std::isnan(mean({}).rmse));
}

}  // namespace
}  // namespace limpid
