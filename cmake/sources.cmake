# limpid_source(NAME OUT): the folder with the sources of NAME, a row of sources.txt. What the set-up
# has put into .deps wins, if it is of the pinned content; else FetchContent brings the same commit.
include(FetchContent)

function(limpid_source name out)
  file(STRINGS "${PROJECT_SOURCE_DIR}/cmake/sources.txt" rows REGEX "^${name} ")
  separate_arguments(row UNIX_COMMAND "${rows}")
  list(GET row 2 sha256)
  list(GET row 3 repository)
  list(GET row 4 commit)
  set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
               "${PROJECT_SOURCE_DIR}/cmake/sources.txt")

  set(folder "${PROJECT_SOURCE_DIR}/.deps/${name}")
  if(EXISTS "${folder}/.pinned")
    file(STRINGS "${folder}/.pinned" pinned LIMIT_COUNT 1)
    if(NOT pinned STREQUAL sha256)
      message(FATAL_ERROR "${folder} holds other sources than cmake/sources.txt asks for: "
                          "run './run setup' or delete the folder.")
    endif()
  else()
    message(STATUS "${name}: not in .deps, fetching ${repository} at ${commit}")
    FetchContent_Declare(source_${name} GIT_REPOSITORY "${repository}" GIT_TAG "${commit}")
    FetchContent_GetProperties(source_${name})
    if(NOT source_${name}_POPULATED)
      FetchContent_Populate(source_${name})
    endif()
    set(folder "${source_${name}_SOURCE_DIR}")
  endif()
  set(${out} "${folder}" PARENT_SCOPE)
endfunction()
