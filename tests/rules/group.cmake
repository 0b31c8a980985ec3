# What holds for all sources, whoever writes them.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME rules COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_rules.py ${CMAKE_SOURCE_DIR})
endif()
