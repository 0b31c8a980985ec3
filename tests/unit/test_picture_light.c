/* Photographs of paper and boards, in any light: what lies beside a digit is no part of it, and several are noticed. */
#include "app/ui/kit/picture_file.h"
#include "nn/alloc.h"
#include "support/painting.h"
#include "support/reading.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <cmocka.h>

enum { SIDE = 300, DRAWINGS = 20 };

static const colour white = {250, 250, 250, 255}, black = {20, 20, 20, 255};
static sketch scratch;
static digit from_ink, from_picture;
static answer read;
static int taken; /* of the looks */
static nn_error err;

static void draw(int i)
{
    reading_draw(i, &scratch, &from_ink, &read);
}

/* Has the network read a picture, which is freed. */
static void see(pixmap picture)
{
    reading_see(picture, &digit_defaults, &from_picture, &read, &taken);
}

/* Of that drawing, dark on light, scaled about the middle, with strokes of `width` pixels. */
static pixmap paint(int i, float scale, float width)
{
    draw(i);
    pixmap p = painting_new(SIDE, SIDE, white);
    float middle = 0.5f * SIDE - 0.5f * INK_CANVAS * scale;
    painting_strokes(&p, &scratch.ink, scale, middle, middle, width, black);
    return p;
}

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

static float full_light(float x, float y)
{
    (void)x, (void)y;
    return 1;
}

/* The picture in that light, with noise of so many levels. */
static pixmap photograph_loud(pixmap p, light *falls, uint32_t levels)
{
    uint32_t noise = 1;
    for (int i = 0; i < p.w * p.h; i++) {
        float share = falls((float)(i % p.w) / (float)p.w, (float)(i / p.w) / (float)p.h);
        for (int c = 0; c < 3; c++) {
            noise = noise * 1664525u + 1013904223u;
            unsigned char *level = p.rgba + 4 * i + c;
            *level = (unsigned char)(share * (float)(*level < 256 - levels ? *level : 256 - levels) +
                                     (float)((noise >> 16) * levels >> 16));
        }
    }
    return p;
}

/* With the noise of a camera. */
static pixmap photograph(pixmap p, light *falls)
{
    return photograph_loud(p, falls, 16);
}

static light *const lights[] = {full_light, from_the_left, hard_shadow, soft_shadow, vignette};
enum { LIGHTS = sizeof lights / sizeof lights[0] };

/* Whether what was just read is the digit as `even` has it, but for a few pixels at the edges: one may be read with strokes of their own width, the other with the pen. */
static bool is_the_same(const digit *even, int wanted)
{
    bool same = read.digit == wanted && !read.unsure && reading_difference(even->image, from_picture.image) < 0.035f;
    for (int side = 0; side < 4; side++)
        same = same && fabsf(even->box[side] - from_picture.box[side]) <= 3;
    return same;
}

/* Nor is any a sure answer to what the edge of a shadow left of it. */
static void photos_in_uneven_light_are_read_as_in_even_light(void **state)
{
    (void)state;
    enum { PHOTOGRAPHED = 60, MOST_OTHERS = PHOTOGRAPHED * LIGHTS / 200 };
    int others = 0;
    for (int i = 0; i < PHOTOGRAPHED; i++) {
        see(paint(i, 0.4f, 7));
        digit even = from_picture;
        for (int k = 0; k < LIGHTS; k++) {
            see(photograph(paint(i, 0.4f, 7), lights[k]));
            assert_true(read.digit == i % 10 || read.unsure);
            others += !is_the_same(&even, i % 10);
        }
    }
    print_message("%d of %d photographs are read otherwise\n", others, PHOTOGRAPHED * LIGHTS);
    assert_true(others <= MOST_OTHERS);
}

static void chalk_on_an_uneven_board_is_read(void **state)
{
    (void)state;
    const colour chalk = {215, 215, 210, 255}, board = {45, 65, 55, 255};
    for (int i = 0; i < 60; i++)
        for (int k = 0; k < LIGHTS; k++) {
            draw(i);
            pixmap p = painting_new(SIDE, SIDE, board);
            painting_strokes(&p, &scratch.ink, 0.4f, 30, 30, 8, chalk);
            see(photograph(p, lights[k]));
            assert_int_equal(read.digit, i % 10);
            assert_false(read.unsure);
        }
}

/* The more pixels, the more noise: in a smaller picture there is less of it. The eye sees the digit, and that there is none. */
static void much_noise_hides_no_digit(void **state)
{
    (void)state;
    enum { LEVELS = 52, DRAWN = 40, MOST_LOST = 3 * DRAWN / 40 };
    const colour board = {60, 60, 60, 255};
    int lost = 0;
    for (int i = 0; i < DRAWN; i++)
        for (int k = 0; k < 3; k++) {
            draw(i);
            light *const falls = (light *const[]){full_light, soft_shadow, vignette}[k];
            see(photograph_loud(painting_new(SIDE, SIDE, board), falls, LEVELS));
            assert_int_equal(read.digit, -1);
            pixmap p = painting_new(SIDE, SIDE, board);
            painting_strokes(&p, &scratch.ink, 0.4f, 30, 30, 8, (colour){255, 255, 255, 255});
            see(photograph_loud(p, falls, LEVELS));
            assert_true(read.digit == i % 10 || read.unsure);
            lost += read.digit != i % 10;
        }
    print_message("%d of %d digits are lost in the noise\n", lost, 3 * DRAWN);
    assert_true(lost <= MOST_LOST);
}

/* What is added to the picture of a digit. */
typedef void addition(pixmap *p);

static void add_specks(pixmap *p)
{
    for (int k = 0; k < 3; k++)
        painting_box(p, 15 + 120 * k, 20 + 90 * k, 17 + 120 * k, 22 + 90 * k, black);
}

static void add_bar(pixmap *p)
{
    painting_box(p, 0, 0, SIDE, 14, black);
}

static void add_table(pixmap *p)
{
    painting_box(p, 0, 0, 40, SIDE, (colour){90, 60, 40, 255});
}

static void add_finger(pixmap *p)
{
    for (int y = 0; y < 60; y++)
        painting_box(p, 100 - y / 2, SIDE - 60 + y, 140 + y / 2, SIDE - 59 + y, (colour){190, 130, 110, 255});
}

static void add_rule(pixmap *p)
{
    for (int y = 11; y < SIDE; y += 20)
        painting_box(p, 0, y, SIDE, y + 1, (colour){90, 120, 190, 255});
}

static void add_squares(pixmap *p)
{
    add_rule(p);
    for (int x = 7; x < SIDE; x += 20)
        painting_box(p, x, 0, x + 1, SIDE, (colour){110, 110, 110, 255});
}

static void add_corners(pixmap *p)
{
    for (int y = 0; y < SIDE; y++) {
        int from_end = y < SIDE / 2 ? y : SIDE - 1 - y, cut = 40 - from_end;
        if (cut > 0) {
            painting_box(p, 0, y, cut, y + 1, black);
            painting_box(p, SIDE - cut, y, SIDE, y + 1, black);
        }
    }
}

static void add_ring(pixmap *p)
{
    painting_frame(p, 1 + SIDE / 40, black);
}

/* Of a program to paint with, or print. */
static void add_buttons(pixmap *p)
{
    for (int k = 0; k < 9; k++)
        painting_box(p, 20 + 22 * k, 12, 34 + 22 * k, 26, k % 2 ? black : (colour){60, 120, 60, 255});
}

static void what_lies_beside_is_left_out(void **state)
{
    (void)state;
    addition *const additions[] = {add_specks,  add_bar,     add_table, add_finger, add_rule,
                                   add_squares, add_corners, add_ring,  add_buttons};
    for (int i = 0; i < 10; i++) {
        see(paint(i, 0.35f, 7));
        digit alone = from_picture;
        for (size_t k = 0; k < sizeof additions / sizeof additions[0]; k++)
            for (int lit = 0; lit < 2; lit++) {
                pixmap p = paint(i, 0.35f, 7);
                additions[k](&p);
                see(lit ? photograph(p, from_the_left) : p);
                if (read.digit != i)
                    print_message("digit %d, addition %zu, %s\n", i, k, lit ? "in uneven light" : "clean");
                assert_true(is_the_same(&alone, i));
            }
    }
}

static void add_grid(pixmap *p, int first, int step, bool both, colour with)
{
    for (int at = first; at < p->w; at += step) {
        painting_box(p, 0, at, p->w, at + 1, with);
        if (both)
            painting_box(p, at, 0, at + 1, p->h, with);
    }
}

/* A picture as a camera's file has it; frees it. */
static pixmap through_jpeg(pixmap p, int quality)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long len = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &len);
    jpeg.image_width = (JDIMENSION)p.w;
    jpeg.image_height = (JDIMENSION)p.h;
    jpeg.input_components = 4;
    jpeg.in_color_space = JCS_EXT_RGBA;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < p.h; y++) {
        unsigned char *row = p.rgba + 4 * (ptrdiff_t)y * p.w;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    nn_free(p.rgba);
    assert_true(picture_file_decode(&p, data, len, &err));
    free(data);
    return p;
}

/* Nothing is left of lines that are now above, now below what counts as ink. */
static void pale_squares_are_left_out(void **state)
{
    (void)state;
    enum { PAPER = 600, STEP = 24 };
    for (int i = 0; i < DRAWINGS; i++) {
        draw(i);
        pixmap p = painting_new(PAPER, PAPER, white);
        add_grid(&p, 10, STEP, true, (colour){150, 180, 210, 255});
        painting_fitted(&p, &scratch.ink, PAPER / 2, PAPER / 2, PAPER / 2, 8, black);
        see(through_jpeg(p, 80));
        assert_int_equal(read.digit, i % 10);
        assert_false(read.unsure);
    }
}

/* Looked at closely it has a line or two above and below, which are then as thick as a stroke. */
static void small_writing_on_ruled_paper_is_read(void **state)
{
    (void)state;
    enum { PAPER = 900, STEP = 60, HIGH = 55 };
    for (int i = 0; i < 10; i++) {
        draw(i);
        pixmap p = painting_new(PAPER, PAPER, white);
        for (int k = 0; k < 2; k++)
            add_grid(&p, 20 + k, STEP, false, (colour){150, 180, 220, 255});
        painting_fitted(&p, &scratch.ink, HIGH, 300 + 10 * (float)i, 20 + 5.5f * STEP, 5, black);
        see(photograph(p, from_the_left));
        assert_int_equal(read.digit, i % 10);
        assert_false(read.unsure);
    }
}

/* The border is not the paper. */
static void a_photo_pasted_on_another_colour_is_read(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        const colour grounds[] = {{255, 255, 255, 255}, {0, 0, 0, 255}, {0, 0, 0, 0}, {120, 60, 30, 255}};
        for (int k = 0; k < 4; k++) {
            pixmap sheet = photograph(paint(i, 0.4f, 7), full_light), p = painting_new(500, 500, grounds[k]);
            for (int y = 0; y < SIDE; y++)
                memcpy(p.rgba + 4 * ((80 + y) * 500 + 120), sheet.rgba + (ptrdiff_t)4 * SIDE * y, (size_t)4 * SIDE);
            nn_free(sheet.rgba);
            see(p);
            assert_int_equal(read.digit, i);
            assert_false(read.unsure);
        }
    }
}

/* Before a webcam, in a room: a body and a head are around the sheet, and the border is none of it. */
static void a_sheet_that_is_held_up_is_read(void **state)
{
    const colour coat = {40, 45, 70, 255}, skin = {190, 150, 125, 255};
    int unsure = 0;
    (void)state;
    for (int i = 0; i < 30; i++) {
        pixmap p = painting_new(400, 320, skin);
        for (int k = 0; k < 80; k++) { /* a wall with things on it */
            unsigned char level = (unsigned char)(90 + (unsigned)(k + 80 * i) * 2654435761u % 90);
            painting_box(&p, k % 10 * 40, k / 10 * 40, k % 10 * 40 + 40, k / 10 * 40 + 40,
                         (colour){level, level, level, 255});
        }
        painting_box(&p, 80, 130, 315, 290, coat);
        painting_box(&p, 150, 0, 240, 100, skin);
        for (int y = 0; y < 160; y++) /* it is not held quite upright */
            painting_box(&p, 110 + y / 14, 100 + y, 280 - y / 20, 101 + y, white);
        draw(i % 10);
        bool one = i < 20;
        for (int k = 0; k < 2 - one; k++)
            painting_fitted(&p, &scratch.ink, one ? 90 : 60, one ? 195 : 160 + 70 * (float)k, 180, 6, black);
        see(photograph(p, full_light));
        assert_true(read.digit == i % 10 || read.unsure);
        assert_true(one || read.unsure); /* there are two */
        unsure += one && read.unsure;
    }
    assert_true(unsure <= 1);
}

/* Light on dark on white, as a figure has images of a data set. */
static void tiles_are_several_digits(void **state)
{
    enum { TILE = 100, GAP = 10 };
    (void)state;
    for (int i = 0; i < 10; i++)
        for (int count = 1; count <= 2; count++) {
            pixmap p = painting_new(GAP + 2 * (TILE + GAP), TILE + 2 * GAP, white);
            for (int k = 0; k < count; k++) {
                int x = GAP + k * (TILE + GAP);
                draw((i + k) % 10);
                painting_box(&p, x, GAP, x + TILE, GAP + TILE, black);
                painting_fitted(&p, &scratch.ink, 70, (float)(x + TILE / 2), GAP + TILE / 2, 8, white);
            }
            see(p);
            assert_true(read.digit >= 0);
            assert_true(read.unsure || count == 1);
        }
}

static void empty_paper_is_empty_in_any_light(void **state)
{
    (void)state;
    for (int k = 0; k < LIGHTS; k++) {
        see(photograph(painting_new(SIDE, SIDE, white), lights[k]));
        assert_int_equal(read.digit, -1);
    }
}

static void several_digits_are_noticed(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        picture_looks found;
        looks_read looks;
        for (int count = 1; count <= 3; count++) {
            pixmap p = painting_new(count * SIDE / 2, SIDE / 2, white);
            for (int k = 0; k < count; k++) {
                draw((i + k) % 10);
                painting_fitted(&p, &scratch.ink, 100, SIDE / 4 + (float)(k * SIDE / 2), SIDE / 4, 8, black);
            }
            assert_true(picture_find(&found, &p, &err));
            assert_true(recogniser_read_picture(network, &found, &digit_defaults, &from_picture, &read, &looks, &err));
            assert_int_equal(found.several, count > 1);
            assert_true(read.unsure || count == 1);
            picture_free(&found);
            nn_free(p.rgba);
        }
    }
}

/* Small writing is looked at closely; what lies out of that look is still there. */
static void another_digit_far_away_is_noticed(void **state)
{
    (void)state;
    for (int count = 1; count <= 2; count++) {
        pixmap p = painting_new(4 * SIDE, SIDE, white);
        picture_looks found;
        draw(3);
        for (int k = 0; k < count; k++)
            painting_fitted(&p, &scratch.ink, 60, SIDE / 2 + (float)(3 * k * SIDE), SIDE / 2, 6, black);
        assert_true(picture_find(&found, &p, &err));
        assert_int_equal(found.several, count > 1);
        picture_free(&found);
        nn_free(p.rgba);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(photos_in_uneven_light_are_read_as_in_even_light),
        cmocka_unit_test(chalk_on_an_uneven_board_is_read),
        cmocka_unit_test(much_noise_hides_no_digit),
        cmocka_unit_test(what_lies_beside_is_left_out),
        cmocka_unit_test(pale_squares_are_left_out),
        cmocka_unit_test(small_writing_on_ruled_paper_is_read),
        cmocka_unit_test(a_photo_pasted_on_another_colour_is_read),
        cmocka_unit_test(a_sheet_that_is_held_up_is_read),
        cmocka_unit_test(tiles_are_several_digits),
        cmocka_unit_test(empty_paper_is_empty_in_any_light),
        cmocka_unit_test(several_digits_are_noticed),
        cmocka_unit_test(another_digit_far_away_is_noticed),
    };
    return cmocka_run_group_tests_name("picture_light", tests, reading_set_up, reading_tear_down);
}
