// The engine that every other is measured against: the model as it stands, layer by layer, in
// plain loops and double precision on one thread. Slow: for tests and for reading.
#pragma once

#include <memory>

#include "core/engine/engine.h"

namespace limpid {

// Values and gradients are doubles; weights, moments and averages floats as in State, so that what
// read() gives and write() takes is all there is (gradients are rounded to float by read()). A
// batch runs through together: memory grows with Limits::batch. accumulate moves batch_norm's
// running mean and variance, as Keras does: the batch's variance, divided by n.
std::unique_ptr<Engine> make_reference_engine();

}  // namespace limpid
