# The reader of ONNX's files is made of onnx.proto by protobuf-c's compiler. It is not our code: no warnings
# for it, and none of its assertions, which would bring the path of the build into the program.
find_program(PROTOC_C protoc-c)
if(NOT PROTOC_C)
  message(STATUS "protoc-c not found: ONNX cannot be opened")
  set(DIGITSCOPE_ONNX OFF)
  return()
endif()
set(ONNX_DIR ${CMAKE_BINARY_DIR}/onnx)
file(MAKE_DIRECTORY ${ONNX_DIR})
add_custom_command(
  OUTPUT ${ONNX_DIR}/onnx.pb-c.c ${ONNX_DIR}/onnx.pb-c.h
  COMMAND ${PROTOC_C} --proto_path=${CMAKE_CURRENT_LIST_DIR} --c_out=${ONNX_DIR} onnx.proto
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/onnx.proto
  VERBATIM)
target_sources(core PRIVATE ${ONNX_DIR}/onnx.pb-c.c ${ONNX_DIR}/onnx.pb-c.h)
set_source_files_properties(${ONNX_DIR}/onnx.pb-c.c PROPERTIES COMPILE_OPTIONS "-w;-DNDEBUG")
target_include_directories(core SYSTEM PRIVATE ${ONNX_DIR})
target_compile_definitions(core PUBLIC DIGITSCOPE_ONNX)
target_link_libraries(core PUBLIC PkgConfig::DIGITSCOPE_ONNX)
