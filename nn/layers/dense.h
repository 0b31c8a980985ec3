/* dense.h - the parameters of a dense layer, and its way to compute with whole numbers. dense.c chooses. */
#ifndef NN_DENSE_H
#define NN_DENSE_H

#include "nn/kernels/kernels.h"
#include "nn/op.h"

#define dense_integer_plan    NN_VARIANT(nn_dense_integer_plan)
#define dense_integer_prepare NN_VARIANT(nn_dense_integer_prepare)
#define dense_integer_forward NN_VARIANT(nn_dense_integer_forward)

void dense_integer_plan(nn_node *node); /* leaves node->quantized 0 where it does not fit */
void dense_integer_prepare(const nn_slice *s);
void dense_integer_forward(const nn_slice *s);

#endif
