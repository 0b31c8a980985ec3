/* Spoiling the digit: each slider does what it says, and 0 does nothing. */
#include "app/core/digit/digit.h"
#include "app/core/made/synth.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static sketch scratch;
static digit plain, distorted;

static void read_digit(int label, distortion d, digit *out)
{
    digit_options options = digit_defaults;
    options.distort = d;
    synth_digit(&scratch, label, 7);
    digit_from_ink(out, &scratch.ink, &options);
}

typedef struct moments {
    float ink, x, y, yy; /* sum, means, variance */
} moments;

static moments measure(const float *image)
{
    double sum = 0, x = 0, y = 0, yy = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        double v = (double)image[i], row = i / DIGIT_SIDE;
        sum += v, x += v * (i % DIGIT_SIDE), y += v * row, yy += v * row * row;
    }
    x /= sum, y /= sum;
    return (moments){(float)sum, (float)x, (float)y, (float)(yy / sum - y * y)};
}

static void none_changes_nothing(void **state)
{
    (void)state;
    assert_true(distort_is_none(&(distortion){0}));
    assert_false(distort_is_none(&(distortion){.noise = 0.1f}));
    read_digit(3, (distortion){0}, &plain);
    read_digit(3, (distortion){.rotate = 1e-6f}, &distorted); /* takes the long way */
    for (int i = 0; i < DIGIT_PIXELS; i++)
        assert_float_equal(plain.image[i], distorted.image[i], 1e-4);
}

static void shift_moves_the_mass(void **state)
{
    (void)state;
    read_digit(3, (distortion){0}, &plain);
    read_digit(3, (distortion){.shift_x = 3, .shift_y = -2.5f}, &distorted);
    moments a = measure(plain.image), b = measure(distorted.image);
    assert_float_equal(b.x - a.x, 3, 0.02);
    assert_float_equal(b.y - a.y, -2.5, 0.02);
    assert_float_equal(b.ink, a.ink, 0.01f * a.ink);
}

static void scale_spreads_it(void **state)
{
    (void)state;
    read_digit(3, (distortion){0}, &plain);
    read_digit(3, (distortion){.scale = -0.5f}, &distorted);
    moments a = measure(plain.image), b = measure(distorted.image);
    assert_float_equal(b.yy / a.yy, 0.25, 0.02);
    assert_float_equal(b.x, a.x, 0.1);
    assert_float_equal(b.y, a.y, 0.1);
}

/* A quarter turn about the middle, where the digit's mass lies: (14.5, 14.5). */
static void rotation_is_clockwise(void **state)
{
    (void)state;
    read_digit(7, (distortion){0}, &plain);
    read_digit(7, (distortion){.rotate = 90}, &distorted);
    for (int y = 1; y < DIGIT_SIDE; y++)
        for (int x = 1; x < DIGIT_SIDE; x++)
            assert_float_equal(distorted.image[x * DIGIT_SIDE + DIGIT_SIDE - y], plain.image[y * DIGIT_SIDE + x], 1e-3);
}

static void width_is_in_pixels(void **state)
{
    (void)state;
    ink line;
    ink_init(&line);
    ink_point ends[] = {{300, 100, NAN, 1}, {300, 500, NAN, 1}};
    assert_true(ink_add(&line, INK_PEN, 30, ends, 2));
    for (float by = -1.5f; by <= 2.5f; by += 0.25f) {
        digit_options options = digit_defaults;
        options.distort.width = by;
        digit_from_ink(&distorted, &line, &options);
        float across = 0;
        for (int i = 0; i < DIGIT_SIDE; i++)
            across += distorted.image[14 * DIGIT_SIDE + i];
        assert_float_equal(across, DIGIT_PEN + by, 0.15);
    }
    ink_free(&line);
}

static void noise_stays_the_same_and_in_range(void **state)
{
    (void)state;
    read_digit(3, (distortion){0}, &plain);
    read_digit(3, (distortion){.noise = 0.3f}, &distorted);
    double changed = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        assert_true(distorted.image[i] >= 0 && distorted.image[i] <= 1);
        changed += fabs((double)(distorted.image[i] - plain.image[i]));
    }
    assert_true(changed / DIGIT_PIXELS > 0.08);
    float first[DIGIT_PIXELS];
    memcpy(first, distorted.image, sizeof first);
    read_digit(3, (distortion){.noise = 0.3f}, &distorted);
    assert_memory_equal(first, distorted.image, sizeof first);
}

/* The map of the digit takes a dot on the canvas to where it shows in the image, whatever was done to it. */
static void the_map_leads_from_canvas_to_image(void **state)
{
    (void)state;
    const distortion all[] = {{0}, {.shift_x = -2, .rotate = 30, .scale = -0.2f}, {.rotate = -100, .scale = -0.4f}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        for (int off = 0; off < 2; off++) {
            ink drawing;
            ink_init(&drawing);
            ink_point line[] = {{100, 80, NAN, 1}, {180, 480, NAN, 1}}, dot = {420, 200, NAN, 1};
            digit_options options = digit_defaults;
            options.distort = all[i];
            options.scale = options.centre = off == 0;
            assert_true(ink_add(&drawing, INK_PEN, 30, line, 2) && ink_add(&drawing, INK_PEN, 30, &dot, 1));
            digit_from_ink(&distorted, &drawing, &options);
            float at[2], back[2];
            affine_apply(&distorted.to_image, dot.x, dot.y, at);
            assert_true(distorted.image[(int)at[1] * DIGIT_SIDE + (int)at[0]] > 0.15f);
            affine inverse = affine_inverse(&distorted.to_image);
            affine_apply(&inverse, at[0], at[1], back);
            assert_float_equal(back[0], dot.x, 0.05);
            assert_float_equal(back[1], dot.y, 0.05);
            ink_free(&drawing);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_changes_nothing),
        cmocka_unit_test(shift_moves_the_mass),
        cmocka_unit_test(scale_spreads_it),
        cmocka_unit_test(rotation_is_clockwise),
        cmocka_unit_test(width_is_in_pixels),
        cmocka_unit_test(noise_stays_the_same_and_in_range),
        cmocka_unit_test(the_map_leads_from_canvas_to_image),
    };
    return cmocka_run_group_tests_name("distort", tests, NULL, NULL);
}
