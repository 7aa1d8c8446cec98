# nvcc from the path or /usr/local/cuda: LIMPID_NVCC, and LIMPID_NVCC_VERSION (0 without it).
find_program(LIMPID_NVCC nvcc PATHS /usr/local/cuda/bin)
set(LIMPID_NVCC_VERSION 0)
if(LIMPID_NVCC)
  execute_process(COMMAND "${LIMPID_NVCC}" --version OUTPUT_VARIABLE said ERROR_QUIET)
  if(said MATCHES "release ([0-9]+\\.[0-9]+)")
    set(LIMPID_NVCC_VERSION "${CMAKE_MATCH_1}")
  endif()
endif()
