/* test_weight_history.c - floats of 16 bits, and the moments of a training that are kept. */
#include "app/core/training/weight_history.h"
#include "nn/half.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static nn_error err;

/* What IEEE 754 says of some, and that every half comes back as it was. */
static void test_halves(void **state)
{
    (void)state;
    static const struct {
        float value;
        uint16_t half;
    } known[] = {{0.0f, 0},
                 {-0.0f, 0x8000},
                 {1.0f, 0x3c00},
                 {-2.0f, 0xc000},
                 {65504.0f, 0x7bff},
                 {65519.0f, 0x7bff},
                 {65520.0f, 0x7c00},
                 {1e30f, 0x7c00},
                 {0x1p-14f, 0x0400},
                 {0x1p-24f, 1},
                 {0x1p-25f, 0},
                 {0x1.8p-24f, 2},
                 {1.0f + 0x1p-11f, 0x3c00},
                 {1.0f + 0x1.8p-10f, 0x3c02}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_int_equal(nn_half_from(known[i].value), known[i].half);
    for (int h = 0; h < 0x10000; h++) {
        uint16_t half = (uint16_t)h;
        float value = nn_half_to(half);
        assert_int_equal((half & 0x7c00) != 0x7c00, isfinite(value) != 0);
        if (!isnan(value))
            assert_int_equal(nn_half_from(value), half);
    }
    assert_true(isnan(nn_half_to(nn_half_from(NAN))));
}

static int steps_kept(weight_history *h, int steps, const float *weights)
{
    assert_true(weight_history_new(h, 2, steps, &err));
    for (int i = 0; i <= steps; i++)
        weight_history_add(h, i, weights);
    return h->count;
}

/* From the beginning to the end, close together at first, nearly all that there is room for. */
static void test_moments_thin_out(void **state)
{
    (void)state;
    static const int lengths[] = {1, 5, 59, 60, 61, 500, 16880, 187600};
    const float weights[2] = {0.25f, -3.5f};
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        weight_history h;
        int n = steps_kept(&h, lengths[k], weights);
        if (lengths[k] < WEIGHT_MOMENTS)
            assert_int_equal(n, lengths[k] + 1);
        else
            assert_in_range(n, WEIGHT_MOMENTS * 9 / 10, WEIGHT_MOMENTS);
        assert_int_equal(h.step[0], 0);
        assert_int_equal(h.step[1], 1);
        assert_int_equal(h.step[n - 1], lengths[k]);
        for (int i = 2; i + 1 < n; i++)
            assert_true(h.step[i] - h.step[i - 1] + 1 >= h.step[i - 1] - h.step[i - 2]);
        weight_history_free(&h);
    }
}

static void test_weights_come_back(void **state)
{
    (void)state;
    weight_history h;
    float weights[3] = {0.1f, -1234.5f, 1e-6f}, back[3];
    assert_true(weight_history_new(&h, 3, 10, &err));
    assert_true(weight_history_add(&h, 0, weights));
    weights[1] = NAN;
    assert_false(weight_history_add(&h, 1, weights));
    weights[1] = 7.0f;
    assert_true(weight_history_add(&h, 2, weights));
    assert_int_equal(h.step[1], 2);
    weight_history_get(&h, 0, back);
    assert_float_equal(back[0], 0.1f, 0.0001f);
    assert_float_equal(back[1], -1234.5f, 0.6f);
    assert_float_equal(back[2], 1e-6f, 1e-7f);
    weight_history_get(&h, 1, back);
    assert_float_equal(back[1], 7.0f, 0);
    weight_history_free(&h);
}

/* Of a network of 16 million weights four are within the limit. */
static void test_large_networks_have_fewer_moments(void **state)
{
    (void)state;
    weight_history h;
    assert_true(weight_history_new(&h, NN_MAX_FLOATS, 10000, &err));
    assert_int_equal(h.most, 4);
    weight_history_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_moments_thin_out),
        cmocka_unit_test(test_weights_come_back),
        cmocka_unit_test(test_large_networks_have_fewer_moments),
    };
    return cmocka_run_group_tests_name("weight_history", tests, NULL, NULL);
}
