/* plan_text.h - layers of a plan as the grammar has them (nn/README.md), for architectures that the program writes.
 * Internal to nn. */
#ifndef NN_PLAN_TEXT_H
#define NN_PLAN_TEXT_H

#include "op.h"

enum { NN_LINE = 256 }; /* bytes of any layer's line, its name and inputs included */

/* The name that node i has where its line gives none: kind and ordinal, "conv2". */
void nn_node_default_name(char name[NN_NAME], const nn_plan *plan, int i);

/* "conv 32 3 padding=valid": kind and settings of a node, with `first` for its first setting. Returns the length. */
size_t nn_node_print(char *text, size_t room, const nn_node *node, double first);

/* A line of an architecture. What it names are layers or "input". */
typedef struct nn_line {
    const char *name;                    /* NULL: the usual one */
    const char *layer;                   /* kind and settings */
    const char *second, *weights, *from; /* NULL: not said */
} nn_line;

/* "name: layer second weights=... from=..." and the end of the line. Returns the length. */
size_t nn_line_print(char *text, size_t room, const nn_line *line);

#endif
