# What is installed, and the Debian package made of it: cpack --config build/release/CPackConfig.cmake
#
# cpack takes what was built; it builds nothing itself.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY TRUE)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

install(TARGETS passerelle RUNTIME DESTINATION bin)
install(FILES packaging/systemd/passerelle.service DESTINATION /lib/systemd/system)
install(FILES packaging/systemd/passerelle.sysusers DESTINATION lib/sysusers.d RENAME passerelle.conf)
install(FILES packaging/node.yaml DESTINATION /etc/passerelle)
install(FILES packaging/passerelle.default DESTINATION /etc/default RENAME passerelle)
install(FILES helm/passerelle/files/alerts.yaml helm/passerelle/files/dashboard.json DESTINATION share/passerelle)
install(FILES README.md docs/configuration.md docs/errors.md DESTINATION share/doc/passerelle)
install(DIRECTORY docs/operating docs/reference DESTINATION share/doc/passerelle)
find_program(GZIP gzip REQUIRED)
set(manual ${CMAKE_BINARY_DIR}/passerelle.1.gz)
execute_process(COMMAND ${GZIP} -9nc ${CMAKE_SOURCE_DIR}/packaging/passerelle.1 OUTPUT_FILE ${manual}
  COMMAND_ERROR_IS_FATAL ANY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS packaging/passerelle.1)
install(FILES ${manual} DESTINATION share/man/man1)

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_NAME passerelle)
set(CPACK_PACKAGE_CONTACT "Passerelle <passerelle@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "exchange of micro-credentials between national qualification systems")
set(CPACK_PACKAGE_DESCRIPTION "A node translates the credentials of a country into the European Learning Model,
exchanges them with other nodes under the holder's authorisation, says whether a
document is authentic, and carries recognition requests to the competent authority.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers | passwd")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, libengine-pkcs11-openssl")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(script postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/debian/${script})
endforeach()
include(CPack)
