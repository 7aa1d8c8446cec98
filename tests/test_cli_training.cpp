// limpid train as a user meets it: the run folder, stopping, going on.
#include <sys/ptrace.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/model/model_file.h"
#include "tests/cli_process.h"

namespace limpid {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class CliTraining : public CliTest {
 protected:
  CliTraining() { write_data(9); }

  std::vector<Tensor> weights(const std::string& run) const {
    return read_model_file(folder / run / "model.safetensors").weights;
  }

  // Until it appears, for as long as a slow machine may need.
  void wait_for(const std::string& file) const {
    for (int i = 0; i < 6000 && !fs::exists(folder / file); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_TRUE(fs::exists(folder / file)) << text_of(err_file);
  }

  // Killed between two of its system calls, as soon as `is_so`, whatever the machine's speed. What
  // it prints goes to a pipe, where it waits until it is watched.
  Outcome killed_when(const Arguments& arguments, const std::function<bool()>& is_so) const {
    fs::remove(out_file);
    EXPECT_EQ(::mkfifo(out_file.c_str(), 0600), 0);
    const pid_t child = start(arguments);
    EXPECT_EQ(::ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_EXITKILL), 0) << std::strerror(errno);
    EXPECT_EQ(::ptrace(PTRACE_INTERRUPT, child, 0, 0), 0);
    const int reader = ::open(out_file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int status = 0;
    while (::waitpid(child, &status, 0) == child && WIFSTOPPED(status) && !is_so()) {
      ::ptrace(PTRACE_SYSCALL, child, 0, 0);
    }
    if (WIFSTOPPED(status)) ::kill(child, SIGKILL);
    fs::remove(out_file);
    const Outcome outcome = wait(child);
    ::close(reader);
    return outcome;
  }
};

size_t lines_in(const std::string& text) {
  return size_t(std::count(text.begin(), text.end(), '\n'));
}

size_t epochs_told_in(const std::string& text) {
  size_t told = 0;
  for (size_t at = 0; (at = text.find("  val_loss ", at)) != std::string::npos; ++at) ++told;
  return told;
}

TEST_F(CliTraining, FillsItsFolder) {
  const Outcome outcome = limpid(training("run", {"--epochs", "2", "--json"}));
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["run"], "run");
  EXPECT_EQ(json["model"], "run/model.safetensors");
  ASSERT_EQ(json["epochs"].size(), 2u);
  for (const char* key : {"epoch", "loss", "val_loss", "rmse", "seconds"}) {
    EXPECT_TRUE(json["epochs"][1].contains(key)) << key;
  }
  EXPECT_EQ(json["epochs"][1].size(), 5u);
  for (const char* file : {"model.safetensors", "checkpoint.safetensors", "history.csv", "loss.png",
                           "grid.png", "summary.txt", "run.json"}) {
    EXPECT_TRUE(fs::exists(folder / "run" / file)) << file;
  }
  const Json run = Json::parse(text_of(folder / "run/run.json"));
  EXPECT_EQ(run["state"], "finished");
  EXPECT_EQ(run["pictures"]["train"], 6);
  EXPECT_EQ(run["pictures"]["test"], 3);  // of 9 a quarter, rounded up
  EXPECT_EQ(run["first_test_pictures"].size(), 3u);
  EXPECT_EQ(run["history"].size(), 2u);
  EXPECT_EQ(run["final"]["pictures"], 3);
  const std::string summary = text_of(folder / "run/summary.txt");
  EXPECT_NE(summary.find("16 x 16 x 4"), std::string::npos) << summary;
  const Image loss = read_picture(folder / "run/loss.png").color;
  EXPECT_EQ(loss.width, 1280);
}

TEST_F(CliTraining, PacksItsModelIntoHalfTheBytes) {
  ASSERT_EQ(limpid(training("run", {"--epochs", "2"})).status, 0);
  const fs::path packed = folder / "small.safetensors";
  const Outcome outcome = limpid({"pack", "run", "-o", packed.string()});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const ModelFile before = read_model_file(folder / "run/model.safetensors");
  const ModelFile after = read_model_file(packed);
  EXPECT_EQ(after.model, before.model);
  ASSERT_EQ(after.weights.size(), before.weights.size());
  for (size_t i = 0; i < before.weights.size(); ++i) {
    for (size_t k = 0; k < before.weights[i].data.size(); ++k) {
      const float weight = before.weights[i].data[k];
      EXPECT_NEAR(after.weights[i].data[k], weight, std::abs(weight) / 2048 + 1e-7f);
    }
  }
  EXPECT_EQ(before.metadata.count("history"), 1u);
  EXPECT_EQ(after.metadata.count("history"), 0u);
  EXPECT_EQ(after.metadata.at("training"), before.metadata.at("training"));
}

// The drawn files may be behind while epochs are short, but not at the end.
TEST_F(CliTraining, DrawsTheLastEpoch) {
  ASSERT_EQ(limpid(training("run", {"--epochs", "6"})).status, 0);
  const Json run = Json::parse(text_of(folder / "run/run.json"));
  ASSERT_EQ(run["first_test_pictures"].size(), 3u);
  double rmse = 0;  // all 3 test pictures are the first ones
  for (const Json& picture : run["first_test_pictures"]) {
    rmse += picture["restored"]["rmse"].get<double>() / 3;
  }
  EXPECT_NEAR(rmse, run["final"]["restored"]["rmse"].get<double>(), 1e-9);
}

TEST_F(CliTraining, PrintsTheArticlesTable) {
  const Outcome outcome = limpid(training("run", {"--epochs", "1"}));
  EXPECT_NE(outcome.out.find("RMSE on the test pictures"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("mean of all 3"), std::string::npos) << outcome.out;
  const double mean = Json::parse(text_of(folder / "run/run.json"))["final"]["restored"]["rmse"];
  EXPECT_NEAR(std::stod(outcome.out.substr(outcome.out.rfind(' '))), mean, 0.00005001);
  EXPECT_NE(outcome.err.find("epoch 1/1  loss "), std::string::npos) << outcome.err;
}

TEST_F(CliTraining, NamesWhatItLeavesOutAndWhatIsThereTwice) {
  write_file(folder / "data/broken.png", std::string_view("no picture"));
  for (int i = 0; i < 9; ++i) {
    fs::copy_file(folder / "data" / (std::to_string(i) + ".png"),
                  folder / "data" / ("copy " + std::to_string(i) + ".png"));
  }
  const Outcome plain = limpid(training("run", {"--epochs", "1"}));
  EXPECT_EQ(plain.status, 0);
  EXPECT_NE(plain.err.find("left out: "), std::string::npos) << plain.err;
  EXPECT_NE(plain.err.find("broken.png"), std::string::npos) << plain.err;
  EXPECT_NE(plain.err.find("both sides of the split"), std::string::npos) << plain.err;
  const Outcome grouped = limpid(training("run2", {"--epochs", "1", "--group-duplicates"}));
  EXPECT_EQ(grouped.err.find("both sides of the split"), std::string::npos) << grouped.err;
}

TEST_F(CliTraining, CtrlCThenResumeGivesTheSameBits) {
  ASSERT_EQ(limpid(training("whole", {"--epochs", "8"})).status, 0);
  const pid_t child = start(training("it's cut", {"--epochs", "8", "--checkpoint-every", "0"}));
  wait_for("it's cut/history.csv");
  ::kill(child, SIGINT);
  const Outcome stopped = wait(child);
  EXPECT_EQ(stopped.status, 130) << stopped.err;
  EXPECT_NE(stopped.err.find("limpid train --resume -o 'it'\\''s cut'"), std::string::npos)
      << stopped.err;
  EXPECT_EQ(Json::parse(text_of(folder / "it's cut/run.json"))["state"], "stopped");

  const Outcome resumed = limpid({"train", "--resume", "-o", "it's cut"});
  EXPECT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_EQ(weights("it's cut"), weights("whole"));
  EXPECT_EQ(Json::parse(text_of(folder / "it's cut/run.json"))["final"],
            Json::parse(text_of(folder / "whole/run.json"))["final"]);
}

// The terminal is closed, and what read the output is gone before.
TEST_F(CliTraining, StopsInOrderThoughNobodyListens) {
  const auto before = std::signal(SIGHUP, SIG_DFL);  // nohup's would be inherited
  const pid_t child = start_unheard(training("cut", {"--epochs", "100000"}));
  std::signal(SIGHUP, before);
  wait_for("cut/history.csv");
  ::kill(child, SIGHUP);
  EXPECT_EQ(wait(child).status, 129);
  EXPECT_EQ(Json::parse(text_of(folder / "cut/run.json"))["state"], "stopped");
}

// Also those whose files were held back, because epochs are so short here.
TEST_F(CliTraining, CtrlCSavesEveryEpochThatWasTold) {
  const pid_t child = start(training("cut", {"--epochs", "100000"}));
  wait_for("cut/grid.png");
  for (int i = 0; i < 30000 && epochs_told_in(text_of(err_file)) < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ::kill(child, SIGINT);
  const Outcome stopped = wait(child);
  EXPECT_EQ(stopped.status, 130) << stopped.err;
  const size_t told = epochs_told_in(stopped.err);
  EXPECT_EQ(lines_in(text_of(folder / "cut/history.csv")), told + 1);
  EXPECT_EQ(Json::parse(text_of(folder / "cut/run.json"))["history"].size(), told);
}

TEST_F(CliTraining, LearnsFromNoiseOfEveryStrength) {
  const auto learn = [&](const char* run, const Arguments& noise) {
    Arguments all = {"train", "data", "-o", run, "--model", "tiny.json", "--size", "16"};
    all.insert(all.end(), noise.begin(), noise.end());
    return limpid(all);
  };
  const Outcome outcome =
      learn("range", {"--noise", "0..0.5", "--no-clip-share", "0.5", "--monochrome-share", "0.3",
                      "--camera-share", "0.4", "--jpeg-share", "0.6", "--gray-share", "0.2",
                      "--epochs", "1", "--draws", "2"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json settings = Json::parse(text_of(folder / "range/run.json"))["settings"]["training"];
  EXPECT_EQ(settings["noise"], 0.5);
  EXPECT_EQ(settings["noise_weakest"], 0);
  EXPECT_EQ(settings["noise_no_clip_share"], 0.5);
  EXPECT_EQ(settings["noise_monochrome_share"], 0.3);
  EXPECT_EQ(settings["noise_camera_share"], 0.4);
  EXPECT_EQ(settings["jpeg_share"], 0.6);
  EXPECT_EQ(settings["gray_share"], 0.2);
  EXPECT_EQ(settings["draws"], 2);
  ASSERT_EQ(learn("one", {"--noise", "0.5", "--epochs", "1"}).status, 0);
  EXPECT_NE(weights("one"), weights("range"));
  const Outcome same = limpid({"evaluate", "data", "--model", "range"});
  EXPECT_NE(same.err.find("0 to 0.5 (0/255 to 128/255), the same in all channels for 0.3 of the "
                          "pictures, a camera's for 0.4 of the pictures, clipped to 0..1 but for "
                          "0.5 of the pictures, seed "),
            std::string::npos)
      << same.err;
  const Outcome cameras =
      limpid({"evaluate", "data", "--model", "range", "--noise-kind", "camera"});
  EXPECT_EQ(cameras.status, 0) << cameras.err;
  EXPECT_EQ(cameras.err.find("0.4 of the pictures"), std::string::npos) << cameras.err;
  const Outcome other = limpid({"evaluate", "data", "--model", "range", "--noise", "0.2"});
  EXPECT_NE(other.err.find("0.2 (51/255), clipped to 0..1"), std::string::npos) << other.err;
  EXPECT_EQ(other.err.find("but for"), std::string::npos) << other.err;
}

// Of 4 steps, two an epoch, the last alone has the full rate; it cannot be changed on the way.
TEST_F(CliTraining, WarmsUp) {
  ASSERT_EQ(limpid(training("run", {"--epochs", "2", "--warm-up", "4"})).status, 0);
  const Json run = Json::parse(text_of(folder / "run/run.json"));
  EXPECT_EQ(run["settings"]["training"]["warm_up"], 4);
  EXPECT_EQ(run["history"][0]["learning_rate"].get<float>(), 0.005f);
  EXPECT_EQ(run["history"][1]["learning_rate"].get<float>(), 0.01f);
  expect_message(limpid({"train", "--resume", "-o", "run", "--warm-up", "0"}), 2,
                 "warm_up is 0, was 4");
  expect_message(limpid(training("none", {"--warm-up", "1000001"})), 2,
                 "training: warm-up 1000001 is not in 0..1000000");
}

TEST_F(CliTraining, ClipsGradients) {
  ASSERT_EQ(limpid(training("free", {"--epochs", "1", "--optimizer", "sgd"})).status, 0);
  ASSERT_EQ(limpid(training("wide", {"--epochs", "1", "--optimizer", "sgd", "--clip-norm", "1e5"}))
                .status,
            0);
  ASSERT_EQ(limpid(training("run", {"--epochs", "1", "--optimizer", "sgd", "--clip-norm", "0.001"}))
                .status,
            0);
  EXPECT_EQ(weights("wide"), weights("free"));
  EXPECT_NE(weights("run"), weights("free"));
  const Json run = Json::parse(text_of(folder / "run/run.json"));
  EXPECT_EQ(run["settings"]["training"]["clip_norm"].get<float>(), 0.001f);
  expect_message(limpid({"train", "--resume", "-o", "run", "--clip-norm", "0"}), 2,
                 "clip_norm is 0.0, was 0.001");
  expect_message(limpid(training("none", {"--clip-norm", "-1"})), 2,
                 "training: clip norm -1.000000 is not in 0..1000000");
}

TEST_F(CliTraining, KillThenResumeGivesTheSameBits) {
  ASSERT_EQ(limpid(training("whole", {"--epochs", "8"})).status, 0);
  const Outcome killed =
      killed_when(training("cut", {"--epochs", "8", "--checkpoint-every", "0"}),
                  [&] { return fs::exists(folder / "cut/checkpoint.safetensors"); });
  EXPECT_EQ(killed.status, 128 + SIGKILL) << killed.err;
  EXPECT_EQ(limpid({"train", "--resume", "-o", "cut"}).status, 0);
  EXPECT_EQ(weights("cut"), weights("whole"));
}

TEST_F(CliTraining, KilledWhileItsFilesAreBehindItGoesOnFromThem) {
  ASSERT_EQ(limpid(training("whole", {"--epochs", "40"})).status, 0);
  const Outcome killed = killed_when(training("cut", {"--epochs", "40"}), [&] {
    const size_t lines = lines_in(text_of(folder / "cut/history.csv"));  // with one of names
    return lines > 0 && epochs_told_in(text_of(err_file)) >= lines;
  });
  EXPECT_EQ(killed.status, 128 + SIGKILL) << killed.err;
  EXPECT_EQ(limpid({"train", "--resume", "-o", "cut"}).status, 0);
  EXPECT_EQ(weights("cut"), weights("whole"));
  const Json run = Json::parse(text_of(folder / "cut/run.json"));
  EXPECT_EQ(run["state"], "finished");
  EXPECT_EQ(run["history"].size(), 40u);
  EXPECT_EQ(read_model_file(folder / "cut/checkpoint.safetensors").weights, weights("cut"));
}

TEST_F(CliTraining, KilledBeforeTheFirstCheckpointItBeginsAgain) {
  ASSERT_EQ(limpid(training("whole", {"--epochs", "2"})).status, 0);
  const Outcome killed = killed_when(training("cut", {"--epochs", "2"}),
                                     [&] { return fs::exists(folder / "cut/run.json"); });
  EXPECT_EQ(killed.status, 128 + SIGKILL) << killed.err;
  EXPECT_FALSE(fs::exists(folder / "cut/checkpoint.safetensors"));
  EXPECT_EQ(limpid({"train", "--resume", "-o", "cut"}).status, 0);
  EXPECT_EQ(weights("cut"), weights("whole"));
}

TEST_F(CliTraining, MoreEpochsGoOnWhereItEnded) {
  ASSERT_EQ(limpid(training("whole", {"--epochs", "4"})).status, 0);
  ASSERT_EQ(limpid(training("cut", {"--epochs", "2"})).status, 0);
  fs::rename(folder / "data", folder / "moved");
  const Outcome resumed = limpid({"train", "moved", "--resume", "-o", "cut", "--epochs", "4"});
  EXPECT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_EQ(weights("cut"), weights("whole"));
  EXPECT_EQ(Json::parse(text_of(folder / "cut/run.json"))["settings"]["training"]["epochs"], 4);
  expect_message(limpid({"train", "--resume", "-o", "whole", "--epochs", "9"}), 1, "data");
}

TEST_F(CliTraining, StartsFromGivenWeights) {
  ASSERT_EQ(limpid(training("first", {"--epochs", "1"})).status, 0);
  Arguments second = training("second", {"--epochs", "1"});
  for (std::string& text : second) {
    if (text == "tiny.json") text = "first";
    if (text == "0.01") text = "1e-30";  // moves nothing
  }
  const Outcome outcome = limpid(second);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(weights("second"), weights("first"));
  const Json settings = Json::parse(text_of(folder / "second/run.json"))["settings"];
  EXPECT_EQ(settings["begins_with"], (folder / "first").string());
}

TEST_F(CliTraining, ASecondTrainingCannotWriteTheSameFolder) {
  const pid_t child = start(training("run", {"--epochs", "1000"}));
  wait_for("run/run.json");
  const Outcome second = limpid({"train", "--resume", "-o", "run"});
  EXPECT_EQ(second.status, 1);
  ::kill(child, SIGTERM);
  EXPECT_EQ(wait(child).status, 143);
  EXPECT_NE(second.err.find("limpid: run: another training is writing to this folder"),
            std::string::npos)
      << second.err;
}

TEST_F(CliTraining, ADivergedTrainingSaysSoAndKeepsTheLastGoodState) {
  write_file(folder / "tiny.json", std::string_view(R"({"name": "wild", "channels": 3, "layers": [
               {"name": "enc", "kind": "conv", "channels": 4},
               {"name": "out", "kind": "conv", "channels": 3}]})"));
  Arguments arguments = training("run", {"--epochs", "50", "--optimizer", "sgd"});
  *std::find(arguments.begin(), arguments.end(), "0.01") = "1000";
  const Outcome outcome = limpid(arguments);
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_NE(outcome.err.find("limpid: the training diverged"), std::string::npos) << outcome.err;
  EXPECT_EQ(Json::parse(text_of(folder / "run/run.json"))["state"], "diverged");
  EXPECT_FALSE(weights("run").empty());  // finite, or they could not be read
}

TEST_F(CliTraining, WhatFailsHalfWaySaysHowItGoesOn) {
  const fs::path history = folder / "run/history.csv";
  const pid_t child = start(training("run", {"--epochs", "100000", "--checkpoint-every", "0"}));
  wait_for("run/history.csv");
  std::error_code code;  // each time a new one may be put there before the folder is
  for (int i = 0; i < 100000 && !fs::is_directory(history, code); ++i) {
    fs::remove(history, code);
    fs::create_directory(history, code);
  }
  const Outcome outcome = wait(child);
  EXPECT_EQ(outcome.status, 1);
  const std::string last = outcome.err.substr(outcome.err.rfind("limpid: "));
  const size_t hint = last.find(
      "; from the last checkpoint it goes on with: limpid train --resume -o run "
      "(on the CPU: --engine cpu)\n");
  ASSERT_NE(hint, std::string::npos) << last;
  EXPECT_NE(last.find("history.csv"), std::string::npos) << last;
  const Json failed = Json::parse(text_of(folder / "run/run.json"));
  EXPECT_EQ(failed["state"], "failed");
  EXPECT_EQ("limpid: " + failed.value("error", ""), last.substr(0, hint));

  fs::remove(history);
  const pid_t resumed = start({"train", "--resume", "-o", "run"});
  wait_for("run/history.csv");
  EXPECT_EQ(Json::parse(text_of(folder / "run/run.json"))["state"], "running");
  ::kill(resumed, SIGINT);
  EXPECT_EQ(wait(resumed).status, 130);
  const Json stopped = Json::parse(text_of(folder / "run/run.json"));
  EXPECT_EQ(stopped["state"], "stopped");
  EXPECT_FALSE(stopped.contains("error"));
  EXPECT_GE(stopped["history"].size(), failed["history"].size());
}

TEST_F(CliTraining, OnAFullDiskTheFirstSentenceIsTheOneThatIsTold) {
  const Outcome outcome = with_files_up_to(60000, training("run", {"--epochs", "100000"}));
  EXPECT_EQ(outcome.status, 1);
  const std::string last = outcome.err.substr(outcome.err.rfind("limpid: "));
  EXPECT_EQ(last.rfind("limpid: cannot write run/", 0), 0u) << last;
  const size_t written = Json::parse(text_of(folder / "run/run.json"))["history"].size();
  EXPECT_GT(written, 0u);
  const pid_t resumed = start({"train", "--resume", "-o", "run"});
  for (int i = 0; i < 6000; ++i) {
    if (Json::parse(text_of(folder / "run/run.json"))["history"].size() > written) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ::kill(resumed, SIGINT);
  EXPECT_EQ(wait(resumed).status, 130);
  EXPECT_GT(Json::parse(text_of(folder / "run/run.json"))["history"].size(), written);
}

}  // namespace
}  // namespace limpid
