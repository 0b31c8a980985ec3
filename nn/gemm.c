#include "gemm.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#ifdef DIGITSCOPE_BLAS
#include <cblas.h>

void nn_gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a, int lda, const float *b, int ldb,
             float beta, float *c, int ldc)
{
    cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans, m, n, k,
                1.0f, a, lda, b, ldb, beta, c, ldc);
}

const char *nn_gemm_name(void)
{
    static char name[64];
    snprintf(name, sizeof name, "OpenBLAS %s", openblas_get_corename());
    return name;
}

static void warm(void)
{
    float a[4] = {1, 2, 3, 4}, c[4];
    openblas_set_num_threads(1);
    nn_gemm(false, false, 2, 2, 2, a, 2, a, 2, 0.0f, c, 2);
}

#else

/* The reference: the inner loop runs along rows of b and c, so the compiler vectorises it. */
void nn_gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a, int lda, const float *b, int ldb,
             float beta, float *c, int ldc)
{
    for (int i = 0; i < m; i++) {
        float *row = c + (size_t)i * (size_t)ldc;
        for (int j = 0; j < n; j++)
            row[j] = beta == 0.0f ? 0.0f : beta * row[j];
        for (int p = 0; p < k; p++) {
            float value = transpose_a ? a[(size_t)p * (size_t)lda + (size_t)i] : a[(size_t)i * (size_t)lda + (size_t)p];
            if (transpose_b)
                for (int j = 0; j < n; j++)
                    row[j] += value * b[(size_t)j * (size_t)ldb + (size_t)p];
            else
                for (int j = 0; j < n; j++)
                    row[j] += value * b[(size_t)p * (size_t)ldb + (size_t)j];
        }
    }
}

const char *nn_gemm_name(void)
{
    return "built-in C";
}

static void warm(void)
{
}

#endif

void nn_gemm_warm(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, warm);
}
