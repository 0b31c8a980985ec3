/* texts.h - all texts that the window shows, in the language in force.
 *
 *     assets/texts/digitscope.pot  the names of the texts, and the English
 *     assets/texts/LANGUAGE.po     a translation                            -> texts_table.h, texts_table.c (when built)
 *
 * The files are gettext's, so that its tools and editors do (msginit, msgmerge, Poedit); the program does without its
 * library. That one translates only into a language whose locale is installed on the machine, which a class room's
 * machines need not have, and looks for its files at a place fixed when it was built, which a program on a memory stick
 * is not at. So the texts are compiled in, and there is nothing to be found, read or wrong when the program runs.
 *
 * A text has a name: "toolbar.brush" is TEXT_TOOLBAR_BRUSH for texts_get. One with arguments is FORMAT_..., one that
 * depends on a number PLURAL_...(n); they stand for the two parameters `id, english` of texts_format and its like,
 * and the compiler checks the arguments by the English. Errors of nn and app/core have no names: they are found by
 * their English format. What commands print is English.
 *
 * The language is of the whole process, as a locale is. It is set on the window's thread; errors are put into words on
 * any thread. */
#ifndef TEXTS_H
#define TEXTS_H

#include "texts_table.h" /* text_id, FORMAT_..., PLURAL_... */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

const char *texts_get(text_id id);

/* Into out, of which at most `size` bytes are written and no half character; returns the length of the whole text, as
 * snprintf does. */
size_t texts_format(char *out, size_t size, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;
size_t texts_vformat(char *out, size_t size, unsigned id, const char *english, va_list args)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 0)))
#endif
    ;

/* The id of that form of a text that the language uses for so many. */
unsigned texts_form(unsigned id, unsigned long n);

/* ---- languages --------------------------------------------------------------------------------------------------- */

/* Speaks the language of this code ("de"); false where there is none. */
bool texts_speak(const char *code);

/* What is to be spoken: `wanted` if that is known, else what LC_ALL, LC_MESSAGES or LANG say, else English. */
const char *texts_choose(const char *wanted);

const char *texts_language(void); /* the code of the one in force */

/* Those that a person can choose from, by number; NULL behind the last one. Its own name is texts_name. */
const char *texts_code(int index);
const char *texts_name(int index);

/* For nn_error_set_words: errors in the language in force. */
void texts_error(char *out, size_t size, const char *english, va_list args);

#endif
