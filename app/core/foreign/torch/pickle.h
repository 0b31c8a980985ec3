/* pickle.h - Python's pickles as a tree of values. Nothing is imported and nothing is called: what a pickle would call
 * stays an object with the name of the callable and its arguments. Only dictionaries become what they are.
 *
 * https://docs.python.org/3/library/pickletools.html */
#ifndef PICKLE_H
#define PICKLE_H

#include "nn/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum pickle_kind {
    PICKLE_NONE,
    PICKLE_WHOLE, /* whole numbers and booleans */
    PICKLE_REAL,  /* without its value */
    PICKLE_TEXT,  /* and bytes */
    PICKLE_TUPLE,
    PICKLE_LIST,   /* and sets */
    PICKLE_DICT,   /* items: a key, its value, a key ... */
    PICKLE_GLOBAL, /* items: module, name */
    PICKLE_OBJECT, /* items: what was called or is its class, arguments, and its state where it has one */
    PICKLE_OUTSIDE /* something that is kept outside of the pickle; item: its identity */
} pickle_kind;

typedef struct pickle_value {
    pickle_kind kind;
    int64_t whole;      /* 0 where it has more than 8 bytes; these are then the text */
    const char *text;   /* in the data that were read; no zero byte behind */
    size_t len;         /* of the text */
    int first, last, n; /* cells of the items, -1 where there are none */
} pickle_value;

typedef struct pickle_cell {
    int value, next; /* -1: the last */
} pickle_cell;

/* Starts as {0}. Values are known by their index. */
typedef struct pickle {
    pickle_value *value;
    pickle_cell *cell;
    int n_values, room_values, n_cells, room_cells;
    int root;
} pickle;

/* Reads one pickle; *used are its bytes. pickle_free it also on failure. */
bool pickle_read(pickle *self, const unsigned char *data, size_t len, size_t *used, nn_error *err);
void pickle_free(pickle *self);

/* Item i of a value, -1 where it has none. */
int pickle_item(const pickle *self, int value, int i);

/* Whether a value is this text, or this global. */
bool pickle_is_text(const pickle *self, int value, const char *text);
bool pickle_is_global(const pickle *self, int value, const char *module, const char *name);

#endif
