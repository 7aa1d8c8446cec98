#include "core/denoise.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/image/batch.h"
#include "core/tiling.h"
#include "core/views.h"

namespace limpid {
namespace {

struct Cuts {
  Cut rows;
  Cut columns;

  int tiles() const { return rows.count * columns.count; }
  Shape tile(int channels) const { return {rows.side, columns.side, channels}; }
  double work() const { return double(tiles()) * rows.side * columns.side; }
};

int round_up(int side, int multiple) { return (side + multiple - 1) / multiple * multiple; }

void check_finite(const Image& image) {
  const auto bad = std::find_if(image.pixels.begin(), image.pixels.end(),
                                [](float value) { return !std::isfinite(value); });
  if (bad == image.pixels.end()) return;
  const size_t pixel = size_t(bad - image.pixels.begin()) / size_t(image.channels);
  throw Error("the picture has a value that is no finite number at row " +
              std::to_string(pixel / size_t(image.width)) + ", column " +
              std::to_string(pixel % size_t(image.width)));
}

// How many pictures of the network's channels one tile is, and what it takes of them.
struct Lanes {
  int pictures = 1;
  int channels = 1;

  Lanes(int of_picture, const Model& model)
      : pictures(model.channels == 1 ? of_picture : 1), channels(model.channels) {}
};

// Where the rows at hand lie in a picture of that height.
struct Band {
  int height = 0;
  int top = 0;
};

// The rows that row i of tiles looks at, the picture going on by reflection.
RowSpan seen_rows(const Cut& rows, int i, int height) {
  RowSpan seen = {.top = height, .end = 0};
  for (int y = 0; y < rows.side; ++y) {
    const int row = reflected(rows.start(i) + y, height);
    seen.top = std::min(seen.top, row);
    seen.end = std::max(seen.end, row + 1);
  }
  return seen;
}

// Tile (i, j) of the picture whose rows those are; `tile` is (pictures, rows, columns, channels).
void take_tile(const Image& image, Band band, const Cuts& cuts, int i, int j, Lanes lanes,
               float* tile) {
  const size_t step = image.channels == 3 ? 1 : 0;  // gray: the same value for each channel
  for (int picture = 0; picture < lanes.pictures; ++picture) {
    for (int y = 0; y < cuts.rows.side; ++y) {
      const int row = reflected(cuts.rows.start(i) + y, band.height) - band.top;
      const float* from = &image.pixels[image.index(row, 0, picture)];
      for (int x = 0; x < cuts.columns.side; ++x) {
        const int column = reflected(cuts.columns.start(j) + x, image.width);
        const float* pixel = from + size_t(column) * image.channels;
        for (int c = 0; c < lanes.channels; ++c) *tile++ = pixel[c * step];
      }
    }
  }
}

// Puts the pixels that tile (i, j) owns into the rows.
void put_tile(const float* tile, Band band, const Cuts& cuts, int i, int j, Lanes lanes,
              Image& image) {
  const int bottom = std::min(cuts.rows.own(i + 1), band.height);
  const int right = std::min(cuts.columns.own(j + 1), image.width);
  const Shape shape = cuts.tile(lanes.channels);
  for (int picture = 0; picture < lanes.pictures; ++picture, tile += shape.count()) {
    for (int y = cuts.rows.own(i); y < bottom; ++y) {
      for (int x = cuts.columns.own(j); x < right; ++x) {
        const size_t pixel =
            size_t(y - cuts.rows.start(i)) * shape.width + size_t(x - cuts.columns.start(j));
        const float* from = tile + pixel * lanes.channels;
        float* to = &image.pixels[image.index(y - band.top, x, picture)];
        if (lanes.channels <= image.channels) {
          std::copy_n(from, lanes.channels, to);
        } else {
          // In double three equal floats add up without rounding.
          *to = float((double(from[0]) + from[1] + from[2]) / 3);
        }
      }
    }
  }
}

}  // namespace

struct Denoiser::Content {
  Engine& engine;
  const Model model;
  State state;
  const DenoiseSettings settings;
  std::unique_ptr<Network> network;
  Shape prepared;

  Limits limits(Shape tile) const {
    return {.height = tile.height, .width = tile.width, .threads = settings.threads};
  }

  size_t needed_bytes(const Cuts& cuts) const {
    return engine.memory_bytes(model, limits(cuts.tile(model.channels)));
  }

  bool fits(const Cuts& cuts) const {
    double bytes = 0;  // of every layer's values: in 32 bits an engine's sum could wrap around
    for (const Shape& shape : output_shapes(model, cuts.tile(model.channels))) {
      bytes += double(shape.height) * shape.width * shape.channels * sizeof(float);
    }
    return bytes < double(SIZE_MAX / 2) && needed_bytes(cuts) <= settings.memory_bytes;
  }

  // The least work that fits.
  Cuts pick_cuts(int height, int width) const {
    const int multiple = size_multiple(model);
    const TileRule rule = engine.tile_rule(model);
    const auto rows = ways_to_cut(round_up(height, multiple), rule.multiple, rule.radius);
    const auto columns = ways_to_cut(round_up(width, multiple), rule.multiple, rule.radius);
    if (fits({rows.back(), columns.back()})) return {rows.back(), columns.back()};
    if (!fits({rows[0], columns[0]})) refuse(size_text(width, height), {rows[0], columns[0]});
    std::optional<Cuts> best;
    size_t column = columns.size() - 1;
    for (const Cut& row : rows) {  // the higher the tiles, the narrower
      while (column > 0 && !fits({row, columns[column]})) --column;
      const Cuts cuts = {row, columns[column]};
      if (column == 0 && !fits(cuts)) break;
      if (!best || cuts.work() <= best->work()) best = cuts;
    }
    return *best;
  }

  [[noreturn]] void refuse(const std::string& size, const Cuts& cuts) const {
    throw Error("model '" + model.name + "' needs " + std::to_string(needed_bytes(cuts)) +
                " bytes on the " + engine.name() + " engine to restore a picture of " + size +
                " in tiles of " + size_text(cuts.columns.side, cuts.rows.side) +
                ", the smallest; only " + std::to_string(settings.memory_bytes) + " are allowed");
  }

  void prepare(Shape tile) {
    if (network && prepared == tile) return;
    network.reset();  // before the next one takes its memory
    network = engine.prepare(model, limits(tile));
    network->write(state);
    prepared = tile;
  }
};

Denoiser::Denoiser(Engine& engine, Model model, std::vector<Tensor> weights,
                   const DenoiseSettings& settings) {
  check(model);
  check_tensors(model, weights, "weights");
  check_views(settings.views);
  State state;
  state.weights = std::move(weights);
  content_.reset(new Content{engine, std::move(model), std::move(state), settings, nullptr, {}});
}

Denoiser::~Denoiser() = default;
Denoiser::Denoiser(Denoiser&&) noexcept = default;

struct Denoiser::Run::Work {
  Content& content;
  const Shape picture;
  const NoisyRows rows;
  const Cuts cuts;
  const Lanes lanes;
  std::vector<float> tile = {};             // noisy
  std::vector<float> seen = {};             // a view of it
  std::vector<float> mean = {};             // of what came back, turned back
  int top = 0;                              // of `noisy`
  std::shared_ptr<const Image> noisy = {};  // what the row of tiles looks at
  Image restored = {};                      // what it owns

  Shape shape() const { return cuts.tile(content.model.channels); }
  // The one view is the tile itself: restored in place, nothing to turn.
  bool once() const { return content.settings.views == 1; }

  void prepare() {
    content.prepare(shape());
    tile.resize(lanes.pictures * shape().count());
    if (once()) return;
    seen.resize(tile.size());
    mean.resize(tile.size());
  }

  void begin_row(int i) {
    const int own = cuts.rows.own(i), end = std::min(cuts.rows.own(i + 1), picture.height);
    const RowSpan span = seen_rows(cuts.rows, i, picture.height);
    noisy.reset();  // before the next ones take their memory
    noisy = rows(span.top, span.count());
    top = span.top;
    restored = Image(std::max(end - own, 0), picture.width, picture.channels);
  }

  void take(int i, int j) {
    take_tile(*noisy, {picture.height, top}, cuts, i, j, lanes, tile.data());
    std::fill(mean.begin(), mean.end(), -0.f);  // which changes no first addend
  }

  void denoise(std::vector<float>& pictures) {
    const Batch batch = {lanes.pictures, shape(), pictures};
    content.network->denoise(batch, batch);
  }

  void restore(int view) {
    if (once()) return denoise(tile);
    const size_t count = shape().count();
    const float share = 1.f / float(content.settings.views);  // exact
    for (size_t at = 0; at < tile.size(); at += count) {
      take_view(view_flips[size_t(view)], shape(), &tile[at], &seen[at]);
    }
    denoise(seen);
    for (size_t at = 0; at < tile.size(); at += count) {
      add_view(view_flips[size_t(view)], shape(), &seen[at], share, &mean[at]);
    }
  }

  void put(int i, int j) {
    put_tile((once() ? tile : mean).data(), {picture.height, cuts.rows.own(i)}, cuts, i, j, lanes,
             restored);
  }
};

Denoiser::Run::Run(Denoiser& denoiser, Shape picture, NoisyRows noisy) {
  assert(picture.count() > 0 && (picture.channels == 1 || picture.channels == 3));
  Content& content = *denoiser.content_;
  work_.reset(new Work{content, picture, std::move(noisy),
                       content.pick_cuts(picture.height, picture.width),
                       Lanes(picture.channels, content.model)});
  total_ = work_->cuts.tiles() * content.settings.views;
}

Denoiser::Run::~Run() = default;

void Denoiser::Run::step() {
  assert(done_ < total_);
  Work& work = *work_;
  if (done_ == 0) work.prepare();
  const int views = work.content.settings.views;
  const int i = done_ / views / work.cuts.columns.count;
  const int j = done_ / views % work.cuts.columns.count;
  const int view = done_ % views;
  if (view == 0 && j == 0) work.begin_row(i);
  if (view == 0) work.take(i, j);
  work.restore(view);
  if (view == views - 1) work.put(i, j);
  ++done_;
}

Image Denoiser::Run::completed_rows() {
  if (done_ % (work_->cuts.columns.count * work_->content.settings.views) != 0) return {};
  return std::exchange(work_->restored, {});
}

Image Denoiser::denoise(const Image& noisy, const PartsProgress& progress) {
  assert(!noisy.empty());
  check_finite(noisy);
  Run run(*this, {noisy.height, noisy.width, noisy.channels}, rows_of(noisy));
  return finish(run, progress);
}

}  // namespace limpid
