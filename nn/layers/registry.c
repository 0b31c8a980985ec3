/* registry.c - every kind of layer there is. */
#include "../op.h"

extern const nn_op nn_op_conv, nn_op_maxpool, nn_op_avgpool, nn_op_dense, nn_op_batchnorm, nn_op_dropout, nn_op_relu,
    nn_op_leakyrelu, nn_op_elu, nn_op_relu6, nn_op_softmax, nn_op_flatten, nn_op_add;

const nn_op *const nn_ops[] = {
    &nn_op_conv,      &nn_op_maxpool, &nn_op_avgpool, &nn_op_dense,   &nn_op_batchnorm, &nn_op_dropout, &nn_op_relu,
    &nn_op_leakyrelu, &nn_op_elu,     &nn_op_relu6,   &nn_op_softmax, &nn_op_flatten,   &nn_op_add,     NULL,
};
