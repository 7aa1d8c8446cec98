#include "core/ui/saving.h"

#include <gtest/gtest.h>

#include <utility>

#include "core/ui/apply.h"
#include "tests/quiet_platform.h"

namespace limpid {
namespace {

using Bytes = std::vector<uint8_t>;

class Host : public QuietPlatform {
 public:
  bool lets_name = false;
  std::vector<std::pair<std::string, Bytes>> saved;
  std::vector<Bytes> copied;

  bool lets_name_files() const override { return lets_name; }
  void save(const std::string& name, Bytes bytes) override {
    saved.emplace_back(name, std::move(bytes));
  }
  void copy_picture(Bytes png) override { copied.push_back(std::move(png)); }
};

class SavingTest : public testing::Test {
 protected:
  PictureEntry& restored(const std::string& name) {
    PictureEntry& entry = state_.pictures.emplace_back();
    entry.number = state_.next_number++;
    entry.name = name;
    entry.restored = make_pyramid(Raster(2, 3, 3, 255));
    return entry;
  }
  // What it is encoded as.
  PictureFormat asked(const PictureEntry& entry, Saving::To to) {
    state_.requests.clear();
    save_restored(state_, host_, entry, to);
    return std::get<EncodePicture>(state_.requests.at(0)).format;
  }
  void answer(const PictureEntry& entry) {
    take_encoded(state_, host_, {.picture = entry.number, .name = "a-restored", .file = {1, 2}});
  }

  UiState state_;
  Host host_;
};

TEST_F(SavingTest, AJpegIsSavedAsOneUnlessTheUserChose) {
  const auto format = [&](const char* name) {
    PictureEntry entry;
    entry.name = name;
    return format_to_save(state_.choices, entry);
  };
  for (const char* name : {"a.jpg", "b.JPEG", "sub/c.jfif"}) {
    EXPECT_EQ(format(name), PictureFormat::jpeg) << name;
  }
  for (const char* name : {"a.png", "a.tif", "a.jpg.webp", "jpg"}) {
    EXPECT_EQ(format(name), PictureFormat::png) << name;
  }
  state_.choices.file_format = FileFormat::png;
  EXPECT_EQ(format("a.jpg"), PictureFormat::png);
  state_.choices.file_format = FileFormat::jpeg;
  EXPECT_EQ(format("a.png"), PictureFormat::jpeg);
}

TEST_F(SavingTest, TheNameEndsAsWhatItIs) {
  const PictureEntry entry = restored("a.jpg");
  EXPECT_EQ(asked(entry, Saving::To::file), PictureFormat::jpeg);
  state_.choices.file_format = FileFormat::png;  // too late for this one
  answer(entry);
  EXPECT_EQ(asked(entry, Saving::To::file), PictureFormat::png);
  answer(entry);
  EXPECT_EQ(host_.saved, (std::vector<std::pair<std::string, Bytes>>{{"a-restored.jpg", {1, 2}},
                                                                     {"a-restored.png", {1, 2}}}));
}

// Whatever ending its user types, nothing is lost before.
TEST_F(SavingTest, AHostThatLetsNameFilesGetsAPng) {
  host_.lets_name = true;
  const PictureEntry entry = restored("a.jpg");
  EXPECT_EQ(asked(entry, Saving::To::file), PictureFormat::png);
  answer(entry);
  ASSERT_EQ(host_.saved.size(), 1u);
  EXPECT_EQ(host_.saved[0].first, "a-restored.jpg");
}

TEST_F(SavingTest, TheClipboardGetsAPng) {
  state_.choices.file_format = FileFormat::jpeg;
  const PictureEntry entry = restored("a.jpg");
  EXPECT_EQ(asked(entry, Saving::To::clipboard), PictureFormat::png);
  answer(entry);
  EXPECT_EQ(host_.copied, std::vector<Bytes>{(Bytes{1, 2})});
  EXPECT_TRUE(host_.saved.empty());
}

TEST_F(SavingTest, WhatWasCancelledGoesNowhere) {
  const PictureEntry entry = restored("a.png");
  asked(entry, Saving::To::file);
  take_encoded(state_, host_, {.picture = entry.number, .cancelled = true});
  EXPECT_FALSE(state_.saving);
  answer(entry);  // which nobody waits for
  EXPECT_TRUE(host_.saved.empty());
}

TEST_F(SavingTest, OnePictureIsSavedAtATime) {
  const int closed = restored("b.png").number;
  PictureEntry entry = restored("a.png");
  const SharedPyramid image = std::exchange(entry.restored, nullptr);
  save_restored(state_, host_, entry, Saving::To::file);
  EXPECT_TRUE(state_.requests.empty()) << "it is not restored yet";
  entry.restored = image;
  save_restored(state_, host_, entry, Saving::To::file);
  save_restored(state_, host_, entry, Saving::To::clipboard);
  EXPECT_EQ(state_.requests.size(), 1u);
  EXPECT_FALSE(saving_over(state_, closed));
  const auto saving = saving_over(state_, entry.number);
  ASSERT_TRUE(saving);
  EXPECT_EQ(saving->to, Saving::To::file);
  save_restored(state_, host_, entry, Saving::To::clipboard);
  EXPECT_EQ(state_.requests.size(), 2u);
  apply(state_, Failed{Failed::What::encode, entry.number, "no"});
  EXPECT_FALSE(state_.saving);
}

}  // namespace
}  // namespace limpid
