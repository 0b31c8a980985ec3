/* texts_tables.h - what texts_compile writes and texts.c reads. */
#ifndef TEXTS_TABLES_H
#define TEXTS_TABLES_H

/* An error's English format and what it is in the language. */
typedef struct texts_pair {
    const char *english, *here;
    unsigned words; /* bit i: argument i is words that are errors of their own */
} texts_pair;

typedef struct texts_language_table {
    const char *code; /* NULL behind the last language */
    unsigned long (*plural)(unsigned long n);
    const char *const *text;  /* by id; the forms of a plural one behind another, each with its zero byte */
    const texts_pair *errors; /* in the order of strcmp */
    int n_errors;
} texts_language_table;

extern const texts_language_table texts_languages[]; /* English first */

#endif
