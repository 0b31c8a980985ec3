# The manual page and the completions of shells, made from the tables of options that the program itself parses with. When
# another system is built for, the tool must run on this one: see CMake's CMAKE_CROSSCOMPILING_EMULATOR.
set(MANUAL_DIR ${CMAKE_BINARY_DIR}/manual)
file(MAKE_DIRECTORY ${MANUAL_DIR})
add_executable(write_manual packaging/manual/manual.c packaging/manual/man_page.c packaging/manual/completions.c)
target_link_libraries(write_manual PRIVATE app)
set(MANUAL_TEMPLATE ${CMAKE_SOURCE_DIR}/packaging/manual/digitscope.1.in)
set(MANUAL_FILES ${MANUAL_DIR}/digitscope.1 ${MANUAL_DIR}/digitscope.bash ${MANUAL_DIR}/_digitscope ${MANUAL_DIR}/digitscope.fish)
add_custom_command(
  OUTPUT ${MANUAL_FILES}
  COMMAND write_manual ${MANUAL_TEMPLATE} ${MANUAL_FILES}
  DEPENDS write_manual ${MANUAL_TEMPLATE}
  COMMENT "Making the manual page and the completions")
add_custom_target(manual_files DEPENDS ${MANUAL_FILES})
add_dependencies(digitscope manual_files) # who builds the program has its page
install(FILES ${MANUAL_DIR}/digitscope.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${MANUAL_DIR}/digitscope.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME digitscope)
install(FILES ${MANUAL_DIR}/_digitscope DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${MANUAL_DIR}/digitscope.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
