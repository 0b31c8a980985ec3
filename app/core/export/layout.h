/* layout.h - what writers have to know of a plan that other programs see differently: maps and rows, channels first. */
#ifndef EXPORT_LAYOUT_H
#define EXPORT_LAYOUT_H

#include "nn/nn.h"

/* Which nodes give a row of values (n, c) and which give maps (n, c, h, w): flatten and dense make rows, windows and what
 * rearranges make maps, the others leave what they get, maps where they get both. The last one gives a row. Each reads what it
 * gives, but flatten, which reads maps. */
typedef struct export_rows {
    bool gives[NN_MAX_NODES], reads[NN_MAX_NODES];
} export_rows;

void export_find_rows(const nn_plan *plan, export_rows *rows);

/* Rows and columns around the image of a node with a window, as many as its outputs need: top, left, bottom, right. */
void export_padding(const nn_node *node, int padding[4]);

/* A parameter of a node as PyTorch and ONNX have it, nn_alloc: kernels (h, w, in, out) become (out, in, h, w), and
 * (in, out) becomes (out, in). `from`: values that were flattened out of such maps come channels first. */
float *export_channels_first(const nn_model *model, const nn_param *param, nn_shape from);

/* The names of the classes as a JSON array, nn_alloc; NULL when out of memory. */
char *export_labels(const nn_model *model);

/* "conv3 is a gizmo, which FORMAT does not know", for a layer that a writer has no row for. */
bool export_refuse(const nn_node *node, const char *format, nn_error *err);

#endif
