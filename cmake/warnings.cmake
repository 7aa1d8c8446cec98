# limpid_warnings: how our own code is compiled; nothing of it reaches the libraries we use.
add_library(limpid_warnings INTERFACE)
target_compile_options(limpid_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow
                       $<$<BOOL:${LIMPID_WERROR}>:-Werror>
                       $<$<BOOL:${LIMPID_ASSERTS}>:-UNDEBUG>)
