// The pictures that wait for their noise to be taken away, and the one that is at it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
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

  // Takes the place of an earlier one of the same picture.
  void add(Restore request);
  void cancel(int picture);       // 0: all
  void model_changed(int model);  // a network prepared with its weights is prepared anew

  bool waiting() const { return !queue_.empty(); }
  bool urgent() const { return !queue_.empty() && queue_.front().first; }

  // Restores the first that waits. `over` is asked after each tile; when it says so and the picture
  // has been cancelled or asked for anew, it is given up.
  void step(const std::function<bool()>& superseded);

 private:
  void carry_out(const Restore& request, const std::function<bool()>& superseded);
  Denoiser& denoiser(const Restore& request);

  const Engines& engines_;
  const Models& models_;
  OpenedPictures& pictures_;
  Tell tell_;
  std::deque<Restore> queue_;

  // The last denoiser with what it was made for: it keeps its prepared network.
  std::optional<Denoiser> denoiser_;
  Restore made_for_;
};

}  // namespace limpid
