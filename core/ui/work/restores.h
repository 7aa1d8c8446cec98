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
#include "core/image/encoding.h"
#include "core/image/quality.h"
#include "core/image/restoration.h"
#include "core/model/model_file.h"
#include "core/noise/noisy_picture.h"
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
  void cancel(int picture);  // 0: all; but a queue's
  void cancel_queue(int queue);
  void forget(int picture);       // a queue's too
  void model_changed(int model);  // a network with its weights is prepared anew for the next

  bool waiting() const { return active_ || !queue_.empty(); }
  bool urgent() const;  // the picture on the screen waits, or is at it

  // Goes on with the picture that is at it, or begins the first that waits: by at least a tile of
  // the network, or a band of a classical method, or by as long of something else.
  void step(const std::function<bool()>& slice_is_over);

 private:
  // The picture that is at it. As floats only some of its rows exist at a time.
  struct Active {
    Restore request;
    std::shared_ptr<const OpenedPicture> picture;
    Restored answer;
    std::unique_ptr<NoisyPicture> noisy_rows;
    std::unique_ptr<Restoration> run;

    SharedPyramid noisy;  // once it is whole
    Raster noisy_steps;   // until then, its rows down to `noise_end`
    int noise_end = 0;

    std::shared_ptr<const Raster> known;  // restored whole before; else, while the amount is
    Raster whole_steps;                   // below 1, its rows down to `restored_rows`
    Raster restored;                      // those that are shown
    int restored_rows = 0;
    Image fresh;        // restored rows from `fresh_top` on; those above `restored_rows`
    int fresh_top = 0;  // are in `restored` and in the scores
    std::unique_ptr<QualitySum> noisy_score, restored_score;  // none: it was noisy already

    SharedPyramid shown;             // the restored picture
    std::unique_ptr<Encoding> file;  // that it is written to, where it is
    bool writes = false;             // to the disk

    const Raster& clean() const { return picture->color->picture(); }
  };

  void begin();
  // Some of the work; false when all is done.
  bool work();
  void add_noise();
  void keep_rows();
  void keep_results();
  Image restore_rows();
  void end_restoring();
  void tell_progress() const;
  void finish();
  void cancel_if(const std::function<bool(const Restore&)>& meant);
  void give_up();  // the one that is at it, with an answer
  void fail(const std::string& message);
  std::unique_ptr<Restoration> restoration(Active& active);
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
  Restored kept_;  // the last answer whose picture is kept: less of the same needs no network
  std::unique_ptr<Active> active_;  // after the denoiser that it runs on
};

}  // namespace limpid
