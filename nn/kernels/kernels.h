/* kernels.h - the functions of one variant, by the names that its own sources use; nn/kernel.h says what they do. */
#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "isa.h"
#include "nn/kernel.h"

#define nn_gemm              NN_VARIANT(nn_gemm)
#define nn_rounded_gemm      NN_VARIANT(nn_rounded_gemm)
#define nn_bfloat16_gemm     NN_VARIANT(nn_bfloat16_gemm)
#define nn_bfloat16_pack     NN_VARIANT(nn_bfloat16_pack)
#define nn_gemm_warm         NN_VARIANT(nn_gemm_warm)
#define nn_panels_size       NN_VARIANT(nn_panels_size)
#define nn_pack_panels       NN_VARIANT(nn_pack_panels)
#define nn_winograd_input    NN_VARIANT(nn_winograd_input)
#define nn_winograd_gradient NN_VARIANT(nn_winograd_gradient)
#define nn_winograd_fetch    NN_VARIANT(nn_winograd_fetch)
#define nn_winograd_output   NN_VARIANT(nn_winograd_output)
#define nn_winograd_kernel   NN_VARIANT(nn_winograd_kernel)
#define nn_winograd_weights  NN_VARIANT(nn_winograd_weights)
#define nn_adam              NN_VARIANT(nn_adam)
#define nn_momentum          NN_VARIANT(nn_momentum)
#define nn_follow            NN_VARIANT(nn_follow)
#define nn_accumulate        NN_VARIANT(nn_accumulate)
#define nn_norm_fold         NN_VARIANT(nn_norm_fold)

void nn_gemm(const nn_product *p);
void nn_rounded_gemm(const nn_product *p);
void nn_bfloat16_gemm(const nn_bfloat16_product *p);
void nn_bfloat16_pack(int32_t *panels, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int k, int n);
void nn_gemm_warm(void);
size_t nn_panels_size(int k, int n);
void nn_pack_panels(float *panels, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int k, int n);

extern const nn_kernels NN_VARIANT(nn_kernels);

/* Those for products of n columns: of half the width, where that holds them. */
static inline const nn_kernels *nn_kernels_for(int n)
{
    const nn_kernels *half = nn_kernels_half();
    return half && n <= half->lanes ? half : &NN_VARIANT(nn_kernels);
}

struct nn_slice;
struct nn_node;

/* layers/batchnorm.c: brings a batchnorm into the layer before it. kernel (rows, channels) and bias (channels)
 * become those that compute both, with the running statistics: gain (x W + b - mean) r + shift, r = 1 /
 * sqrt(variance + epsilon). */
void nn_norm_fold(const struct nn_slice *s, const struct nn_node *norm, float *kernel, size_t rows, float *bias);

void nn_winograd_input(const nn_tiling *g, const float *x, int first, int tiles, nn_form form, void *points,
                       ptrdiff_t stride);
void nn_winograd_gradient(const nn_tiling *g, const float *dy, int first, int tiles, nn_form form, void *points,
                          ptrdiff_t stride);
/* What nn_winograd_output will write is brought near meanwhile. */
void nn_winograd_fetch(const nn_tiling *g, int first, int tiles, float *y);
void nn_winograd_output(const nn_tiling *g, const float *points, ptrdiff_t stride, const float *bias, bool relu,
                        int first, int tiles, float *y);

void nn_winograd_kernel(const float *w, int n, float *points);
void nn_winograd_weights(const float *points, int n, float *dw);

void nn_adam(const nn_adam_step *s, float *restrict w, float *restrict m, float *restrict v, const float *restrict g,
             size_t n);
void nn_momentum(float lr, float mu, float *restrict w, float *restrict m, const float *restrict g, size_t n);
void nn_follow(float *restrict average, const float *restrict w, float pace, size_t n);
void nn_accumulate(float *restrict sum, const float *restrict more, size_t n);

#endif
