#include "core/train/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/error.h"
#include "core/model/safetensors.h"

namespace limpid {
namespace {

std::vector<EpochRecord> two_epochs() {
  return {{.epoch = 1,
           .loss = 0.1,
           .val_loss = 1.0 / 3,
           .rmse = 0.25,
           .seconds = 12.3456,
           .learning_rate = 1e-3f},
          {.epoch = 2,
           .loss = 1e-300,
           .val_loss = 2.5,
           .rmse = 0.1 + 0.2,
           .seconds = 0,
           .learning_rate = 1.0f / 3}};
}

TEST(History, CsvHasALineAnEpoch) {
  EXPECT_EQ(history_csv({}), "epoch,loss,val_loss,rmse,seconds\n");
  EXPECT_EQ(history_csv(two_epochs()),
            "epoch,loss,val_loss,rmse,seconds\n"
            "1,0.1,0.333333333,0.25,12.346\n"
            "2,1e-300,2.5,0.3,0.000\n");
}

TEST(History, TheModelIsTheLastEpochsOrTheBests) {
  std::vector<EpochRecord> history = two_epochs();
  EXPECT_EQ(record_of_model(history, false).epoch, 2);
  EXPECT_EQ(record_of_model(history, true).epoch, 1);
  history[1].val_loss = history[0].val_loss;
  EXPECT_EQ(record_of_model(history, true).epoch, 1) << "as good is no better";
  history[1].val_loss = 0.1;
  EXPECT_EQ(record_of_model(history, true).epoch, 2);
}

TEST(History, JsonReadsBackAsTheSameBits) {
  EXPECT_EQ(history_from_json(history_json(two_epochs()), "here"), two_epochs());
  EXPECT_TRUE(history_from_json(history_json({}), "here").empty());
}

TEST(History, OfTheMostEpochsFitsInAModelFile) {
  const double longest = 1.2345678901234567e-300;
  const std::string json = history_json({{.epoch = 200'000,
                                          .loss = longest,
                                          .val_loss = longest,
                                          .rmse = longest,
                                          .seconds = longest,
                                          .learning_rate = 1.2345678e-38f}});
  // In a text of the header each of its quotes stands behind a backslash.
  const size_t bytes = json.size() + size_t(std::count(json.begin(), json.end(), '"'));
  EXPECT_LT(bytes * 200'000, max_safetensors_header_bytes * 3 / 4);
}

std::string refusal(const std::string& json) {
  try {
    history_from_json(json, "run.safetensors");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(History, RefusesWhatIsNoHistory) {
  EXPECT_EQ(refusal(""), "run.safetensors: the history is no JSON array");
  EXPECT_EQ(refusal("[{]"), "run.safetensors: the history is no JSON array");
  EXPECT_EQ(refusal("{}"), "run.safetensors: the history is no JSON array");
  EXPECT_EQ(refusal("[1]"), "run.safetensors: an epoch of the history is no JSON object");
  std::string json = history_json(two_epochs());
  const std::string rest = json.substr(json.find(R"("rmse")"));
  EXPECT_EQ(refusal(R"([{"epoch":1,"loss":"low","val_loss":1,)" + rest),
            "run.safetensors: an epoch of the history has no number 'loss'");
  EXPECT_EQ(refusal(R"([{"epoch":1,"loss":1,)" + rest),
            "run.safetensors: an epoch of the history has no number 'val_loss'");
  EXPECT_EQ(refusal(R"([{"epoch":2,"loss":1,"val_loss":1,)" + rest),
            "run.safetensors: the history lacks epoch 1");
  EXPECT_NE(refusal(R"([{"epoch":1,"loss":1e999,"val_loss":1,)" + rest), "");
  EXPECT_EQ(refusal(R"([{"epoch":1,"loss":1,"val_loss":1,)" + rest), "");
}

}  // namespace
}  // namespace limpid
