/* collection.h - a person's own digits, to be looked through and put in order: the labelled drawings of a strokes file with small
 * pictures, which of them are chosen, and what was changed, step by step.
 *
 * A drawing's line stays as it stands in the file, but for its label and writer where those are changed. Changes are in
 * memory until they are saved (collection_job.h). One thread at a time. */
#ifndef COLLECTION_H
#define COLLECTION_H

#include "app/core/drawing/ink.h"
#include "nn/nn.h"

enum { COLLECTION_SIDE = 48 /* pixels of a picture */, COLLECTION_STEPS = 64 /* that can be taken back */ };

typedef struct collection_item {
    char *line; /* of the file, with its newline */
    size_t len;
    char label[NN_NAME], writer[NN_NAME];                     /* "": nobody is named */
    unsigned char picture[COLLECTION_SIDE * COLLECTION_SIDE]; /* of the ink, 255 = ink */
    bool chosen;
} collection_item;

/* Items in an order. */
typedef struct collection_list {
    int count;
    collection_item **item;
} collection_list;

typedef struct collection {
    collection_list now;
    collection_list before[COLLECTION_STEPS]; /* each change, the oldest first */
    int n_before;
    collection_item **made; /* all there ever were, whose owner it is */
    int n_made, room;
    size_t bytes; /* of the file when it was read or saved */
} collection;

/* Reads a strokes file (strokes.h), gzip-compressed or not; without a file it is empty. Lines without label or ink are left
 * out. Errors name the file and the line. */
bool collection_load(collection *all, const char *path, nn_error *err);
void collection_free(collection *all);

/* ---- what is chosen ---------------------------------------------------------------------------------------------- */

int collection_chosen(const collection *all);

/* ---- changes to what is chosen; on failure nothing is changed ---------------------------------------------------- */

bool collection_relabel(collection *all, const char *label, nn_error *err);
bool collection_rename(collection *all, const char *writer, nn_error *err); /* "": nobody */
bool collection_remove(collection *all, nn_error *err);

/* Adds all of another one behind it, which is empty then; they are chosen, and nothing else is. */
bool collection_add(collection *all, collection *other, nn_error *err);

bool collection_undo(collection *all); /* the last change; false where there is none */

/* ---- out of it --------------------------------------------------------------------------------------------------- */

/* The file's text; of the chosen ones alone where some are and `chosen` is set. *text is the caller's to nn_free. */
bool collection_print(const collection *all, bool chosen, char **text, size_t *len, nn_error *err);

/* The ink of an item on the canvas, the caller's to ink_free. */
bool collection_ink(const collection_item *item, ink *ink, nn_error *err);

#endif
