#include "core/ui/work/worker.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "core/classical/classical.h"
#include "core/data/folder.h"
#include "core/error.h"
#include "core/model/json.h"
#include "core/model/summary.h"
#include "core/noise/estimate.h"
#include "core/ui/work/drawn_maps.h"
#include "core/ui/work/encodes.h"
#include "core/ui/work/forecast.h"
#include "core/ui/work/learning.h"
#include "core/ui/work/opened_pictures.h"
#include "core/ui/work/order.h"
#include "core/ui/work/restores.h"
#include "core/ui/work/training_sentence.h"

namespace limpid {
namespace {

using Clock = std::chrono::steady_clock;
using What = Failed::What;

Image middle_of(const Raster& picture) {
  const PicturePart part = estimated_part(picture.height, picture.width);
  return crop(picture, part.top, part.left, part.height, part.width);
}

constexpr int summary_side = 64;  // of the picture whose layers ModelLoaded lists

}  // namespace

class Worker::Content {
 public:
  Content(Engines engines, int threads, MakeRunRecord make_record)
      : engines_(std::move(engines)), make_record_(std::move(make_record)) {
    assert(!engines_.empty());
    EnginesFound found{.threads = threads};
    for (const std::unique_ptr<Engine>& engine : engines_) {
      found.engines.push_back({engine->name(), engine->describe()});
    }
    for (const ClassicalMethod method : classical_methods()) {
      found.methods.push_back(to_string(method));
    }
    tell(std::move(found));
  }

  void send(Request request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }

  std::vector<Event> receive() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

  bool step(double slice_s);

 private:
  void tell(Event event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }

  std::optional<Request> next_request() {
    const std::lock_guard lock(mutex_);
    if (requests_.empty()) return std::nullopt;
    Request request = std::move(requests_.front());
    requests_.pop_front();
    return request;
  }

  // Whether one waits that `matters`.
  template <class Matters>
  bool sent(Matters matters) {
    const std::lock_guard lock(mutex_);
    for (const Request& request : requests_) {
      if (matters(request)) return true;
    }
    return false;
  }

  bool request_waits() {
    return sent([](const Request&) { return true; });
  }

  // Carries a request out, or puts it in its queue; an Error becomes an event.
  void take(const FindPictures& request);
  void take(const OpenPicture& request);
  void take(const ClosePicture& request);
  void take(const Restore& request) { restores_.add(request); }
  void take(const CancelRestore& request);
  void take(const CancelQueue& request) { restores_.cancel_queue(request.queue); }
  void take(const EncodePicture& request);
  void take(const DrawMaps& request);
  void take(const LoadModel& request);
  void take(const PlanTraining& request);
  void take(const OpenRun& request);
  void take(const StartTraining& request);
  void take(const PauseTraining& request);
  void take(const StopTraining& request);
  template <class Job>
  void attempt(Failed::What what, int number, Job job);

  void learn(const std::function<bool()>& slice_is_over);

  std::mutex mutex_;
  std::deque<Request> requests_;  // guarded by mutex_
  std::vector<Event> events_;     // guarded by mutex_

  const Engines engines_;
  const MakeRunRecord make_record_;
  Models models_;
  OpenedPictures pictures_;
  Restores restores_{engines_, models_, pictures_, [this](Event event) { tell(std::move(event)); }};
  Encodes encodes_{pictures_, [this](Event event) { tell(std::move(event)); }};
  std::unique_ptr<Learning> learning_;
  SharedPyramid test_picture_;  // noisy, of the last training
  bool paused_ = false;
  bool learned_last_ = false;  // the two take turns
};

Worker::Worker(Engines engines, int threads, MakeRunRecord make_record)
    : content_(std::make_unique<Content>(std::move(engines), threads, std::move(make_record))) {}
Worker::~Worker() = default;
void Worker::send(Request request) { content_->send(std::move(request)); }
std::vector<Event> Worker::receive() { return content_->receive(); }
bool Worker::step(double slice_s) { return content_->step(slice_s); }

bool Worker::Content::step(double slice_s) {
  const Clock::time_point until = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                                     std::chrono::duration<double>(slice_s));
  const auto slice_is_over = [&] { return Clock::now() >= until || request_waits(); };
  while (const std::optional<Request> request = next_request()) {
    std::visit([this](const auto& asked) { take(asked); }, *request);
  }
  const bool can_learn = learning_ && !paused_;
  if (encodes_.waiting() && !restores_.urgent()) {
    encodes_.step(slice_is_over);
  } else if (restores_.waiting() && (!can_learn || learned_last_ || restores_.urgent())) {
    learned_last_ = false;
    restores_.step(slice_is_over);
  } else if (can_learn) {
    learned_last_ = true;
    learn(slice_is_over);
  }
  return encodes_.waiting() || restores_.waiting() || (learning_ && !paused_) || request_waits();
}

template <class Job>
void Worker::Content::attempt(Failed::What what, int number, Job job) {
  try {
    job();
  } catch (const Error& error) {
    tell(Failed{what, number, error.what()});
  } catch (const std::bad_alloc&) {
    tell(Failed{what, number, "there is not enough memory for it"});
  } catch (const std::filesystem::filesystem_error& error) {
    tell(Failed{what, number, error.path1().string() + ": " + error.code().message()});
  } catch (const std::exception& error) {  // no library's takes the program with it
    tell(Failed{what, number, error.what()});
  }
}

void Worker::Content::take(const FindPictures& request) {
  attempt(What::pictures, 0, [&] {
    const FoundFiles found = find_pictures({request.paths.begin(), request.paths.end()});
    PicturesFound answer;
    answer.show = request.show;
    for (const FoundFile& file : found.files) {
      answer.files.push_back({file.file.string(), file.name});
    }
    for (const SkippedFile& file : found.skipped) answer.skipped.push_back(file.reason);
    if (!found.passed_over.empty()) answer.skipped.push_back(found.passed_over);
    tell(std::move(answer));
  });
}

void Worker::Content::take(const OpenPicture& request) {
  attempt(What::picture, request.picture, [&] {
    const auto picture = pictures_.open(request.picture, request.path);
    const Image middle = middle_of(picture->color->picture());
    tell(PictureOpened{.picture = request.picture,
                       .image = picture->color,
                       .noise_strength = estimate_noise(middle),
                       .white_noise = is_white_noise(middle)});
  });
}

void Worker::Content::take(const ClosePicture& request) {
  restores_.forget(request.picture);
  encodes_.cancel(request.picture);
  pictures_.close(request.picture);
}

void Worker::Content::take(const CancelRestore& request) {
  restores_.cancel(request.picture);
  encodes_.cancel(request.picture);
}

void Worker::Content::take(const EncodePicture& request) {
  attempt(What::encode, request.picture, [&] { encodes_.add(request); });
}

void Worker::Content::take(const DrawMaps& request) {
  attempt(What::maps, request.picture,
          [&] { tell(draw_maps(request, engines_, models_, pictures_, test_picture_)); });
}

void Worker::Content::take(const LoadModel& request) {
  attempt(What::model, request.model, [&] {
    ModelFile file = read_model_file(request.path);
    const int multiple = size_multiple(file.model);
    const int side = (summary_side + multiple - 1) / multiple * multiple;
    const Summary summary = summarize(file.model, side, side);
    tell(ModelLoaded{.model = request.model,
                     .name = file.model.name,
                     .channels = file.model.channels,
                     .parameters = size_t(summary.parameters),
                     .summary = to_text(file.model, summary),
                     .json = to_json(file.model),
                     .training = training_sentence(file)});
    models_[request.model] = std::move(file);
    restores_.model_changed(request.model);
  });
}

void Worker::Content::take(const PlanTraining& request) {
  const TrainingOrder& order = request.order;
  attempt(What::plan, 0,
          [&] { tell(forecast(order, engine_named(engines_, order.engine), models_)); });
}

void Worker::Content::take(const OpenRun& request) {
  attempt(What::run, request.run, [&] {
    RecordedRun run = read_run(request.folder);
    RunOpened opened{.run = request.run, .order = order_of(run), .history = std::move(run.history)};
    const std::filesystem::path file = RunFolder::model_of(request.folder);
    if (std::filesystem::exists(file)) opened.model_file = file.string();
    tell(std::move(opened));
  });
}

void Worker::Content::take(const StartTraining& request) {
  attempt(What::training, 0, [&] {
    if (learning_) throw Error("a training runs already: stop it first");
    paused_ = false;
    const auto given_up = [this] {
      return sent([](const Request& sent) { return std::holds_alternative<StopTraining>(sent); });
    };
    const auto tell_and_keep = [this](Event event) {
      const PreviewDrawn* preview = std::get_if<PreviewDrawn>(&event);
      if (preview && !preview->rows.empty()) test_picture_ = preview->rows.front().noisy;
      tell(std::move(event));
    };
    const auto renew = [this, model = request.model](ModelFile file) {
      models_[model] = std::move(file);
      restores_.model_changed(model);
    };
    learning_ = std::make_unique<Learning>(request, engine_named(engines_, request.order.engine),
                                           Learning::Host{.tell = tell_and_keep,
                                                          .loaded = models_,
                                                          .renew = renew,
                                                          .make_record = make_record_,
                                                          .interrupted = given_up});
  });
}

void Worker::Content::take(const PauseTraining& request) {
  paused_ = request.paused;
  if (learning_) tell(TrainingPaused{paused_});
}

void Worker::Content::take(const StopTraining&) {
  if (!learning_) return;
  attempt(What::training, 0, [&] { learning_->stop(); });
  learning_.reset();
}

void Worker::Content::learn(const std::function<bool()>& slice_is_over) {
  bool goes_on = false;
  attempt(What::training, 0, [&] { goes_on = learning_->step(slice_is_over); });
  if (!goes_on) learning_.reset();
}

}  // namespace limpid
