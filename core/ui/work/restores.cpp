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
  const Clock::time_point start = Clock::now();
  try {
    if (!active_) begin();
    Image restored = active_->run ? work_by_network(slice_is_over) : work_by_method(request_waits);
    active_->answer.ms += std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (!restored.empty()) finish(std::move(restored));
  } catch (const std::bad_alloc&) {
    fail(pictures_.path(active_->request.picture) + ": there is not enough memory to restore it");
  } catch (const Error& error) {
    fail(error.what());
  }
}

Image Restores::work_by_network(const std::function<bool()>& slice_is_over) {
  Denoiser::Run& run = *active_->run;
  do {
    run.step();
    tell_progress(run.done(), run.total());
  } while (run.done() < run.total() && !slice_is_over());
  return run.done() == run.total() ? run.take() : Image();
}

Image Restores::work_by_method(const std::function<bool()>& request_waits) {
  const Restore& request = active_->request;
  std::optional<NoiseSettings> added;
  if (!request.already_noisy) added = request.noise;
  int told = 0;
  return classical_denoise(method_of(request.model), *active_->noisy,
                           noise_level(*active_->noisy, added), [&](double share) {
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

void Restores::begin() {
  active_ = std::make_unique<Active>();
  active_->request = std::move(queue_.front());
  queue_.pop_front();
  const Restore& request = active_->request;
  active_->picture = pictures_.picture(request.picture);
  const Image& color = active_->picture->color;
  Restored& answer = active_->answer;
  answer.picture = request.picture;
  answer.request = request;
  // A picture that is noisy already is its own noisy version: not copied, not owned.
  active_->noisy = SharedImage(active_->picture, &color);
  if (!request.already_noisy) {
    active_->noisy = std::make_shared<const Image>(add_noise(color, request.noise));
    answer.noisy = compare(color, *active_->noisy);
    if (request.send_pictures && !request.beside) {
      tell_(NoiseAdded{request.picture, request.noise, active_->noisy, answer.noisy});
    }
  }
  if (request.model < 0) {
    tell_progress(0, parts_of_a_method);
    return;
  }
  active_->run = std::make_unique<Denoiser::Run>(denoiser(request), *active_->noisy);
  tell_progress(0, active_->run->total());
}

void Restores::finish(Image restored) {
  const Restore& request = active_->request;
  const Picture& picture = *active_->picture;
  Restored& answer = active_->answer;
  const SharedImage image = std::make_shared<const Image>(std::move(restored));
  if (!request.already_noisy) {
    answer.has_quality = true;
    answer.restored = compare(picture.color, *image);
  }
  if (!request.beside) pictures_.keep(request.picture, {active_->noisy, image});
  if (!request.save_to.empty()) {
    write_picture(request.save_to, {*image, picture.alpha, picture.bit_depth});
    answer.saved_to = request.save_to;
  }
  if (request.send_pictures) answer.image = image;
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
