# The first nvcc of 12.5 or later on the path and in /usr/local/cuda: LIMPID_NVCC, and
# LIMPID_NVCC_VERSION (0 without it). Looked for every time, as it may come, go and move.
function(limpid_nvcc_version nvcc out)
  execute_process(COMMAND "${nvcc}" --version OUTPUT_VARIABLE said ERROR_QUIET)
  string(REGEX MATCH "release ([0-9]+\\.[0-9]+)" found "${said}")
  set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

function(limpid_nvcc_serves result nvcc)
  limpid_nvcc_version("${nvcc}" version)
  if(NOT version VERSION_GREATER_EQUAL 12.5)
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

find_program(LIMPID_NVCC nvcc PATHS /usr/local/cuda/bin NO_CACHE VALIDATOR limpid_nvcc_serves)
set(LIMPID_NVCC_VERSION 0)
if(LIMPID_NVCC)
  limpid_nvcc_version("${LIMPID_NVCC}" LIMPID_NVCC_VERSION)
endif()
