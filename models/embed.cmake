# Compiles the architectures, models.txt, the style of reports, the help, the fonts and the default model's weights into the program:
# writes ${EMBEDDED_SOURCE}, which defines embedded_files (app/core/embedded.h). models.txt marks the default with a leading '*'.
set(EMBEDDED_SOURCE ${CMAKE_BINARY_DIR}/embedded.c)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/models/models.txt)
file(STRINGS ${CMAKE_SOURCE_DIR}/models/models.txt default_line REGEX "^\\*")
string(REGEX REPLACE "^\\*[ ]*([^ ]+).*" "\\1" default_model "${default_line}")
if(EXISTS ${CMAKE_SOURCE_DIR}/models/${default_model}.safetensors)
  list(APPEND EMBEDDED ${CMAKE_SOURCE_DIR}/models/${default_model}.safetensors)
endif()

set(blobs "")
set(rows "")
set(i 0)
foreach(path ${EMBEDDED})
  get_filename_component(name ${path} NAME)
  if(path MATCHES "/assets/((help|serve)/.*)$")
    set(name ${CMAKE_MATCH_1})
  endif()
  string(APPEND blobs "BLOB(blob${i}, \"${path}\")\n")
  string(APPEND rows "    {\"${name}\", blob${i}, blob${i}_end},\n")
  math(EXPR i "${i} + 1")
endforeach()
string(CONFIGURE [[/* Made by models/embed.cmake: the files below as bytes. */
#include "app/core/embedded.h"

#if defined(__APPLE__)
#define PLACE ".const_data\n"
#define NAME(n) "_" #n
#elif defined(_WIN32)
#define PLACE ".section .rdata, \"dr\"\n"
#define NAME(n) #n
#else
#define PLACE ".section .rodata\n"
#define NAME(n) #n
#endif
#define BLOB(n, path)                                                                                   \
    __asm__(PLACE ".balign 64\n.globl " NAME(n) "\n" NAME(n) ":\n.incbin \"" path "\"\n.globl " NAME(n) "_end\n" NAME(n) \
            "_end:\n.byte 0\n.text\n");                                                                 \
    extern const unsigned char n[], n##_end[];

@blobs@
const embedded_file embedded_files[] = {
@rows@    {0, 0, 0},
};
]] source @ONLY)
file(GENERATE OUTPUT ${EMBEDDED_SOURCE} CONTENT "${source}") # leaves a file alone that is the same
set_source_files_properties(${EMBEDDED_SOURCE} PROPERTIES OBJECT_DEPENDS "${EMBEDDED}")
