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
#include "core/image/quality.h"
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

  // Goes on with the picture that is at it, or begins the first that waits: by at least a tile of
  // the network, or by as long of something else. A classical method takes the whole picture, and
  // begins anew after a request that came meanwhile.
  void step(const std::function<bool()>& slice_is_over, const std::function<bool()>& request_waits);

 private:
  // The picture that is at it. As floats only some of its rows exist at a time.
  struct Active {
    Restore request;
    std::shared_ptr<const OpenedPicture> picture;
    bool gray = false;
    Restored answer;
    std::unique_ptr<Denoiser::Run> run;  // none for a classical method

    SharedPyramid noisy;  // once it is whole
    Raster noisy_steps;   // until then, its rows down to `noisy_rows`
    int noisy_rows = 0;
    std::shared_ptr<const Image> band;  // noisy rows from `band_top` on, made last
    int band_top = 0;

    Raster restored;  // its rows down to `restored_rows`
    int restored_rows = 0;
    Image fresh;        // restored rows from `fresh_top` on; those above `restored_rows`
    int fresh_top = 0;  // are in `restored` and in the scores
    std::unique_ptr<QualitySum> noisy_score, restored_score;  // none: it was noisy already

    const Raster& clean() const { return picture->color->picture(); }
    std::shared_ptr<const Image> rows_of_noisy(int top, int count);
  };

  void begin();
  // Some of the work; false when all is done.
  bool work(const std::function<bool()>& request_waits);
  void add_noise();
  void keep_rows();
  Image restore_rows(const std::function<bool()>& request_waits);
  Image work_by_method(const std::function<bool()>& request_waits);
  void tell_progress(int done, int total) const;
  void finish();
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
