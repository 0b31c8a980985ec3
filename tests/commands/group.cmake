# The commands end to end: the real program on data that the tests make.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  foreach(name commands files search prune quantize start hostile)
    add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_${name}.py
                                  $<TARGET_FILE:digitscope> ${DIGITSCOPE_IMAGE} ${DIGITSCOPE_DATA})
    set_tests_properties(${name} PROPERTIES TIMEOUT 600)
  endforeach()
endif()
