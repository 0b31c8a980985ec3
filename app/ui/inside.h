/* inside.h - what the view "Inside" knows of the network that reads: kept up to date only while that view is shown. */
#ifndef INSIDE_H
#define INSIDE_H

#include "app.h"
#include "app/core/model/inspect.h"

/* The value of a layer that the pointer is over. */
typedef struct inside_hover {
    int layer; /* -1: none */
    int channel, x, y;
} inside_hover;

struct inside {
    inspect *net;    /* NULL: there is no memory for it, or nothing to read with */
    unsigned read;   /* app.reads that the maps show */
    int layer;       /* that is shown large; -1: all are shown */
    bool heat_off;   /* pixels that mattered are not shown on the ink */
    inside_hover at; /* of the last frame */

    unsigned char sheet[DIGIT_FRAME * DIGIT_FRAME];  /* the whole canvas, small */
    unsigned char fitted[DIGIT_FRAME * DIGIT_FRAME]; /* what the frame holds before it is centred */

    unsigned asked;              /* app.reads that the round of importance is about */
    affine to_image;             /* of that drawing, from canvas units */
    unsigned char *plus, *minus; /* heat_side squared: how much ink spoke for the answer, and against it */
    int heat_side;
    unsigned heat_rounds, heat_version; /* net->rounds that it shows; for the draw list */
};

/* Brings it up to date, the importance of pixels by a few milliseconds of work a call. True while there is more to
 * do. */
bool inside_tick(app *self);

/* Paints plus and minus anew where that is due, after the paper. False where there is nothing to show. */
bool inside_heat(app *self);
void inside_free(struct inside *inside);

/* The map from canvas units to the network's image, of the drawing or the picture. */
affine inside_map(const app *self);

#endif
