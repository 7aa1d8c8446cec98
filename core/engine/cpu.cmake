# The CPU engine's part of limpid_engine.
target_sources(limpid_engine PRIVATE
  activation.cpp batch_norm_step.cpp convolution.cpp convolution_step.cpp cpu.cpp
  cpu_network.cpp cpu_program.cpp cpu_step.cpp cpu_tiles.cpp direct_convolution.cpp
  direct_filter_gradient.cpp filter_gradient.cpp padding.cpp phases.cpp pooling.cpp
  simple_convolution.cpp thread_pool.cpp winograd.cpp winograd_convolution.cpp
  winograd_filter_gradient.cpp winograd_squares.cpp)
if(EMSCRIPTEN)
  target_sources(limpid_engine PRIVATE no_xnnpack.cpp)
  target_link_libraries(limpid_engine PRIVATE pthreadpool)
else()
  target_sources(limpid_engine PRIVATE xnnpack_convolution.cpp)
  target_link_libraries(limpid_engine PRIVATE XNNPACK pthreadpool)
endif()
set_source_files_properties(activation.cpp batch_norm_step.cpp cpu_program.cpp cpu_step.cpp
  PROPERTIES COMPILE_OPTIONS "-ffp-contract=off;-fno-math-errno;-fno-trapping-math")

# vector_kernels.cpp for an instruction set, as the objects limpid_kernels_NAME: the namespace they
# are in, a title, bytes in a register, registers, flags.
function(limpid_vector_kernels name set title bytes registers)
  add_library(limpid_kernels_${name} OBJECT ${PROJECT_SOURCE_DIR}/core/engine/vector_kernels.cpp)
  target_include_directories(limpid_kernels_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(limpid_kernels_${name} PRIVATE
    LIMPID_VECTOR_SET=kernels_${set} "LIMPID_VECTOR_NAME=\"${title}\""
    LIMPID_VECTOR_BYTES=${bytes} LIMPID_VECTOR_REGISTERS=${registers})
  target_compile_options(limpid_kernels_${name} PRIVATE ${ARGN})
  target_link_libraries(limpid_kernels_${name} PRIVATE limpid_warnings)
endfunction()
# One of those between which limpid_engine chooses on the machine it runs on.
function(limpid_vector_set set)
  limpid_vector_kernels(${set} ${set} ${ARGN})
  target_sources(limpid_engine PRIVATE $<TARGET_OBJECTS:limpid_kernels_${set}>)
endfunction()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  limpid_vector_set(sse2 SSE2 16 16)
  limpid_vector_set(avx2 AVX2 32 16 -mavx2 -mfma)
  limpid_vector_set(avx512 AVX-512 64 32 -mavx512f -mavx512vl -mavx512dq -mavx512bw
                    -mprefer-vector-width=512)
  target_sources(limpid_engine PRIVATE vector_kernels_x86.cpp)
else()
  if(NOT EMSCRIPTEN)   # web/CMakeLists.txt makes two, of which a browser takes one
    limpid_vector_set(generic "128-bit vectors" 16 16)
  endif()
  target_sources(limpid_engine PRIVATE vector_kernels_generic.cpp)
endif()
