/* integer.h - the functions of one variant that compute with whole numbers, by the names that its own sources use;
 * nn/kernel.h says what they do. */
#ifndef NN_INTEGER_H
#define NN_INTEGER_H

#include "kernels.h"

#define nn_quantize                NN_VARIANT(nn_quantize)
#define nn_integer_gemm            NN_VARIANT(nn_integer_gemm)
#define nn_integers_size           NN_VARIANT(nn_integers_size)
#define nn_pack_integers           NN_VARIANT(nn_pack_integers)
#define nn_integer_factors         NN_VARIANT(nn_integer_factors)
#define nn_border_integers         NN_VARIANT(nn_border_integers)
#define nn_winograd_integer_input  NN_VARIANT(nn_winograd_integer_input)
#define nn_winograd_integer_output NN_VARIANT(nn_winograd_integer_output)

void nn_quantize(const float *x, float inverse, int16_t *q, size_t n);

void nn_integer_gemm(const nn_integer_product *p);

size_t nn_integers_size(int pairs, int n, bool bytes);
void nn_pack_integers(const float *b, const float *factor, int k, int n, bool bytes, void *panels);

/* The largest factor for each column of b (k, n) with which its numbers are at most `most` in size and its products
 * with numbers of up to `reach`, summed, fit into 32 bits. */
void nn_integer_factors(const float *b, int k, int n, int most, int reach, float *factor);

void nn_border_integers(const nn_tiling *g, const float *image, float inverse, int16_t *bordered);

void nn_winograd_integer_input(const nn_tiling *g, const int16_t *bordered, int first, int tiles, int16_t *points,
                               ptrdiff_t stride);
void nn_winograd_integer_output(const nn_tiling *g, const int32_t *points, ptrdiff_t stride, const float *scale,
                                const float *bias, bool relu, int first, int tiles, float *y);

#endif
