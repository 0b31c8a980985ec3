/* onnx_ops.c - every operator of ONNX that is read. */
#include "onnx_ops.h"
#include <string.h>

#define OP(name, function, layers)                           \
    {                                                        \
        name, onnx_##function, onnx_lower_##function, layers \
    }

const onnx_op onnx_ops[ONNX_OPS + 1] = {
    OP("Add", add, "`add`; of a constant, the bias before it or `scale`"),
    OP("AveragePool", average_pool, "`avgpool`"),
    OP("BatchNormalization", batch_normalization, "`batchnorm`"),
    {"Cast", onnx_cast, onnx_lower_same, "nothing"},
    OP("Clip", clip, "`relu`, `relu6` and `scale`"),
    OP("Concat", concat, "`concat`"),
    {"Constant", onnx_constant, NULL, "constants"},
    {"ConstantOfShape", onnx_constant_of_shape, NULL, "constants"},
    OP("Conv", conv, "`conv`"),
    {"DequantizeLinear", onnx_dequantize, onnx_lower_same, "nothing: weights become real numbers"},
    OP("Div", div, "the weights before it or `scale`"),
    {"Dropout", onnx_dropout, onnx_lower_same, "nothing"},
    OP("Elu", elu, "`elu`"),
    {"Exp", onnx_exp, NULL, "constants"},
    OP("Flatten", flatten, "`flatten`"),
    OP("Gather", gather, "another order of values"),
    OP("Gelu", gelu, "`gelu`"),
    OP("Gemm", gemm, "`dense`"),
    OP("GlobalAveragePool", global_average_pool, "`avgpool all`"),
    OP("GlobalMaxPool", global_max_pool, "`maxpool all`"),
    OP("HardSigmoid", hard_sigmoid, "`hardsigmoid`"),
    OP("HardSwish", hard_swish, "`hardswish`"),
    {"Identity", onnx_identity, onnx_lower_same, "nothing"},
    OP("LeakyRelu", leaky_relu, "`leakyrelu`, `prelu`"),
    OP("Log", log, "`log`"),
    OP("LogSoftmax", log_softmax, "`softmax` at the end, before it `softmax` and `log`"),
    OP("MatMul", matmul, "`dense`, `conv` of single pixels"),
    OP("Max", max, "of a number: `relu`"),
    OP("MaxPool", max_pool, "`maxpool`"),
    OP("Min", min, "of a number: `relu`"),
    OP("Mul", mul, "`mul`; of a constant, the weights before it or `scale`"),
    OP("Neg", neg, "the weights before it or `scale`"),
    {"PRelu", onnx_prelu, onnx_lower_prelu, "`prelu`"},
    OP("Pad", pad, "`pad`"),
    OP("QuantizeLinear", quantize, "`relu6` and `scale`: limits stay, steps do not"),
    OP("ReduceMean", reduce_mean, "`avgpool all`"),
    OP("ReduceSum", reduce_sum, "`avgpool all` and `scale`"),
    OP("Relu", relu, "`relu`"),
    OP("Reshape", reshape, "`flatten`, `reshape`"),
    OP("Selu", selu, "`selu`"),
    {"Shape", onnx_shape, NULL, "constants"},
    OP("Sigmoid", sigmoid, "`sigmoid`"),
    OP("Slice", slice, "another order of values, `crop`"),
    OP("Softmax", softmax, "`softmax`"),
    OP("Softplus", softplus, "`softplus`"),
    OP("Split", split, "another order of values, `crop`"),
    {"Sqrt", onnx_sqrt, NULL, "constants"},
    OP("Squeeze", squeeze, "another shape"),
    OP("Sub", sub, "`add`; of a constant, the bias before it or `scale`"),
    OP("Tanh", tanh, "`tanh`"),
    OP("Transpose", transpose, "another order of values, `permute`"),
    OP("Unsqueeze", unsqueeze, "another shape"),
    {0},
};

const onnx_op *onnx_op_find(const char *name, nn_error *err)
{
    for (const onnx_op *op = onnx_ops; op->name; op++)
        if (strcmp(op->name, name) == 0)
            return op;
    nn_fail(err, NN_FORMAT, 0, "the operator %s is not read", name);
    return NULL;
}
