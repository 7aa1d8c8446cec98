// What each epoch gave: the article's curves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace limpid {

struct EpochRecord {
  int epoch = 0;        // counted from 1
  double loss = 0;      // mean over the training pictures while they were learned
  double val_loss = 0;  // over the test pictures after the epoch, dropout off
  double rmse = 0;      // mean of the test pictures' RMSE, 0..1 scale
  double seconds = 0;
  float learning_rate = 0;  // at the epoch's end

  bool operator==(const EpochRecord&) const = default;
};

// The one whose weights are the model's: the last, or with TrainingSettings::keep_best the first
// with the lowest val_loss. The history must not be empty.
const EpochRecord& record_of_model(const std::vector<EpochRecord>& history, bool keep_best);

// "epoch,loss,val_loss,rmse,seconds" and a line an epoch, 9 significant digits; seconds to the
// millisecond.
std::string history_csv(const std::vector<EpochRecord>& history);

// A JSON array of {"epoch", "loss", "val_loss", "rmse", "seconds", "learning_rate"}; every number
// reads back as the same bits.
std::string history_json(const std::vector<EpochRecord>& history);

// Throws Error naming `where` when the text is not such an array, a number is not finite, or the
// epochs are not 1, 2, 3, ...
std::vector<EpochRecord> history_from_json(std::string_view text, const std::string& where);

}  // namespace limpid
