/* From ink to the network's image: what must not matter does not, and every step can be switched off. */
#include "app/core/digit/digit.h"
#include "app/core/made/synth.h"
#include "nn/rng.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { DRAWINGS = 40 };

static sketch scratch;
static digit plain, changed;

/* The made drawing number i, moved and scaled about the canvas's middle, at another brush. */
static void redraw(int i, float scale, float dx, float dy, float brush)
{
    synth_digit(&scratch, i % 10, (uint64_t)i);
    const float middle = INK_CANVAS / 2;
    for (int p = 0; p < scratch.ink.n_points; p++) {
        scratch.point[p].x = middle + scale * (scratch.point[p].x - middle) + dx;
        scratch.point[p].y = middle + scale * (scratch.point[p].y - middle) + dy;
    }
    for (int e = 0; e < scratch.ink.n_entries; e++)
        scratch.entry[e].width *= brush;
}

static float mean_difference(const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        sum += fabs((double)a[i] - (double)b[i]);
    return (float)(sum / DIGIT_PIXELS);
}

/* The largest mean difference of all drawings between how they are and how they are changed. */
static float largest_difference(float scale, float dx, float dy, float brush, const digit_options *options)
{
    float largest = 0;
    for (int i = 0; i < DRAWINGS; i++) {
        redraw(i, 1, 0, 0, 1);
        digit_from_ink(&plain, &scratch.ink, options);
        redraw(i, scale, dx, dy, brush);
        digit_from_ink(&changed, &scratch.ink, options);
        assert_false(plain.empty || changed.empty);
        largest = fmaxf(largest, mean_difference(plain.image, changed.image));
    }
    return largest;
}

static void size_place_and_brush_do_not_matter(void **state)
{
    (void)state;
    const float tiny = 0.004f; /* a shift by one sample of one drawing in forty */
    assert_true(largest_difference(1, 250, 250, 1, &digit_defaults) < tiny);
    assert_true(largest_difference(1, -250, 140, 1, &digit_defaults) < tiny);
    assert_true(largest_difference(0.1f, 0, 0, 1, &digit_defaults) < tiny);
    assert_true(largest_difference(0.33f, 270, -270, 1, &digit_defaults) < tiny);
    assert_true(largest_difference(1, 0, 0, 0.5f, &digit_defaults) < tiny);
    assert_true(largest_difference(1, 0, 0, 2, &digit_defaults) < tiny);
}

static void switched_off_they_do_matter(void **state)
{
    (void)state;
    digit_options no_scale = digit_defaults, no_width = digit_defaults, no_centre = digit_defaults;
    no_scale.scale = no_width.width = no_centre.centre = false;
    assert_true(largest_difference(0.5f, 0, 0, 1, &no_scale) > 0.02f);
    assert_true(largest_difference(1, 0, 0, 2, &no_width) > 0.02f);
    no_scale.centre = false;
    assert_true(largest_difference(1, 60, 0, 1, &no_scale) > 0.02f);
    assert_true(largest_difference(1, 60, 0, 1, &no_centre) < 0.004f); /* the box still is in the middle */
}

static void mass_of(const float *image, float mass[2])
{
    double sum = 0, x = 0, y = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        sum += image[i];
        x += image[i] * (double)(i % DIGIT_SIDE);
        y += image[i] * (double)(i / DIGIT_SIDE);
    }
    mass[0] = (float)(x / sum);
    mass[1] = (float)(y / sum);
}

static void the_mass_is_in_the_middle(void **state)
{
    (void)state;
    for (int i = 0; i < DRAWINGS; i++) {
        redraw(i, 0.4f, 120, -90, 1);
        digit_from_ink(&plain, &scratch.ink, &digit_defaults);
        float mass[2];
        mass_of(plain.image, mass);
        assert_float_equal(mass[0], 14, 0.5f / DIGIT_SUB + 1e-3f); /* half a sample */
        assert_float_equal(mass[1], 14, 0.5f / DIGIT_SUB + 1e-3f);
    }
}

/* A vertical line: its image is known. */
static void a_line_is_pen_wide_and_box_high(void **state)
{
    (void)state;
    ink line;
    ink_init(&line);
    ink_point ends[] = {{100, 100, NAN, 1}, {100, 500, NAN, 1}};
    assert_true(ink_add(&line, INK_PEN, 30, ends, 2));
    for (float pen = 1.5f; pen < 4; pen += 0.5f) {
        digit_options options = digit_defaults;
        options.pen = pen;
        digit_from_ink(&plain, &line, &options);
        float across = 0, along = 0;
        for (int i = 0; i < DIGIT_SIDE; i++) {
            across += plain.image[14 * DIGIT_SIDE + i];
            along += plain.image[i * DIGIT_SIDE + 14];
        }
        assert_float_equal(across, pen, 0.1);
        assert_float_equal(along, DIGIT_BOX, 0.8); /* its ends are round */
    }
    assert_float_equal(plain.box[0], 100, 1e-3);
    assert_float_equal(plain.box[3], 400, 1e-3);
    ink_free(&line);
}

static void no_ink_is_empty(void **state)
{
    (void)state;
    ink none;
    ink_init(&none);
    digit_from_ink(&plain, &none, &digit_defaults);
    assert_true(plain.empty);
    ink_point dot = {300, 300, NAN, 1};
    assert_true(ink_add(&none, INK_PEN, 30, &dot, 1));
    digit_from_ink(&plain, &none, &digit_defaults);
    assert_false(plain.empty);
    assert_true(ink_add(&none, INK_ERASER, 60, &dot, 1));
    digit_from_ink(&plain, &none, &digit_defaults);
    assert_true(plain.empty);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        assert_true(plain.image[i] == 0);
    ink_free(&none);
}

static void a_dot_stays_a_dot(void **state)
{
    (void)state;
    ink dot;
    ink_init(&dot);
    ink_point points[] = {{300, 300, NAN, 1}, {300.4f, 300, NAN, 1}, {300.4f, 300.3f, NAN, 1}};
    for (int count = 1; count <= 3; count += 2) {
        assert_true(ink_add(&dot, INK_PEN, 30, points, count));
        digit_from_ink(&plain, &dot, &digit_defaults);
        float sum = 0;
        for (int i = 0; i < DIGIT_PIXELS; i++)
            sum += plain.image[i];
        assert_true(sum > 2.5f && sum < 8); /* a disc of the pen's width, a little smeared; blown up it would be 40 */
        assert_true(ink_clear(&dot));
    }
    ink_free(&dot);
}

static void nothing_is_too_far_or_too_large(void **state)
{
    (void)state;
    const ink_point wild[] = {{-INK_REACH, INK_REACH, NAN, 1}, {INK_REACH, -INK_REACH, NAN, 1}, {0, 0, NAN, 0}};
    ink far;
    ink_init(&far);
    assert_true(ink_add(&far, INK_PEN, INK_REACH, wild, 3));
    for (int bits = 0; bits < 8; bits++) {
        digit_options options = {.scale = bits & 1, .centre = bits & 2, .width = bits & 4, .pen = DIGIT_PEN};
        digit_from_ink(&plain, &far, &options);
        for (int i = 0; i < DIGIT_PIXELS; i++)
            assert_true(plain.image[i] >= 0 && plain.image[i] <= 1);
    }
    ink_free(&far);
}

/* One random change of a drawing, as a window makes them. */
static void change_at_random(ink *drawing, uint64_t step)
{
    ink_point p = {600 * nn_uniform(step, 0), 600 * nn_uniform(step, 1), NAN, nn_uniform(step, 2)};
    float what = nn_uniform(step, 3);
    if (drawing->drawing && what < 0.85f) {
        const ink_point *last = &drawing->point[drawing->n_points - 1];
        p.x = last->x + 0.02f * (p.x - 300);
        p.y = last->y + 0.02f * (p.y - 300);
        assert_true(ink_extend(drawing, p));
    } else if (drawing->drawing && what < 0.97f)
        ink_end(drawing);
    else if (drawing->drawing)
        ink_cancel(drawing);
    else if (what < 0.7f)
        assert_true(ink_begin(drawing, what < 0.6f ? INK_PEN : INK_ERASER, 10 + 30 * p.pressure, p));
    else if (what < 0.8f)
        assert_true(ink_add(drawing, INK_PEN, 10, &p, 1));
    else if (what < 0.9f)
        ink_undo(drawing);
    else if (what < 0.96f)
        ink_redo(drawing);
    else
        ink_clear(drawing);
}

static void a_tracked_drawing_gives_the_same_digit(void **state)
{
    (void)state;
    static digit_tracker tracker;
    digit_options options = digit_defaults;
    ink drawing;
    ink_init(&drawing);
    int kept = 0;
    for (uint64_t step = 0; step < 6000; step++) {
        change_at_random(&drawing, step);
        if (step % 500 == 250) {
            options.width = !options.width;
            options.scale = step % 1000 == 250;
        }
        if (nn_uniform(step, 4) < 0.3f)
            continue; /* several changes a frame */
        digit_nib before = tracker.nib;
        digit_track(&tracker, &changed, &drawing, &options);
        digit_from_ink(&plain, &drawing, &options);
        assert_memory_equal(&plain, &changed, sizeof plain);
        kept += memcmp(&before, &tracker.nib, sizeof before) == 0;
    }
    assert_true(kept > 2000);
    ink_free(&drawing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_place_and_brush_do_not_matter),
        cmocka_unit_test(switched_off_they_do_matter),
        cmocka_unit_test(the_mass_is_in_the_middle),
        cmocka_unit_test(a_line_is_pen_wide_and_box_high),
        cmocka_unit_test(no_ink_is_empty),
        cmocka_unit_test(a_dot_stays_a_dot),
        cmocka_unit_test(nothing_is_too_far_or_too_large),
        cmocka_unit_test(a_tracked_drawing_gives_the_same_digit),
    };
    return cmocka_run_group_tests_name("digit", tests, NULL, NULL);
}
