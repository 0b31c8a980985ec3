# fetch-data against a small HTTP server of the test's own.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(DIGITSCOPE_CURL AND Python3_FOUND)
  add_test(NAME fetch_data COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_fetch_data.py
                                   $<TARGET_FILE:digitscope> ${DIGITSCOPE_DATA}/mnist)
endif()
