# The libraries Limpid stands on. Those of Debian 12 are taken from the system.
limpid_source(stb LIMPID_STB)
add_library(stb INTERFACE)
target_include_directories(stb SYSTEM INTERFACE "${LIMPID_STB}")

if(EMSCRIPTEN)
  include(wasm)
else()
  find_package(nlohmann_json 3.11 REQUIRED)
  if(LIMPID_CPU)
    include(xnnpack)
  endif()
endif()
