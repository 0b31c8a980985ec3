# Networks in ONNX, made by a script, become layers that give what their operators give.
add_executable(onnx_agrees ${CMAKE_CURRENT_LIST_DIR}/onnx_agrees.c)
target_link_libraries(onnx_agrees PRIVATE support)
if(SYSTEM_PYTHON AND DIGITSCOPE_ONNX)
  add_test(NAME onnx_networks COMMAND ${SYSTEM_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/test_networks.py $<TARGET_FILE:onnx_agrees>)
  set_tests_properties(onnx_networks PROPERTIES SKIP_RETURN_CODE 77)
endif()
