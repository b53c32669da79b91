# What `cmake --install` lays down, and what cpack makes a .deb and a .tar.gz of. Components:
#   backlot   the program, what runs C++ functions, the stand-ins, completions, the manual page
#   sdk       headers and library for authors of handlers: find_package(backlot-sdk)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The binary and what it looks for beside itself stand in a folder of their own, so that no `bootstrap` lands among
# everybody's programs.
set(home ${CMAKE_INSTALL_LIBDIR}/backlot)
install(TARGETS backlot bootstrap RUNTIME DESTINATION ${home} COMPONENT backlot)
install(TARGETS backlot_tls backlot_guard LIBRARY DESTINATION ${home} COMPONENT backlot)
install(CODE "
  set(bin \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
  file(MAKE_DIRECTORY \"\${bin}\")
  file(CREATE_LINK \"../${home}/backlot\" \"\${bin}/backlot\" SYMBOLIC)" COMPONENT backlot)
file(GLOB stand_ins CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fixtures/*.lua)
install(FILES ${stand_ins} DESTINATION ${CMAKE_INSTALL_DATADIR}/backlot/stand-ins COMPONENT backlot)
install(FILES README.md NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT backlot)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT backlot)   # Debian's name for it

set(texts ${CMAKE_BINARY_DIR}/texts)
function(text_of_backlot file)   # ARGN: the arguments of backlot that print it
  add_custom_command(OUTPUT ${texts}/${file} DEPENDS backlot VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${texts} COMMAND backlot ${ARGN} > ${texts}/${file})
endfunction()
text_of_backlot(backlot.1 manual)
add_custom_command(OUTPUT ${texts}/backlot.1.gz DEPENDS ${texts}/backlot.1 COMMAND gzip -9nkf ${texts}/backlot.1
  VERBATIM)
text_of_backlot(backlot completion bash)
text_of_backlot(_backlot completion zsh)
text_of_backlot(backlot.fish completion fish)
add_custom_target(texts ALL DEPENDS ${texts}/backlot.1.gz ${texts}/backlot ${texts}/_backlot ${texts}/backlot.fish)
install(FILES ${texts}/backlot.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT backlot)
install(FILES ${texts}/backlot DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT backlot)
install(FILES ${texts}/_backlot DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT backlot)
install(FILES ${texts}/backlot.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT backlot)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/backlot-sdk)
file(GLOB sdk_headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/functions/sdk/*.h)
install(FILES ${sdk_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/backlot-sdk/functions/sdk COMPONENT sdk)
install(TARGETS functions_sdk base_light EXPORT backlot-sdk COMPONENT sdk
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        PUBLIC_HEADER DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/backlot-sdk/emulator/base)
install(EXPORT backlot-sdk FILE backlot-sdk-targets.cmake NAMESPACE backlot:: DESTINATION ${package} COMPONENT sdk)
write_basic_package_version_file(${texts}/backlot-sdk-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES emulator/packaging/backlot-sdk-config.cmake functions/sdk/handlers.cmake
  ${texts}/backlot-sdk-config-version.cmake
        DESTINATION ${package} COMPONENT sdk)

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_NAME backlot)
set(CPACK_PACKAGE_VENDOR "the Backlot authors")
set(CPACK_PACKAGE_CONTACT "the Backlot authors <backlot@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "local AWS with time, order, failure and state in your hand")
set(CPACK_PACKAGE_DESCRIPTION "One small binary speaks the AWS APIs and runs a whole serverless system, offline, driven by unmodified AWS clients.")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS OFF)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "rapidjson-dev, libssl-dev, libcrypt-dev, cmake, g++")   # for handlers in C++
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
include(CPack)
