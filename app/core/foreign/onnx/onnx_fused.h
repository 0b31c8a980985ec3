/* onnx_fused.h - activations that a file writes as several operators: x * Sigmoid(x), x (1 + Erf(x / sqrt(2))) / 2. */
#ifndef ONNX_FUSED_H
#define ONNX_FUSED_H

#include "onnx_graph.h"

/* Our kind of layer that gives what the node gives, out of the value *x; NULL: there is none. */
const char *onnx_fused(const onnx_graph *g, const onnx_node *node, int *x);

#endif
