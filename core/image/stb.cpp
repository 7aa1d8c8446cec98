// The one place where the stb libraries are compiled.
#include "core/image/stb.h"

#include <cassert>
#include <cstddef>
#include <cstdlib>

namespace limpid {

namespace {

struct Growth {
  uint64_t most = UINT64_MAX;
  bool was_met = false;
};

#ifdef STBI_NO_THREAD_LOCALS  // of a program that has one thread
Growth growth;
#else
thread_local Growth growth;
#endif

void* enlarged(void* buffer, size_t bytes) {
  if (bytes <= growth.most) return std::realloc(buffer, bytes);
  growth.was_met = true;
  return nullptr;
}

}  // namespace

GrowthCap::GrowthCap(uint64_t bytes) {
  assert(growth.most == UINT64_MAX);
  growth = {.most = bytes};
}
GrowthCap::~GrowthCap() { growth = {}; }

bool GrowthCap::was_met() const { return growth.was_met; }

}  // namespace limpid

// Zeroed memory: a damaged file must never show what the process had in memory before.
#define STBI_MALLOC(size) std::calloc(1, size)
#define STBI_REALLOC(pointer, size) limpid::enlarged(pointer, size)
#define STBI_FREE(pointer) std::free(pointer)

#define STBI_NO_STDIO
#define STBI_NO_PSD
#define STBI_NO_PIC
#define STBI_NO_PNM  // read by pnm.cpp: stb ignores the maximum and swaps the bytes of 16 bits
#define STBI_NO_LINEAR
#define STBI_MAX_DIMENSIONS (1 << 20)
#define STB_IMAGE_IMPLEMENTATION

#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_IMPLEMENTATION

#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#endif
#include "stb_image.h"
#include "stb_image_write.h"
