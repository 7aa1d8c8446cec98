// The State of a network in the GPU's memory: five flat lists, so that one kernel updates them all.
// Numbers that are trained come first; within both groups tensors lie in the order of State.
#pragma once

#include <vector>

#include "core/engine/engine.h"
#include "native/cuda/device.h"
#include "native/cuda/optimizer.h"

namespace limpid::cuda {

class DeviceState {
 public:
  DeviceState(const Model& model, bool training);  // plans only

  size_t bytes() const;
  void allocate(DeviceStream& stream);  // all zero

  State read(DeviceStream& stream) const;
  void write(DeviceStream& stream, const State& given);  // as Network::write()

  // Tensor number `tensor` of the layer, in the order of parameters_of().
  float* weight(int layer, int tensor) const { return list(weights) + place(layer, tensor).first; }
  float* gradient(int layer, int tensor) const {
    return list(gradients) + place(layer, tensor).first;
  }

  // For a step that keeps an average, or does not; from the first that does on it is State's too.
  UpdateLists lists(bool averaging);

 private:
  struct Place {
    size_t first = 0;
    Parameter parameter = {};
  };
  const Place& place(int layer, int tensor) const {
    return places_[first_of_layer_[layer] + tensor];
  }
  enum List { weights, gradients, first_moments, second_moments, average, list_count };
  float* list(List which) const { return memory_.at<float>() + which * stride_; }
  void download(DeviceStream& stream, List which, std::vector<Tensor>& tensors) const;
  void upload(DeviceStream& stream, List which, const std::vector<Tensor>& tensors);

  const Model model_;
  const bool training_;
  std::vector<Place> places_;        // in the order of State
  std::vector<int> first_of_layer_;  // of places_
  size_t count_ = 0, trained_ = 0;   // numbers in a list
  size_t stride_ = 0;                // from list to list
  bool averaging_ = false;
  DeviceMemory memory_;  // list after list; for inference the weights alone
};

}  // namespace limpid::cuda
