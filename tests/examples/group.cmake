# nn from outside: its examples, compiled against the installed library as anybody would, train and read.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND AND NOT DIGITSCOPE_SANITIZE) # others would have to compile with the sanitizer, too
  add_test(NAME nn_examples COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_examples.py ${CMAKE_COMMAND}
                                    ${CMAKE_BINARY_DIR} ${CMAKE_C_COMPILER} ${CMAKE_SOURCE_DIR})
endif()
