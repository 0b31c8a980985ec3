# serve: the same answers as the commands, whoever asks wrongly refused, requests under way answered at its end.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(DIGITSCOPE_SERVE AND Python3_FOUND)
  add_test(NAME serve COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_serve.py $<TARGET_FILE:digitscope>
                              ${DIGITSCOPE_IMAGE})
endif()
