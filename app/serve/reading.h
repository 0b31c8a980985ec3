/* reading.h - from the body of a request to the answer's JSON. Any thread; a reader is one thread's. */
#ifndef READING_H
#define READING_H

#include "readers.h"
#include <stdatomic.h>

enum {
    READING_MAX_STROKES = 64 << 10, /* bytes of one drawing */
    READING_MAX_BATCH = 1 << 20,    /* bytes of many */
    READING_MAX_DRAWINGS = 1000,    /* of a batch */
    READING_MAX_PICTURE = 16 << 20, /* bytes */
    READING_MAX_PIXELS = 16 << 20,  /* of a PNG; of a JPEG no more are decoded in any case */
    READING_SECONDS = 30,           /* of work for one request */
    READING_LONG = 0                /* in place of a status: it was to be brief, and would have taken long */
};

/* The models that are asked, 1..READERS_MAX_MODELS, and for what. */
typedef struct choice {
    int count;
    int model[READERS_MAX_MODELS];
    bool numbers;            /* of one or more digits, instead of one digit */
    bool brief;              /* a few milliseconds, or not at all */
    double until;            /* clock_seconds, from which on it is given up; 0: whatever time it takes */
    const atomic_bool *stop; /* it is given up when this becomes true; may be NULL */
} choice;

/* What a body holds. */
typedef enum reading_kind {
    READING_STROKES, /* a drawing in the stroke format (strokes.h): an answer */
    READING_BATCH,   /* such drawings, one a line: {"answers": [...]}, in their order */
    READING_PNG,
    READING_JPEG, /* pictures: an answer */
} reading_kind;

size_t reading_max_bytes(reading_kind kind);

/* Reads the body with each model asked. An answer is answer_json with `model` and `several`, or number_json with
 * `model`; or of several models {"answers": [...]}.
 * Gives the status of HTTP: 200 and the answer as text, for nn_free, or another, and err says why; or READING_LONG. */
int reading_read(char **text, reader *reader, const choice *models, reading_kind kind, const char *body, size_t len,
                 nn_error *err);

#endif
