/* Pictures of paper: rings around a digit, lines under it, margins, dots and the black that scanners leave are no part
 * of the digit, and by themselves nothing to read. */
#include "nn/alloc.h"
#include "support/painting.h"
#include "support/reading.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 400 };

static const colour white = {240, 240, 236, 255}, ink_colour = {30, 30, 70, 255}, blue = {140, 170, 215, 255},
                    red = {220, 100, 100, 255}, black = {15, 15, 15, 255};
static sketch scratch;
static answer read;

static void draw(int i)
{
    static digit from_ink;
    reading_draw(i, &scratch, &from_ink, &read);
}

/* Has the network read a picture, which is freed. */
static void see(pixmap picture)
{
    static digit taken;
    int look;
    reading_see(picture, &digit_defaults, &taken, &read, &look);
}

/* Lit from the left, with a little noise. */
static void photograph(pixmap *p)
{
    uint32_t dice = 1;
    for (int i = 0; i < p->w * p->h; i++)
        for (int c = 0; c < 3; c++) {
            dice = dice * 1664525u + 1013904223u;
            float light = 1 - 0.25f * (float)(i % p->w) / (float)p->w;
            float value = light * (float)p->rgba[4 * i + c] + (float)(dice >> 28) - 8;
            p->rgba[4 * i + c] = (unsigned char)fminf(255, fmaxf(0, value));
        }
}

typedef void decoration(pixmap *p);

static void ring(pixmap *p)
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            if (fabsf(hypotf((float)x - 200, (float)y - 200) - 150) < 3)
                painting_box(p, x, y, x + 1, y + 1, ink_colour);
}

static void oval(pixmap *p)
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            if (fabsf(hypotf(1.5f * ((float)x - 200), (float)y - 200) - 170) < 4)
                painting_box(p, x, y, x + 1, y + 1, ink_colour);
}

/* Of a program to draw with: larger than what is drawn. */
static void button(pixmap *p)
{
    painting_box(p, 40, 340, 300, 390, (colour){40, 90, 200, 255});
}

/* Hardly longer than the digit is high. */
static void underline(pixmap *p)
{
    painting_box(p, 111, 285, 289, 292, ink_colour);
}

static void line_below(pixmap *p)
{
    painting_box(p, 70, 300, 330, 306, ink_colour);
}

/* Of a form, with a tick for each place. */
static void comb(pixmap *p)
{
    painting_box(p, 5, 300, 395, 303, blue);
    for (int x = 5; x < SIDE; x += 130)
        painting_box(p, x, 270, x + 3, 303, blue);
}

static void lines_and_margin(pixmap *p)
{
    for (int y = 13; y < SIDE; y += 26)
        painting_box(p, 0, y, SIDE, y + 1, blue);
    painting_box(p, 40, 0, 41, SIDE, red);
    painting_box(p, 44, 0, 45, SIDE, red);
}

static void dots(pixmap *p)
{
    for (int y = 10; y < SIDE; y += 24)
        for (int x = 10; x < SIDE; x += 24)
            painting_box(p, x, y, x + 3, y + 3, (colour){150, 150, 160, 255});
}

/* Three sides of the paper, aslant as it lay in the scanner. */
static void scanner_border(pixmap *p)
{
    painting_box(p, 0, 0, SIDE, 14, black);
    painting_box(p, SIDE - 24, 0, SIDE, SIDE, black);
    for (int y = 0; y < SIDE; y++)
        painting_box(p, 0, y, 8 + y / 60, y + 1, black);
}

static void dark_corners(pixmap *p)
{
    for (int i = 0; i < p->w * p->h; i++) {
        float x = (float)(i % SIDE) / SIDE - 0.5f, y = (float)i / SIDE / SIDE - 0.5f;
        for (int c = 0; c < 3; c++)
            p->rgba[4 * i + c] = (unsigned char)((float)p->rgba[4 * i + c] * fmaxf(0.05f, 1 - 1.8f * (x * x + y * y)));
    }
}

/* Of a sheet that was folded, a little aslant and soft. */
static void fold(pixmap *p)
{
    for (int i = 0; i < SIDE * SIDE; i++) {
        float from = ((float)(i % SIDE) - 150 - 0.1f * (float)(i / SIDE)) / 7;
        for (int c = 0; c < 3; c++)
            p->rgba[4 * i + c] = (unsigned char)((float)p->rgba[4 * i + c] - 60 * expf(-from * from));
    }
}

/* Of cloth, beside the paper. */
static void coarse_edge(pixmap *p)
{
    uint32_t dice = 7;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < 70 - y / 8; x++) {
            dice = dice * 1664525u + 1013904223u;
            unsigned char level = (unsigned char)(200 + (dice >> 27));
            painting_box(p, x, y, x + 1, y + 1, (colour){level, level, level, 255});
        }
}

static void grain(pixmap *p)
{
    uint32_t dice = 3;
    for (int i = 0; i < SIDE * SIDE; i++) {
        dice = dice * 1664525u + 1013904223u;
        for (int c = 0; c < 3; c++)
            p->rgba[4 * i + c] =
                (unsigned char)((float)p->rgba[4 * i + c] - (float)(dice >> 26) * (float)i / (SIDE * SIDE));
    }
}

static decoration *const decorations[] = {
    ring, oval, button, line_below, underline, comb, lines_and_margin, dots, scanner_border, dark_corners};
enum { DECORATIONS = sizeof decorations / sizeof decorations[0] };

/* What a decoration costs of so many drawings: the comb's ticks reach into a digit. */
enum { DRAWINGS = 40, MOST_LOST = 0, MOST_LOST_IN_COMB = 3 };

static void what_is_around_a_digit_is_left_out(void **state)
{
    (void)state;
    for (int k = 0; k < DECORATIONS; k++) {
        int lost = 0;
        for (int i = 0; i < DRAWINGS; i++) {
            draw(i);
            pixmap p = painting_new(SIDE, SIDE, white);
            painting_fitted(&p, &scratch.ink, 150, 200, 200, 7, ink_colour);
            decorations[k](&p);
            photograph(&p);
            see(p);
            if (read.digit == i % 10 && !read.unsure)
                continue;
            print_message("drawing %d, decoration %d: %d at %.2f\n", i, k, read.digit, (double)read.confidence);
            lost++;
        }
        assert_in_range(lost, 0, decorations[k] == comb ? MOST_LOST_IN_COMB : MOST_LOST);
    }
}

/* A margin that fades out is longer than small digits are, many times. */
static void a_long_line_from_the_border_is_no_digit(void **state)
{
    (void)state;
    for (int d = 0; d < 10; d++) {
        draw(d);
        pixmap p = painting_new(SIDE, SIDE, white);
        painting_fitted(&p, &scratch.ink, 60, 240, 180, 4, ink_colour);
        painting_box(&p, 30, 20, 33, SIDE, ink_colour);
        photograph(&p);
        see(p);
        assert_int_equal(read.digit, d);
        assert_false(read.unsure);
    }
}

static void paper_alone_is_nothing_to_read(void **state)
{
    (void)state;
    decoration *const papers[] = {lines_and_margin, dots, dark_corners, fold, coarse_edge, grain};
    for (size_t k = 0; k < sizeof papers / sizeof papers[0]; k++) {
        pixmap p = painting_new(SIDE, SIDE, white);
        papers[k](&p);
        photograph(&p);
        see(p);
        answer_leave_out_nothing(&read);
        if (read.digit >= 0)
            print_message("paper %zu: %d at %.2f\n", k, read.digit, (double)read.confidence);
        assert_int_equal(read.digit, -1);
    }
}

/* A sheet on a table, and the rim between them, which light that grows leaves over. */
static void the_rim_of_a_sheet_is_no_stroke(void **state)
{
    (void)state;
    for (int level = 60; level <= 160; level += 20)
        for (int wide = 20; wide <= 80; wide += 4)
            for (int sides = 1; sides <= 2; sides++) {
                writing w;
                nn_error err;
                const colour table = {(unsigned char)level, (unsigned char)level, (unsigned char)level, 255};
                pixmap p = painting_new(SIDE, SIDE, white);
                painting_box(&p, 0, 0, wide, SIDE, table);
                if (sides == 2)
                    painting_box(&p, 0, SIDE - wide, SIDE, SIDE, table);
                photograph(&p);
                assert_true(writing_find(&w, &p, WRITING_DIGIT, GROUND_LIT, &err));
                assert_null(w.ink);
                nn_free(p.rgba);
            }
}

/* A strip with a bar from its upper to its lower border. In a picture that is no strip that is a fold. */
static void a_1_that_was_cut_at_both_ends_is_one(void **state)
{
    (void)state;
    for (int w = 40; w <= 200; w += 160) {
        pixmap p = painting_new(w, 200, white);
        painting_box(&p, w / 2 - 3, 0, w / 2 + 4, 200, ink_colour);
        see(p);
        assert_int_equal(read.digit, w == 40 ? 1 : -1);
    }
}

/* That is a 0. */
static void a_ring_is_none_where_nothing_is_inside(void **state)
{
    (void)state;
    pixmap p = painting_new(SIDE, SIDE, white);
    ring(&p);
    see(p);
    assert_int_equal(read.digit, 0);
}

/* Strokes inside of a ring that do not touch it: aslant they are the slash of a 0, steep ones a 1 that is ringed. */
static void a_slash_makes_a_ring_a_0(void **state)
{
    (void)state;
    for (int across = 0; across <= 60; across += 10)
        for (int round = 0; round < 2; round++) {
            pixmap p = painting_new(SIDE, SIDE, white);
            (round ? ring : oval)(&p);
            for (int i = -60; i < 60; i++) {
                int x = 200 - across * i / 60, y = 200 + i;
                painting_box(&p, x - 4, y - 4, x + 4, y + 4, ink_colour);
            }
            see(p);
            if (across >= 40)
                assert_true(read.digit == 0 || read.unsure);
            else if (across <= 20)
                assert_true(read.digit == 1 && !read.unsure);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_around_a_digit_is_left_out),
        cmocka_unit_test(a_long_line_from_the_border_is_no_digit),
        cmocka_unit_test(paper_alone_is_nothing_to_read),
        cmocka_unit_test(the_rim_of_a_sheet_is_no_stroke),
        cmocka_unit_test(a_1_that_was_cut_at_both_ends_is_one),
        cmocka_unit_test(a_slash_makes_a_ring_a_0),
        cmocka_unit_test(a_ring_is_none_where_nothing_is_inside),
    };
    return cmocka_run_group_tests_name("picture_paper", tests, reading_set_up, reading_tear_down);
}
