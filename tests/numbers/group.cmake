# Numbers as people write them, composed of recorded digits (compose.py) and measured (measure.py).
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME numbers COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_numbers.py
                                $<TARGET_FILE:digitscope> ${DIGITSCOPE_DATA})
  set_tests_properties(numbers PROPERTIES TIMEOUT 120)
endif()
