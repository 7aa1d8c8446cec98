#include "core/ui/work/restores.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "core/classical/classical.h"
#include "core/error.h"
#include "core/noise/estimate.h"
#include "core/noise/noise.h"

namespace limpid {
namespace {

using Clock = std::chrono::steady_clock;

// Of a picture one restore waits, and one for each model beside it.
bool same_place(const Restore& a, const Restore& b) {
  return a.picture == b.picture && a.beside == b.beside && (!a.beside || a.model == b.model);
}

// In pixels, what is done between two looks for requests: some tens of milliseconds of work.
constexpr int noise_pixels = 1 << 20, scored_pixels = 1 << 18;

int rows_at_once(const Raster& picture, int pixels) { return std::max(pixels / picture.width, 1); }

constexpr int parts_of_a_method = 20;  // that its progress is told in

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
  if (active_ && same_place(active_->request, request)) {
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
  const auto meant = [&](const Restore& request) {
    return picture == 0 || request.picture == picture;
  };
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
  if (made_for_.model == model) outdated_ = true;
}

void Restores::step(const std::function<bool()>& slice_is_over,
                    const std::function<bool()>& request_waits) {
  try {
    if (!active_) begin();
    bool more = true;
    do {
      more = work(request_waits);
    } while (more && !slice_is_over());
    if (!more) finish();
  } catch (const std::bad_alloc&) {
    fail(pictures_.path(active_->request.picture) + ": there is not enough memory to restore it");
  } catch (const Error& error) {
    fail(error.what());
  }
}

bool Restores::work(const std::function<bool()>& request_waits) {
  Active& active = *active_;
  if (active.noisy_rows < active.noisy_steps.height) {
    add_noise();
  } else if (active.restored_rows < active.fresh_top + active.fresh.height) {
    keep_rows();
  } else {
    const Clock::time_point start = Clock::now();
    active.fresh_top = active.restored_rows;
    active.fresh = restore_rows(request_waits);
    active.answer.ms += std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }
  return active.restored_rows < active.clean().height;
}

// To as many rows as are quickly done; after the last of them the noisy picture is shown.
void Restores::add_noise() {
  Active& active = *active_;
  Raster& noisy = active.noisy_steps;
  const int top = active.noisy_rows;
  const int count = std::min(noisy.height - top, rows_at_once(noisy, noise_pixels));
  put_rows(*active.rows_of_noisy(top, count), top, noisy);
  active.noisy_rows += count;
  if (active.noisy_rows < noisy.height) return;
  active.noisy = make_pyramid(std::exchange(noisy, {}));
  tell_(NoiseAdded{active.request.picture, active.request.noise, active.noisy});
}

// Some of the fresh rows: into the result and the scores.
void Restores::keep_rows() {
  Active& active = *active_;
  const int top = active.restored_rows;
  const int count = std::min(active.fresh_top + active.fresh.height - top,
                             rows_at_once(active.restored, scored_pixels));
  const int width = active.restored.width;
  const Image fresh = crop(active.fresh, top - active.fresh_top, 0, count, width);
  put_rows(fresh, top, active.restored);
  active.restored_rows += count;
  if (!active.restored_score) return;
  const Image clean = rows_of(active.clean(), top, count);
  active.noisy_score->add(clean, crop(*active.band, top - active.band_top, 0, count, width));
  active.restored_score->add(clean, fresh);
}

Image Restores::restore_rows(const std::function<bool()>& request_waits) {
  if (!active_->run) return work_by_method(request_waits);
  Denoiser::Run& run = *active_->run;
  run.step();
  tell_progress(run.done(), run.total());
  return run.take_rows();
}

Image Restores::work_by_method(const std::function<bool()>& request_waits) {
  const Restore& request = active_->request;
  const auto noisy = active_->rows_of_noisy(0, active_->clean().height);
  std::optional<NoiseSettings> added;
  if (!request.already_noisy) added = request.noise;
  int told = 0;
  return classical_denoise(method_of(request.model), *noisy, noise_level(*noisy, added),
                           [&](double share) {
                             const int done = int(share * parts_of_a_method);
                             if (done > told) tell_progress(told = done, parts_of_a_method);
                             return !request_waits();
                           });
}

void Restores::tell_progress(int done, int total) const {
  if (!active_->request.beside) tell_(Restoring{active_->request.picture, done, total});
}

void Restores::fail(const std::string& message) {
  const std::unique_ptr<Active> active = std::move(active_);
  outdated_ = true;  // its network may be half prepared
  const Restore& request = active->request;
  if (request.beside)
    tell_(Failed{Failed::What::model, request.model, message});
  else
    tell_(Failed{Failed::What::restore, request.picture, message, !request.save_to.empty()});
}

// The rows made last are often asked for again: a small picture's are all of them.
std::shared_ptr<const Image> Restores::Active::rows_of_noisy(int top, int count) {
  if (band && band_top == top && band->height == count) return band;
  band.reset();  // before the next ones take their memory
  Image rows = rows_of(clean(), top, count);
  if (!request.already_noisy) add_noise_to_rows(rows, top, gray, placed(request.noise));
  band = std::make_shared<const Image>(std::move(rows));
  band_top = top;
  return band;
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
  if (request.already_noisy) {
    active.noisy = active.picture->color;
  } else {
    active.gray = is_gray(clean);
    active.noisy_score = std::make_unique<QualitySum>(height, width, channels);
    active.restored_score = std::make_unique<QualitySum>(height, width, channels);
    const bool shown = request.send_pictures && !request.beside;
    if (shown) active.noisy_steps = Raster(height, width, channels, white);
  }
  if (request.model >= 0) {
    active.run = std::make_unique<Denoiser::Run>(
        denoiser(request), height, width, channels,
        [&active](int top, int count) { return active.rows_of_noisy(top, count); });
  }
  tell_progress(0, active.run ? active.run->total() : parts_of_a_method);
}

void Restores::finish() {
  Active& active = *active_;
  const Restore& request = active.request;
  const OpenedPicture& picture = *active.picture;
  Restored& answer = active.answer;
  active.run.reset();  // lets go of its rows
  const SharedPyramid restored = make_pyramid(std::move(active.restored));
  if (active.restored_score) {
    answer.has_quality = true;
    answer.noisy = active.noisy_score->quality();
    answer.restored = active.restored_score->quality();
  }
  if (!request.beside) pictures_.keep(request.picture, {active.noisy, restored});
  if (!request.save_to.empty()) {
    write_picture(request.save_to, restored->picture(), picture.alpha, picture.bit_depth);
    answer.saved_to = request.save_to;
  }
  if (request.send_pictures) answer.image = restored;
  tell_(std::move(answer));
  active_.reset();
}

Denoiser& Restores::denoiser(const Restore& request) {
  if (denoiser_ && !outdated_ && made_for_.model == request.model &&
      made_for_.engine == request.engine && made_for_.memory_bytes == request.memory_bytes &&
      made_for_.threads == request.threads) {
    return *denoiser_;
  }
  const auto found = models_.find(request.model);
  if (found == models_.end()) throw Error("there is no model to restore with yet");
  denoiser_.reset();  // before the next one takes its memory
  denoiser_ = std::make_unique<Denoiser>(
      engine_named(engines_, request.engine), found->second.model, found->second.weights,
      DenoiseSettings{.memory_bytes = request.memory_bytes, .threads = request.threads});
  made_for_ = request;
  outdated_ = false;
  return *denoiser_;
}

}  // namespace limpid
