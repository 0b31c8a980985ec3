/* test_gemm.c - every matrix kernel of this processor against plain sums, on small whole numbers, where float arithmetic is exact:
 * odd sizes, both transpositions, adding and storing. Guard values around c show what is written outside of it. */
#include "../../nn/gemm.h"
#include "../../nn/rng.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX = 80, MAX_K = 800, GUARD = 77777 };

static float a[MAX * MAX_K], b[MAX * MAX_K], c[MAX * MAX], expected[MAX * MAX];

static void fill(float *values, size_t n, uint64_t key)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (float)(nn_bits(key, i) % 7) - 3.0f;
}

static void expect(const nn_product *p)
{
    const nn_matrix *x = &p->a, *y = &p->b;
    for (int i = 0; i < p->m; i++)
        for (int j = 0; j < p->n; j++) {
            double sum = p->add ? 2.0 : 0.0;
            for (int k = 0; k < p->k; k++)
                sum += (double)x->data[x->transposed ? k * x->stride + i : i * x->stride + k] *
                       (double)y->data[y->transposed ? j * y->stride + k : k * y->stride + j];
            expected[i * p->c_stride + j] = (float)sum;
        }
}

/* Two in the place of c, guards elsewhere. */
static void start(float *matrix, const nn_product *p)
{
    for (int i = 0; i < MAX * MAX; i++)
        matrix[i] = GUARD;
    for (int i = 0; i < p->m; i++)
        for (int j = 0; j < p->n; j++)
            matrix[i * p->c_stride + j] = 2.0f;
}

static bool agrees(const nn_gemm_kernel *kernel, int m, int n, int k, unsigned flags)
{
    bool ta = flags & 1, tb = flags & 2;
    nn_matrix x = {a, (ta ? m : k) + 1, ta}, y = {b, (tb ? k : n) + 2, tb};
    nn_product p = {m, n, k, x, y, c, n + 3, flags & 4};
    start(c, &p);
    start(expected, &p);
    expect(&p);
    kernel->run(&p);
    return memcmp(c, expected, sizeof c) == 0;
}

static void test_every_kernel_on_odd_sizes(void **state)
{
    (void)state;
    static const int sizes[] = {1, 2, 5, 6, 7, 8, 9, 13, 16, 17, 31, 32, 33, 64, 70},
                     depths[] = {1, 2, 9, 383, 385, 790};
    fill(a, sizeof a / sizeof *a, 1);
    fill(b, sizeof b / sizeof *b, 2);
    for (const nn_gemm_kernel *kernel = nn_gemm_kernels; kernel->name; kernel++) {
        int n = 0;
        if (!kernel->supported()) {
            printf("kernel %s: not on this processor\n", kernel->name);
            continue;
        }
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++)
                for (size_t k = 0; k < (size_t)(sizes[i] * sizes[j] > 1000 ? 3 : 6); k++)
                    for (unsigned flags = 0; flags < 8; flags++, n++)
                        if (!agrees(kernel, sizes[i], sizes[j], depths[k], flags))
                            fail_msg("%s differs at m %d n %d k %d flags %u", kernel->name, sizes[i], sizes[j],
                                     depths[k], flags);
        printf("kernel %s: %d products agree\n", kernel->name, n);
    }
}

/* A kernel that forgets the last step: the check above must see it. */
static void forgetful(const nn_product *p)
{
    nn_gemm(p->m, p->n, p->k - 1, p->a, p->b, p->c, p->c_stride, p->add);
}

static void test_the_check_can_fail(void **state)
{
    (void)state;
    const nn_gemm_kernel broken = {"broken", NULL, forgetful};
    fill(a, sizeof a / sizeof *a, 1);
    fill(b, sizeof b / sizeof *b, 2);
    assert_false(agrees(&broken, 7, 9, 5, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kernel_on_odd_sizes),
        cmocka_unit_test(test_the_check_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
