/* test_morphology.c - running maxima and means against their definitions, for all shapes and reaches. */
#include "app/core/digit/morphology.h"
#include "nn/alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MAX = 13 };

static unsigned char from[MAX * MAX], to[MAX * MAX];

static void fill(int n)
{
    static uint32_t noise = 1;
    for (int i = 0; i < n; i++) {
        noise = noise * 1664525u + 1013904223u;
        from[i] = (unsigned char)(noise >> 24);
    }
    memcpy(to, from, sizeof to);
}

typedef void operation(unsigned char *level, int w, int h, int reach, unsigned char *room);

/* The room is exactly as large as it is said to need be. */
static void apply(operation *run, int w, int h, int reach)
{
    unsigned char *room = nn_alloc(morphology_room(w, h, reach), 1);
    assert_non_null(room);
    run(to, w, h, reach, room);
    nn_free(room);
}

static void around(int w, int h, int reach, int x, int y, int *most, int *mean)
{
    int sum = 0, count = 0;
    *most = 0;
    for (int j = y - reach; j <= y + reach; j++)
        for (int i = x - reach; i <= x + reach; i++) {
            if (i < 0 || j < 0 || i >= w || j >= h)
                continue;
            int v = from[j * w + i];
            *most = v > *most ? v : *most;
            sum += v;
            count++;
        }
    *mean = sum / count;
}

static void each_shape(void check(int w, int h, int reach))
{
    for (int w = 1; w <= MAX; w += 3)
        for (int h = 1; h <= MAX; h += 4)
            for (int reach = 0; reach <= 6; reach++)
                check(w, h, reach);
}

static void check_dilate(int w, int h, int reach)
{
    int most, mean;
    fill(w * h);
    apply(morphology_dilate, w, h, reach);
    for (int i = 0; i < w * h; i++) {
        around(w, h, reach, i % w, i / w, &most, &mean);
        assert_int_equal(to[i], most);
    }
}

/* Rounded down once along and once across. */
static void check_blur(int w, int h, int reach)
{
    int most, mean;
    fill(w * h);
    apply(morphology_blur, w, h, reach);
    for (int i = 0; i < w * h; i++) {
        around(w, h, reach, i % w, i / w, &most, &mean);
        assert_in_range(to[i], mean > 0 ? mean - 1 : 0, mean);
    }
}

/* Nothing gets darker, and closing again changes nothing. */
static void check_close(int w, int h, int reach)
{
    fill(w * h);
    apply(morphology_close, w, h, reach);
    for (int i = 0; i < w * h; i++)
        assert_true(to[i] >= from[i]);
    memcpy(from, to, sizeof from);
    apply(morphology_close, w, h, reach);
    assert_memory_equal(to, from, (size_t)(w * h));
}

static void test_dilations(void **state)
{
    (void)state;
    each_shape(check_dilate);
}

static void test_blurs(void **state)
{
    (void)state;
    each_shape(check_blur);
}

/* A dark line is filled, the edge of a dark half stays. */
static void test_closings(void **state)
{
    (void)state;
    each_shape(check_close);
    for (int i = 0; i < MAX * MAX; i++)
        to[i] = i % MAX == 3 || i % MAX > 7 ? 20 : 200;
    apply(morphology_close, MAX, MAX, 2);
    for (int i = 0; i < MAX * MAX; i++)
        assert_int_equal(to[i], i % MAX > 7 ? 20 : 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_dilations), cmocka_unit_test(test_blurs),
                                       cmocka_unit_test(test_closings)};
    return cmocka_run_group_tests_name("morphology", tests, NULL, NULL);
}
