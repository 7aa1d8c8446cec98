# Target imgui: Dear ImGui with its OpenGL 3 / OpenGL ES 3 backend. A host adds its own window.
limpid_source(imgui IMGUI_SOURCE_DIR)
add_library(imgui STATIC EXCLUDE_FROM_ALL
  ${IMGUI_SOURCE_DIR}/imgui.cpp ${IMGUI_SOURCE_DIR}/imgui_draw.cpp
  ${IMGUI_SOURCE_DIR}/imgui_tables.cpp ${IMGUI_SOURCE_DIR}/imgui_widgets.cpp
  ${IMGUI_SOURCE_DIR}/misc/cpp/imgui_stdlib.cpp
  ${IMGUI_SOURCE_DIR}/backends/imgui_impl_opengl3.cpp)
target_include_directories(imgui SYSTEM PUBLIC "${IMGUI_SOURCE_DIR}" "${IMGUI_SOURCE_DIR}/backends"
                           "${IMGUI_SOURCE_DIR}/misc/cpp")
target_compile_definitions(imgui PUBLIC IMGUI_DISABLE_OBSOLETE_FUNCTIONS
                           IMGUI_DISABLE_DEMO_WINDOWS IMGUI_DISABLE_DEBUG_TOOLS
                           IMGUI_DISABLE_FILE_FUNCTIONS)
if(EMSCRIPTEN)
  target_compile_definitions(imgui PUBLIC IMGUI_IMPL_OPENGL_ES3)
  target_compile_options(imgui PRIVATE -Os)   # browsers compile it too, while the page starts
else()
  target_link_libraries(imgui PUBLIC ${CMAKE_DL_LIBS})
endif()
