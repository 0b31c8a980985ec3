/* gemm.h - the seam to whatever multiplies matrices. Internal to nn, and to the tests that compare the kernels. */
#ifndef NN_GEMM_H
#define NN_GEMM_H

#include <stdbool.h>

/* A row-major matrix as it lies in memory, and whether its transpose is meant. */
typedef struct nn_matrix {
    const float *data;
    int stride; /* from one stored row to the next, in floats */
    bool transposed;
} nn_matrix;

static inline nn_matrix nn_plain(const float *data, int stride)
{
    return (nn_matrix){data, stride, false};
}

static inline nn_matrix nn_transposed(const float *data, int stride)
{
    return (nn_matrix){data, stride, true};
}

/* c[m x n] = a[m x k] b[k x n], or c += that where `add` is set. k >= 1; c overlaps neither a nor b. */
typedef struct nn_product {
    int m, n, k;
    nn_matrix a, b;
    float *c;
    int c_stride;
    bool add;
} nn_product;

/* By the fastest kernel of this machine, on the calling thread only. Any thread; never allocates. */
void nn_gemm(int m, int n, int k, nn_matrix a, nn_matrix b, float *c, int c_stride, bool add);

/* Chooses the kernel and prepares it: OpenBLAS takes its buffer now (later it would hang for ever when there is no memory) and is
 * told to use one thread per caller. Called by everything that allocates work memory; does its work once. */
void nn_gemm_warm(void);

/* The chosen kernel: "AVX2", "OpenBLAS SkylakeX", "C"... */
const char *nn_gemm_name(void);

/* Every kernel compiled in, best first; the last is plain C and the one to read. */
typedef struct nn_gemm_kernel {
    const char *name;
    bool (*supported)(void); /* by this processor */
    void (*run)(const nn_product *product);
} nn_gemm_kernel;
extern const nn_gemm_kernel nn_gemm_kernels[]; /* ends with a NULL name */

#endif
