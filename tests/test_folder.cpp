#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/data/folder.h"
#include "core/error.h"
#include "tests/as_nobody.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names(const FoundFiles& found) {
  std::vector<std::string> names;
  for (const FoundFile& file : found.files) names.push_back(file.name);
  return names;
}

TEST(Folder, FindsPicturesInSubfoldersSortedAsBytes) {
  const TemporaryFolder folder;
  for (const char* name : {"yes/b 1.JPG", "yes/a.png", "no/1 no.jpeg", "no/deep/er/ж.bmp", "z.gif",
                           "Z.tga", "no/10.pgm", "no/9.ppm", "no.png", "雪/雪 山.png"}) {
    folder.add(name, "x");
  }
  const FoundFiles found = find_pictures({folder.path()});
  EXPECT_EQ(names(found), (std::vector<std::string>{"Z.tga", "no.png", "no/1 no.jpeg", "no/10.pgm",
                                                    "no/9.ppm", "no/deep/er/ж.bmp", "yes/a.png",
                                                    "yes/b 1.JPG", "z.gif", "雪/雪 山.png"}));
  EXPECT_TRUE(found.skipped.empty());
  for (const FoundFile& file : found.files) EXPECT_EQ(file.file, folder.path() / file.name);
}

TEST(Folder, LeavesOutWhatIsNoPictureByItsEnding) {
  const TemporaryFolder folder;
  for (const char* name :
       {"notes.txt", "Thumbs.db", "png", "a.png.part", ".hidden.png", ".cache/b.png", "c.csv"}) {
    folder.add(name, "x");
  }
  fs::create_directories(folder.path() / "folder.png");
  ASSERT_EQ(mkfifo((folder.path() / "pipe.png").c_str(), 0600), 0);
  EXPECT_TRUE(find_pictures({folder.path()}).files.empty());
}

// Curves and grids are nothing to learn from; asked for by its name a run is a folder as others.
TEST(Folder, LeavesOutTheRunsOfTrainings) {
  const TemporaryFolder folder;
  for (const char* name :
       {"a.png", "runs/1/grid.png", "runs/1/run.json", "runs/1/model.safetensors", "b/run.json",
        "b/c.png", "d/model.safetensors", "d/e.png"}) {
    folder.add(name, "x");
  }
  EXPECT_EQ(names(find_pictures({folder.path()})),
            (std::vector<std::string>{"a.png", "b/c.png", "d/e.png"}));
  EXPECT_EQ(names(find_pictures({folder.path() / "runs/1"})),
            (std::vector<std::string>{"grid.png"}));
}

TEST(Folder, KnowsWhatOnlyTestsHoweverItIsReached) {
  const TemporaryFolder folder;
  for (const char* name : {"data/a.png", "data/held/b.png", "beside/c.png"}) folder.add(name, "x");
  const fs::path data = folder.path() / "data", beside = folder.path() / "beside";
  fs::create_symlink(beside, data / "link");
  fs::create_symlink(data / "a.png", beside / "of a.png");
  const auto tests_in = [](const FoundFiles& found) {
    std::vector<std::string> names;
    for (const FoundFile& file : found.files) {
      if (file.only_tests) names.push_back(file.name);
    }
    return names;
  };
  const FoundFiles within = find_pictures({data}, data / "held");
  EXPECT_EQ(names(within),
            (std::vector<std::string>{"a.png", "link/c.png", "link/of a.png", "held/b.png"}));
  EXPECT_EQ(tests_in(within), std::vector<std::string>{"held/b.png"});
  const FoundFiles linked = find_pictures({data}, beside);
  EXPECT_EQ(tests_in(linked), (std::vector<std::string>{"a.png", "link/c.png", "link/of a.png"}));
  EXPECT_EQ(names(linked).front(), "held/b.png");
  EXPECT_EQ(tests_in(find_pictures({data / "held"}, beside)),
            (std::vector<std::string>{"c.png", "of a.png"}));
  EXPECT_TRUE(tests_in(find_pictures({data})).empty());
  EXPECT_EQ(message_of([&] { find_pictures({data}, folder.path() / "absent"); }),
            (folder.path() / "absent").string() + ": there is no such file or folder");
}

TEST(Folder, TakesASingleFileWhateverItIsCalled) {
  const TemporaryFolder folder;
  const fs::path file = folder.add("scan", "x");
  folder.add("other.png", "x");
  const FoundFiles found = find_pictures({file});
  ASSERT_EQ(names(found), std::vector<std::string>{"scan"});
  EXPECT_EQ(found.files[0].file, file);
}

TEST(Folder, TakesEachFileOnceFromSeveralRoots) {
  const TemporaryFolder folder;
  folder.add("a/1.png", "x");
  folder.add("b/1.png", "x");
  const fs::path a = folder.path() / "a";
  EXPECT_EQ(names(find_pictures({folder.path() / "b", a, a / "1.png", a / "."})),
            (std::vector<std::string>{"1.png", "1.png"}));
  const fs::path before = fs::current_path();
  fs::current_path(a);
  EXPECT_EQ(find_pictures({"1.png", a / "." / "1.png", a / "1.png"}).files.size(), 1u);
  fs::current_path(before);
}

TEST(Folder, FollowsLinksToEachFolderOnce) {
  const TemporaryFolder folder;
  folder.add("inside/1.png", "x");
  folder.add("outside/2.png", "x");
  fs::create_directory_symlink(folder.path() / "outside", folder.path() / "inside" / "link");
  fs::create_directory_symlink(folder.path() / "inside", folder.path() / "inside" / "round");
  fs::create_symlink(folder.path() / "nowhere", folder.path() / "inside" / "broken.png");
  EXPECT_EQ(names(find_pictures({folder.path() / "inside"})),
            (std::vector<std::string>{"1.png", "broken.png", "link/2.png"}));
}

TEST(Folder, NamesARootThatIsAbsent) {
  const TemporaryFolder folder;
  const fs::path absent = folder.path() / "no such";
  EXPECT_EQ(message_of([&] {
              find_pictures({folder.path(), absent});
            }),
            absent.string() + ": there is no such file or folder");
}

TEST(Folder, TellsOfPicturesInFormatsThatAreNotRead) {
  const TemporaryFolder folder;
  folder.add("1.png", "x");
  EXPECT_EQ(find_pictures({folder.path()}).passed_over, "");
  const std::string first = folder.add("a.HEIC", "x").string();
  EXPECT_EQ(find_pictures({folder.path()}).passed_over,
            first + " is in a format that is not read: save as PNG or JPEG first");
  folder.add("in/b.psd", "x");
  folder.add("c.txt", "x");
  const FoundFiles found = find_pictures({folder.path()});
  EXPECT_EQ(found.passed_over,
            first + " and 1 more are in a format that is not read: save as PNG or JPEG first");
  EXPECT_EQ(names(found), std::vector<std::string>{"1.png"});
}

TEST(Folder, KnowsThePictureThatIsMeantInAnother) {
  const TemporaryFolder folder;
  const fs::path& other = folder.path();
  EXPECT_EQ(counterpart_in(other, "in/a.webp"), other / "in/a.webp");  // there is none
  folder.add("in/a.txt", "x");
  folder.add("in/ab.png", "x");
  EXPECT_EQ(counterpart_in(other, "in/a.webp"), other / "in/a.webp");
  const fs::path png = folder.add("in/a.png", "x");
  EXPECT_EQ(counterpart_in(other, "in/a.webp"), png);
  folder.add("in/a.gif", "x");
  EXPECT_EQ(counterpart_in(other, "in/a.webp"), other / "in/a.webp");  // either may be meant
  EXPECT_EQ(counterpart_in(other, "in/a.png"), png);
}

TEST(Folder, NamesAFolderThatCannotBeListed) {
  const TemporaryFolder folder;
  folder.add("1.png", "x");
  const fs::path closed = folder.add("closed/2.png", "x").parent_path();
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(closed, fs::perms::none);
  FoundFiles found;
  {
    const AsNobody nobody;  // root can list every folder
    found = find_pictures({folder.path()});
  }
  fs::permissions(closed, fs::perms::owner_all);
  EXPECT_EQ(names(found), std::vector<std::string>{"1.png"});
  ASSERT_EQ(found.skipped.size(), 1u);
  EXPECT_EQ(found.skipped[0].file, closed);
  EXPECT_NE(found.skipped[0].reason.find(closed.string()), std::string::npos);
}

TEST(Folder, OfSeveralWaysToOneFolderTheFirstByNameIsTaken) {
  const TemporaryFolder folder;
  folder.add("real/1.png", "x");
  for (const char* name : {"z", "m", "b", "a", "y"}) {
    fs::create_directory_symlink(folder.path() / "real", folder.path() / name);
  }
  EXPECT_EQ(names(find_pictures({folder.path()})), std::vector<std::string>{"a/1.png"});
}

}  // namespace
}  // namespace limpid
