/* writing.h - the writing in a picture, apart from its ground and from all that lies beside it.
 *
 *     picture --pixmap_shrink--> --ground.h--> how far from the ground --rulings.h, pieces.h--> which of it is writing
 *             --> a map of its ink, as large whatever the size of the writing in the picture
 *
 * Where the writing fills little of the picture, or a sheet of paper a part of it, that part is looked at again. */
#ifndef WRITING_H
#define WRITING_H

#include "ground.h"
#include "pieces.h"

enum {
    WRITING_SIDE = 192,  /* pixels of the map that the longer side of the writing takes, */
    WRITING_MARGIN = 24, /* and those around it, free of ink */
    WRITING_MAP = WRITING_SIDE + 2 * WRITING_MARGIN
};

typedef struct writing {
    int w, h;           /* at most WRITING_MAP */
    unsigned char *ink; /* w x h, 255: full ink; NULL: there is nothing to read */
    ground_kind ground; /* how it was found */
    bool is_clean;      /* its ground has no noise: then the light is even */
    bool on_sheet;      /* only that was looked at, */
    bool at_border;     /* and it runs off what was looked at */
    bool several;       /* there are more digits than the one, or than those of the row, that were taken */
    float scale, x, y;  /* place in the map = place in the picture * scale + (x, y) */
} writing;

/* out->ink is for nn_free. False only when out of memory, of which it takes little, however large the picture. Any
 * thread. */
bool writing_find(writing *out, const pixmap *picture, writing_kind kind, ground_kind ground, nn_error *err);

/* The same in a part of it. */
bool writing_find_in(writing *out, const pixmap *picture, const pixel_box *part, writing_kind kind, ground_kind ground,
                     nn_error *err);

/* The ink around a place in the map, weighted by a tent that reaches so far, at least 1: 0..1. Outside there is none. */
float writing_ink(const writing *w, float x, float y, float reach);

#endif
