# The files of texts, and the program of the build that reads them.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME texts_sources COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_sources.py ${CMAKE_SOURCE_DIR}
                                      $<TARGET_FILE:texts_compile>)
  add_test(NAME texts_compile COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_compile.py
                                      $<TARGET_FILE:texts_compile>)
endif()
