// Every text of the front end, in one table: a language is one more column (texts.cpp).
#pragma once

#include <cstddef>

namespace limpid {

enum class Language { english };
constexpr size_t language_count = 1;

enum class Text {
  // Bar
  denoise,
  train,
  dark,
  light,
  // Pictures
  pictures,
  add_pictures,
  add_folder,
  drop_here,
  drop_hint,
  restore_all,
  restoring_all,
  cancel,
  // Noise
  noise,
  add_noise,
  already_noisy,
  noise_kind,
  gaussian,
  poisson,
  salt_pepper,
  speckle,
  strength,
  strength_explained,
  seed,
  seed_explained,
  estimated,
  estimated_explained,
  estimate_high,
  // Model
  model,
  no_model_hint,
  load_model,
  engine,
  // Viewer
  split,
  side_by_side,
  clean,
  noisy,
  restored,
  error,
  fit,
  error_hint,
  restoring,
  working,
  // Scores
  scores,
  rmse,
  psnr,
  ssim,
  rmse_explained,
  psnr_explained,
  ssim_explained,
  no_scores,
  save,
  copy,
  save_explained,
  // Training
  training_pictures,
  choose_folder,
  choose_pictures,
  chosen_files,
  chosen_none,
  network,
  preset,
  size,
  size_explained,
  epochs,
  batch,
  learning_rate,
  loss,
  mse,
  bce,
  l1,
  own_json,
  forecast,
  forecast_parameters,
  forecast_memory,
  forecast_time,
  forecast_wait,
  forecast_explained,
  start,
  pause,
  go_on,
  stop,
  reading_pictures,
  learning,
  curves,
  curves_hint,
  training_loss,
  validation_loss,
  linear,
  logarithmic,
  epoch,
  validating,
  speed,
  left,
  progress_pictures,
  preview_title,
  preview_hint,
  download_model,
  use_model,
  finished,
  stopped_early,
  cancelled,
  diverged,
  paused,
  trained_model,
  test_rmse,
  count
};

const char* text(Text which);
const char* text(Text which, Language language);
void set_language(Language language);

}  // namespace limpid
