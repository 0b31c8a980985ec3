# The commands end to end: the real program on data that the test makes.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME commands COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_commands.py
                                 $<TARGET_FILE:digitscope> ${DIGITSCOPE_IMAGE} ${DIGITSCOPE_DATA})
  set_tests_properties(commands PROPERTIES TIMEOUT 600)
endif()
