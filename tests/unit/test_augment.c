/* test_augment.c - random changes of images: off means untouched, the same key the same pixels, and each does what
 * its name says. */
#include "nn/augment.h"
#include "support/nets.h"
#include <locale.h>
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
    assert_true(nn_augment_parse(&all, "default,elastic=1,blur=0.5,noise=0.1,cutout=6,plain=0", &err));
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

/* The ink's mean brightness, weighted by itself: what a thin pen must not lose. */
static void test_thin_strokes_stay_bright(void **state)
{
    (void)state;
    int thinned = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        float image[PIXELS], sum = 0, squares = 0;
        bar(image, 3, 14);
        nn_augment_image(&(nn_augment){.width = 0.9f}, image, SIDE, key);
        for (int i = 0; i < PIXELS; i++) {
            sum += image[i];
            squares += image[i] * image[i];
        }
        thinned += sum < 3 * 14;
        assert_true(sum >= 3 * 14 || squares / sum > 0.94f * 0.8333f); /* the bar has 1/2, 1, 1, 1/2 across */
    }
    assert_in_range(thinned, KEYS / 3, KEYS * 2 / 3);
}

static void test_elastic_bends_smoothly(void **state)
{
    (void)state;
    float before[PIXELS], after[PIXELS];
    moments from = original();
    double moved = 0;
    bar(before, 5, 14);
    for (uint64_t key = 0; key < KEYS; key++) {
        moments m = changed(&(nn_augment){.elastic = 1.4f}, key);
        assert_true(fabs(m.mass - from.mass) < 0.8 * from.mass);
        assert_true(fabs(m.x - from.x) < 3 && fabs(m.y - from.y) < 3);
        memcpy(after, before, sizeof after);
        nn_augment_image(&(nn_augment){.elastic = 1.4f}, after, SIDE, key);
        assert_memory_not_equal(after, before, sizeof after);
        for (int i = 0; i < PIXELS; i++)
            moved += fabs((double)(after[i] - before[i]));
        for (int x = 0; x < SIDE; x++) /* no tears: a column through the bar is lit without gaps */
            for (int y = 1; x == 13 && y + 1 < SIDE; y++)
                assert_false(after[(y - 1) * SIDE + x] > 0.9f && after[y * SIDE + x] < 0.1f &&
                             after[(y + 1) * SIDE + x] > 0.9f);
    }
    assert_true(moved / KEYS > 0.1 * from.mass && moved / KEYS < 1.0 * from.mass);
}

/* A displacement with a root mean square of s pixels moves a point of the middle by that on average over many keys,
 * whose own strengths are uniform: s / sqrt(3) in each coordinate. */
static void test_elastic_has_its_strength(void **state)
{
    (void)state;
    enum { MANY = 2000 };
    double sum = 0;
    for (uint64_t key = 0; key < MANY; key++) {
        float image[PIXELS];
        bar(image, 2, 2);
        nn_augment_image(&(nn_augment){.elastic = 1.4f}, image, SIDE, key);
        moments m = measure(image);
        sum += pow(m.x - 13.5, 2) + pow(m.y - 13.5, 2);
    }
    assert_true(fabs(sqrt(sum / MANY / 2) - 1.4 / sqrt(3)) < 0.12);
}

static void test_blur_spreads_and_keeps_mass_and_place(void **state)
{
    (void)state;
    moments from = original();
    double most = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        moments m = changed(&(nn_augment){.blur = 1.5f}, key);
        assert_true(fabs(m.mass - from.mass) < 1e-3 * from.mass);
        assert_true(fabs(m.x - from.x) < 1e-3 && fabs(m.y - from.y) < 1e-3);
        assert_true(m.xx > from.xx - 1e-3 && m.xx < from.xx + 1.5 * 1.5 + 0.01); /* variances add up */
        most = fmax(most, m.xx - from.xx);
    }
    assert_true(most > 1.8);
}

static void test_noise_has_its_deviation_and_no_bias(void **state)
{
    (void)state;
    double sum = 0, squares = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        float image[PIXELS];
        for (int i = 0; i < PIXELS; i++)
            image[i] = 0.5f;
        nn_augment_image(&(nn_augment){.noise = 0.15f}, image, SIDE, key);
        for (int i = 0; i < PIXELS; i++) {
            double off = (double)image[i] - 0.5;
            assert_true(fabs(off) <= 0.5);
            sum += off, squares += off * off;
        }
    }
    assert_true(fabs(sum / (KEYS * PIXELS)) < 2e-3);
    assert_true(fabs(sqrt(squares / (KEYS * PIXELS)) - 0.15 / sqrt(3)) < 0.01); /* strengths are uniform up to 0.15 */
}

static void test_cutout_blanks_one_square(void **state)
{
    (void)state;
    int largest = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        float image[PIXELS];
        int left = SIDE, right = -1, top = SIDE, bottom = -1, holes = 0;
        for (int i = 0; i < PIXELS; i++)
            image[i] = 1;
        nn_augment_image(&(nn_augment){.cutout = 10}, image, SIDE, key);
        for (int i = 0; i < PIXELS; i++)
            if (image[i] == 0) {
                int x = i % SIDE, y = i / SIDE;
                left = x < left ? x : left, right = x > right ? x : right;
                top = y < top ? y : top, bottom = y > bottom ? y : bottom;
                holes++;
            } else {
                assert_true(image[i] == 1);
            }
        assert_int_equal(holes, holes ? (right - left + 1) * (bottom - top + 1) : 0);
        assert_true(right - left < 11 && bottom - top < 11);
        largest = right - left + 1 > largest ? right - left + 1 : largest;
    }
    assert_true(largest >= 9);
}

/* All of them at once, on every side that there may be: in range, and nothing outside of the image is touched. */
static void test_every_size(void **state)
{
    (void)state;
    nn_augment all;
    nn_error err = {0};
    static float image[NN_AUGMENT_MAX_SIDE * NN_AUGMENT_MAX_SIDE + 1];
    assert_true(nn_augment_parse(&all,
                                 "width=2,rotate=180,scale=0.9,aspect=0.9,shift=28,shear=2,elastic=4,blur=3,"
                                 "noise=1,cutout=28",
                                 &err));
    for (int side = 1; side <= NN_AUGMENT_MAX_SIDE; side++)
        for (uint64_t key = 0; key < 10; key++) {
            uint64_t seed = key;
            random_fill(&seed, image, (size_t)(side * side), 0, 1);
            image[side * side] = 7;
            nn_augment_image(&all, image, side, key);
            for (int i = 0; i < side * side; i++)
                assert_true(image[i] >= 0 && image[i] <= 1.00001f);
            assert_true(image[side * side] == 7);
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

static void test_a_preset_can_be_changed(void **state)
{
    (void)state;
    nn_augment preset, a;
    nn_error err = {0};
    assert_true(nn_augment_parse(&preset, "default", &err));
    assert_true(nn_augment_parse(&a, "default,rotate=0,elastic=1,elastic=2", &err));
    assert_true(a.rotate == 0 && a.elastic == 2 && a.shift == preset.shift && a.width == preset.width);
}

/* Every strength, as small as it may be, and where numbers have a comma. */
static void test_what_is_printed_is_read(void **state)
{
    (void)state;
    for (int comma = 0; comma < 2; comma++) {
        if (comma && !setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "de_DE"))
            break;
        for (int i = 0; i < 40; i++) {
            nn_augment a = {.rotate = 150 * powf(0.5f, (float)i), .noise = powf(0.47f, (float)i)}, read;
            char text[NN_AUGMENT_TEXT];
            nn_error err = {0};
            if (!nn_augment_parse(&read, nn_augment_print(&a, text), &err))
                fail_msg("%s: %s", text, err.text);
            assert_float_equal(read.rotate, a.rotate, 1e-6f * a.rotate + 1e-12f);
            assert_float_equal(read.noise, a.noise, 1e-6f * a.noise + 1e-12f);
        }
    }
    setlocale(LC_ALL, "C");
}

static void test_print_and_parse_agree(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "none", "rotate=10", "plain=0.25,width=2,cutout=3.5",
        "plain=1,width=2,rotate=180,scale=0.9,aspect=0.9,shift=28,shear=2,elastic=4,blur=3,noise=1,cutout=28"};
    nn_augment a, again;
    nn_error err = {0};
    char text[NN_AUGMENT_TEXT];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_true(nn_augment_parse(&a, texts[i], &err));
        assert_string_equal(nn_augment_print(&a, text), texts[i]);
    }
    assert_true(nn_augment_parse(&a, "default,rotate=10.0123,noise=.0625", &err));
    assert_true(nn_augment_parse(&again, nn_augment_print(&a, text), &err));
    assert_memory_equal(&a, &again, sizeof a);
}

static void test_wrong_texts_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t pos;
    } wrong[] = {{"", 0},
                 {"rotate", 0},
                 {"rotate=", 0},
                 {"rotate=x", 0},
                 {"rotate=-1", 0},
                 {"rotate=181", 0},
                 {"rotate=1,", 9},
                 {"shift=1,spin=2", 8},
                 {"width=2.01", 0},
                 {"shear=1e3", 0},
                 {"shift=1.2.3", 0},
                 {"Default", 0},
                 {"=1", 0},
                 {"rot=1", 0},
                 {"rotates=1", 0},
                 {"shift=1,default", 8},
                 {"none,shift=1", 0},
                 {"default,", 8},
                 {"blur=3.1", 0},
                 {"noise=1,cutout=29", 8}};
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
        cmocka_unit_test(test_elastic_bends_smoothly),
        cmocka_unit_test(test_elastic_has_its_strength),
        cmocka_unit_test(test_blur_spreads_and_keeps_mass_and_place),
        cmocka_unit_test(test_noise_has_its_deviation_and_no_bias),
        cmocka_unit_test(test_cutout_blanks_one_square),
        cmocka_unit_test(test_every_size),
        cmocka_unit_test(test_plain_leaves_its_share_alone),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_a_preset_can_be_changed),
        cmocka_unit_test(test_print_and_parse_agree),
        cmocka_unit_test(test_what_is_printed_is_read),
        cmocka_unit_test(test_wrong_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
