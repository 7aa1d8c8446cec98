#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <thread>

#include "core/error.h"
#include "core/image/file.h"
#include "tests/as_nobody.h"
#include "tests/golden_image.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
 protected:
  std::string text(const fs::path& file) const {
    const std::vector<uint8_t> bytes = read_file(file, 1000);
    return {bytes.begin(), bytes.end()};
  }
  size_t files() const {
    return size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  const TemporaryFolder own;
  const fs::path folder = own.path();
};

TEST_F(File, ReadsWhatWasWritten) {
  const fs::path file = folder / "a.bin";
  std::vector<uint8_t> bytes(3'000'000);  // more than one read call takes
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = uint8_t(i * 7 >> 3);
  write_file(file, bytes);
  EXPECT_EQ(read_file(file, bytes.size()), bytes);
  write_file(file, "short");
  EXPECT_EQ(text(file), "short");
  write_file(file, "");
  EXPECT_TRUE(read_file(file, 0).empty());
  EXPECT_EQ(files(), 1u);
}

TEST_F(File, TakesAwkwardNames) {
  const std::string longest(251, 'n');
  for (const std::string& name : {std::string("with space.txt"), std::string("-dash.txt"),
                                  std::string("Größe 画像.txt"), longest + ".txt"}) {
    write_file(folder / name, name);
    EXPECT_EQ(text(folder / name), name);
  }
  EXPECT_EQ(files(), 4u);
}

TEST_F(File, RefusesOneOverTheLimit) {
  write_file(folder / "big", "12345");
  EXPECT_EQ(message_of([&] { read_file(folder / "big", 4); }),
            "cannot read " + (folder / "big").string() + ": it is over the limit of 4 bytes");
  EXPECT_EQ(read_file(folder / "big", 5).size(), 5u);
}

TEST_F(File, RefusesAMissingFileAndAFolder) {
  EXPECT_EQ(message_of([&] { read_file(folder / "none", 9); }),
            "cannot read " + (folder / "none").string() + ": No such file or directory");
  EXPECT_EQ(message_of([&] { read_file(folder, 9); }),
            "cannot read " + folder.string() + ": Is a directory");
}

TEST_F(File, ReadsAPipe) {
  const fs::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << std::string(5000, 'x'); });
  EXPECT_EQ(read_file(pipe, 5000).size(), 5000u);
  writer.join();
  std::thread another([&] { std::ofstream(pipe) << std::string(5000, 'x'); });
  EXPECT_EQ(message_of([&] { read_file(pipe, 4999); }),
            "cannot read " + pipe.string() + ": it is over the limit of 4999 bytes");
  another.join();
}

TEST_F(File, FullDiskLeavesTheOldContent) {
  write_file(folder / "a", "old");
  // A limit on the file size fails a write half way, as a full disk does, and needs no root.
  struct rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small = {.rlim_cur = 100, .rlim_max = before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = message_of([&] { write_file(folder / "a", std::string(500, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(message, "cannot write " + (folder / "a").string() + ": File too large");
  EXPECT_EQ(text(folder / "a"), "old");
  EXPECT_EQ(files(), 1u) << "the temporary file is left behind";
}

TEST_F(File, RefusesAPlaceThatCannotHoldFiles) {
  write_file(folder / "a", "not a folder");
  EXPECT_EQ(message_of([&] { write_file(folder / "a" / "b", "x"); }),
            "cannot write " + (folder / "a" / "b").string() + ": Not a directory");
  EXPECT_EQ(message_of([&] { write_file(folder / "none" / "b", "x"); }),
            "cannot write " + (folder / "none" / "b").string() + ": No such file or directory");
  EXPECT_EQ(message_of([&] { write_file(folder, "x"); }),
            "cannot write " + folder.string() + ": Is a directory");
}

TEST_F(File, ReadOnlyFolderIsNamed) {
  // Even root cannot create files in /proc.
  const std::string message = message_of([] { write_file("/proc/limpid.txt", "x"); });
  EXPECT_EQ(message.rfind("cannot write /proc/limpid.txt: ", 0), 0u) << message;
}

TEST_F(File, NeverReplacesAPipeOrDevice) {
  const fs::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(message_of([&] { write_file(pipe, "x"); }),
            "cannot write " + pipe.string() + ": it is not a regular file");
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(File, WritesThroughALinkAndKeepsThePermissions) {
  write_file(folder / "target", "old");
  fs::permissions(folder / "target", fs::perms(0666));  // more than the usual mask leaves
  fs::create_symlink("target", folder / "link");
  write_file(folder / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(text(folder / "target"), "new");
  EXPECT_EQ(fs::status(folder / "target").permissions(), fs::perms(0666));
}

TEST_F(File, AWriteProtectedFileStays) {
  write_file(folder / "a", "old");
  fs::permissions(folder, fs::perms::all);  // so that a rename would do
  fs::permissions(folder / "a", fs::perms(0444));
  std::string message;
  {
    const AsNobody nobody;
    message = message_of([&] { write_file(folder / "a", "new"); });
  }
  EXPECT_EQ(message, "cannot write " + (folder / "a").string() + ": Permission denied");
  EXPECT_EQ(text(folder / "a"), "old");
}

TEST_F(File, WritesThroughLinksToWhereNothingIsYet) {
  fs::create_directory(folder / "far");
  fs::create_symlink("far/second", folder / "first");
  fs::create_symlink(folder / "far" / "target", folder / "far" / "second");
  write_file(folder / "first", "new");
  EXPECT_TRUE(fs::is_symlink(folder / "first"));
  EXPECT_TRUE(fs::is_symlink(folder / "far" / "second"));
  EXPECT_EQ(text(folder / "far" / "target"), "new");
  fs::create_symlink("none/target", folder / "astray");
  EXPECT_EQ(message_of([&] { write_file(folder / "astray", "x"); }),
            "cannot write " + (folder / "astray").string() + ": No such file or directory");
  EXPECT_TRUE(fs::is_symlink(folder / "astray"));
}

TEST_F(File, RefusesLinksInACircle) {
  fs::create_symlink("b", folder / "a");
  fs::create_symlink("a", folder / "b");
  EXPECT_EQ(message_of([&] { write_file(folder / "a", "x"); }),
            "cannot write " + (folder / "a").string() + ": Too many levels of symbolic links");
  EXPECT_TRUE(fs::is_symlink(folder / "a"));
  EXPECT_EQ(files(), 2u);
}

// As a killed process of the same number has left them.
TEST_F(File, PassesOverTemporaryFilesThatAreLeft) {
  constexpr int left = 300;  // so many that the next one's name is among them
  const auto name = [this](int i) {
    return folder / (".limpid-" + std::to_string(::getpid()) + "-" + std::to_string(i) + ".tmp");
  };
  for (int i = 0; i < left; ++i) std::ofstream(name(i)) << "left";
  write_file(folder / "a", "new");
  EXPECT_EQ(text(folder / "a"), "new");
  EXPECT_EQ(files(), size_t(left) + 1);
  for (int i = 0; i < left; ++i) EXPECT_EQ(text(name(i)), "left");
}

TEST_F(File, RelativeNamesWork) {
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  write_file("relative.txt", "here");
  fs::current_path(before);
  EXPECT_EQ(text(folder / "relative.txt"), "here");
}

TEST_F(File, WritersAtOnceLeaveOneWholeContent) {
  std::vector<std::thread> writers;
  for (char letter = 'a'; letter < 'e'; ++letter) {
    writers.emplace_back([this, letter] {
      for (int i = 0; i < 20; ++i) write_file(folder / "shared", std::string(900, letter));
    });
  }
  for (std::thread& writer : writers) writer.join();
  const std::string content = text(folder / "shared");
  EXPECT_EQ(content, std::string(900, content[0]));
  EXPECT_EQ(files(), 1u);
}

}  // namespace
}  // namespace limpid
