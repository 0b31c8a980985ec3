# replay_NAME runs a harness on its seeds and fixed mutations, in every build; fuzz_NAME drives it by libFuzzer
# (preset fuzz).
file(GLOB HARNESSES CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/fuzz_*.c)
add_library(sound STATIC ${CMAKE_CURRENT_LIST_DIR}/sound.c ${CMAKE_CURRENT_LIST_DIR}/sound_array.c)
target_link_libraries(sound PUBLIC support)
foreach(source ${HARNESSES})
  get_filename_component(harness ${source} NAME_WE)
  string(REPLACE "fuzz_" "replay_" replay ${harness})
  add_executable(${replay} ${source} ${CMAKE_CURRENT_LIST_DIR}/replay.c)
  target_link_libraries(${replay} PRIVATE sound)
  set(runs 20000)
  if(harness MATCHES "^fuzz_(picture|serve|hdf5)$") # a picture takes a millisecond, so do a network and a process, the others some microseconds
    set(runs 2000)
  endif()
  add_test(NAME ${replay} COMMAND ${replay} --runs ${runs})
  # libraries ask for as much memory as a file says, and take no for an answer
  set_tests_properties(${replay} PROPERTIES TIMEOUT 300 ENVIRONMENT "ASAN_OPTIONS=allocator_may_return_null=1")
  if(DIGITSCOPE_FUZZ)
    add_executable(${harness} ${source})
    target_link_libraries(${harness} PRIVATE sound)
    target_link_options(${harness} PRIVATE -fsanitize=fuzzer)
  endif()
endforeach()
