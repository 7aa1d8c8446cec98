# limpid_warnings: how our own code is compiled; nothing of it reaches the libraries we use.
add_library(limpid_warnings INTERFACE)
# -Wrestrict: GCC 12 sees an overlap in "text" + std::string (GCC bug 105329).
target_compile_options(limpid_warnings INTERFACE
  "$<$<COMPILE_LANGUAGE:C,CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow>"
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>
  $<$<AND:$<BOOL:${LIMPID_WERROR}>,$<COMPILE_LANGUAGE:C,CXX>>:-Werror>
  "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra,-Wshadow>"
  "$<$<AND:$<BOOL:${LIMPID_WERROR}>,$<COMPILE_LANGUAGE:CUDA>>:SHELL:-Werror all-warnings>"
  $<$<BOOL:${LIMPID_ASSERTS}>:-UNDEBUG>)
