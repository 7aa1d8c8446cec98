#include "core/ui/work/restores.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/error.h"
#include "core/noise/noise.h"

namespace limpid {

Engine& engine_named(const Engines& engines, const std::string& name) {
  for (const std::unique_ptr<Engine>& engine : engines) {
    if (name.empty() || engine->name() == name) return *engine;
  }
  throw Error("engine '" + name + "' is not on this machine");
}

Restores::Restores(const Engines& engines, const Models& models, OpenedPictures& pictures,
                   Tell tell)
    : engines_(engines), models_(models), pictures_(pictures), tell_(std::move(tell)) {}

void Restores::add(Restore request) {
  const auto same = [&](const Restore& other) { return other.picture == request.picture; };
  const auto old = std::find_if(queue_.begin(), queue_.end(), same);
  if (request.first) {
    if (old != queue_.end()) queue_.erase(old);
    queue_.push_front(std::move(request));
  } else if (old != queue_.end()) {
    *old = std::move(request);
  } else {
    queue_.push_back(std::move(request));
  }
}

void Restores::cancel(int picture) {
  std::erase_if(queue_, [&](const Restore& request) {
    if (picture != 0 && request.picture != picture) return false;
    tell_(Restored{.picture = request.picture, .request = request, .cancelled = true});
    return true;
  });
}

void Restores::model_changed(int model) {
  if (made_for_.model == model) denoiser_.reset();
}

void Restores::step(const std::function<bool()>& superseded) {
  const Restore request = std::move(queue_.front());
  queue_.pop_front();
  try {
    carry_out(request, superseded);
  } catch (const std::bad_alloc&) {
    denoiser_.reset();
    tell_(Failed{Failed::What::restore, request.picture,
                 pictures_.path(request.picture) + ": there is not enough memory to restore it"});
  } catch (const Error& error) {
    tell_(Failed{Failed::What::restore, request.picture, error.what()});
  }
}

void Restores::carry_out(const Restore& request, const std::function<bool()>& superseded) {
  const auto start = std::chrono::steady_clock::now();
  const std::shared_ptr<const Picture> picture = pictures_.picture(request.picture);
  Restored answer{.picture = request.picture, .request = request};
  // A picture that is noisy already is its own noisy version: not copied, not owned.
  SharedImage noisy(picture, &picture->color);
  if (!request.already_noisy) {
    noisy = std::make_shared<const Image>(add_noise(picture->color, request.noise));
    answer.noisy = compare(picture->color, *noisy);
    if (request.send_pictures) {
      tell_(NoiseAdded{request.picture, request.noise, noisy, answer.noisy});
    }
  }
  const TileProgress progress = [&](int done, int total) {
    tell_(Restoring{request.picture, done, total});
    return !superseded();
  };
  Image restored = denoiser(request).denoise(*noisy, progress);
  if (restored.empty()) {
    answer.cancelled = true;
    return tell_(std::move(answer));
  }
  const SharedImage image = std::make_shared<const Image>(std::move(restored));
  if (!request.already_noisy) {
    answer.has_quality = true;
    answer.restored = compare(picture->color, *image);
  }
  pictures_.keep(request.picture, {noisy, image});
  if (!request.save_to.empty()) {
    write_picture(request.save_to, {*image, picture->alpha, picture->bit_depth});
    answer.saved_to = request.save_to;
  }
  if (request.send_pictures) answer.image = image;
  const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - start;
  answer.ms = passed.count();
  tell_(std::move(answer));
}

Denoiser& Restores::denoiser(const Restore& request) {
  if (denoiser_ && made_for_.model == request.model && made_for_.engine == request.engine &&
      made_for_.memory_bytes == request.memory_bytes && made_for_.threads == request.threads) {
    return *denoiser_;
  }
  const auto found = models_.find(request.model);
  if (found == models_.end()) throw Error("there is no model to restore with yet");
  denoiser_.reset();  // before the next one takes its memory
  denoiser_.emplace(
      engine_named(engines_, request.engine), found->second.model, found->second.weights,
      DenoiseSettings{.memory_bytes = request.memory_bytes, .threads = request.threads});
  made_for_ = request;
  return *denoiser_;
}

}  // namespace limpid
