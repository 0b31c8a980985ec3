/* test_augment.c - random changes of images: off means untouched, the same key the same pixels, and each does what
 * its name says. */
#include "../../nn/augment.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, KEYS = 200 };

/* A smooth vertical bar of this width and height in the middle, 1 inside. */
static void bar(float *image, double width, double height)
{
    for (int i = 0; i < PIXELS; i++) {
        double dx = fabs(i % SIDE - 13.5), dy = fabs(i / SIDE - 13.5);
        image[i] = (float)(fmin(fmax(width / 2 + 0.5 - dx, 0), 1) * fmin(fmax(height / 2 + 0.5 - dy, 0), 1));
    }
}

/* Mass, centre and covariance of the ink. */
typedef struct moments {
    double mass, x, y, xx, yy, xy;
} moments;

static moments measure(const float *image)
{
    moments m = {0};
    for (int i = 0; i < PIXELS; i++) {
        double v = (double)image[i];
        assert_true(v >= 0 && v <= 1.00001);
        m.mass += v, m.x += v * (i % SIDE), m.y += v * (i / SIDE);
    }
    m.x /= m.mass, m.y /= m.mass;
    for (int i = 0; i < PIXELS; i++) {
        double v = (double)image[i] / m.mass, dx = i % SIDE - m.x, dy = i / SIDE - m.y;
        m.xx += v * dx * dx, m.yy += v * dy * dy, m.xy += v * dx * dy;
    }
    return m;
}

static moments changed(const nn_augment *augment, uint64_t key)
{
    float image[PIXELS];
    bar(image, 5, 14);
    nn_augment_image(augment, image, SIDE, key);
    return measure(image);
}

static moments original(void)
{
    return changed(&(nn_augment){0}, 0);
}

static void test_strength_zero_changes_nothing(void **state)
{
    (void)state;
    float before[PIXELS], after[PIXELS];
    uint64_t seed = 1;
    random_fill(&seed, before, PIXELS, 0, 1);
    memcpy(after, before, sizeof after);
    for (uint64_t key = 0; key < KEYS; key++)
        nn_augment_image(&(nn_augment){0}, after, SIDE, key);
    assert_memory_equal(before, after, sizeof after);
}

static void test_same_key_same_pixels(void **state)
{
    (void)state;
    nn_augment all;
    nn_error err = {0};
    float first[PIXELS], second[PIXELS], previous[PIXELS] = {0};
    assert_true(nn_augment_parse(&all, "default", &err));
    all.plain = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        bar(first, 3, 14);
        bar(second, 3, 14);
        nn_augment_image(&all, first, SIDE, key);
        nn_augment_image(&all, second, SIDE, key);
        assert_memory_equal(first, second, sizeof first);
        assert_memory_not_equal(first, previous, sizeof first); /* another key, other pixels */
        memcpy(previous, first, sizeof previous);
    }
}

static void test_shift_moves_the_centre_within_its_range(void **state)
{
    (void)state;
    moments from = original();
    double least = 0, most = 0, sum = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        moments m = changed(&(nn_augment){.shift = 3}, key);
        assert_true(fabs(m.mass - from.mass) < 0.01 * from.mass);
        assert_true(fabs(m.x - from.x) < 3.05 && fabs(m.y - from.y) < 3.05);
        least = fmin(least, m.x - from.x), most = fmax(most, m.x - from.x);
        sum += m.x - from.x;
    }
    assert_true(least < -2.7 && most > 2.7 && fabs(sum / KEYS) < 0.5); /* all of the range, both ways */
}

static void test_rotation_turns_about_the_middle(void **state)
{
    (void)state;
    moments from = original();
    double most = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        moments m = changed(&(nn_augment){.rotate = 30}, key);
        double angle = 0.5 * atan2(2 * m.xy, m.yy - m.xx) * 180 / acos(-1);
        assert_true(fabs(angle) < 30.5);
        most = fmax(most, fabs(angle));
        assert_true(fabs(m.mass - from.mass) < 0.03 * from.mass);
        assert_true(fabs(m.x - from.x) < 0.1 && fabs(m.y - from.y) < 0.1);
        assert_true(fabs(m.xx + m.yy - from.xx - from.yy) < 0.05 * (from.xx + from.yy)); /* turned, not stretched */
    }
    assert_true(most > 27);
}

static void test_scale_changes_both_axes_alike(void **state)
{
    (void)state;
    moments from = original();
    double least = 2, most = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        moments m = changed(&(nn_augment){.scale = 0.2f}, key);
        double x = sqrt(m.xx / from.xx), y = sqrt(m.yy / from.yy);
        assert_true(y > 0.78 && y < 1.22 && fabs(x - y) < 0.12); /* x is a thin bar: blurring widens it */
        least = fmin(least, y), most = fmax(most, y);
    }
    assert_true(least < 0.83 && most > 1.17);
}

static void test_aspect_changes_one_axis_against_the_other(void **state)
{
    (void)state;
    moments from = original();
    double least = 2, most = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        moments m = changed(&(nn_augment){.aspect = 0.3f}, key);
        double ratio = sqrt(m.xx / from.xx) / sqrt(m.yy / from.yy);
        assert_true(fabs(m.mass - from.mass) < 0.05 * from.mass);
        least = fmin(least, ratio), most = fmax(most, ratio);
    }
    assert_true(least > 0.65 && least < 0.85 && most > 1.15 && most < 1.4);
}

static void test_shear_slants_and_keeps_the_area(void **state)
{
    (void)state;
    moments from = original();
    double most = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        moments m = changed(&(nn_augment){.shear = 0.3f}, key);
        double slant = m.xy / m.yy; /* dx per dy */
        assert_true(fabs(slant) < 0.31);
        most = fmax(most, fabs(slant));
        assert_true(fabs(m.mass - from.mass) < 0.03 * from.mass);
        assert_true(fabs(m.yy - from.yy) < 0.05 * from.yy);
    }
    assert_true(most > 0.26);
}

static void test_width_thickens_and_thins_strokes(void **state)
{
    (void)state;
    moments from = original();
    for (int strength = 1; strength <= 2; strength++) {
        double least = 9, most = 0;
        for (uint64_t key = 0; key < KEYS; key++) {
            moments m = changed(&(nn_augment){.width = (float)strength}, key);
            double share = m.mass / from.mass;
            assert_true(fabs(m.x - from.x) < 1e-3 && fabs(m.y - from.y) < 1e-3);
            least = fmin(least, share), most = fmax(most, share);
        }
        assert_true(least < 0.95 - 0.33 * strength && most > 0.9 + 0.5 * strength);
    }
}

static void test_thin_strokes_stay_bright(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < KEYS; key++) {
        float image[PIXELS], most = 0;
        bar(image, 2, 14);
        nn_augment_image(&(nn_augment){.width = 0.9f}, image, SIDE, key);
        for (int i = 0; i < PIXELS; i++)
            most = fmaxf(most, image[i]);
        assert_true(most > 0.999f && most < 1.001f);
    }
}

static void test_plain_leaves_its_share_alone(void **state)
{
    (void)state;
    float before[PIXELS], after[PIXELS];
    int same = 0;
    bar(before, 3, 14);
    for (uint64_t key = 0; key < KEYS; key++) {
        memcpy(after, before, sizeof after);
        nn_augment_image(&(nn_augment){.plain = 0.25f, .rotate = 30, .shift = 2}, after, SIDE, key);
        same += memcmp(before, after, sizeof after) == 0;
    }
    assert_in_range(same, KEYS / 4 - 25, KEYS / 4 + 25);
}

/* ---- the text ---------------------------------------------------------------------------------------------------- */

static void test_texts(void **state)
{
    (void)state;
    nn_augment a;
    nn_error err = {0};
    assert_true(nn_augment_parse(&a, "rotate=10,shift=2.5", &err));
    assert_true(a.rotate == 10 && a.shift == 2.5f && a.scale == 0 && a.aspect == 0 && a.shear == 0 && a.width == 0);
    assert_true(nn_augment_parse(&a, "scale=.5,aspect=0.25,shear=0.1,width=1", &err));
    assert_true(a.scale == 0.5f && a.aspect == 0.25f && a.shear == 0.1f && a.width == 1 && a.rotate == 0);
    assert_true(nn_augment_parse(&a, "none", &err));
    assert_true(a.rotate == 0 && a.scale == 0 && a.aspect == 0 && a.shift == 0 && a.shear == 0 && a.width == 0);
    assert_true(nn_augment_parse(&a, "default", &err));
    assert_true(a.rotate > 0 && a.scale > 0 && a.shift > 0 && a.shear > 0 && a.width > 0);
}

static void test_wrong_texts_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t pos;
    } wrong[] = {{"", 0},           {"rotate", 0},     {"rotate=", 0},     {"rotate=x", 0},
                 {"rotate=-1", 0},  {"rotate=181", 0}, {"rotate=1,", 9},   {"shift=1,spin=2", 8},
                 {"width=2.01", 0}, {"shear=1e3", 0},  {"shift=1.2.3", 0}, {"Default", 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        nn_augment a;
        nn_error err = {0};
        if (nn_augment_parse(&a, wrong[i].text, &err))
            fail_msg("accepted: %s", wrong[i].text);
        assert_int_equal(err.code, NN_USAGE);
        assert_int_equal(err.pos, wrong[i].pos);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strength_zero_changes_nothing),
        cmocka_unit_test(test_same_key_same_pixels),
        cmocka_unit_test(test_shift_moves_the_centre_within_its_range),
        cmocka_unit_test(test_rotation_turns_about_the_middle),
        cmocka_unit_test(test_scale_changes_both_axes_alike),
        cmocka_unit_test(test_aspect_changes_one_axis_against_the_other),
        cmocka_unit_test(test_shear_slants_and_keeps_the_area),
        cmocka_unit_test(test_width_thickens_and_thins_strokes),
        cmocka_unit_test(test_thin_strokes_stay_bright),
        cmocka_unit_test(test_plain_leaves_its_share_alone),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_wrong_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
