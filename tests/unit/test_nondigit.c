/* test_nondigit.c - drawings that are no digit: the same from the same key, of every kind, none empty, wild or cut
 * off. */
#include "app/core/made/nondigit.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static sketch drawn, other;

static void the_glyphs_are_well_formed(void **state)
{
    (void)state;
    int of_kind[NONDIGIT_KINDS] = {0};
    for (int g = 0; g < nondigit_n_glyphs; g++) {
        const synth_glyph *glyph = &nondigit_glyphs[g];
        int n = 0;
        assert_in_range(glyph->digit, NONDIGIT_GLYPH, NONDIGIT_GLYPH + NONDIGIT_SIGN);
        assert_true(glyph->weight > 0 && glyph->knot[0].kind == SYNTH_DOWN);
        for (const synth_knot *k = glyph->knot; k->kind != SYNTH_END; k++, n++)
            assert_true(k->x >= -20 && k->x <= 80 && k->y >= -20 && k->y <= 120);
        assert_in_range(n, 2, SYNTH_MAX_KNOTS);
        of_kind[glyph->digit - NONDIGIT_GLYPH]++;
    }
    assert_true(of_kind[NONDIGIT_LETTER] >= 30 && of_kind[NONDIGIT_SIGN] >= 20);
}

static void same_key_same_image(void **state)
{
    (void)state;
    memset(&other, 0x5a, sizeof other);
    for (uint64_t key = 0; key < 300; key++) {
        float a[DIGIT_PIXELS], b[DIGIT_PIXELS];
        nondigit_image(a, key, &drawn);
        nondigit_image(b, key, &other);
        assert_memory_equal(a, b, sizeof a);
        nondigit_image(b, key + 5000, &other);
        if (drawn.ink.n_points > 1 || other.ink.n_points > 1) /* two lone dots are alike */
            assert_memory_not_equal(a, b, sizeof a);
    }
}

static void all_kinds_are_sane(void **state)
{
    (void)state;
    for (int kind = 0; kind < NONDIGIT_KINDS; kind++)
        for (uint64_t key = 0; key < 300; key++) {
            float image[DIGIT_PIXELS], sum = 0;
            nondigit_draw(&drawn, (nondigit_kind)kind, key);
            assert_in_range(drawn.ink.n_points, 1, SKETCH_MAX_POINTS - 1);
            for (int i = 0; i < drawn.ink.n_points; i++)
                assert_true(fabsf(drawn.point[i].x - 300) < 900 && fabsf(drawn.point[i].y - 300) < 900);
            sketch_image(&drawn, DIGIT_PEN, image);
            for (int i = 0; i < DIGIT_PIXELS; i++)
                sum += image[i];
            assert_true(sum > 1);
        }
}

static void dots_stay_dots(void **state)
{
    (void)state;
    int lone = 0;
    for (uint64_t key = 0; key < 300; key++) {
        float image[DIGIT_PIXELS], sum = 0;
        nondigit_draw(&drawn, NONDIGIT_DOTS, key);
        sketch_image(&drawn, DIGIT_PEN, image);
        for (int i = 0; i < DIGIT_PIXELS; i++)
            sum += image[i];
        lone += drawn.ink.n_points == 1;
        if (drawn.ink.n_entries == 1)
            assert_true(sum < 60); /* a 1 has more */
    }
    assert_true(lone > 50);
}

static void filled_areas_are_full(void **state)
{
    (void)state;
    int full = 0;
    for (uint64_t key = 0; key < 200; key++) {
        float image[DIGIT_PIXELS], sum = 0;
        nondigit_draw(&drawn, NONDIGIT_FILLED, key);
        sketch_image(&drawn, DIGIT_PEN, image);
        for (int i = 0; i < DIGIT_PIXELS; i++)
            sum += image[i];
        full += sum > 180;
    }
    assert_true(full > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_glyphs_are_well_formed), cmocka_unit_test(same_key_same_image),
        cmocka_unit_test(all_kinds_are_sane),         cmocka_unit_test(dots_stay_dots),
        cmocka_unit_test(filled_areas_are_full),
    };
    return cmocka_run_group_tests_name("nondigit", tests, NULL, NULL);
}
