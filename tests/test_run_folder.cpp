#include "core/train/run_folder.h"

#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

using Use = RunFolder::Use;

TEST(RunFolder, IsMadeAndGoesAgainWhenNothingCameOfIt) {
  const TemporaryFolder temporary;
  const fs::path run = temporary.path() / "a/run";
  {
    const RunFolder folder(run, Use::start);
    EXPECT_TRUE(fs::is_directory(run));
  }
  EXPECT_FALSE(fs::exists(run));
  {
    const RunFolder folder(run, Use::start);
    write_file(folder.run(), std::string_view("{}"));
  }
  EXPECT_TRUE(fs::exists(run / "run.json"));
  const RunFolder again(run, Use::resume);
}

TEST(RunFolder, StartsOnlyWhereNothingIsLost) {
  const TemporaryFolder temporary;
  fs::create_directories(temporary.path() / "empty");
  { const RunFolder folder(temporary.path() / "empty", Use::start); }
  EXPECT_TRUE(fs::exists(temporary.path() / "empty"));  // it was there before
  temporary.add("full/notes.txt", "x");
  EXPECT_NE(message_of([&] {
              RunFolder(temporary.path() / "full", Use::start);
            }).find("full: the folder is not empty"),
            std::string::npos);
  EXPECT_NE(message_of([&] {
              RunFolder(temporary.path() / "full", Use::resume);
            }).find("full: there is no training"),
            std::string::npos);
  EXPECT_FALSE(
      message_of([&] { RunFolder(temporary.path() / "full/notes.txt", Use::start); }).empty());
}

// A writer that was killed has left its temporary file.
TEST(RunFolder, IsTidiedWhenATrainingGoesOn) {
  const TemporaryFolder temporary;
  temporary.add("run/run.json", "{}");
  temporary.add("run/.limpid-77-0.tmp", "half of a checkpoint");
  temporary.add("run/.limpid-notes", "the user's");
  temporary.add("run/notes.tmp", "the user's");
  const RunFolder folder(temporary.path() / "run", Use::resume);
  EXPECT_FALSE(fs::exists(folder.path() / ".limpid-77-0.tmp"));
  EXPECT_TRUE(fs::exists(folder.path() / ".limpid-notes"));
  EXPECT_TRUE(fs::exists(folder.path() / "notes.tmp"));
  EXPECT_TRUE(fs::exists(folder.run()));
}

TEST(RunFolder, BelongsToOneAtATime) {
  const TemporaryFolder temporary;
  const fs::path run = temporary.path() / "run";
  const RunFolder first(run, Use::start);
  EXPECT_NE(message_of([&] { RunFolder(run, Use::start); }).find("run: another training"),
            std::string::npos);
  EXPECT_TRUE(fs::exists(run));
}

}  // namespace
}  // namespace limpid
