# The language CUDA: nvcc from the path or /usr/local/cuda. Code for Ampere and Ada (with PTX for
# what comes later), Hopper and Blackwell; a kernel whose products wait for each other is an error.
find_program(CMAKE_CUDA_COMPILER nvcc PATHS /usr/local/cuda/bin REQUIRED)
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80 90a-real 100-real)
endif()
if(NOT CMAKE_CUDA_COMPILER_LAUNCHER)
  set(CMAKE_CUDA_COMPILER_LAUNCHER "${CMAKE_CURRENT_LIST_DIR}/watch_ptxas.sh")
  if(CCACHE)
    list(APPEND CMAKE_CUDA_COMPILER_LAUNCHER "${CCACHE}")
  endif()
endif()
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)   # CMake 3.25 does not know that nvcc knows C++20
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
endif()
find_package(CUDAToolkit 12 REQUIRED)
