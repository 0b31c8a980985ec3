# Networks in ONNX, made by a script, become layers that give what their operators give.
add_executable(onnx_agrees ${CMAKE_CURRENT_LIST_DIR}/onnx_agrees.c)
target_link_libraries(onnx_agrees PRIVATE support)
