# The rules of the house, told from includes and calls.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME rules COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/check_rules.py ${CMAKE_SOURCE_DIR})
  add_test(NAME rules_checker COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_check_rules.py)
  set_tests_properties(rules rules_checker PROPERTIES TIMEOUT 60)
endif()
