#include "core/image/restoration.h"

#include <gtest/gtest.h>

#include "tests/golden_image.h"

namespace limpid {
namespace {

// The picture itself, two rows every other step.
class Copying : public Restoration {
 public:
  explicit Copying(const Image& image) : rows_(rows_of(image)), height_(image.height) {
    total_ = (height_ + 1) / 2 * 2;
  }
  void step() override { ++done_; }
  Image completed_rows() override {
    if (done_ % 2 != 0) return {};
    return *rows_(done_ - 2, std::min(2, height_ - done_ + 2));
  }

 private:
  const NoisyRows rows_;
  const int height_;
};

TEST(Restoration, FinishedItIsOnePicture) {
  for (const int height : {1, 2, 7}) {
    const Image image = pattern(height, 3, 3);
    Copying copying(image);
    std::vector<int> told;
    const Image whole = finish(copying, [&](int done, int total) {
      EXPECT_EQ(total, (height + 1) / 2 * 2);
      told.push_back(done);
      return true;
    });
    EXPECT_TRUE(whole.same_size(image));
    EXPECT_EQ(whole.pixels, image.pixels);
    for (int i = 0; i < int(told.size()); ++i) EXPECT_EQ(told[size_t(i)], i);
    EXPECT_EQ(told.back(), copying.total());
  }
}

TEST(Restoration, ValuesAreDrawnInto0To1) {
  Image image = pattern(4, 3, 1);
  image.at(0, 0, 0) = -0.25f;
  image.at(3, 2, 0) = 1.5f;
  Copying copying(image);
  const Image whole = finish(copying);
  EXPECT_EQ(whole.at(0, 0, 0), 0);
  EXPECT_EQ(whole.at(3, 2, 0), 1);
  EXPECT_EQ(whole.at(1, 1, 0), image.at(1, 1, 0));
}

TEST(Restoration, StopsWhenTold) {
  const Image image = pattern(9, 3, 1);
  Copying copying(image);
  EXPECT_TRUE(finish(copying, [](int done, int) { return done < 3; }).empty());
  EXPECT_EQ(copying.done(), 3);
  Copying refused(image);
  EXPECT_TRUE(finish(refused, [](int, int) { return false; }).empty());
  EXPECT_EQ(refused.done(), 0) << "it is asked before the first part";
}

TEST(Restoration, RowsOfAWholePictureAreNotCopiedWhenAllAreAskedFor) {
  const Image image = pattern(5, 4, 3);
  EXPECT_EQ(rows_of(image)(0, 5).get(), &image);
  EXPECT_EQ(rows_of(image)(1, 2)->pixels, crop(image, 1, 0, 2, 4).pixels);
}

TEST(Restoration, BlendsWhatIsTakenOutWithWhatStays) {
  const Image noisy = pattern(3, 4, 3);
  Image restored = noisy;
  for (float& value : restored.pixels) value = 0.25f + value / 2;
  EXPECT_EQ(blended(noisy, restored, 0).pixels, noisy.pixels);
  const Image half = blended(noisy, restored, 0.5f), all = blended(noisy, restored, 1);
  for (size_t i = 0; i < noisy.count(); ++i) {
    EXPECT_FLOAT_EQ(half.pixels[i], (noisy.pixels[i] + restored.pixels[i]) / 2);
    EXPECT_NEAR(all.pixels[i], restored.pixels[i], 1e-7);
  }
  // Noise that was not clipped.
  EXPECT_EQ(blended(Image(1, 1, 1, -0.5f), Image(1, 1, 1, 0.25f), 0.5f).pixels[0], 0);
  EXPECT_EQ(blended(Image(1, 1, 1, 1.75f), Image(1, 1, 1, 0.75f), 0.25f).pixels[0], 1);
}

}  // namespace
}  // namespace limpid
