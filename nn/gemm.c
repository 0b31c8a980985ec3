/* gemm.c - the kernels there are, and the choice among them.
 *
 * Our own vector kernels come first: Debian's OpenBLAS 0.3.21 does not know newer processors and then runs its SSE3 code, and its
 * packing costs more than it gains on the skinny matrices of these networks. OpenBLAS serves processors without AVX2. */
#include "gemm.h"
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

static bool always(void)
{
    return true;
}

/* ---- plain C: the reference for the others ---- */

static void plain(const nn_gemm_args *g)
{
    for (ptrdiff_t i = 0; i < g->m; i++)
        for (ptrdiff_t j = 0; j < g->n; j++) {
            float sum = g->add ? g->c[i * g->ldc + j] : 0.0f;
            for (ptrdiff_t p = 0; p < g->k; p++)
                sum += (g->transpose_a ? g->a[p * g->lda + i] : g->a[i * g->lda + p]) *
                       (g->transpose_b ? g->b[j * g->ldb + p] : g->b[p * g->ldb + j]);
            g->c[i * g->ldc + j] = sum;
        }
}

/* ---- kernels/gemm_kernel.c, once per instruction set ---- */

#if defined(NN_X86_KERNELS)
void nn_gemm_avx512(const nn_gemm_args *args);
void nn_gemm_avx2(const nn_gemm_args *args);

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f");
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif
void nn_gemm_vector16(const nn_gemm_args *args);

/* ---- OpenBLAS ---- */

#ifdef DIGITSCOPE_BLAS
#include <cblas.h>

static void blas(const nn_gemm_args *g)
{
    cblas_sgemm(CblasRowMajor, g->transpose_a ? CblasTrans : CblasNoTrans, g->transpose_b ? CblasTrans : CblasNoTrans, g->m, g->n,
                g->k, 1.0f, g->a, g->lda, g->b, g->ldb, g->add ? 1.0f : 0.0f, g->c, g->ldc);
}

static void warm_blas(void)
{
    float a[4] = {1, 2, 3, 4}, c[4];
    openblas_set_num_threads(1);
    blas(&(nn_gemm_args){.m = 2, .n = 2, .k = 2, .a = a, .lda = 2, .b = a, .ldb = 2, .c = c, .ldc = 2});
}
#endif

/* ---- the choice ---- */

const nn_gemm_kernel nn_gemm_kernels[] = {
#if defined(NN_X86_KERNELS)
    {"AVX-512", has_avx512, nn_gemm_avx512},
    {"AVX2", has_avx2, nn_gemm_avx2},
#endif
#ifdef DIGITSCOPE_BLAS
    {"OpenBLAS", always, blas},
#endif
    {"16-byte vectors", always, nn_gemm_vector16},
    {"C", always, plain},
    {NULL, NULL, NULL},
};

static const nn_gemm_kernel *chosen;

static void choose(void)
{
    const nn_gemm_kernel *kernel = nn_gemm_kernels;
    while (!kernel->supported())
        kernel++;
#ifdef DIGITSCOPE_BLAS
    if (kernel->run == blas)
        warm_blas();
#endif
    chosen = kernel;
}

void nn_gemm_warm(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, choose);
}

void nn_gemm(const nn_gemm_args *args)
{
    nn_gemm_warm();
    chosen->run(args);
}

const char *nn_gemm_name(void)
{
    nn_gemm_warm();
#ifdef DIGITSCOPE_BLAS
    if (chosen->run == blas) {
        static char name[64];
        snprintf(name, sizeof name, "OpenBLAS %s", openblas_get_corename());
        return name;
    }
#endif
    return chosen->name;
}
