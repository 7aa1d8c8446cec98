# How everything is compiled for the browser. Objects are made once, for threads and 128-bit
# vectors; only the inner loops are made twice, with and without relaxed SIMD (web/CMakeLists.txt).
set(limpid_wasm_flags -msimd128 -fwasm-exceptions -pthread -ffunction-sections)
add_compile_options(${limpid_wasm_flags})
add_link_options(-fwasm-exceptions)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE BOTH)   # fonts lie outside the sysroot

# Debian's headers of nlohmann_json without the rest of /usr/include, which is not this target's.
find_path(LIMPID_NLOHMANN nlohmann/json.hpp PATHS /usr/local/include /usr/include
          NO_CMAKE_FIND_ROOT_PATH REQUIRED)
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/include")
file(CREATE_LINK "${LIMPID_NLOHMANN}/nlohmann" "${PROJECT_BINARY_DIR}/include/nlohmann" SYMBOLIC)
add_library(nlohmann_json INTERFACE)
add_library(nlohmann_json::nlohmann_json ALIAS nlohmann_json)
target_include_directories(nlohmann_json SYSTEM INTERFACE "${PROJECT_BINARY_DIR}/include")

limpid_source(pthreadpool PTHREADPOOL_SOURCE_DIR)
limpid_source(fxdiv FXDIV_SOURCE_DIR)
set(from "${PTHREADPOOL_SOURCE_DIR}")
add_library(pthreadpool STATIC EXCLUDE_FROM_ALL ${from}/src/fastpath.c ${from}/src/legacy-api.c
            ${from}/src/memory.c ${from}/src/portable-api.c
            "${PROJECT_SOURCE_DIR}/core/engine/pool_patience.c")
target_include_directories(pthreadpool SYSTEM PUBLIC ${from}/include
                           PRIVATE "${FXDIV_SOURCE_DIR}/include" ${from}/src)
target_compile_definitions(pthreadpool PRIVATE PTHREADPOOL_USE_FUTEX=1 PTHREADPOOL_USE_CPUINFO=0
                           PTHREADPOOL_USE_FASTPATH=0)
target_compile_options(pthreadpool PRIVATE -w)
