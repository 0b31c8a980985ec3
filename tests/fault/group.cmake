# Processes that are killed or run side by side; each takes the number of rounds as its argument.
foreach(name kill_drawing kill_saving two_instances)
  add_executable(${name} fault/${name}.c)
  target_link_libraries(${name} PRIVATE support)
  add_test(NAME ${name} COMMAND ${name})
endforeach()
