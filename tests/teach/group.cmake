# No test, as it takes minutes: how teaching does on people whom the model has not seen.
add_executable(leave_writers_out ${CMAKE_CURRENT_LIST_DIR}/leave_writers_out.c)
target_link_libraries(leave_writers_out PRIVATE app)
