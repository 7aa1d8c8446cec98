// One thread makes a pixel of a sample: it looks up which pixel of the picture comes there, and
// draws its noise. Compiled without fused multiply-add, as noisy_value.h asks.
#include "native/cuda/sample.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "core/noise/mosaic.h"
#include "core/noise/noisy_value.h"
#include "native/cuda/eight.h"
#include "native/cuda/simt.h"
#include "native/cuda/step.h"

namespace limpid::cuda {
namespace {

constexpr int most_channels = 3;

__device__ float value_at(const HeldPicture& picture, size_t i) {
  return picture.is_wide ? float(static_cast<const uint16_t*>(picture.steps)[i]) / 65535.0f
                         : float(static_cast<const uint8_t*>(picture.steps)[i]) / 255.0f;
}

// The clean values of pixel (y, x).
__device__ Eight clean_pixel(const HeldPicture& picture, const Sample& sample, Shape shape, int y,
                             int x) {
  if (sample.up_down) y = shape.height - 1 - y;
  if (sample.left_right) x = shape.width - 1 - x;
  const int row = sample.y + reflected(y, std::min(shape.height, picture.height));
  const int column = sample.x + reflected(x, std::min(shape.width, picture.width));
  const size_t first = (size_t(row) * picture.width + column) * picture.channels;
  Eight pixel = {};
  UNROLL
  for (int c = 0; c < most_channels; ++c) {
    if (c >= shape.channels) break;
    pixel.at[c] = value_at(picture, picture.channels == 1 ? first : first + c);
  }
  if (!sample.gray || shape.channels == 1) return pixel;
  const float gray = gray_value(pixel.at[0], pixel.at[1], pixel.at[2]);
  pixel.at[0] = pixel.at[1] = pixel.at[2] = gray;
  return pixel;
}

__device__ float with_noise(const PlacedNoise& noise, float x, uint32_t bits) {
  using namespace noisy_value;
  const float s = noise.strength;
  switch (noise.kind) {
    case NoiseKind::gaussian: x = with_gaussian(x, s, noisy_value::gaussian(bits)); break;
    case NoiseKind::speckle: x = with_speckle(x, s, noisy_value::gaussian(bits)); break;
    case NoiseKind::salt_pepper: x = with_salt_pepper(x, s, bits); break;
    case NoiseKind::poisson: x = with_poisson(x, s, bits); break;
    case NoiseKind::camera: break;  // see below
  }
  return noise.clip ? std::clamp(x, 0.0f, 1.0f) : x;
}

// Of pixel (y, x); in the order of blotches::rows().
__device__ mosaic::Colour blotches_at(const PlacedNoise& noise, int width, int y, int x) {
  const int in_row = blotches::nodes_in_row(width, noise.blotch_spacing);
  const blotches::Nodes down = blotches::nodes(y, noise.blotch_spacing),
                        across = blotches::nodes(x, noise.blotch_spacing);
  const auto column = [&](int dx) {
    const auto node = [&](int dy) {
      return blotches::node(noise.sequence, in_row, down.first + dy, across.first + dx);
    };
    return blotches::blended(down, node(0), node(1), node(2));
  };
  return blotches::blended(across, column(0), column(1), column(2));
}

// What mosaic::add_noise() adds to a colour picture's pixel (y, x).
__device__ mosaic::Developed camera_noise(const PlacedNoise& noise, int width, int y, int x) {
  constexpr int side = 2 * mosaic::margin + 1;
  float normal[side][side];
  UNROLL
  for (int dy = 0; dy < side; ++dy) {
    UNROLL
    for (int dx = 0; dx < side; ++dx) {
      const size_t place = size_t(y + dy) * (width + 2 * mosaic::margin) + (x + dx);
      normal[dy][dx] = noisy_value::gaussian(noise.sequence.bits(uint32_t(place)));
    }
  }
  const auto demosaiced = [&](int dy, int dx) {
    const float* const here = &normal[dy + mosaic::margin][dx + mosaic::margin];
    return mosaic::demosaiced(here - side, here, here + side,
                              mosaic::site(y + dy, x + dx, noise.first_site));
  };
  const mosaic::Colour sharp = demosaiced(0, 0);
  const mosaic::Colour broad =
      mosaic::is_blotched(noise) ? blotches_at(noise, width, y, x) : mosaic::Colour{};
  if (!mosaic::is_smoothed(noise)) return mosaic::developed(sharp, sharp, broad, noise);
  const auto along_row = [&](int dy) {
    return mosaic::smoothed(demosaiced(dy, -1), demosaiced(dy, 0), demosaiced(dy, 1));
  };
  return mosaic::developed(sharp, mosaic::smoothed(along_row(-1), along_row(0), along_row(1)),
                           broad, noise);
}

__device__ void add_camera_noise(const PlacedNoise& noise, Shape shape, int y, int x,
                                 Eight& values) {
  const mosaic::Developed n = camera_noise(noise, shape.width, y, x);
  const bool one = noise.one_draw || shape.channels == 1;
  const float of[most_channels] = {one ? n.light : n.colour.red, one ? n.light : n.colour.green,
                                   one ? n.light : n.colour.blue};
  const float strength = noise.strength * mosaic::gain(noise, one);
  UNROLL
  for (int c = 0; c < most_channels; ++c) {
    if (c >= shape.channels) break;
    const float noisy = mosaic::exposed(values.at[c], strength, noise, of[c]);
    values.at[c] = noise.clip ? std::clamp(noisy, 0.0f, 1.0f) : noisy;
  }
}

template <class T>
__global__ void make_pixels(const __grid_constant__ SampleRun<T> run) {
  const size_t i = thread_number();
  const size_t pixels = size_t(run.shape.height) * run.shape.width;
  if (i >= run.n * pixels) return;
  const Sample sample = run.samples[i / pixels];
  const uint32_t pixel = uint32_t(i % pixels);
  const int channels = run.shape.channels;
  const int y = int(pixel / run.shape.width), x = int(pixel % run.shape.width);
  Eight values = clean_pixel(run.pictures[sample.picture], sample, run.shape, y, x);
  const uint32_t own = sample.noise.one_draw ? 1 : channels;  // see add_noise()
  UNROLL
  for (int c = 0; c < most_channels; ++c) {
    if (c >= channels) break;
    run.clean[i * channels + c] = values.at[c];
    if (sample.noise.kind == NoiseKind::camera) continue;
    const uint32_t bits = sample.noise.sequence.bits(pixel * own + c % own);
    values.at[c] = with_noise(sample.noise, values.at[c], bits);
  }
  if (sample.noise.kind == NoiseKind::camera) {
    add_camera_noise(sample.noise, run.shape, y, x, values);
  }
  store_eight(run.noisy + i * stored_channels(channels), values);
}

// Where each picture lies, behind a table of all.
template <class Place>
size_t lay_out(HeldPictures::Pictures pictures, Place place) {
  size_t end = aligned_bytes(pictures.size() * sizeof(HeldPicture));
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (!pictures[i]) continue;
    place(i, end);
    end += aligned_bytes(pictures[i]->bytes());
  }
  return end;
}

}  // namespace

size_t HeldPictures::bytes(Pictures pictures) {
  return lay_out(pictures, [](size_t, size_t) {});
}

HeldPictures::HeldPictures(DeviceStream& stream, Pictures pictures) : memory_(bytes(pictures)) {
  std::vector<HeldPicture> table(pictures.size());
  lay_out(pictures, [&](size_t i, size_t at) {
    const Raster& from = *pictures[i];
    assert(from.maximum == 255 || from.maximum == 65535);
    void* const steps = memory_.at<void>(at);
    table[i] = {steps, from.height, from.width, from.channels, from.maximum > 255};
    stream.upload(steps, from.data(), from.bytes());
  });
  stream.upload(memory_.at<HeldPicture>(), table.data(), table.size() * sizeof(HeldPicture));
}

template <class T>
void make_samples(DeviceStream& stream, const SampleRun<T>& run) {
  launch(stream, "making of samples", each(size_t(run.n) * run.shape.height * run.shape.width),
         make_pixels<T>, run);
}

template void make_samples(DeviceStream&, const SampleRun<float>&);
template void make_samples(DeviceStream&, const SampleRun<Bf16>&);

}  // namespace limpid::cuda
