# What is written: every link leads somewhere, every command that is shown runs, generated tables are up to date.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME docs COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_docs.py $<TARGET_FILE:digitscope>
                             ${DIGITSCOPE_IMAGE} ${DIGITSCOPE_SERVE} ${DIGITSCOPE_KERAS} ${DIGITSCOPE_ONNX})
endif()
