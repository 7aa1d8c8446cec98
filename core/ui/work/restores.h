// The pictures that wait for their noise to be taken away, and the one that is at it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/denoise.h"
#include "core/engine/engine.h"
#include "core/model/model_file.h"
#include "core/ui/work/event.h"
#include "core/ui/work/opened_pictures.h"

namespace limpid {

using Engines = std::vector<std::unique_ptr<Engine>>;
using Models = std::map<int, ModelFile>;
using Tell = std::function<void(Event)>;

// The engine of that name, the first one for an empty name. Throws Error.
Engine& engine_named(const Engines& engines, const std::string& name);

class Restores {
 public:
  // All must outlive this.
  Restores(const Engines& engines, const Models& models, OpenedPictures& pictures, Tell tell);

  // Takes the place of an earlier one of the same picture (`beside`: and model), also of one that
  // has begun.
  void add(Restore request);
  void cancel(int picture);       // 0: all
  void model_changed(int model);  // a network with its weights is prepared anew for the next

  bool waiting() const { return active_ || !queue_.empty(); }
  bool urgent() const;  // the picture on the screen waits, or is at it

  // Goes on with the picture that is at it, or begins the first that waits: at least one tile. A
  // classical method takes the whole picture, and begins anew after a request that came meanwhile.
  void step(const std::function<bool()>& slice_is_over, const std::function<bool()>& request_waits);

 private:
  // The picture that is at it.
  struct Active {
    Restore request;
    std::shared_ptr<const Picture> picture;
    SharedImage noisy;
    Restored answer;
    std::unique_ptr<Denoiser::Run> run;  // none for a classical method
  };

  void begin();
  // The restored picture, empty when there is more to do.
  Image work_by_network(const std::function<bool()>& slice_is_over);
  Image work_by_method(const std::function<bool()>& request_waits);
  void tell_progress(int done, int total) const;
  void finish(Image restored);
  void give_up();  // the one that is at it, with an answer
  void fail(const std::string& message);
  Denoiser& denoiser(const Restore& request);

  const Engines& engines_;
  const Models& models_;
  OpenedPictures& pictures_;
  const Tell tell_;
  std::deque<Restore> queue_;

  // The last denoiser with what it was made for: it keeps its prepared network.
  std::unique_ptr<Denoiser> denoiser_;
  Restore made_for_;
  bool outdated_ = false;
  std::unique_ptr<Active> active_;  // after the denoiser that it runs on
};

}  // namespace limpid
