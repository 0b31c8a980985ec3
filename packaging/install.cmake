# What a desktop needs beside the program: menu entry, description, icon, manual page.
install(FILES packaging/digitscope.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install(FILES packaging/digitscope.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
install(FILES assets/digitscope.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
# `serve` as a service of systemd: the socket holds the port, and starts the program.
if(DIGITSCOPE_SERVE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  configure_file(packaging/digitscope.service.in digitscope.service @ONLY)
  install(FILES packaging/digitscope.socket ${CMAKE_BINARY_DIR}/digitscope.service DESTINATION lib/systemd/system)
endif()
