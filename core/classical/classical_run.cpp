#include "core/classical/classical_run.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <utility>
#include <vector>

#include "core/classical/bilateral.h"
#include "core/classical/median.h"
#include "core/classical/nlm.h"
#include "core/classical/wavelet.h"
#include "core/noise/estimate.h"

namespace limpid {
namespace {

// Less than a fifteenth of a step of 16 bits; the square of far less is 0 in a float.
constexpr double least_noise = 1e-6;

double noise_to_restore(double sigma) { return sigma < least_noise ? 0 : sigma; }

constexpr int looked_at = 1 << 20;  // pixels of a band that nothing is restored of

// How high the bands are: so many pixels, but not less rows.
struct BandSize {
  int pixels = 0;
  int rows = 1;
};

// Some tenths of a second of work. A wavelet restores its 62 rows around a band for nothing.
BandSize band_size(ClassicalMethod method) {
  switch (method) {
    case ClassicalMethod::median: return {.pixels = 1 << 18};
    case ClassicalMethod::bilateral: return {.pixels = 1 << 17};
    case ClassicalMethod::nlm: return {.pixels = 1 << 15, .rows = 8};
    case ClassicalMethod::wavelet: return {.pixels = 1 << 19, .rows = 64};
  }
  assert(false);
  return {};
}

int reach_of(ClassicalMethod method, double sigma, int channels) {
  switch (method) {
    case ClassicalMethod::median: return median_radius(sigma);
    case ClassicalMethod::bilateral: return bilateral_radius;
    case ClassicalMethod::nlm: return nlm_reach(sigma, channels);
    case ClassicalMethod::wavelet: return wavelet_reach;
  }
  assert(false);
  return 0;
}

// From the top to the bottom of some rows of the picture, a band a part.
struct Pass {
  RowSpan rows;
  int rows_at_once = 1;
  // False: the rest of the rows tell nothing more.
  std::function<bool(RowSpan)> work;

  int parts() const { return (rows.count() + rows_at_once - 1) / rows_at_once; }
};

}  // namespace

struct ClassicalRun::Work {
  const ClassicalMethod method;
  const Shape picture;
  const NoisyRows noisy_rows;
  double sigma = 0;
  Image middle = {};                      // what the noise is estimated in
  bool gray = false;                      // in colour channels: all are the same
  std::unique_ptr<Wavelet> wavelet = {};  // for that method
  std::vector<Pass> passes = {};
  size_t pass = 0;
  int row_of_pass = 0;  // the next one
  Image restored = {};

  void add_pass(RowSpan rows, BandSize band, std::function<bool(RowSpan)> work) {
    const int at_once = std::max({band.pixels / picture.width, band.rows, 1});
    passes.push_back({rows, std::min(at_once, rows.count()), std::move(work)});
  }

  bool estimate(RowSpan band, const PicturePart& part);
  bool look_for_colour(RowSpan band);
  bool look_at_coefficients(RowSpan band);
  bool restore(RowSpan band);

  int channels() const { return gray ? 1 : picture.channels; }
  // Rows of the picture in those channels: a band with what is around it.
  struct Part {
    std::shared_ptr<const Image> noisy;
    RowSpan band;
  };
  Part part_around(RowSpan band, int reach) const;
  Image restored_rows(const Image& noisy, RowSpan rows) const;
};

bool ClassicalRun::Work::estimate(RowSpan band, const PicturePart& part) {
  const auto found = noisy_rows(band.top, band.count());
  const Image seen = crop(*found, 0, part.left, band.count(), part.width);
  middle.pixels.insert(middle.pixels.end(), seen.pixels.begin(), seen.pixels.end());
  middle.height += seen.height;
  middle.width = seen.width;
  middle.channels = seen.channels;
  if (middle.height == part.height) {
    sigma = noise_to_restore(estimate_noise(std::exchange(middle, {})));
  }
  return true;
}

bool ClassicalRun::Work::look_for_colour(RowSpan band) {
  gray = sigma > 0 && is_gray(*noisy_rows(band.top, band.count()));
  return gray;
}

bool ClassicalRun::Work::look_at_coefficients(RowSpan band) {
  if (sigma == 0) return false;
  if (!wavelet) {
    wavelet = std::make_unique<Wavelet>(Shape{picture.height, picture.width, channels()}, sigma);
  }
  const Part part = part_around(band, wavelet_reach);
  wavelet->look_at(*part.noisy, part.band);
  return true;
}

bool ClassicalRun::Work::restore(RowSpan band) {
  if (sigma == 0) {
    restored = *noisy_rows(band.top, band.count());
    return true;
  }
  const Part part = part_around(band, reach_of(method, sigma, channels()));
  restored = with_channels(restored_rows(*part.noisy, part.band), picture.channels);
  return true;
}

Image ClassicalRun::Work::restored_rows(const Image& noisy, RowSpan rows) const {
  switch (method) {
    case ClassicalMethod::median: return median_rows(noisy, rows, sigma);
    case ClassicalMethod::bilateral: return bilateral_rows(noisy, rows, sigma);
    case ClassicalMethod::nlm: return nlm_rows(noisy, rows, sigma);
    case ClassicalMethod::wavelet: return wavelet->restored(noisy, rows);
  }
  assert(false);
  return {};
}

ClassicalRun::Work::Part ClassicalRun::Work::part_around(RowSpan band, int reach) const {
  const int top = std::max(band.top - reach, 0), end = std::min(band.end + reach, picture.height);
  auto found = noisy_rows(top, end - top);
  if (gray) found = std::make_shared<const Image>(with_channels(*found, 1));
  return {std::move(found), {band.top - top, band.end - top}};
}

ClassicalRun::ClassicalRun(ClassicalMethod method, std::optional<double> sigma, Shape picture,
                           NoisyRows noisy)
    : work_(new Work{method, picture, std::move(noisy), noise_to_restore(sigma.value_or(0))}) {
  assert(picture.count() > 0 && (picture.channels == 1 || picture.channels == 3));
  assert(!sigma || *sigma >= 0);
  Work& work = *work_;
  const RowSpan all = {0, picture.height};
  if (!sigma) {
    const PicturePart part = estimated_part(picture.height, picture.width);
    work.add_pass({part.top, part.top + part.height}, {.pixels = looked_at},
                  [&work, part](RowSpan band) { return work.estimate(band, part); });
  }
  if (picture.channels == 3) {
    work.add_pass(all, {.pixels = looked_at},
                  [&work](RowSpan band) { return work.look_for_colour(band); });
  }
  if (method == ClassicalMethod::wavelet) {
    work.add_pass(all, band_size(method),
                  [&work](RowSpan band) { return work.look_at_coefficients(band); });
  }
  work.add_pass(all, band_size(method), [&work](RowSpan band) { return work.restore(band); });
  for (const Pass& pass : work.passes) total_ += pass.parts();
}

ClassicalRun::~ClassicalRun() = default;

void ClassicalRun::step() {
  assert(done_ < total_);
  Work& work = *work_;
  const Pass& pass = work.passes[work.pass];
  const int top = pass.rows.top + work.row_of_pass;
  const RowSpan band = {top, std::min(top + pass.rows_at_once, pass.rows.end)};
  ++done_;
  work.row_of_pass += band.count();
  const bool more = pass.work(band);
  if (more && band.end < pass.rows.end) return;
  done_ += (pass.rows.end - band.end + pass.rows_at_once - 1) / pass.rows_at_once;
  ++work.pass;
  work.row_of_pass = 0;
}

Image ClassicalRun::completed_rows() { return std::exchange(work_->restored, {}); }

}  // namespace limpid
