/* Pictures: either polarity, any size and stroke width end in nearly the image that the same strokes give as ink. */
#include "app/core/digit/picture.h"
#include "app/core/made/synth.h"
#include "nn/alloc.h"
#include "support/faults.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 300, DRAWINGS = 20 };

static sketch scratch;
static digit from_ink, from_picture;
static unsigned char luma[SIDE * SIDE], inverse[SIDE * SIDE];
static nn_error err;

static float distance(float px, float py, const ink_point *a, const ink_point *b)
{
    float dx = b->x - a->x, dy = b->y - a->y, length2 = dx * dx + dy * dy;
    float t = length2 > 0 ? fminf(1, fmaxf(0, ((px - a->x) * dx + (py - a->y) * dy) / length2)) : 0;
    return hypotf(px - a->x - t * dx, py - a->y - t * dy);
}

/* Paints made drawing number i, scaled about the middle, with strokes of `width` pixels: dark on light paper. */
static void paint(int i, float scale, float width)
{
    synth_digit(&scratch, i % 10, (uint64_t)i);
    for (int k = 0; k < scratch.ink.n_points; k++) {
        scratch.point[k].x = SIDE / 2 + scale * (scratch.point[k].x - INK_CANVAS / 2);
        scratch.point[k].y = SIDE / 2 + scale * (scratch.point[k].y - INK_CANVAS / 2);
    }
    memset(luma, 250, sizeof luma);
    for (int e = 0; e < scratch.ink.n_entries; e++)
        for (int k = 0; k + 1 < scratch.entry[e].count; k++) {
            const ink_point *p = scratch.point + scratch.entry[e].first + k;
            for (int at = 0; at < SIDE * SIDE; at++) {
                float d = distance((float)(at % SIDE) + 0.5f, (float)(at / SIDE) + 0.5f, p, p + 1);
                unsigned char level = (unsigned char)(250 - 230 * fminf(1, fmaxf(0, width / 2 + 0.5f - d)));
                luma[at] = level < luma[at] ? level : luma[at];
            }
        }
    for (int at = 0; at < SIDE * SIDE; at++)
        inverse[at] = (unsigned char)(255 - luma[at]);
}

static float mean_difference(const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        sum += fabs((double)a[i] - (double)b[i]);
    return (float)(sum / DIGIT_PIXELS);
}

static void a_picture_reads_like_its_ink(void **state)
{
    (void)state;
    static const struct {
        float scale, width, most;
    } cases[] = {{0.5f, 5, 0.02f}, {0.5f, 10, 0.03f}, {0.25f, 4, 0.03f}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        float sum = 0;
        for (int i = 0; i < DRAWINGS; i++) {
            paint(i, cases[c].scale, cases[c].width);
            digit_from_ink(&from_ink, &scratch.ink, &digit_defaults);
            assert_true(picture_read(&from_picture, luma, SIDE, SIDE, &digit_defaults, &err));
            assert_false(from_picture.empty);
            sum += mean_difference(from_ink.image, from_picture.image);
        }
        assert_true(sum / DRAWINGS < cases[c].most);
        assert_true(sum > 0);
    }
}

static void light_on_dark_is_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        paint(i, 0.5f, 8);
        assert_true(picture_read(&from_ink, luma, SIDE, SIDE, &digit_defaults, &err));
        assert_true(picture_read(&from_picture, inverse, SIDE, SIDE, &digit_defaults, &err));
        assert_true(mean_difference(from_ink.image, from_picture.image) < 1e-3f);
        assert_memory_equal(from_ink.box, from_picture.box, sizeof from_ink.box);
    }
}

static void the_width_can_be_left_alone(void **state)
{
    (void)state;
    digit_options options = digit_defaults;
    options.width = false;
    paint(0, 0.5f, 20);
    assert_true(picture_read(&from_ink, luma, SIDE, SIDE, &digit_defaults, &err));
    assert_true(picture_read(&from_picture, luma, SIDE, SIDE, &options, &err));
    double thin = 0, thick = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        thin += from_ink.image[i];
        thick += from_picture.image[i];
    }
    assert_true(thick > 1.2 * thin);
}

static void even_pictures_are_empty(void **state)
{
    (void)state;
    for (int level = 0; level < 256; level += 51) {
        memset(luma, level, sizeof luma);
        assert_true(picture_read(&from_picture, luma, SIDE, SIDE, &digit_defaults, &err));
        assert_true(from_picture.empty);
    }
    for (int i = 0; i < SIDE * SIDE; i++)
        luma[i] = (unsigned char)(200 + i * 7 % 11); /* noise is no ink */
    assert_true(picture_read(&from_picture, luma, SIDE, SIDE, &digit_defaults, &err));
    assert_true(from_picture.empty);
}

static void mnists_own_form_is_taken_as_it_is(void **state)
{
    (void)state;
    unsigned char image[DIGIT_PIXELS] = {0};
    for (int y = 3; y < 12; y++)
        for (int x = 5; x < 9; x++)
            image[y * DIGIT_SIDE + x] = (unsigned char)(20 * y + x);
    assert_true(picture_read(&from_picture, image, DIGIT_SIDE, DIGIT_SIDE, &digit_defaults, &err));
    assert_false(from_picture.empty);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        assert_float_equal(from_picture.image[i], (float)image[i] / 255, 1e-6);
    image[0] = 90; /* no black border: a picture like any other */
    assert_true(picture_read(&from_picture, image, DIGIT_SIDE, DIGIT_SIDE, &digit_defaults, &err));
    assert_true(fabsf(from_picture.image[0] - 90.0f / 255) > 0.1f);
}

static void odd_sizes_are_read(void **state)
{
    (void)state;
    for (int w = 1; w < 40; w += 6)
        for (int h = 1; h < 40; h += 6) {
            memset(luma, 255, (size_t)(w * h));
            luma[h / 2 * w + w / 2] = 0;
            assert_true(picture_read(&from_picture, luma, w, h, &digit_defaults, &err));
            for (int i = 0; i < DIGIT_PIXELS; i++)
                assert_true(from_picture.image[i] >= 0 && from_picture.image[i] <= 1);
        }
    assert_true(picture_read(&from_picture, luma, 0, 0, &digit_defaults, &err));
    assert_true(from_picture.empty);
}

static void a_large_picture_is_read(void **state)
{
    (void)state;
    enum { LARGE = 4000 };
    unsigned char *large = nn_alloc(LARGE * LARGE, 1);
    assert_non_null(large);
    memset(large, 240, (size_t)LARGE * LARGE);
    for (int y = 1000; y < 3000; y++)
        memset(large + (size_t)y * LARGE + 700, 10, 200);
    assert_true(picture_read(&from_picture, large, LARGE, LARGE, &digit_defaults, &err));
    nn_free(large);
    assert_float_equal(from_picture.box[0], 700, 0);
    assert_float_equal(from_picture.box[3], 2000, 0);
    float across = 0;
    for (int i = 0; i < DIGIT_SIDE; i++)
        across += from_picture.image[14 * DIGIT_SIDE + i];
    assert_float_equal(across, DIGIT_PEN, 0.2);
}

/* ---- photos ------------------------------------------------------------------------------------------------------ */

/* Share of the full light at a place of the paper, 0..1 across and down. */
typedef float light(float x, float y);

static float from_the_left(float x, float y)
{
    (void)y;
    return 1 - 0.65f * x;
}

static float hard_shadow(float x, float y)
{
    return x + 0.4f * y < 0.7f ? 1 : 0.5f;
}

static float soft_shadow(float x, float y)
{
    return 0.45f + 0.55f / (1 + expf(-25 * (x - 0.5f + 0.3f * y)));
}

static float vignette(float x, float y)
{
    return 1 - 1.1f * ((x - 0.5f) * (x - 0.5f) + (y - 0.5f) * (y - 0.5f));
}

/* The painted picture in that light, with the noise of a camera. */
static void take_photo(light *falls)
{
    uint32_t noise = 1;
    for (int i = 0; i < SIDE * SIDE; i++) {
        noise = noise * 1664525u + 1013904223u;
        float share = falls((float)(i % SIDE) / SIDE, (float)(i / SIDE) / SIDE);
        luma[i] = (unsigned char)(share * (float)(luma[i] < 240 ? luma[i] : 240) + (float)(noise >> 28));
    }
}

static void photos_in_uneven_light_are_read_as_in_even_light(void **state)
{
    (void)state;
    light *const lights[] = {from_the_left, hard_shadow, soft_shadow, vignette};
    for (int i = 0; i < 5; i++) {
        static digit even;
        static unsigned char painted[sizeof luma];
        paint(2 * i, 0.4f, 7);
        memcpy(painted, luma, sizeof luma);
        assert_true(picture_read(&even, luma, SIDE, SIDE, &digit_defaults, &err));
        for (size_t k = 0; k < sizeof lights / sizeof lights[0]; k++) {
            memcpy(luma, painted, sizeof luma);
            take_photo(lights[k]);
            assert_true(picture_read(&from_picture, luma, SIDE, SIDE, &digit_defaults, &err));
            assert_true(mean_difference(even.image, from_picture.image) < 0.02f);
            for (int side = 0; side < 4; side++)
                assert_float_equal(even.box[side], from_picture.box[side], 2);
        }
    }
}

static void specks_and_a_dark_table_are_no_writing(void **state)
{
    (void)state;
    static digit even;
    paint(4, 0.4f, 7);
    assert_true(picture_read(&even, luma, SIDE, SIDE, &digit_defaults, &err));
    for (int k = 0; k < 3; k++) /* dust */
        memset(luma + (20 + 90 * k) * SIDE + 15 + 120 * k, 60, 2);
    for (int y = 0; y < SIDE; y++) /* a pencil at the edge */
        memset(luma + y * SIDE, 30, 6);
    take_photo(from_the_left);
    assert_true(picture_read(&from_picture, luma, SIDE, SIDE, &digit_defaults, &err));
    assert_true(mean_difference(even.image, from_picture.image) < 0.02f);
}

static void empty_paper_in_uneven_light_is_empty(void **state)
{
    (void)state;
    light *const lights[] = {from_the_left, soft_shadow, vignette};
    for (size_t k = 0; k < sizeof lights / sizeof lights[0]; k++) {
        memset(luma, 240, sizeof luma);
        take_photo(lights[k]);
        assert_true(picture_read(&from_picture, luma, SIDE, SIDE, &digit_defaults, &err));
        assert_true(from_picture.empty);
    }
}

static bool read_once(void *ctx, nn_error *error)
{
    (void)ctx;
    return picture_read(&from_picture, luma, SIDE, SIDE, &digit_defaults, error);
}

static void out_of_memory_is_said(void **state)
{
    (void)state;
    paint(3, 0.5f, 8);
    assert_true(faults_try_all("picture_read", &(fault_case){.run = read_once}) > 0);
    take_photo(hard_shadow);
    assert_true(faults_try_all("picture_read of a photo", &(fault_case){.run = read_once}) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_reads_like_its_ink),
        cmocka_unit_test(light_on_dark_is_the_same),
        cmocka_unit_test(the_width_can_be_left_alone),
        cmocka_unit_test(even_pictures_are_empty),
        cmocka_unit_test(mnists_own_form_is_taken_as_it_is),
        cmocka_unit_test(odd_sizes_are_read),
        cmocka_unit_test(photos_in_uneven_light_are_read_as_in_even_light),
        cmocka_unit_test(specks_and_a_dark_table_are_no_writing),
        cmocka_unit_test(empty_paper_in_uneven_light_is_empty),
        cmocka_unit_test(a_large_picture_is_read),
        cmocka_unit_test(out_of_memory_is_said),
    };
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
