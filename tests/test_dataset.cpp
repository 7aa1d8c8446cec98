#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/data/dataset.h"
#include "core/data/hash.h"
#include "core/image/resize.h"
#include "tests/golden_image.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

// Of that side, each different from the others.
Image numbered(int number, int side = 6) { return pattern(side + number, side, 3); }

TEST(Dataset, OpensPicturesSortedWithTheirNames) {
  const TemporaryFolder folder;
  const std::vector<std::string> names = {"no/1 no.png", "no/10 ö.png", "yes/雪.png"};
  for (int i = 2; i >= 0; --i) folder.add(names[size_t(i)], numbered(i));
  const Dataset dataset({folder.path()}, {.size = 0});
  ASSERT_EQ(dataset.size(), 3u);
  EXPECT_TRUE(dataset.skipped().empty());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(dataset.name(i), names[size_t(i)]);
    EXPECT_EQ(dataset.file(i), folder.path() / names[size_t(i)]);
    EXPECT_EQ(dataset.shape(i), (Shape{6 + i, 6, 3}));
    EXPECT_EQ(dataset.picture(i).pixels, numbered(i).pixels);
    EXPECT_EQ(dataset.content_hash(i), fnv1a(read_file(dataset.file(i), 10000)));
  }
}

TEST(Dataset, ResizesAsTheArticleDoes) {
  const TemporaryFolder folder;
  folder.add("a.png", pattern(9, 20, 3));
  const Dataset dataset({folder.path()}, {.size = 8});
  EXPECT_EQ(dataset.shape(0), (Shape{8, 8, 3}));
  EXPECT_EQ(dataset.picture(0).pixels, resize_bicubic(pattern(9, 20, 3), 8, 8).pixels);
}

TEST(Dataset, GivesTheChannelsAskedFor) {
  const TemporaryFolder folder;
  folder.add("color.png", pattern(5, 5, 3));
  folder.add("gray.png", pattern(5, 5, 1));
  const Dataset color({folder.path()}, {.size = 0, .channels = 3});
  EXPECT_EQ(color.shape(1).channels, 3);
  EXPECT_EQ(color.picture(1).pixels, with_channels(pattern(5, 5, 1), 3).pixels);
  EXPECT_EQ(color.part(1, 2, 1, 3, 4).pixels, crop(color.picture(1), 2, 1, 3, 4).pixels);
  EXPECT_EQ(color.held(1)->bytes(), 25u) << "gray is held once";
  const Dataset gray({folder.path()}, {.size = 0, .channels = 1});
  EXPECT_EQ(to_bytes(gray.picture(0)), to_bytes(with_channels(pattern(5, 5, 3), 1)));
  EXPECT_EQ(gray.picture(1).pixels, pattern(5, 5, 1).pixels);
}

TEST(Dataset, KeepsSixteenBitsUnlessItResizes) {
  const TemporaryFolder folder;
  Image image(2, 2, 1);
  image.pixels = {0, 1.0f / 65535, 30000.0f / 65535, 1};
  folder.add("deep.png", image, 16);
  EXPECT_EQ(Dataset({folder.path()}, {.size = 0, .channels = 1}).picture(0).pixels, image.pixels);
  for (const float value : Dataset({folder.path()}, {.size = 4}).picture(0).pixels) {
    EXPECT_EQ(value, float(std::lround(value * 255)) / 255);
  }
}

TEST(Dataset, NamesAndSkipsWhatIsBroken) {
  const TemporaryFolder folder;
  folder.add("a.png", numbered(0));
  const fs::path text = folder.add("b.jpg", "no picture at all");
  const fs::path empty = folder.add("c.png", "");
  const std::vector<uint8_t> whole = encode_png({.color = pattern(30, 30, 3)});
  const fs::path cut = folder.add(
      "d.png", std::string_view(reinterpret_cast<const char*>(whole.data()), whole.size() / 2));
  folder.add("e.jpg", numbered(4));  // a PNG by its content
  const Dataset dataset({folder.path()}, {.size = 0});
  ASSERT_EQ(dataset.size(), 2u);
  EXPECT_EQ(dataset.name(1), "e.jpg");
  EXPECT_EQ(dataset.picture(1).pixels, numbered(4).pixels);
  ASSERT_EQ(dataset.skipped().size(), 3u);
  const std::vector<fs::path> broken = {text, empty, cut};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(dataset.skipped()[i].file, broken[i]);
    EXPECT_EQ(dataset.skipped()[i].reason.rfind(broken[i].string() + ": ", 0), 0u)
        << dataset.skipped()[i].reason;
  }
}

TEST(Dataset, KnowsTheNoisyPictureOfEachCleanOne) {
  const TemporaryFolder folder;
  folder.add("clean/a.png", numbered(0));
  folder.add("clean/in/b.png", numbered(1));
  folder.add("noisy/a.png", pattern(6, 6, 1));  // gray, as a picture of its own may be
  folder.add("noisy/in/b.bmp", numbered(1));    // a PNG by its content
  folder.add("noisy/c.png", numbered(2));
  for (const size_t cache_bytes : {size_t(1000000), size_t(0)}) {
    const Dataset dataset(
        {folder.path() / "clean"},
        {.size = 0, .noisy = folder.path() / "noisy", .cache_bytes = cache_bytes});
    ASSERT_EQ(dataset.size(), 2u);
    EXPECT_TRUE(dataset.has_noisy());
    EXPECT_EQ(dataset.picture(0).pixels, numbered(0).pixels);
    EXPECT_EQ(dataset.picture(0, Side::noisy).pixels, with_channels(pattern(6, 6, 1), 3).pixels);
    EXPECT_EQ(dataset.part(0, 2, 1, 3, 4, Side::noisy).pixels,
              crop(dataset.picture(0, Side::noisy), 2, 1, 3, 4).pixels);
    EXPECT_EQ(dataset.picture(1, Side::noisy).pixels, dataset.picture(1).pixels);
    EXPECT_NE(dataset.content_hash(0, Side::noisy), dataset.content_hash(0));
    EXPECT_EQ(dataset.content_hash(1, Side::noisy), dataset.content_hash(1));
  }
  EXPECT_FALSE(Dataset({folder.path() / "clean"}, {}).has_noisy());
}

TEST(Dataset, KnowsThePicturesThatOnlyTest) {
  const TemporaryFolder folder;
  folder.add("a.png", "no picture");
  folder.add("b.png", numbered(0));
  folder.add("held/c.png", numbered(1));
  folder.add("z.png", numbered(2));
  const Dataset dataset({folder.path()}, {.size = 0, .tests = folder.path() / "held"});
  ASSERT_EQ(dataset.size(), 3u);
  EXPECT_EQ(dataset.name(2), "held/c.png") << "they come last";
  EXPECT_EQ(dataset.picture(2).pixels, numbered(1).pixels);
  EXPECT_FALSE(dataset.only_tests(0));
  EXPECT_FALSE(dataset.only_tests(1));
  EXPECT_TRUE(dataset.only_tests(2));
  const Dataset drawn({folder.path()}, {});
  for (size_t i = 0; i < drawn.size(); ++i) EXPECT_FALSE(drawn.only_tests(i));
}

TEST(Dataset, SkipsWhatHasNoNoisyPictureOfItsSize) {
  const TemporaryFolder folder;
  for (const char* name : {"a.png", "b.png", "c.png", "d.png"}) {
    folder.add(std::string("clean/") + name, numbered(0));
  }
  folder.add("noisy/a.png", numbered(0));
  const std::string larger = folder.add("noisy/b.png", numbered(1)).string();
  const std::string broken = folder.add("noisy/d.png", "no picture").string();
  const std::string noisy = (folder.path() / "noisy").string();
  const Dataset dataset({folder.path() / "clean"}, {.size = 8, .noisy = noisy});
  ASSERT_EQ(dataset.size(), 1u);
  EXPECT_EQ(dataset.name(0), "a.png");
  ASSERT_EQ(dataset.skipped().size(), 3u);
  EXPECT_EQ(dataset.skipped()[0].reason,
            larger + ": the noisy picture is 6 x 7, the clean one 6 x 6");
  EXPECT_EQ(dataset.skipped()[1].reason, (folder.path() / "clean/c.png").string() +
                                             ": there is no noisy picture of it in " + noisy);
  EXPECT_EQ(dataset.skipped()[2].reason.rfind(broken + ": ", 0), 0u) << dataset.skipped()[2].reason;
  EXPECT_EQ(message_of([&] { Dataset({folder.path() / "clean"}, {.noisy = larger}); }),
            larger + ": there is no such folder of noisy pictures");
}

// Else a slip would be told of by a network that learns to change nothing.
TEST(Dataset, NoCleanPictureIsItsOwnNoisyOne) {
  const TemporaryFolder folder;
  folder.add("clean/a.png", numbered(0));
  const std::filesystem::path clean = folder.path() / "clean", link = folder.path() / "noisy";
  std::filesystem::create_directory_symlink(clean, link);
  for (const std::filesystem::path& noisy : {clean, link}) {
    EXPECT_EQ(message_of([&] { Dataset({clean}, {.noisy = noisy}); }),
              "no readable picture in " + clean.string() + " (" + (noisy / "a.png").string() +
                  ": the clean picture is its own noisy one)");
  }
}

TEST(Dataset, OneNoisyPictureIsThatOfOneCleanOne) {
  const TemporaryFolder folder;
  const std::string first = folder.add("one/a.png", numbered(0)).string();
  const std::string second = folder.add("two/a.png", numbered(0)).string();
  const std::string noisy = folder.add("noisy/a.png", numbered(0)).string();
  const Dataset dataset({folder.path() / "two", folder.path() / "one"},
                        {.noisy = folder.path() / "noisy"});
  ASSERT_EQ(dataset.size(), 1u);
  EXPECT_EQ(dataset.file(0), first);
  ASSERT_EQ(dataset.skipped().size(), 1u);
  EXPECT_EQ(dataset.skipped()[0].reason,
            second + ": " + noisy + " is the noisy picture of " + first + " already");
}

TEST(Dataset, RefusesWhenNothingIsLeft) {
  const TemporaryFolder folder;
  EXPECT_EQ(message_of([&] { Dataset({folder.path()}, {}); }),
            "no readable picture in " + folder.path().string());
  const fs::path broken = folder.add("a.png", "no picture");
  const std::string text = message_of([&] { Dataset({folder.path()}, {}); });
  EXPECT_EQ(text.rfind("no readable picture in " + folder.path().string() + " (", 0), 0u) << text;
  EXPECT_NE(text.find(broken.string()), std::string::npos) << text;
  EXPECT_NE(message_of([&] { Dataset({folder.path() / "absent"}, {}); }), "");
  EXPECT_EQ(message_of([&] {
              Dataset({broken, broken}, {});
            }).find("no readable picture in " + broken.string() + ", " + broken.string() + " ("),
            0u);
}

TEST(Dataset, HoldsPicturesUpToTheCapAndDecodesTheRestAgain) {
  const TemporaryFolder folder;
  for (int i = 0; i < 6; ++i) folder.add(std::to_string(i) + ".png", pattern(10 + i, 10, 3));
  const Dataset all({folder.path()}, {.size = 10});
  const Dataset some({folder.path()}, {.size = 10, .cache_bytes = 700});  // two of 300 bytes
  const Dataset none({folder.path()}, {.size = 10, .cache_bytes = 0});
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(some.picture(i).pixels, all.picture(i).pixels);
    EXPECT_EQ(none.picture(i).pixels, all.picture(i).pixels);
    const Image part = crop(all.picture(i), 3, 1, 5, 8);
    EXPECT_EQ(all.part(i, 3, 1, 5, 8).pixels, part.pixels);
    EXPECT_EQ(none.part(i, 3, 1, 5, 8).pixels, part.pixels);
  }
  for (const auto& entry : fs::directory_iterator(folder.path())) fs::remove(entry);
  const auto readable = [](const Dataset& dataset) {
    int n = 0;
    for (size_t i = 0; i < 6; ++i) n += message_of([&] { dataset.picture(i); }).empty();
    return n;
  };
  EXPECT_EQ(readable(all), 6);
  EXPECT_EQ(readable(some), 2);
  EXPECT_EQ(readable(none), 0);
  int held = 0;
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(to_image(*all.held(i)).pixels, all.picture(i).pixels);
    EXPECT_FALSE(none.held(i));
    held += some.held(i) != nullptr;
  }
  EXPECT_EQ(held, 2);
}

TEST(Dataset, NoticesAFileThatHasChanged) {
  const TemporaryFolder folder;
  const fs::path file = folder.add("a.png", pattern(8, 8, 3));
  const Dataset dataset({folder.path()}, {.size = 0, .cache_bytes = 0});
  folder.add("a.png", pattern(8, 9, 3));
  EXPECT_EQ(message_of([&] { dataset.picture(0); }),
            file.string() + ": the file has changed since the data set was opened");
  folder.add("a.png", pattern(8, 8, 3));
  EXPECT_EQ(dataset.picture(0).pixels, pattern(8, 8, 3).pixels);
}

TEST(Dataset, TellsItsProgressAndStopsWhenToldTo) {
  const TemporaryFolder folder;
  for (int i = 0; i < 5; ++i) folder.add(std::to_string(i) + ".png", numbered(i));
  size_t told = 0;
  Dataset({folder.path()}, {}, [&](size_t done, size_t total) {
    EXPECT_EQ(done, ++told);
    EXPECT_EQ(total, 5u);
    return true;
  });
  EXPECT_EQ(told, 5u);
  EXPECT_EQ(message_of([&] {
              Dataset({folder.path()}, {}, [](size_t done, size_t) { return done < 3; });
            }),
            "opening the pictures was cancelled");
}

TEST(Dataset, GivesPicturesToSeveralThreads) {
  const TemporaryFolder folder;
  for (int i = 0; i < 4; ++i) folder.add(std::to_string(i) + ".png", numbered(i, 40));
  const Dataset dataset({folder.path()}, {.size = 0, .cache_bytes = 10000});
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        wrong += dataset.picture(size_t(i % 4)).pixels != numbered(i % 4, 40).pixels;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Dataset, SkipsAwkwardFilesEachWithASentence) {
  const fs::path folder = shared_data() / "awkward" / "files";
  if (!fs::exists(folder)) {
    GTEST_SKIP() << "NOT TESTED: set LIMPID_SHARED_DATA to the folder that holds awkward/";
  }
  std::vector<fs::path> files;  // one by one: inside a folder an ending can leave a file out
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  for (const int size : {0, 64}) {
    const Dataset dataset(files, {.size = size});
    EXPECT_EQ(dataset.size() + dataset.skipped().size(), files.size());
    EXPECT_GE(dataset.size(), 26u);
    EXPECT_GE(dataset.skipped().size(), 11u);
    for (const SkippedFile& skipped : dataset.skipped()) {
      EXPECT_EQ(skipped.reason.rfind(skipped.file.string() + ": ", 0), 0u) << skipped.reason;
      EXPECT_EQ(skipped.reason.find('\n'), std::string::npos) << skipped.reason;
    }
    for (size_t i = 0; i < dataset.size(); ++i) {
      for (const float value : dataset.picture(i).pixels) ASSERT_TRUE(value >= 0 && value <= 1);
    }
  }
}

TEST(Dataset, OneThatIsTooLargeToBeHeldKeepsNoPlaceFromOthers) {
  const TemporaryFolder folder;
  for (int i = 0; i < 4; ++i) folder.add(std::to_string(i) + ".png", pattern(30, 30 + i, 3));
  folder.add("small.png", pattern(10, 10, 3));
  const Dataset dataset({folder.path()}, {.size = 0, .cache_bytes = 700});
  EXPECT_FALSE(dataset.held(0));
  EXPECT_TRUE(dataset.held(4));
}

TEST(Dataset, NamesFormatsThatAreNotReadAmongWhatItSkips) {
  const TemporaryFolder folder;
  folder.add("a.png", numbered(0));
  const fs::path foreign = folder.add("b.heic", "x");
  const Dataset dataset({folder.path()}, {.size = 0});
  ASSERT_EQ(dataset.skipped().size(), 1u);
  EXPECT_TRUE(dataset.skipped()[0].file.empty());
  EXPECT_EQ(dataset.skipped()[0].reason.find(foreign.string() + " is in a format"), 0u);
}

}  // namespace
}  // namespace limpid
