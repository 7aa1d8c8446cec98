# limpid_warnings: how our own code is compiled; nothing of it reaches the libraries we use.
add_library(limpid_warnings INTERFACE)
# -Wrestrict: GCC 12 sees an overlap in "text" + std::string (GCC bug 105329).
target_compile_options(limpid_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                       $<$<BOOL:${LIMPID_WERROR}>:-Werror>
                       $<$<BOOL:${LIMPID_ASSERTS}>:-UNDEBUG>)
