// limpid train with a folder whose pictures only test (--test-data).
#include <nlohmann/json.hpp>

#include "core/model/model_file.h"
#include "tests/cli_process.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Eight pictures in data/, two of them in data/held/.
class CliTestData : public CliTest {
 protected:
  CliTestData() {
    write_data(8);
    fs::create_directories(folder / "data/held");
    for (const char* name : {"2.png", "5.png"}) {
      fs::rename(folder / "data" / name, folder / "data/held" / name);
    }
  }

  Outcome trained(const Arguments& more) const { return limpid(training("run", more)); }
};

TEST_F(CliTestData, AloneTests) {
  const Outcome outcome = trained({"--test-data", "data/held", "--epochs", "2"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("6 pictures to learn from, 2 to test"), std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.out.find("held/2.png"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("held/5.png"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("0.png"), std::string::npos) << outcome.out;
}

TEST_F(CliTestData, IsEvaluatedAsWhatItIs) {
  ASSERT_EQ(trained({"--test-data", "data/held", "--epochs", "1"}).status, 0);
  expect_message(limpid({"evaluate", "data", "--model", "run", "--test-split"}), 2,
                 "tiny was tested on a folder of its own: give that as DATA, without --test-split");
  const Outcome outcome = limpid({"evaluate", "data/held", "--model", "run", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(Json::parse(outcome.out)["pictures"], 2);
}

TEST_F(CliTestData, MayHaveMovedWhenItGoesOn) {
  fs::rename(folder / "data/held", folder / "held");
  ASSERT_EQ(limpid(training("whole", {"--test-data", "held", "--epochs", "2"})).status, 0);
  ASSERT_EQ(trained({"--test-data", "held", "--epochs", "1"}).status, 0);
  // Of all paths the first now; before, the last.
  fs::rename(folder / "held", folder / "a");
  const Arguments on = {"train", "--resume", "-o", "run", "--epochs", "2"};
  expect_message(limpid(on), 1, (folder / "held").string() + ": there is no such file or folder");
  Arguments moved = on;
  moved.insert(moved.end(), {"--test-data", "a"});
  const Outcome outcome = limpid(moved);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(read_model_file(folder / "run/model.safetensors").weights,
            read_model_file(folder / "whole/model.safetensors").weights);
}

TEST_F(CliTestData, IsNotDrawnAsWell) {
  for (const Arguments& drawing :
       {Arguments{"--test-size", "0.5"}, {"--split-seed", "7"}, {"--group-duplicates"}}) {
    Arguments both = {"--test-data", "data/held"};
    both.insert(both.end(), drawing.begin(), drawing.end());
    const Outcome outcome = trained(both);
    EXPECT_EQ(outcome.status, 2) << drawing[0];
    EXPECT_NE(outcome.err.find(drawing[0]), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("--test-data"), std::string::npos) << outcome.err;
    EXPECT_FALSE(fs::exists(folder / "run")) << drawing[0];
  }
}

TEST_F(CliTestData, WhatIsInItTwiceIsTold) {
  fs::copy_file(folder / "data/0.png", folder / "data/held/copy.png");
  const Outcome outcome = trained({"--test-data", "data/held", "--epochs", "1"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("identical pictures on both sides of the split: 1, so the test is "
                             "not quite fair\n"),
            std::string::npos)
      << outcome.err;
}

}  // namespace
}  // namespace limpid
