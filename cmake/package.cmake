# `cmake --install` and `cpack`: the programs, the models and what a desktop shows of them; a .deb
# whose dependencies are computed, and a .tar.gz.
include(GNUInstallDirs)
set(share "${CMAKE_INSTALL_DATADIR}")

install(TARGETS limpid RUNTIME)
# What README refers to, in the folders that it names.
install(FILES LICENSE README.md DESTINATION "${share}/doc/limpid")
include(licenses)
limpid_licenses("${PROJECT_BINARY_DIR}/licenses.txt")
install(FILES "${PROJECT_BINARY_DIR}/licenses.txt" DESTINATION "${share}/doc/limpid")
foreach(file docs/results.md assets/README.md assets/readme.png native/cuda/README.md)
  get_filename_component(folder "${file}" DIRECTORY)
  install(FILES "${file}" DESTINATION "${share}/doc/limpid/${folder}")
endforeach()
install(DIRECTORY assets/models DESTINATION "${share}/doc/limpid/assets" FILES_MATCHING
        PATTERN "*.md")
install(DIRECTORY assets/models DESTINATION "${share}/limpid" FILES_MATCHING
        PATTERN "*.safetensors")
if(LIMPID_DESKTOP)
  install(TARGETS limpid-desktop RUNTIME)
  install(FILES native/desktop/limpid.desktop DESTINATION "${share}/applications")
  install(FILES web/icon.svg DESTINATION "${share}/icons/hicolor/scalable/apps"
          RENAME limpid.svg)
endif()

set(CPACK_GENERATOR TGZ)
find_program(LIMPID_SHLIBDEPS dpkg-shlibdeps)
find_program(LIMPID_FILE file)   # CPack asks it which files are programs
if(LIMPID_SHLIBDEPS AND LIMPID_FILE)
  list(APPEND CPACK_GENERATOR DEB)
endif()
set(CPACK_PACKAGE_NAME limpid)
set(CPACK_PACKAGE_CONTACT "Limpid's maintainers <limpid@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# SDL opens one of them at run time: for X11, for Wayland.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libgl1, libegl1")
# The window's dialogs; without them it has its own.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "xdg-desktop-portal | zenity | kdialog, xclip | wl-clipboard")
# cpack takes what is built, it does not build the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
include(CPack)
