# For tests/exchange/check, which runs by hand: it needs ONNX Runtime and PyTorch.
add_executable(answers ${CMAKE_CURRENT_LIST_DIR}/answers.c)
target_link_libraries(answers PRIVATE nn)
