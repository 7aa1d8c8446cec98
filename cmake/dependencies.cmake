# The libraries Limpid stands on. Those of Debian 12 are taken from the system.
limpid_source(stb LIMPID_STB)
add_library(stb INTERFACE)
target_include_directories(stb SYSTEM INTERFACE "${LIMPID_STB}")

# What PNG files are compressed with, and TIFF files uncompressed. The page gets it too, and its files
# are the same as the shell's.
limpid_source(zlib LIMPID_ZLIB)
add_library(zlib STATIC)
foreach(part adler32 compress crc32 deflate inffast inflate inftrees trees zutil)
  target_sources(zlib PRIVATE "${LIMPID_ZLIB}/${part}.c")
endforeach()
target_include_directories(zlib SYSTEM PUBLIC "${LIMPID_ZLIB}")
include(tiff)

if(EMSCRIPTEN)
  include(wasm)
else()
  find_package(nlohmann_json 3.11 REQUIRED)
  if(LIMPID_CPU)
    include(xnnpack)
  endif()
endif()
