#include "core/train/history.h"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace limpid {
namespace {

using Json = nlohmann::ordered_json;

// A field of `record`; JSON knows no infinity, so what is a number is finite.
double number(const Json& record, const char* name, const std::string& where) {
  const auto found = record.find(name);
  if (found == record.end() || !found->is_number()) {
    throw Error(where + ": an epoch of the history has no number '" + name + "'");
  }
  return found->get<double>();
}

}  // namespace

const EpochRecord& record_of_model(const std::vector<EpochRecord>& history, bool keep_best) {
  assert(!history.empty());
  if (!keep_best) return history.back();
  return *std::min_element(
      history.begin(), history.end(),
      [](const EpochRecord& a, const EpochRecord& b) { return a.val_loss < b.val_loss; });
}

std::string history_csv(const std::vector<EpochRecord>& history) {
  std::string csv = "epoch,loss,val_loss,rmse,seconds\n";
  for (const EpochRecord& record : history) {
    char line[160];
    std::snprintf(line, sizeof line, "%d,%.9g,%.9g,%.9g,%.3f\n", record.epoch, record.loss,
                  record.val_loss, record.rmse, record.seconds);
    csv += line;
  }
  return csv;
}

std::string history_json(const std::vector<EpochRecord>& history) {
  Json json = Json::array();
  for (const EpochRecord& record : history) {
    json.push_back({{"epoch", record.epoch},
                    {"loss", record.loss},
                    {"val_loss", record.val_loss},
                    {"rmse", record.rmse},
                    {"seconds", record.seconds},
                    {"learning_rate", record.learning_rate}});
  }
  return json.dump();
}

std::vector<EpochRecord> history_from_json(std::string_view text, const std::string& where) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) throw Error(where + ": the history is no JSON array");
  std::vector<EpochRecord> history;
  for (const Json& record : json) {
    if (!record.is_object()) throw Error(where + ": an epoch of the history is no JSON object");
    history.push_back({.epoch = int(history.size()) + 1,
                       .loss = number(record, "loss", where),
                       .val_loss = number(record, "val_loss", where),
                       .rmse = number(record, "rmse", where),
                       .seconds = number(record, "seconds", where),
                       .learning_rate = float(number(record, "learning_rate", where))});
    if (number(record, "epoch", where) != history.back().epoch) {
      throw Error(where + ": the history lacks epoch " + std::to_string(history.back().epoch));
    }
  }
  return history;
}

}  // namespace limpid
