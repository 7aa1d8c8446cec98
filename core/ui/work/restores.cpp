#include "core/ui/work/restores.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "core/classical/classical_run.h"
#include "core/error.h"
#include "core/image/file.h"
#include "core/noise/estimate.h"
#include "core/noise/noise.h"

namespace limpid {
namespace {

using Clock = std::chrono::steady_clock;

// Of a picture one restore waits, one for each model beside it, and one of a queue.
bool same_place(const Restore& a, const Restore& b) {
  return a.picture == b.picture && a.beside == b.beside && a.queue == b.queue &&
         (!a.beside || a.model == b.model);
}

// In pixels, what is done between two looks for requests: some tens of milliseconds of work.
constexpr int noise_pixels = 1 << 20, scored_pixels = 1 << 18;

int rows_at_once(const Raster& picture, int pixels) { return std::max(pixels / picture.width, 1); }

// Whether both restore a picture alike, of which they then may keep another amount.
bool same_but_amount(const Restore& a, Restore b) {
  b.amount = a.amount;
  b.first = a.first;
  b.send_pictures = a.send_pictures;
  b.save_to = a.save_to;
  b.queue = a.queue;
  return a == b;
}

// What was restored already.
class Known : public Restoration {
 public:
  Known(std::shared_ptr<const Raster> picture, NoisyRows noisy)
      : picture_(std::move(picture)), noisy_(std::move(noisy)) {
    total_ = (picture_->height + count() - 1) / count();
  }
  void step() override {
    noisy_(top(), std::min(count(), picture_->height - top()));
    ++done_;
  }

 private:
  int count() const { return rows_at_once(*picture_, scored_pixels); }
  int top() const { return done_ * count(); }
  Image completed_rows() override {
    const int end = std::min(top(), picture_->height), begin = (done_ - 1) * count();
    return rows_of(*picture_, begin, end - begin);
  }

  const std::shared_ptr<const Raster> picture_;
  const NoisyRows noisy_;
};

// A Restore's model below 0.
ClassicalMethod method_of(int model) {
  const std::vector<ClassicalMethod> methods = classical_methods();
  const size_t i = size_t(-(model + 1));
  if (i >= methods.size()) throw Error("there is no classical method " + std::to_string(model));
  return methods[i];
}

}  // namespace

Engine& engine_named(const Engines& engines, const std::string& name) {
  for (const std::unique_ptr<Engine>& engine : engines) {
    if (name.empty() || engine->name() == name) return *engine;
  }
  throw Error("engine '" + name + "' is not on this machine");
}

Restores::Restores(const Engines& engines, const Models& models, OpenedPictures& pictures,
                   Tell tell)
    : engines_(engines), models_(models), pictures_(pictures), tell_(std::move(tell)) {}

bool Restores::urgent() const {
  return (active_ && active_->request.first) || (!queue_.empty() && queue_.front().first);
}

void Restores::add(Restore request) {
  std::erase_if(queue_, [&](const Restore& other) { return same_place(other, request); });
  if (active_ && active_->request == request) {
    active_.reset();  // by other weights: one answer is for both
  } else if (active_ && same_place(active_->request, request)) {
    give_up();
  } else if (active_ && request.first) {
    queue_.push_front(active_->request);  // begun anew afterwards
    active_.reset();
  }
  if (request.first)
    queue_.push_front(std::move(request));
  else
    queue_.push_back(std::move(request));
}

void Restores::cancel(int picture) {
  cancel_if([&](const Restore& request) {
    return request.queue == 0 && (picture == 0 || request.picture == picture);
  });
}

void Restores::cancel_queue(int queue) {
  cancel_if([&](const Restore& request) { return request.queue == queue; });
}

void Restores::forget(int picture) {
  cancel_if([&](const Restore& request) { return request.picture == picture; });
}

void Restores::cancel_if(const std::function<bool(const Restore&)>& meant) {
  if (active_ && meant(active_->request)) give_up();
  std::erase_if(queue_, [&](const Restore& request) {
    if (!meant(request)) return false;
    tell_(Restored{.picture = request.picture, .request = request, .cancelled = true});
    return true;
  });
}

void Restores::give_up() {
  const std::unique_ptr<Active> active = std::move(active_);
  tell_(
      Restored{.picture = active->request.picture, .request = active->request, .cancelled = true});
}

void Restores::model_changed(int model) {
  if (kept_.request.model == model) kept_ = {};
  if (made_for_.model == model) outdated_ = true;
}

void Restores::step(const std::function<bool()>& slice_is_over) {
  try {
    if (!active_) begin();
    bool more = true;
    do {
      more = work();
    } while (more && !slice_is_over());
    if (!more) finish();
  } catch (const std::bad_alloc&) {
    fail(pictures_.path(active_->request.picture) + ": there is not enough memory to restore it");
  } catch (const Error& error) {
    fail(error.what());
  }
}

bool Restores::work() {
  Active& active = *active_;
  if (active.noise_end < active.noisy_steps.height) {
    add_noise();
  } else if (active.restored_rows < active.fresh_top + active.fresh.height) {
    keep_rows();
  } else if (active.shown) {
    active.file->step();
  } else if (active.restored_rows == active.clean().height) {
    end_restoring();
  } else {
    const Clock::time_point start = Clock::now();
    active.fresh_top = active.restored_rows;
    active.fresh = restore_rows();
    active.answer.ms += std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }
  return !active.shown || (active.file && active.file->done() < active.file->total());
}

// To as many rows as are quickly done; after the last of them the noisy picture is shown.
void Restores::add_noise() {
  Active& active = *active_;
  Raster& noisy = active.noisy_steps;
  const int top = active.noise_end;
  const int count = std::min(noisy.height - top, rows_at_once(noisy, noise_pixels));
  put_rows(*active.noisy_rows->rows(top, count), top, noisy);
  active.noise_end += count;
  if (active.noise_end < noisy.height) return;
  active.noisy = make_pyramid(std::exchange(noisy, {}));
  tell_(NoiseAdded{active.request.picture, active.noisy});
}

// Some of the fresh rows: into the result and the scores.
void Restores::keep_rows() {
  Active& active = *active_;
  const int top = active.restored_rows;
  const int count = std::min(active.fresh_top + active.fresh.height - top,
                             rows_at_once(active.restored, scored_pixels));
  const int width = active.restored.width;
  Image fresh = crop(active.fresh, top - active.fresh_top, 0, count, width);
  const auto noisy = [&] { return active.noisy_rows->last_rows({top, top + count}); };
  if (active.request.amount < 1) {
    if (!active.known) put_rows(fresh, top, active.whole_steps);
    const Raster& whole = active.known ? *active.known : active.whole_steps;
    fresh = blended(noisy(), rows_of(whole, top, count), active.request.amount);
  }
  put_rows(fresh, top, active.restored);
  active.restored_rows += count;
  if (!active.restored_score) return;
  const Image clean = rows_of(active.clean(), top, count);
  active.noisy_score->add(clean, noisy());
  active.restored_score->add(clean, fresh);
}

Image Restores::restore_rows() {
  active_->run->step();
  tell_progress();
  return active_->run->take_rows();
}

void Restores::tell_progress() const {
  const Active& active = *active_;
  if (active.request.beside) return;
  tell_(Restoring{active.request.picture, active.run->done(), active.run->total()});
}

void Restores::fail(const std::string& message) {
  const std::unique_ptr<Active> active = std::move(active_);
  outdated_ = true;  // its network may be half prepared
  const Restore& request = active->request;
  if (request.beside)
    tell_(Failed{Failed::What::model, request.model, message});
  else
    tell_(Failed{active->writes ? Failed::What::result : Failed::What::restore, request.picture,
                 message, request.queue});
}

void Restores::begin() {
  active_ = std::make_unique<Active>();
  Active& active = *active_;
  active.request = std::move(queue_.front());
  queue_.pop_front();
  const Restore& request = active.request;
  active.picture = pictures_.picture(request.picture);
  const Raster& clean = active.clean();
  const int height = clean.height, width = clean.width, channels = clean.channels;
  const int white = white_of(active.picture->bit_depth);
  active.answer.picture = request.picture;
  active.answer.request = request;
  active.restored = Raster(height, width, channels, white);
  // All of it has scores from before the rounding to steps: those of the network alone.
  if (request.amount < 1 && !request.beside && same_but_amount(request, kept_.request)) {
    active.known = pictures_.results(request.picture).whole;
  }
  if (request.amount < 1 && !active.known) active.whole_steps = active.restored;
  std::optional<PlacedNoise> noise;
  if (request.already_noisy) {
    active.noisy = active.picture->color;
  } else {
    noise = placed(request.noise);
    active.noisy_score = std::make_unique<QualitySum>(height, width, channels);
    active.restored_score = std::make_unique<QualitySum>(height, width, channels);
    const bool shown = request.send_pictures && !request.beside;
    if (shown) active.noisy_steps = Raster(height, width, channels, white);
  }
  active.noisy_rows = std::make_unique<NoisyPicture>(clean, noise);
  active.run = restoration(active);
  tell_progress();
}

std::unique_ptr<Restoration> Restores::restoration(Active& active) {
  const Restore& request = active.request;
  const Raster& clean = active.clean();
  const Shape shape = {clean.height, clean.width, clean.channels};
  const NoisyRows rows = [&active](int top, int count) {
    return active.noisy_rows->rows(top, count);
  };
  if (active.known) return std::make_unique<Known>(active.known, rows);
  if (request.model >= 0) {
    return std::make_unique<Denoiser::Run>(denoiser(request), shape, rows);
  }
  std::optional<NoiseSettings> added;
  if (!request.already_noisy) added = request.noise;
  return std::make_unique<ClassicalRun>(method_of(request.model), known_level(added), shape, rows);
}

void Restores::end_restoring() {
  Active& active = *active_;
  const Restore& request = active.request;
  const OpenedPicture& picture = *active.picture;
  active.run.reset();  // these let go of their rows
  active.noisy_rows.reset();
  active.shown = make_pyramid(std::move(active.restored));
  if (request.save_to.empty()) return;
  active.file = std::make_unique<Encoding>(format_of(request.save_to), active.shown->picture(),
                                           picture.alpha, picture.bit_depth, picture.metadata);
}

void Restores::finish() {
  Active& active = *active_;
  const Restore& request = active.request;
  Restored& answer = active.answer;
  if (active.restored_score) {
    answer.has_quality = true;
    answer.noisy = active.noisy_score->quality();
    answer.restored = active.restored_score->quality();
  }
  if (active.known) answer.ms = kept_.ms;
  if (!request.beside && request.send_pictures) keep_results();
  if (active.file) {
    active.writes = true;
    write_file(request.save_to, active.file->take_file());
    answer.saved_to = request.save_to;
  }
  if (request.send_pictures) answer.image = active.shown;
  tell_(std::move(answer));
  active_.reset();
}

void Restores::keep_results() {
  Active& active = *active_;
  std::shared_ptr<const Raster> whole = active.known;
  if (!whole && active.request.amount < 1)
    whole = std::make_shared<const Raster>(std::move(active.whole_steps));
  if (!whole) whole = {active.shown, &active.shown->picture()};
  kept_ = active.answer;
  pictures_.keep(active.request.picture, {active.noisy, active.shown, std::move(whole)});
}

Denoiser& Restores::denoiser(const Restore& request) {
  if (denoiser_ && !outdated_ && made_for_.model == request.model &&
      made_for_.engine == request.engine && made_for_.memory_bytes == request.memory_bytes &&
      made_for_.threads == request.threads && made_for_.views == request.views) {
    return *denoiser_;
  }
  const auto found = models_.find(request.model);
  if (found == models_.end()) throw Error("there is no model to restore with yet");
  denoiser_.reset();  // before the next one takes its memory
  denoiser_ = std::make_unique<Denoiser>(engine_named(engines_, request.engine),
                                         found->second.model, found->second.weights,
                                         DenoiseSettings{.memory_bytes = request.memory_bytes,
                                                         .threads = request.threads,
                                                         .views = request.views});
  made_for_ = request;
  outdated_ = false;
  return *denoiser_;
}

}  // namespace limpid
