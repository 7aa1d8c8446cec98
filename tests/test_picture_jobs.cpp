#include "native/cli/picture_jobs.h"

#include "native/cli/usage_error.h"
#include "tests/temporary_folder.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;

class PictureJobsTest : public testing::Test {
 protected:
  PictureJobsTest() {
    for (const char* name :
         {"in/a.png", "in/sub/b.JPG", "in/sub/c.gif", "other/a.png", "one.bmp"}) {
      temporary.add(name, Image(2, 2, 3, 0.5f));
    }
  }
  fs::path at(const std::string& name) const { return temporary.path() / name; }

  const TemporaryFolder temporary;
};

TEST_F(PictureJobsTest, AFileBecomesAFile) {
  const PictureJobs plan = plan_pictures({{at("one.bmp")}, at("x.jpg"), {}, {}});
  ASSERT_EQ(plan.jobs.size(), 1u);
  EXPECT_EQ(plan.jobs[0].input, at("one.bmp"));
  EXPECT_EQ(plan.jobs[0].output, at("x.jpg"));
  EXPECT_TRUE(plan.jobs[0].noisy.empty());
}

TEST_F(PictureJobsTest, OrGoesIntoAFolder) {
  for (const std::string folder : {"new", "other", "new/"}) {
    const PictureJobs plan = plan_pictures({{at("one.bmp")}, at(folder), at("n.png"), {}});
    EXPECT_EQ(plan.jobs[0].output, at(folder) / "one.png");
    EXPECT_EQ(plan.jobs[0].noisy, at("n.png"));
  }
}

TEST_F(PictureJobsTest, FoldersKeepTheirSubFolders) {
  fs::create_directories(at("clean"));
  const PictureJobs plan = plan_pictures({{at("in")}, at("out"), at("noisy"), at("clean")});
  ASSERT_EQ(plan.jobs.size(), 3u);
  EXPECT_EQ(plan.jobs[0].output, at("out/a.png"));
  EXPECT_EQ(plan.jobs[1].output, at("out/sub/b.JPG"));
  EXPECT_EQ(plan.jobs[2].output, at("out/sub/c.png"));
  EXPECT_EQ(plan.jobs[2].noisy, at("noisy/sub/c.png"));
  EXPECT_EQ(plan.jobs[2].reference, at("clean/sub/c.gif"));
}

TEST_F(PictureJobsTest, AFolderThatIsThereMayHaveADotInItsName) {
  fs::create_directories(at("v1.5"));
  const PictureJobs plan = plan_pictures({{at("one.bmp")}, at("v1.5"), {}, {}});
  EXPECT_EQ(plan.jobs.at(0).output, at("v1.5/one.png"));
}

TEST_F(PictureJobsTest, WhatIsNamedTwiceIsDoneOnce) {
  const PictureJobs plan =
      plan_pictures({{at("in/a.png"), at("in"), at("in/sub/../a.png")}, at("out"), {}, {}});
  EXPECT_EQ(plan.jobs.size(), 3u);
}

TEST_F(PictureJobsTest, OfOnePictureTheCleanOneMayLieInAFolderToo) {
  const PictureJobs plan = plan_pictures({{at("in/a.png")}, at("x.png"), {}, at("other")});
  EXPECT_EQ(plan.jobs.at(0).reference, at("other/a.png"));
}

TEST_F(PictureJobsTest, AbsentInputsDoNotStopTheOthers) {
  const PictureJobs plan = plan_pictures({{at("absent"), at("one.bmp")}, at("out"), {}, {}});
  EXPECT_EQ(plan.jobs.size(), 1u);
  ASSERT_EQ(plan.failed.size(), 1u);
  EXPECT_NE(plan.failed[0].reason.find("absent"), std::string::npos);
}

TEST_F(PictureJobsTest, RefusesToLoseAPicture) {
  fs::create_symlink(at("in/a.png"), at("link.png"));
  const PicturePaths refused[] = {
      {{at("in/a.png")}, at("in/a.png"), {}, {}},  // over itself
      {{at("in/a.png")}, at("in/sub/../a.png"), {}, {}},
      {{at("in/a.png")}, at("link.png"), {}, {}},
      {{at("in/a.png")}, at("in"), {}, {}},
      {{at("in")}, at("in"), {}, {}},
      {{at("in")}, at("in/out"), {}, {}},  // the next run would take it for input
      {{at("in/a.png")}, at("x.png"), at("x.png"), {}},
      {{at("in/a.png")}, at("x.png"), {}, at("x.png")},  // over the reference
      {{at("in/a.png")}, at("x.bmp"), {}, {}},
      {{at("in")}, at("one.bmp"), {}, {}},
      {{at("in")}, at("out.png"), {}, {}},
      {{at("in")}, at("out"), at("one.bmp"), {}},
      {{at("in")}, at("out"), {}, at("one.bmp")},
  };
  temporary.add("x.png", Image(2, 2, 3));
  for (const PicturePaths& paths : refused) {
    EXPECT_THROW(plan_pictures(paths), UsageError) << paths.output;
  }
}

TEST_F(PictureJobsTest, OfTwoThatBecomeOneFileTheFirstIsDone) {
  const PictureJobs plan =
      plan_pictures({{at("in/a.png"), at("other/a.png"), at("one.bmp")}, at("out"), {}, {}});
  ASSERT_EQ(plan.jobs.size(), 2u);
  EXPECT_EQ(plan.jobs[0].input, at("in/a.png"));
  EXPECT_EQ(plan.jobs[1].input, at("one.bmp"));
  ASSERT_EQ(plan.failed.size(), 1u);
  EXPECT_EQ(plan.failed[0].file, at("other/a.png"));
  EXPECT_EQ(plan.failed[0].reason,
            at("other/a.png").string() + " would become " + at("out/a.png").string() + ", as " +
                at("in/a.png").string() + " does: give one of them a folder of its own");
}

TEST_F(PictureJobsTest, AFolderWithoutPicturesIsAnError) {
  fs::create_directories(at("empty"));
  const PictureJobs plan = plan_pictures({{at("empty")}, at("out"), {}, {}});
  EXPECT_TRUE(plan.jobs.empty());
  ASSERT_EQ(plan.failed.size(), 1u);
  EXPECT_EQ(plan.failed[0].reason, at("empty").string() + ": no picture in it");
}

TEST_F(PictureJobsTest, TellsOfFormatsThatAreNotRead) {
  write_file(at("in/d.heic"), "x");
  const PictureJobs plan = plan_pictures({{at("in")}, at("out"), {}, {}});
  EXPECT_EQ(plan.jobs.size(), 3u);
  EXPECT_TRUE(plan.failed.empty());
  ASSERT_EQ(plan.passed_over.size(), 1u);
  EXPECT_NE(plan.passed_over[0].find("d.heic"), std::string::npos);
}

// A WebP to which `limpid noise` has added noise is a PNG.
TEST_F(PictureJobsTest, TheCleanPictureMayHaveAnotherEnding) {
  fs::create_directories(at("clean/sub"));
  const auto reference = [&] {
    return plan_pictures({{at("in")}, at("out"), {}, at("clean")}).jobs[2].reference;
  };
  write_file(at("clean/sub/c.txt"), "no picture");
  EXPECT_EQ(reference(), at("clean/sub/c.gif"));  // which its opening will say is not there
  write_file(at("clean/sub/c.webp"), "x");
  EXPECT_EQ(reference(), at("clean/sub/c.webp"));
  write_file(at("clean/sub/c.png"), "x");
  EXPECT_EQ(reference(), at("clean/sub/c.gif"));  // either may be meant
  write_file(at("clean/sub/c.gif"), "x");
  EXPECT_EQ(reference(), at("clean/sub/c.gif"));
}

TEST_F(PictureJobsTest, MakesFoldersOrSaysWhyNot) {
  make_folder_of(at("x/y/z.png"));
  EXPECT_TRUE(fs::is_directory(at("x/y")));
  make_folder_of("z.png");
  EXPECT_NE(message_of([&] { make_folder_of(at("one.bmp/z.png")); }).find("one.bmp"),
            std::string::npos);
}

}  // namespace
}  // namespace limpid
