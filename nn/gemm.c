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

static void plain(const nn_product *p)
{
    ptrdiff_t a_row = p->a.transposed ? 1 : p->a.stride, a_step = p->a.transposed ? p->a.stride : 1;
    ptrdiff_t b_step = p->b.transposed ? 1 : p->b.stride, b_column = p->b.transposed ? p->b.stride : 1;
    for (ptrdiff_t i = 0; i < p->m; i++)
        for (ptrdiff_t j = 0; j < p->n; j++) {
            float sum = p->add ? p->c[i * p->c_stride + j] : 0.0f;
            for (ptrdiff_t k = 0; k < p->k; k++)
                sum += p->a.data[i * a_row + k * a_step] * p->b.data[k * b_step + j * b_column];
            p->c[i * p->c_stride + j] = sum;
        }
}

/* ---- kernels/gemm_kernel.c, once per instruction set ---- */

#if defined(NN_X86_KERNELS)
void nn_gemm_avx512(const nn_product *product);
void nn_gemm_avx2(const nn_product *product);

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f");
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif
void nn_gemm_vector16(const nn_product *product);

/* ---- OpenBLAS ---- */

#ifdef DIGITSCOPE_BLAS
#include <cblas.h>

static CBLAS_TRANSPOSE transposition(nn_matrix matrix)
{
    return matrix.transposed ? CblasTrans : CblasNoTrans;
}

static void blas(const nn_product *p)
{
    cblas_sgemm(CblasRowMajor, transposition(p->a), transposition(p->b), p->m, p->n, p->k, 1.0f, p->a.data, p->a.stride,
                p->b.data, p->b.stride, p->add ? 1.0f : 0.0f, p->c, p->c_stride);
}

static void warm_blas(void)
{
    float a[4] = {1, 2, 3, 4}, c[4];
    openblas_set_num_threads(1);
    blas(&(nn_product){2, 2, 2, nn_plain(a, 2), nn_plain(a, 2), c, 2, false});
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
static char chosen_name[64];

static void choose(void)
{
    const nn_gemm_kernel *kernel = nn_gemm_kernels;
    while (!kernel->supported())
        kernel++;
#ifdef DIGITSCOPE_BLAS
    if (kernel->run == blas) {
        warm_blas();
        snprintf(chosen_name, sizeof chosen_name, "OpenBLAS %s", openblas_get_corename());
    }
#endif
    if (!chosen_name[0])
        snprintf(chosen_name, sizeof chosen_name, "%s", kernel->name);
    chosen = kernel;
}

void nn_gemm_warm(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, choose);
}

void nn_gemm(int m, int n, int k, nn_matrix a, nn_matrix b, float *c, int c_stride, bool add)
{
    nn_gemm_warm();
    chosen->run(&(nn_product){m, n, k, a, b, c, c_stride, add});
}

const char *nn_gemm_name(void)
{
    nn_gemm_warm();
    return chosen_name;
}
