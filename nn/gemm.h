/* gemm.h - the seam to whatever multiplies matrices. Internal to nn, and to the tests that compare the kernels. */
#ifndef NN_GEMM_H
#define NN_GEMM_H

#include <stdbool.h>

/* c[m x n] = op(a)[m x k] op(b)[k x n], or c += that where `add` is set; row-major. op transposes where its flag is set: then a is
 * stored k x m, b n x k. lda, ldb, ldc are the lengths of stored rows. k >= 1. c overlaps neither a nor b. */
typedef struct nn_gemm_args {
    bool transpose_a, transpose_b, add;
    int m, n, k;
    const float *a;
    int lda;
    const float *b;
    int ldb;
    float *c;
    int ldc;
} nn_gemm_args;

/* By the fastest kernel of this machine, on the calling thread only. Any thread; never allocates. */
void nn_gemm(const nn_gemm_args *args);

/* Chooses the kernel and prepares it: OpenBLAS takes its buffer now (later it would hang for ever when there is no memory) and is
 * told to use one thread per caller. Called by everything that allocates work memory; does its work once. */
void nn_gemm_warm(void);

/* The chosen kernel: "AVX2", "OpenBLAS SkylakeX", "C"... */
const char *nn_gemm_name(void);

/* Every kernel compiled in, best first; the last is plain C and the one to read. */
typedef struct nn_gemm_kernel {
    const char *name;
    bool (*supported)(void); /* by this processor */
    void (*run)(const nn_gemm_args *args);
} nn_gemm_kernel;
extern const nn_gemm_kernel nn_gemm_kernels[]; /* ends with a NULL name */

#endif
