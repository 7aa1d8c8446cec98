#include "native/cuda/device_state.h"

#include <algorithm>
#include <cassert>

#include "core/engine/network_state.h"

namespace limpid::cuda {
namespace {

constexpr size_t alignment_floats = 64;

}  // namespace

DeviceState::DeviceState(const Model& model, bool training) : model_(model), training_(training) {
  for (const Parameter& parameter : parameters(model)) places_.push_back({0, parameter});
  for (const bool trained : {true, false}) {
    for (Place& place : places_) {
      if (place.parameter.trained != trained) continue;
      place.first = count_;
      count_ += place.parameter.count();
    }
    if (trained) trained_ = count_;
  }
  int first = 0;
  for (const Layer& layer : model.layers) {
    first_of_layer_.push_back(first);
    first += int(parameters_of(layer, 1).size());
  }
  stride_ = (count_ + alignment_floats - 1) / alignment_floats * alignment_floats;
}

size_t DeviceState::bytes() const { return stride_ * sizeof(float) * (training_ ? list_count : 1); }

void DeviceState::allocate(DeviceStream& stream) {
  memory_ = DeviceMemory(bytes());
  stream.clear(memory_.at<void>(), bytes());
}

void DeviceState::download(DeviceStream& stream, List which, std::vector<Tensor>& tensors) const {
  std::vector<float> all(count_);
  stream.download(all.data(), list(which), count_ * sizeof(float));
  for (size_t t = 0; t < tensors.size(); ++t) {
    std::copy_n(all.begin() + ptrdiff_t(places_[t].first), tensors[t].data.size(),
                tensors[t].data.begin());
  }
}

void DeviceState::upload(DeviceStream& stream, List which, const std::vector<Tensor>& tensors) {
  std::vector<float> all(count_);
  for (size_t t = 0; t < tensors.size(); ++t) {
    std::copy(tensors[t].data.begin(), tensors[t].data.end(),
              all.begin() + ptrdiff_t(places_[t].first));
  }
  stream.upload(list(which), all.data(), count_ * sizeof(float));
}

State DeviceState::read(DeviceStream& stream) const {
  State state = zero_state(model_, training_);
  download(stream, weights, state.weights);
  if (!training_) return state;
  download(stream, gradients, state.gradients);
  download(stream, first_moments, state.first_moment);
  download(stream, second_moments, state.second_moment);
  if (!averaging_) return state;
  state.average = state.weights;
  download(stream, average, state.average);
  return state;
}

void DeviceState::write(DeviceStream& stream, const State& given) {
  State state = read(stream);
  write_state(state, given, model_, training_);
  upload(stream, weights, state.weights);
  if (!training_) return;
  upload(stream, gradients, state.gradients);
  upload(stream, first_moments, state.first_moment);
  upload(stream, second_moments, state.second_moment);
  averaging_ = !state.average.empty();
  if (averaging_) upload(stream, average, state.average);
}

UpdateLists DeviceState::lists(bool averaging) {
  assert(training_);
  averaging_ |= averaging;
  return {.trained = trained_,
          .count = count_,
          .weight = list(weights),
          .gradient = list(gradients),
          .first_moment = list(first_moments),
          .second_moment = list(second_moments),
          .average = averaging ? list(average) : nullptr};
}

}  // namespace limpid::cuda
