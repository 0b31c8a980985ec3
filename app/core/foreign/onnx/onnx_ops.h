/* onnx_ops.h - the table of operators: what is read, how it is evaluated on tensors, how it becomes layers. */
#ifndef ONNX_OPS_H
#define ONNX_OPS_H

#include "onnx_call.h"
#include "onnx_lower.h"

typedef struct onnx_op {
    const char *name;
    bool (*evaluate)(onnx_call *c);
    bool (*lower)(onnx_lowering *l, const onnx_node *node); /* NULL: of constants only */
    const char *layers;                                     /* what it becomes, for people */
} onnx_op;

enum { ONNX_OPS = 52 };
extern const onnx_op onnx_ops[ONNX_OPS + 1]; /* by name; ends with a name of NULL */

/* NULL, with an error that names the operator, where it is not in the table. */
const onnx_op *onnx_op_find(const char *name, nn_error *err);

#endif
