# limpid_embed(FILE OUT HEADER FUNCTION): writes OUT.cpp, which defines FUNCTION of HEADER,
# std::span<const uint8_t> limpid::FUNCTION(), as the bytes of FILE; of nothing when FILE is empty.
# Its first line tells what it was made from: while that is the same it stays as it is.
function(limpid_embed file out header function)
  set(hash nothing)
  if(file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(SHA256 "${file}" hash)
  endif()
  set(mark "// ${function} of ${header}: ${hash}")
  if(EXISTS "${out}")
    file(STRINGS "${out}" first LIMIT_COUNT 1)
    if(first STREQUAL mark)
      return()
    endif()
  endif()
  set(hex "")
  if(file)
    file(READ "${file}" hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" hex "${hex}")
  endif()
  file(WRITE "${out}" "${mark}\n#include \"${header}\"\n\n"
       "namespace {\nconst uint8_t bytes[] = {\n${hex}\n0};\n}\n\n"
       "std::span<const uint8_t> limpid::${function}() { return {bytes, sizeof bytes - 1}; }\n")
endfunction()
