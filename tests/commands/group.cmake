# The commands end to end: the real program on data that the tests make.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  foreach(name commands train models eval report reading data manual files search prune teach quantize export torch import start moved hostile)
    add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_${name}.py
                                  $<TARGET_FILE:digitscope> ${DIGITSCOPE_IMAGE} ${DIGITSCOPE_DATA})
  endforeach()
endif()
find_program(DIGITSCOPE_MANDOC mandoc)
mark_as_advanced(DIGITSCOPE_MANDOC)
if(DIGITSCOPE_MANDOC)
  add_test(NAME manual_lint COMMAND ${DIGITSCOPE_MANDOC} -T lint ${MANUAL_DIR}/digitscope.1)
endif()
