/* Shapes against their exact areas, clipping, masks. */
#include "app/ui/kit/raster.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 64 };
static uint32_t pixels[SIDE * SIDE];
static const surface target = {pixels, SIDE, SIDE, SIDE};
static const rect all = {0, 0, SIDE, SIDE};

static void wipe(void)
{
    for (int i = 0; i < SIDE * SIDE; i++)
        pixels[i] = 0xff000000;
}

static const float pi = 3.14159265f;

/* The sum of the coverage of white on black, in pixels. */
static float area(void)
{
    float sum = 0;
    for (int i = 0; i < SIDE * SIDE; i++)
        sum += (float)(pixels[i] & 255) / 255;
    return sum;
}

static void test_box_fills_its_area(void **state)
{
    (void)state;
    wipe();
    raster_box(&target, all, &(shape_box){10, 12, 20, 8, 0, 0}, 0xffffffff);
    assert_float_equal(area(), 160, 0.5f);
    assert_int_equal(pixels[12 * SIDE + 10], 0xffffffff);
    assert_int_equal(pixels[11 * SIDE + 10], 0xff000000);
    assert_int_equal(pixels[12 * SIDE + 9], 0xff000000);
}

static void test_box_between_pixels_is_shared(void **state)
{
    (void)state;
    wipe();
    raster_box(&target, all, &(shape_box){10.5f, 12, 20, 8, 0, 0}, 0xffffffff);
    assert_float_equal(area(), 160, 1.5f);
    assert_in_range(pixels[14 * SIDE + 10] & 255, 120, 136);
}

static void test_circle_and_ring_have_the_area_of_circles(void **state)
{
    (void)state;
    for (float r = 3; r < 30; r += 2.7f) {
        wipe();
        raster_box(&target, all, &(shape_box){32 - r, 32 - r, 2 * r, 2 * r, r, 0}, 0xffffffff);
        assert_float_equal(area() / (pi * r * r), 1, 0.02f);
        wipe();
        raster_box(&target, all, &(shape_box){32 - r, 32 - r, 2 * r, 2 * r, r, 2}, 0xffffffff);
        assert_float_equal(area() / (pi * (r * r - (r - 2) * (r - 2))), 1, 0.04f);
    }
}

static void test_line_has_the_area_of_a_capsule(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        float angle = (float)i * pi / 6;
        wipe();
        shape_line line = {32, 32, 7, 32 + 20 * cosf(angle), 32 + 20 * sinf(angle), 7};
        raster_line(&target, all, &line, 0xffffffff);
        assert_float_equal(area() / (20 * 7 + pi * 3.5f * 3.5f), 1, 0.02f);
    }
}

static void test_a_dot_is_a_line_of_no_length(void **state)
{
    (void)state;
    wipe();
    raster_line(&target, all, &(shape_line){32, 32, 10, 32, 32, 10}, 0xffffffff);
    assert_float_equal(area(), pi * 25, 1.5f);
}

static void test_nothing_is_painted_outside_the_clip(void **state)
{
    (void)state;
    const rect clip = {20, 20, 10, 10};
    wipe();
    raster_box(&target, clip, &(shape_box){0, 0, SIDE, SIDE, 5, 0}, 0xffffffff);
    raster_line(&target, clip, &(shape_line){-50, -50, 30, 200, 200, 30}, 0xffffffff);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            if (!rect_contains(clip, (float)x, (float)y))
                assert_int_equal(pixels[y * SIDE + x], 0xff000000);
    assert_float_equal(area(), 100, 0.01f);
}

static void test_any_numbers_are_survived(void **state)
{
    (void)state;
    const float odd[] = {0, -1, 1e9f, -1e9f, INFINITY, -INFINITY, NAN, 0.3f};
    enum { N = sizeof odd / sizeof odd[0] };
    wipe();
    for (int i = 0; i < N * N * N; i++) {
        float a = odd[i % N], b = odd[i / N % N], c = odd[i / N / N];
        raster_box(&target, all, &(shape_box){a, b, c, a, b, c}, 0xffffffff);
        raster_line(&target, all, &(shape_line){a, b, c, b, c, a}, 0xffffffff);
    }
}

static void test_half_transparent_colour_mixes(void **state)
{
    (void)state;
    wipe();
    raster_box(&target, all, &(shape_box){0, 0, SIDE, SIDE, 0, 0}, 0x80ff0000);
    assert_in_range(pixels[SIDE * 5 + 5] >> 16 & 255, 126, 130);
    assert_int_equal(pixels[SIDE * 5 + 5] >> 24, 255);
}

static void test_mask_is_painted_where_it_covers(void **state)
{
    (void)state;
    unsigned char coverage[16 * 3] = {0};
    coverage[1 * 16 + 9] = 255;
    const mask_image image = {coverage, 16, 3, 16, 0};
    wipe();
    raster_mask(&target, all, &image, (rect){4, 5, 16, 3}, 0xffffffff);
    assert_int_equal(pixels[6 * SIDE + 13], 0xffffffff);
    assert_float_equal(area(), 1, 0);
    wipe();
    raster_mask(&target, all, &image, (rect){0, 0, 32, 6}, 0xffffffff); /* each pixel 2 x 2 */
    assert_int_equal(pixels[2 * SIDE + 18], 0xffffffff);
    assert_float_equal(area(), 4, 0);
}

/* Stretched by any factor: every pixel by itself mixes with what is below it. */
static void test_a_stretched_mask_is_mixed_pixel_by_pixel(void **state)
{
    (void)state;
    enum { W = 7, H = 5 };
    unsigned char coverage[W * H];
    for (int i = 0; i < W * H; i++)
        coverage[i] = (unsigned char)(i * 37 % 256);
    const mask_image image = {coverage, W, H, W, 0};
    const rect clip = {3, 2, 59, 60};
    for (int w = 1; w < 90; w += 4) {
        const rect to = {5, 4, w, w / 2 + 1};
        wipe();
        raster_box(&target, all, &(shape_box){0, 20, SIDE, 20, 0, 0}, 0xff336699);
        raster_mask(&target, clip, &image, to, 0xc0ff8040);
        for (int y = 4; y < 4 + to.h && y < 62; y++)
            for (int x = 5; x < 5 + w && x < 62; x++) {
                unsigned under = y >= 20 && y < 40 ? 0x99 : 0, v = coverage[(y - 4) * H / to.h * W + (x - 5) * W / w],
                         alpha = (v + (v >> 7)) * 193 >> 8;
                assert_int_equal(pixels[y * SIDE + x] & 255, (0x40 * alpha + under * (256 - alpha)) >> 8);
                assert_int_equal(pixels[y * SIDE + x] >> 24, 255);
            }
        assert_int_equal(pixels[4 * SIDE + 4] & 255, 0);
    }
}

/* What lies on a ground of its own is as if that had been painted before. */
static void test_a_mask_may_bring_its_ground(void **state)
{
    (void)state;
    static uint32_t wanted[SIDE * SIDE];
    unsigned char coverage[64];
    for (int i = 0; i < 64; i++)
        coverage[i] = (unsigned char)(i * 4);
    mask_image image = {coverage, 8, 8, 8, 0};
    for (int w = 8; w < 60; w += 13) {
        const rect to = {2, 3, w, 40};
        wipe();
        raster_box(&target, to, &(shape_box){0, 0, SIDE, SIDE, 0, 0}, 0xff203040);
        image.ground = 0;
        raster_mask(&target, all, &image, to, 0xffffffff);
        memcpy(wanted, pixels, sizeof wanted);
        wipe();
        image.ground = 0xff203040;
        raster_mask(&target, all, &image, to, 0xffffffff);
        assert_memory_equal(pixels, wanted, sizeof wanted);
    }
}

static void test_ink_is_the_most_and_erasing_takes_it_away(void **state)
{
    (void)state;
    static unsigned char once[SIDE * SIDE], twice[SIDE * SIDE];
    const shape_line line = {10, 10, 9, 50, 40, 5};
    raster_mask_line(once, SIDE, &line, MASK_INK);
    raster_mask_line(twice, SIDE, &line, MASK_INK);
    raster_mask_line(twice, SIDE, &line, MASK_INK);
    assert_memory_equal(once, twice, sizeof once);
    assert_int_equal(once[25 * SIDE + 30], 255);
    raster_mask_line(twice, SIDE, &line, MASK_ERASE);
    assert_int_equal(twice[25 * SIDE + 30], 0);
}

static void test_rectangles(void **state)
{
    (void)state;
    rect r = rect_intersect((rect){0, 0, 10, 10}, (rect){20, 0, 5, 5});
    assert_true(rect_is_empty(r));
    r = rect_union((rect){0, 0, 0, 5}, (rect){3, 4, 5, 6});
    assert_int_equal(r.x, 3);
    assert_int_equal(r.h, 6);
    assert_true(rect_is_empty(rect_inset((rect){0, 0, 4, 4}, 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_box_fills_its_area),
        cmocka_unit_test(test_box_between_pixels_is_shared),
        cmocka_unit_test(test_circle_and_ring_have_the_area_of_circles),
        cmocka_unit_test(test_line_has_the_area_of_a_capsule),
        cmocka_unit_test(test_a_dot_is_a_line_of_no_length),
        cmocka_unit_test(test_nothing_is_painted_outside_the_clip),
        cmocka_unit_test(test_any_numbers_are_survived),
        cmocka_unit_test(test_half_transparent_colour_mixes),
        cmocka_unit_test(test_mask_is_painted_where_it_covers),
        cmocka_unit_test(test_a_stretched_mask_is_mixed_pixel_by_pixel),
        cmocka_unit_test(test_a_mask_may_bring_its_ground),
        cmocka_unit_test(test_ink_is_the_most_and_erasing_takes_it_away),
        cmocka_unit_test(test_rectangles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
