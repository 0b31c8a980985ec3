# The reference dump against the script that made it (needs NumPy), and nn's files against the safetensors rules.
find_program(PYTHON3 NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(PYTHON3 NAMES python3)
if(PYTHON3)
  add_test(NAME safetensors_format
           COMMAND ${PYTHON3} ${CMAKE_CURRENT_LIST_DIR}/check_safetensors.py ${CMAKE_BINARY_DIR}/written.safetensors)
  set_tests_properties(test_model_file PROPERTIES FIXTURES_SETUP written_model)
  set_tests_properties(safetensors_format PROPERTIES FIXTURES_REQUIRED written_model)

  file(GLOB SHIPPED_WEIGHTS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/models/*.safetensors)
  if(SHIPPED_WEIGHTS)
    add_test(NAME safetensors_format_shipped
             COMMAND ${PYTHON3} ${CMAKE_CURRENT_LIST_DIR}/check_safetensors.py ${SHIPPED_WEIGHTS})
  endif()

  execute_process(COMMAND ${PYTHON3} -c "import numpy" RESULT_VARIABLE NO_NUMPY OUTPUT_QUIET ERROR_QUIET)
  if(NO_NUMPY)
    message(STATUS "numpy not found: the reference dump is used, but not made again")
  else()
    add_test(NAME reference_dump COMMAND ${PYTHON3} ${CMAKE_CURRENT_LIST_DIR}/make_reference.py --check
                                         ${CMAKE_CURRENT_LIST_DIR}/reference.safetensors)
  endif()
endif()
