/* onnx_call.h - one operator at work on tensors: what its evaluate function gets, and what those share. */
#ifndef ONNX_CALL_H
#define ONNX_CALL_H

#include "onnx_graph.h"

typedef struct onnx_call {
    const onnx_node *node;
    int opset;
    int n_in, n_out;
    const onnx_tensor *const *in; /* NULL: left out */
    onnx_tensor *out;             /* n_out of them, at least one; empty, to be made by onnx_out */
    double *work;                 /* steps that may still be taken: a file may ask for any number of them */
    nn_error *err;
} onnx_call;

/* Takes steps off call->work; false when none are left. */
bool onnx_spend(onnx_call *c, double steps);

/* Makes result i. */
bool onnx_out(onnx_call *c, int i, onnx_type type, int rank, const int *dim);

/* Input i, or NULL. */
const onnx_tensor *onnx_in(const onnx_call *c, int i);

/* The first input, or false: there is none. */
bool onnx_first(const onnx_call *c, const onnx_tensor **x);

/* An axis that may count from the end; refuses one that is not there. `rank` itself is allowed where `behind`. */
bool onnx_axis(onnx_call *c, double axis, int rank, bool behind, int *out);

/* One of several, which are marked: refuses one that is named twice. */
bool onnx_mark_axis(onnx_call *c, double axis, int rank, bool marked[ONNX_RANK], int *out);

/* Marks n of them, and no other. */
bool onnx_mark_axes(onnx_call *c, const double *axis, int n, int rank, bool marked[ONNX_RANK]);

/* Whole numbers that are an input since some opset, and a setting before: up to ONNX_RANK of them. *n = -1: not given. */
bool onnx_numbers(onnx_call *c, const char *name, int input, double *number, int *n);

/* Goes on to the next index of a tensor of these sizes, the last axis fastest. */
void onnx_next(int rank, const int *dim, int *index);

/* ---- what operators are: x and y tensors, as ONNX's documentation has them ---------------------------------------- */

#define ONNX_EVALUATE(name) bool onnx_##name(onnx_call *c)
ONNX_EVALUATE(relu);
ONNX_EVALUATE(leaky_relu);
ONNX_EVALUATE(elu);
ONNX_EVALUATE(selu);
ONNX_EVALUATE(gelu);
ONNX_EVALUATE(sigmoid);
ONNX_EVALUATE(hard_sigmoid);
ONNX_EVALUATE(hard_swish);
ONNX_EVALUATE(tanh);
ONNX_EVALUATE(softplus);
ONNX_EVALUATE(log);
ONNX_EVALUATE(exp);
ONNX_EVALUATE(neg);
ONNX_EVALUATE(sqrt);
ONNX_EVALUATE(identity);
ONNX_EVALUATE(cast);
ONNX_EVALUATE(clip);
ONNX_EVALUATE(dropout);
ONNX_EVALUATE(add);
ONNX_EVALUATE(sub);
ONNX_EVALUATE(mul);
ONNX_EVALUATE(div);
ONNX_EVALUATE(prelu);
ONNX_EVALUATE(min);
ONNX_EVALUATE(max);
ONNX_EVALUATE(quantize);
ONNX_EVALUATE(dequantize);
ONNX_EVALUATE(reshape);
ONNX_EVALUATE(flatten);
ONNX_EVALUATE(transpose);
ONNX_EVALUATE(squeeze);
ONNX_EVALUATE(unsqueeze);
ONNX_EVALUATE(shape);
ONNX_EVALUATE(constant);
ONNX_EVALUATE(constant_of_shape);
ONNX_EVALUATE(concat);
ONNX_EVALUATE(slice);
ONNX_EVALUATE(split);
ONNX_EVALUATE(gather);
ONNX_EVALUATE(pad);
ONNX_EVALUATE(conv);
ONNX_EVALUATE(max_pool);
ONNX_EVALUATE(average_pool);
ONNX_EVALUATE(global_max_pool);
ONNX_EVALUATE(global_average_pool);
ONNX_EVALUATE(gemm);
ONNX_EVALUATE(matmul);
ONNX_EVALUATE(batch_normalization);
ONNX_EVALUATE(softmax);
ONNX_EVALUATE(log_softmax);
ONNX_EVALUATE(reduce_mean);
ONNX_EVALUATE(reduce_sum);

#endif
