/* pens.h - recorded pen strokes of labelled digits by known writers, kept in memory to train on and to be measured
 * with. */
#ifndef PENS_H
#define PENS_H

#include "app/core/drawing/ink.h"
#include <stdint.h>

enum { PENS_NAME = 48 };

typedef struct pens_drawing {
    ink ink; /* on the canvas, as the window would have it */
    int digit, writer;
} pens_drawing;

typedef struct pens {
    int count, skipped; /* drawings; lines whose label is no digit */
    pens_drawing *drawing;
    int writers;
    char (*writer)[PENS_NAME]; /* in the order in which the file first names them; "" for lines that name none */
} pens;

/* Reads a file of the contract's stroke format, gzip-compressed or not. Errors name the file and the line; a file
 * without a single digit is one. */
bool pens_load(pens *pens, const char *path, nn_error *err);
void pens_free(pens *pens);

/* Tells recordings from others: of points, digits and writers. Below 2^53. */
uint64_t pens_fingerprint(const pens *pens);

/* Leave-writers-out folds: whether a drawing's writer belongs to fold 1..folds. All drawings of a writer are in one
 * fold. */
static inline bool pens_in_fold(const pens_drawing *drawing, int fold, int folds)
{
    return drawing->writer % folds == fold - 1;
}

/* Who neither teaches nor is left out, but chooses what is kept: every eleventh writer, so that the usual ten folds
 * have some of them each; nobody of a few. */
static inline bool pens_validates(const pens *all, const pens_drawing *drawing)
{
    const int every = 11;
    return all->writers >= 2 * every && drawing->writer % every == 0;
}

#endif
