/* gemm.h - the seam to whatever multiplies matrices: OpenBLAS, or the plain C below it. */
#ifndef NN_GEMM_H
#define NN_GEMM_H

#include <stdbool.h>

/* c[m x n] = op(a)[m x k] op(b)[k x n] + beta c, row-major; op transposes where its flag is set (then a is stored k x m, b n x k).
 * lda, ldb, ldc are the lengths of stored rows. Runs on the calling thread only. */
void nn_gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a, int lda, const float *b, int ldb,
             float beta, float *c, int ldc);

/* Makes OpenBLAS run on the calling thread only and take its buffer now (later it would hang for ever when there is no memory).
 * Called by everything that allocates work memory; does its work once. */
void nn_gemm_warm(void);

/* "OpenBLAS Zen", "built-in C". */
const char *nn_gemm_name(void);

#endif
