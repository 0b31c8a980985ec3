/* shrink.h - smaller pictures, made while the rows of large ones come in: each pixel is the mean of those that it
 * covers. */
#ifndef SHRINK_H
#define SHRINK_H

#include "pixmap.h"
#include <stdint.h>

/* Bytes of a pixel in the rows: grey; grey and alpha; colours; colours and alpha. */
enum { SHRINK_GREY = 1, SHRINK_GREY_ALPHA, SHRINK_COLOURS, SHRINK_COLOURS_ALPHA };

typedef struct shrinker {
    int w, h, channels; /* of what comes in */
    pixmap out;
    int done, rows; /* rows of `out`; of what came in, those for the next one */
    uint32_t *sum;  /* (w, channels), with `part`: of those */
    uint16_t *part; /* the same, of the last few */
} shrinker;

/* Of w x h pixels in so many channels makes out_w x out_h, no more of either; all at least 1. False when out of memory.
 * Free in any case. */
bool shrink_begin(shrinker *s, int w, int h, int channels, int out_w, int out_h, nn_error *err);

/* The next row: (w, channels), colours times alpha. */
void shrink_add(shrinker *s, const unsigned char *row);

/* Frees all but s->out.rgba. */
void shrink_end(shrinker *s);

#endif
