# The rules of the house, told from includes and calls, and how the program is hardened that is built from the sources.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME rules COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/check_rules.py ${CMAKE_SOURCE_DIR})
  add_test(NAME rules_checker COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_check_rules.py)
  add_test(NAME calls COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_calls.py ${CMAKE_SOURCE_DIR})
endif()
find_program(READELF readelf)
if(Python3_FOUND AND READELF AND NOT DIGITSCOPE_SANITIZE AND NOT DIGITSCOPE_FUZZ AND NOT DIGITSCOPE_COVERAGE)
  add_test(NAME binary COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_binary.py ${READELF}
                               $<TARGET_FILE:digitscope> ${CMAKE_COMMAND} ${CMAKE_BINARY_DIR} "${CMAKE_BUILD_TYPE}")
endif()
