/* readers.h - the models that are served, and as many readers of them as threads read at a time. The readers share the
 * weights, each has work memory of its own. */
#ifndef READERS_H
#define READERS_H

#include "app/core/number/number.h"
#include "app/core/paths.h"

enum { READERS_MAX_MODELS = 16 };

typedef struct readers readers;

/* What one thread needs of its own. */
typedef struct reader {
    const readers *all;
    recogniser *of[READERS_MAX_MODELS]; /* by model */
    digit digit;
    number_reader *numbers; /* NULL until one is asked for */
    number_answer number;
    struct reader *next;
} reader;

/* The models and ensembles of 1..READERS_MAX_MODELS values (models.h); `count` 0: the default alone. */
bool readers_open(readers **readers, const paths *where, const char *const *values, int count, int threads,
                  nn_error *err);
void readers_close(readers *readers); /* when all are given back; NULL is allowed */

int readers_models(const readers *readers);
const char *readers_name(const readers *readers, int model);
int readers_find(const readers *readers, const char *name); /* -1: none is called so */

/* [{name, parameters, accuracy (null: unknown), labels, default}]; NULL when out of memory. */
json_t *readers_json(const readers *readers);

/* A reader for this thread, until it is given back. Waits while others have all. */
reader *readers_take(readers *readers);
void readers_give(readers *readers, reader *reader);

#endif
