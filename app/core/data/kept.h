/* kept.h - labelled drawings of people, in memory as they are in a strokes file. */
#ifndef KEPT_H
#define KEPT_H

#include "app/core/drawing/ink.h"
#include "nn/nn.h"

typedef struct kept_drawing {
    ink ink; /* on the canvas, as the window would have it */
    char label[NN_NAME];
    char writer[NN_NAME]; /* "" if nobody is named */
} kept_drawing;

typedef struct kept {
    int count, room;
    kept_drawing *drawing; /* in the order of the file */
} kept;

/* Reads a strokes file (strokes.h), gzip-compressed or not; drawings without label or ink are left out. Errors name the
 * file and the line; one without a labelled drawing is one. */
bool kept_load(kept *kept, const char *path, nn_error *err);
void kept_free(kept *kept);

#endif
