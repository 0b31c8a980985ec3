# What a desktop needs beside the program: menu entry, description, icons.
set(DESKTOP_ID org.digitscope.Digitscope)
set(DIGITSCOPE_SCREENSHOTS "" CACHE STRING "URL of a folder with the pictures of assets/help, for the description in software centres")
set(metainfo_screenshots "")
foreach(line "drawing|A digit is drawn; the bars follow the pen" "inside|The way from ink through filters and maps to the votes"
             "training|A network learns, and reads the canvas meanwhile" "models|Many networks side by side on one drawing")
  string(REPLACE "|" ";" parts "${line}")
  list(GET parts 0 picture)
  list(GET parts 1 caption)
  set(type "")
  if(picture STREQUAL drawing)
    set(type " type=\"default\"")
  endif()
  string(APPEND metainfo_screenshots "    <screenshot${type}>\n      <caption>${caption}</caption>\n"
                "      <image width=\"1200\" height=\"760\">${DIGITSCOPE_SCREENSHOTS}/${picture}.png</image>\n    </screenshot>\n")
endforeach()
if(DIGITSCOPE_SCREENSHOTS) # software centres load them from the network: without a place for them there are none
  set(metainfo_screenshots "  <screenshots>\n${metainfo_screenshots}  </screenshots>\n")
else()
  set(metainfo_screenshots "")
endif()
configure_file(packaging/${DESKTOP_ID}.metainfo.xml.in ${DESKTOP_ID}.metainfo.xml @ONLY)
install(FILES packaging/${DESKTOP_ID}.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install(FILES ${CMAKE_BINARY_DIR}/${DESKTOP_ID}.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
install(FILES assets/digitscope.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps RENAME ${DESKTOP_ID}.svg)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
# `serve` as a service of systemd: the socket holds the port, and starts the program.
if(DIGITSCOPE_SERVE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  configure_file(packaging/digitscope.service.in digitscope.service @ONLY)
  install(FILES packaging/digitscope.socket ${CMAKE_BINARY_DIR}/digitscope.service DESTINATION lib/systemd/system)
endif()

# The icon as PNG too, for desktops that draw no SVG, where the build has librsvg's tool.
find_program(DIGITSCOPE_RSVG rsvg-convert)
mark_as_advanced(DIGITSCOPE_RSVG)
if(DIGITSCOPE_RSVG)
  foreach(side 48 64 128 256)
    set(icon ${CMAKE_BINARY_DIR}/icons/${side}.png)
    add_custom_command(OUTPUT ${icon} COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/icons
                       COMMAND ${DIGITSCOPE_RSVG} -w ${side} -h ${side} -o ${icon} ${CMAKE_SOURCE_DIR}/assets/digitscope.svg
                       DEPENDS assets/digitscope.svg VERBATIM)
    list(APPEND icons ${icon})
    install(FILES ${icon} DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/${side}x${side}/apps RENAME ${DESKTOP_ID}.png)
  endforeach()
  add_custom_target(icons DEPENDS ${icons})
  add_dependencies(digitscope icons)
endif()

# `cpack -G DEB|RPM|TGZ` in a build folder; Debian's own way is packaging/deb.
set(CPACK_PACKAGE_VENDOR "The Digitscope authors")
set(CPACK_PACKAGE_CONTACT "The Digitscope authors <digitscope@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "draw a digit and watch a neural network read it")
set(CPACK_PACKAGE_DESCRIPTION "Draw a digit with mouse, finger or pen. A convolutional network in the same process reads it while it is
drawn, shows how sure it is, and can be looked into. On the command line Digitscope also trains such networks,
scores them, and converts them from and to other formats.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};digitscope;Unspecified;/") # the library nn is for builders
set(CPACK_GENERATOR DEB RPM TGZ) # the DEB's name is not that of packaging/deb's, which has no models in it
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_RPM_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/applications /usr/share/metainfo /usr/share/icons /usr/share/icons/hicolor
    /usr/share/icons/hicolor/scalable /usr/share/icons/hicolor/scalable/apps /usr/share/man /usr/share/man/man1
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/zsh /usr/share/zsh/vendor-completions
    /usr/share/fish /usr/share/fish/vendor_completions.d /usr/lib/systemd /usr/lib/systemd/system)
foreach(side 48x48 64x64 128x128 256x256)
  list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/icons/hicolor/${side} /usr/share/icons/hicolor/${side}/apps)
endforeach()
include(CPack)
