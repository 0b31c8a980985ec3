/* onnx_run.h - operators of a graph evaluated on tensors: constants of a network before it is lowered, whole graphs in
 * the tests. */
#ifndef ONNX_RUN_H
#define ONNX_RUN_H

#include "onnx_graph.h"

#define ONNX_WORK 4e8 /* steps that constants of a network may take */

/* Evaluates a node on these inputs (NULL: left out). out: as many as the node gives, at least one, each {0}. */
bool onnx_evaluate(const onnx_node *node, int opset, const onnx_tensor *const *in, onnx_tensor *out, double *work,
                   nn_error *err);

/* Whether all that the node reads is known. */
bool onnx_can_fold(const onnx_graph *g, const onnx_node *node);

/* Evaluates such a node: its results become constants of the graph. */
bool onnx_fold(onnx_graph *g, const onnx_node *node, double *work, nn_error *err);

#endif
