# Compiles the texts of the window into the program: every assets/texts/LANGUAGE.po is a language, digitscope.pot holds
# the names and the English. When another system is built for, the compiler of texts must run on this one: see CMake's
# CMAKE_CROSSCOMPILING_EMULATOR.
file(GLOB TRANSLATIONS CONFIGURE_DEPENDS assets/texts/*.po)
set(TEXTS_TEMPLATE ${CMAKE_SOURCE_DIR}/assets/texts/digitscope.pot)
set(TEXTS_DIR ${CMAKE_BINARY_DIR}/texts)
file(MAKE_DIRECTORY ${TEXTS_DIR})

add_executable(texts_compile app/texts/compile/texts_compile.c app/texts/format.c)
target_include_directories(texts_compile PRIVATE ${CMAKE_SOURCE_DIR})
add_custom_command(
  OUTPUT ${TEXTS_DIR}/texts_table.h ${TEXTS_DIR}/texts_table.c
  COMMAND texts_compile ${TEXTS_DIR}/texts_table ${TEXTS_TEMPLATE} ${TRANSLATIONS}
  DEPENDS texts_compile ${TEXTS_TEMPLATE} ${TRANSLATIONS}
  COMMENT "Compiling the texts of the window")
