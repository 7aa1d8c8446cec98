#include "core/engine/vector_kernels.h"

namespace limpid {

extern const VectorKernels kernels_generic;

const VectorKernels& vector_kernels() { return kernels_generic; }

}  // namespace limpid
