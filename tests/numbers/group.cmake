# Numbers as people write them, composed of recorded digits (compose.py) and measured (measure.py); and what trains the
# weights of their groups, for train.py.
add_executable(train_lattice ${CMAKE_CURRENT_LIST_DIR}/train_lattice.c)
target_link_libraries(train_lattice PRIVATE core)

find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME numbers COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_numbers.py
                                $<TARGET_FILE:digitscope> $<TARGET_FILE:train_lattice> ${DIGITSCOPE_DATA})
endif()
