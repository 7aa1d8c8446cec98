# Target tiff: what libtiff reads files with, of its codecs those that need nothing but zlib. Its
# own build takes whatever of ten more libraries the machine has.
limpid_source(tiff LIMPID_TIFF)

# Writes its headers from their templates into FOLDER. Codecs that are not named here are off.
function(limpid_tiff_headers folder)
  foreach(codec LZW PACKBITS ZIP)
    set(${codec}_SUPPORT ON)
  endforeach()
  # Rows in small groups also where the file has them in one, uncompressed: less memory.
  set(TIFF_STRIPCHOP TIFF_STRIPCHOP)
  set(STRIPCHOP_DEFAULT ON)
  set(STRIP_SIZE_DEFAULT 8192)
  set(TIFF_MAX_DIR_COUNT 1048576)   # libtiff's own
  foreach(header ASSERT FCNTL SYS_TYPES UNISTD)
    set(HAVE_${header}_H ON)
  endforeach()
  set(HAVE_IEEEFP ON)
  set(SIZEOF_SIZE_T ${CMAKE_SIZEOF_VOID_P})
  foreach(bits 8 16 32 64)
    set(TIFF_INT${bits}_T int${bits}_t)
    set(TIFF_UINT${bits}_T uint${bits}_t)
  endforeach()
  set(TIFF_SSIZE_T ptrdiff_t)
  string(COMPARE EQUAL "${CMAKE_C_BYTE_ORDER}" BIG_ENDIAN WORDS_BIGENDIAN)
  set(HOST_BIG_ENDIAN ${WORDS_BIGENDIAN})
  file(STRINGS "${LIMPID_TIFF}/VERSION" LIBTIFF_VERSION)
  file(STRINGS "${LIMPID_TIFF}/RELEASE-DATE" LIBTIFF_RELEASE_DATE)
  string(REGEX MATCH "^([0-9]+)\\.([0-9]+)\\.([0-9]+)" version "${LIBTIFF_VERSION}")
  set(LIBTIFF_MAJOR_VERSION ${CMAKE_MATCH_1})
  set(LIBTIFF_MINOR_VERSION ${CMAKE_MATCH_2})
  set(LIBTIFF_MICRO_VERSION ${CMAKE_MATCH_3})
  foreach(header tif_config tiffconf tiffvers)
    configure_file("${LIMPID_TIFF}/libtiff/${header}.h.cmake.in" "${folder}/${header}.h" @ONLY)
  endforeach()
endfunction()
limpid_tiff_headers("${PROJECT_BINARY_DIR}/tiff")

add_library(tiff STATIC)
foreach(part aux close codec compress dir dirinfo dirread dirwrite dumpmode error extension flush
             hash_set lzw open packbits predict print read strip swab tile unix version warning
             write zip)
  target_sources(tiff PRIVATE "${LIMPID_TIFF}/libtiff/tif_${part}.c")
endforeach()
target_include_directories(tiff SYSTEM PUBLIC "${LIMPID_TIFF}/libtiff" "${PROJECT_BINARY_DIR}/tiff")
target_link_libraries(tiff PRIVATE zlib)
target_compile_options(tiff PRIVATE -w)
