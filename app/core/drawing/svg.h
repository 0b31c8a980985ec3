/* svg.h - a drawing as a vector picture. */
#ifndef SVG_H
#define SVG_H

#include "ink.h"

/* What is to be seen of a drawing as an SVG picture of the canvas, black on nothing: one path for every run of
 * centre line of one width, what erasers took away left out. *text is the caller's to nn_free. False when out of
 * memory. */
bool svg_print(const ink *drawing, char **text, size_t *len, nn_error *err);

#endif
