# SPDX-License-Identifier: Apache-2.0

# What is installed, and how it is found: by find_package(h2wire) and by pkg-config; and packages of
# it (`cpack -G DEB`), one for those who build with the library and one of the program.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS h2wire EXPORT h2wire
  ARCHIVE COMPONENT development
  LIBRARY COMPONENT development
  FILE_SET HEADERS COMPONENT development)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/h2wire)
install(EXPORT h2wire NAMESPACE h2wire:: FILE h2wireTargets.cmake
  DESTINATION ${config_dir} COMPONENT development)

# Whoever links to the archive links to what it needs; a shared library brings that itself.
if(BUILD_SHARED_LIBS)
  set(h2wire_find_dependencies "")
  set(h2wire_requires "Requires.private: absl_strings")
else()
  set(h2wire_find_dependencies "include(CMakeFindDependencyMacro)\nfind_dependency(absl)\n")
  set(h2wire_requires "Requires: absl_strings")
endif()
file(WRITE ${PROJECT_BINARY_DIR}/h2wireConfig.cmake
  "${h2wire_find_dependencies}include(\${CMAKE_CURRENT_LIST_DIR}/h2wireTargets.cmake)\n")
# Before 1.0 a minor version may change what it likes.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/h2wireConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
configure_file(${CMAKE_CURRENT_LIST_DIR}/h2wire.pc.in ${PROJECT_BINARY_DIR}/h2wire.pc @ONLY)
install(FILES
  ${PROJECT_BINARY_DIR}/h2wireConfig.cmake ${PROJECT_BINARY_DIR}/h2wireConfigVersion.cmake
  DESTINATION ${config_dir} COMPONENT development)
install(FILES ${PROJECT_BINARY_DIR}/h2wire.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)

if(PROJECT_IS_TOP_LEVEL)
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_PACKAGE_CONTACT "whoever built it")
  set(CPACK_DEB_COMPONENT_INSTALL ON)
  set(CPACK_COMPONENTS_ALL development)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libh2wire-dev)
  set(CPACK_DEBIAN_DEVELOPMENT_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS libabsl-dev)
  set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "${PROJECT_DESCRIPTION}: headers and library")
  if(H2WIRE_BUILD_TOOLS)
    list(APPEND CPACK_COMPONENTS_ALL program)
    set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME h2wire)
    set(CPACK_DEBIAN_PROGRAM_FILE_NAME DEB-DEFAULT)
    set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION net)
    set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
    set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "${PROJECT_DESCRIPTION}: the program h2wire")
  endif()
  include(CPack)
endif()
