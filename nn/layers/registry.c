/* registry.c - every kind of layer there is, and the table of this variant. */
#include "nn/kernels/integer.h"
#include "nn/kernels/kernels.h"
#include "nn/op.h"

#define OP(name) NN_VARIANT(nn_op_##name)

extern const nn_op OP(conv), OP(maxpool), OP(avgpool), OP(dense), OP(batchnorm), OP(scale), OP(dropout), OP(relu),
    OP(leakyrelu), OP(elu), OP(relu6), OP(selu), OP(sigmoid), OP(tanh), OP(softplus), OP(hardsigmoid), OP(silu),
    OP(hardswish), OP(gelu), OP(log), OP(prelu), OP(softmax), OP(flatten), OP(reshape), OP(permute), OP(pad), OP(crop),
    OP(add), OP(mul), OP(concat);

static const nn_op *const ops[] = {
    &OP(conv),     &OP(maxpool),     &OP(avgpool), &OP(dense),     &OP(batchnorm), &OP(scale),   &OP(dropout),
    &OP(relu),     &OP(leakyrelu),   &OP(elu),     &OP(relu6),     &OP(selu),      &OP(sigmoid), &OP(tanh),
    &OP(softplus), &OP(hardsigmoid), &OP(silu),    &OP(hardswish), &OP(gelu),      &OP(log),     &OP(prelu),
    &OP(softmax),  &OP(flatten),     &OP(reshape), &OP(permute),   &OP(pad),       &OP(crop),    &OP(add),
    &OP(mul),      &OP(concat),      NULL,
};

const nn_kernels NN_VARIANT(nn_kernels) = {
    .lanes = NN_LANES,
    .ops = ops,
    .gemm = nn_gemm,
    .multiplies_pairs = NN_MULTIPLIES_PAIRS,
    .bfloat16_gemm = nn_bfloat16_gemm,
    .bfloat16_pack = nn_bfloat16_pack,
    .rounded_gemm = nn_rounded_gemm,
    .warm = nn_gemm_warm,
    .panels_size = nn_panels_size,
    .pack_panels = nn_pack_panels,
    .winograd_input = nn_winograd_input,
    .winograd_gradient = nn_winograd_gradient,
    .winograd_output = nn_winograd_output,
    .winograd_kernel = nn_winograd_kernel,
    .winograd_weights = nn_winograd_weights,
    .quantize = nn_quantize,
    .integer_gemm = nn_integer_gemm,
    .integers_size = nn_integers_size,
    .pack_integers = nn_pack_integers,
    .border_integers = nn_border_integers,
    .winograd_integer_input = nn_winograd_integer_input,
    .winograd_integer_output = nn_winograd_integer_output,
    .adam = nn_adam,
    .momentum = nn_momentum,
    .follow = nn_follow,
    .accumulate = nn_accumulate,
};
