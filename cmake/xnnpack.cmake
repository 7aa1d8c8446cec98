# Targets XNNPACK and pthreadpool, from pinned sources, without their tests and without the
# instruction sets that only help types we do not use.
limpid_source(xnnpack XNNPACK_SOURCE_DIR)
limpid_source(pthreadpool PTHREADPOOL_SOURCE_DIR)
limpid_source(fxdiv FXDIV_SOURCE_DIR)
limpid_source(cpuinfo CPUINFO_SOURCE_DIR)

set(XNNPACK_LIBRARY_TYPE static)
set(PTHREADPOOL_LIBRARY_TYPE static)
set(CPUINFO_LIBRARY_TYPE static)
foreach(part BUILD_TESTS BUILD_BENCHMARKS BUILD_ALL_MICROKERNELS ENABLE_AVXVNNI ENABLE_AVXVNNIINT8
             ENABLE_AVX256SKX ENABLE_AVX256VNNI ENABLE_AVX256VNNIGFNI ENABLE_AVX512VBMI
             ENABLE_AVX512VNNI ENABLE_AVX512VNNIGFNI ENABLE_AVX512AMX ENABLE_AVX512FP16)
  set(XNNPACK_${part} OFF CACHE BOOL "" FORCE)
endforeach()
foreach(part PTHREADPOOL_BUILD_TESTS PTHREADPOOL_BUILD_BENCHMARKS FXDIV_BUILD_TESTS
             FXDIV_BUILD_BENCHMARKS)
  set(${part} OFF CACHE BOOL "" FORCE)
endforeach()
add_subdirectory("${XNNPACK_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/xnnpack" EXCLUDE_FROM_ALL SYSTEM)

# Its own pthreads.c with another patience, see there.
get_target_property(sources pthreadpool SOURCES)
list(TRANSFORM sources REPLACE "^src/pthreads.c$" "${PROJECT_SOURCE_DIR}/core/engine/pool_patience.c")
set_property(TARGET pthreadpool PROPERTY SOURCES ${sources})
target_include_directories(pthreadpool PRIVATE "${PTHREADPOOL_SOURCE_DIR}/src")
