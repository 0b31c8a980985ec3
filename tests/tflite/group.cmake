# Networks of TensorFlow Lite, made by a script, answer as the script says.
add_executable(tflite_answers ${CMAKE_CURRENT_LIST_DIR}/answers.c)
target_link_libraries(tflite_answers PRIVATE support)
if(SYSTEM_PYTHON)
  add_test(NAME tflite_networks
           COMMAND ${SYSTEM_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/test_networks.py $<TARGET_FILE:tflite_answers>)
  set_tests_properties(tflite_networks PROPERTIES SKIP_RETURN_CODE 77)
endif()
