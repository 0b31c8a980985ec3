/* test_pixmap.c - smaller copies of pictures, whatever their shape. */
#include "app/core/image/pixmap.h"
#include "nn/alloc.h"
#include "support/faults.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void size_is(int w, int h, int wanted_w, int wanted_h)
{
    int out_w, out_h;
    pixmap_shrunk_size(&out_w, &out_h, w, h, 600);
    assert_int_equal(out_w, wanted_w);
    assert_int_equal(out_h, wanted_h);
}

static void test_sizes(void **state)
{
    (void)state;
    size_is(1200, 900, 600, 450);
    size_is(30, 600, 30, 600);
    size_is(1, 1, 1, 1);
    size_is(64 << 20, 1, 600, 1); /* times 600 it is no int */
    size_is(1, 64 << 20, 1, 600);
}

static unsigned char colours[6 * 4 * 4];
static const pixmap picture = {6, 4, colours};

static void fill(void)
{
    for (int i = 0; i < 6 * 4; i++)
        for (int c = 0; c < 4; c++)
            colours[4 * i + c] = (unsigned char)(10 * i + c);
}

static void test_parts_and_means(void **state)
{
    (void)state;
    nn_error err;
    pixmap out;
    fill();
    assert_true(pixmap_shrink(&out, &picture, &(pixel_box){1, 1, 5, 3}, 600, &err));
    assert_int_equal(out.w, 4);
    assert_int_equal(out.h, 2);
    assert_memory_equal(out.rgba, colours + 4 * 7, 16);
    assert_memory_equal(out.rgba + 16, colours + 4 * 13, 16);
    nn_free(out.rgba);
    assert_true(pixmap_shrink(&out, &picture, &(pixel_box){0, 0, 4, 2}, 2, &err));
    assert_int_equal(out.w, 2);
    assert_int_equal(out.h, 1);
    assert_int_equal(out.rgba[0], (0 + 10 + 60 + 70 + 2) / 4);
    assert_int_equal(out.rgba[4 + 3], (23 + 33 + 83 + 93 + 2) / 4);
    nn_free(out.rgba);
}

/* The sums of many bright rows. */
static void test_means_of_tall_pictures(void **state)
{
    enum { W = 2, H = 1000 };
    static unsigned char tall[W * H * 4];
    (void)state;
    nn_error err;
    pixmap out;
    for (int i = 0; i < W * H * 4; i++)
        tall[i] = i % 4 == 0 ? 255 : i % 4 == 1 ? (unsigned char)(i / (W * 4) < 300 ? 0 : 240) : 254;
    assert_true(pixmap_shrink(&out, &(pixmap){W, H, tall}, &(pixel_box){0, 0, W, H}, 1, &err));
    assert_int_equal(out.w, 1);
    assert_int_equal(out.h, 1);
    assert_memory_equal(out.rgba, ((unsigned char[]){255, 168, 254, 254}), 4);
    nn_free(out.rgba);
}

static void test_darkness_is_seen_over_white(void **state)
{
    (void)state;
    assert_int_equal(pixmap_darkness((unsigned char[]){255, 255, 255, 255}), 0);
    assert_int_equal(pixmap_darkness((unsigned char[]){0, 0, 0, 255}), 255);
    assert_int_equal(pixmap_darkness((unsigned char[]){0, 0, 0, 0}), 0);
    assert_int_equal(pixmap_darkness((unsigned char[]){0, 255, 0, 255}), 105);
}

static bool shrink(void *ctx, nn_error *err)
{
    (void)ctx;
    pixmap out;
    bool ok = pixmap_shrink(&out, &picture, &(pixel_box){0, 0, 6, 4}, 3, err);
    nn_free(out.rgba);
    return ok;
}

static void test_out_of_memory_is_said(void **state)
{
    (void)state;
    assert_true(faults_try_all("pixmap_shrink", &(fault_case){.run = shrink}) >= 4);
}

static void test_what_was_enlarged_by_pixels_is_known(void **state)
{
    (void)state;
    unsigned char large[12 * 8 * 4];
    const pixmap p = {12, 8, large};
    fill();
    assert_int_equal(pixmap_enlarged(&picture), 1);
    for (int i = 0; i < 12 * 8; i++)
        memcpy(large + 4 * i, colours + 4 * (i / 24 * 6 + i % 12 / 2), 4);
    assert_int_equal(pixmap_enlarged(&p), 2);
    large[4 * (12 * 7 + 11) + 3]++; /* the last pixel, by its alpha alone */
    assert_int_equal(pixmap_enlarged(&p), 1);
    memset(large, 7, sizeof large);
    assert_int_equal(pixmap_enlarged(&p), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sizes),
                                       cmocka_unit_test(test_what_was_enlarged_by_pixels_is_known),
                                       cmocka_unit_test(test_parts_and_means),
                                       cmocka_unit_test(test_means_of_tall_pictures),
                                       cmocka_unit_test(test_darkness_is_seen_over_white),
                                       cmocka_unit_test(test_out_of_memory_is_said)};
    return cmocka_run_group_tests_name("pixmap", tests, NULL, NULL);
}
