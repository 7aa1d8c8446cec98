# limpid_embed(FILE OUT HEADER FUNCTION): writes OUT.cpp, which defines FUNCTION of HEADER,
# std::span<const uint8_t> limpid::FUNCTION(), as the bytes of FILE; of nothing when FILE is empty.
function(limpid_embed file out header function)
  set(hex "")
  if(file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    if(EXISTS "${out}" AND "${out}" IS_NEWER_THAN "${file}")
      return()
    endif()
    file(READ "${file}" hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" hex "${hex}")
  endif()
  file(WRITE "${out}" "#include \"${header}\"\n\nnamespace {\nconst uint8_t bytes[] = {\n${hex}\n0};\n}\n\n"
       "std::span<const uint8_t> limpid::${function}() { return {bytes, sizeof bytes - 1}; }\n")
endfunction()
