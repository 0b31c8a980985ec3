/* Strokes that the program makes: always the same from the same key, never empty, and of all ten digits. */
#include "app/core/made/synth.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static sketch scratch, other;

static bool is_down(const synth_knot *k)
{
    return k->kind == SYNTH_DOWN || k->kind == SYNTH_MAYBE;
}

static void check_glyph(const synth_glyph *g)
{
    int n = 0, since_down = 2;
    assert_in_range(g->digit, 0, 9);
    assert_true(g->weight > 0);
    assert_int_equal(g->knot[0].kind, SYNTH_DOWN);
    for (const synth_knot *k = g->knot; k->kind != SYNTH_END; k++, n++) {
        assert_in_range(k->kind, SYNTH_DOWN, SYNTH_CORNER);
        assert_true(k->x >= -20 && k->x <= 80 && k->y >= -20 && k->y <= 120 && k->spread >= 0);
        assert_true(!is_down(k) || since_down >= 2); /* no stroke of a single knot */
        since_down = is_down(k) ? 1 : since_down + 1;
    }
    assert_true(since_down >= 2);
    assert_in_range(n, 2, SYNTH_MAX_KNOTS);
}

static void the_glyphs_are_well_formed(void **state)
{
    (void)state;
    int of_digit[10] = {0};
    for (int i = 0; i < synth_n_glyphs; i++) {
        check_glyph(&synth_glyphs[i]);
        of_digit[synth_glyphs[i].digit]++;
    }
    for (int i = 0; i < 10; i++)
        assert_true(of_digit[i] >= 5);
}

static void the_same_key_gives_the_same_image(void **state)
{
    (void)state;
    float a[DIGIT_PIXELS], b[DIGIT_PIXELS];
    int label_a, label_b;
    memset(&other, 0x5a, sizeof other); /* what was in it before does not matter */
    for (uint64_t key = 0; key < 300; key++) {
        synth_image(a, &label_a, key, &scratch);
        synth_image(b, &label_b, key, &other);
        assert_int_equal(label_a, label_b);
        assert_memory_equal(a, b, sizeof a);
        synth_image(b, &label_b, key + 1000, &other);
        assert_memory_not_equal(a, b, sizeof a);
    }
}

static void every_digit_comes_and_none_is_empty(void **state)
{
    (void)state;
    enum { IMAGES = 5000 };
    int seen[10] = {0};
    for (uint64_t key = 0; key < IMAGES; key++) {
        float image[DIGIT_PIXELS], sum = 0;
        int label;
        synth_image(image, &label, key << 32, &scratch);
        assert_in_range(label, 0, 9);
        seen[label]++;
        for (int i = 0; i < DIGIT_PIXELS; i++) {
            assert_true(image[i] >= 0 && image[i] <= 1);
            sum += image[i];
        }
        assert_true(sum > 15 && sum < 350);
        assert_in_range(scratch.ink.n_points, 2, SKETCH_MAX_POINTS - 1); /* none was cut off */
        assert_in_range(scratch.ink.n_entries, 1, SKETCH_MAX_STROKES - 1);
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(seen[i], IMAGES / 10 - 100, IMAGES / 10 + 100);
}

static void drawings_are_on_the_canvas(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 2000; key++) {
        synth_digit(&scratch, (int)(key % 10), key);
        for (int i = 0; i < scratch.ink.n_points; i++) {
            const ink_point *p = &scratch.point[i];
            assert_true(fabsf(p->x - INK_CANVAS / 2) < INK_CANVAS && fabsf(p->y - INK_CANVAS / 2) < INK_CANVAS);
            assert_true(p->pressure == 1);
        }
    }
}

/* Bars are no rings: what is drawn depends on the digit. */
static void digits_look_different(void **state)
{
    (void)state;
    int middle[2] = {0};
    for (uint64_t key = 0; key < 200; key++)
        for (int label = 0; label < 2; label++) {
            synth_digit(&scratch, label, key);
            digit_from_ink(&scratch.digit, &scratch.ink, &digit_defaults);
            middle[label] += scratch.digit.coverage[DIGIT_FRAME * DIGIT_FRAME / 2 + DIGIT_FRAME / 2] > 0.5f;
        }
    assert_true(middle[0] < 60); /* some are slashed */
    assert_true(middle[1] > 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_glyphs_are_well_formed),
        cmocka_unit_test(the_same_key_gives_the_same_image),
        cmocka_unit_test(every_digit_comes_and_none_is_empty),
        cmocka_unit_test(drawings_are_on_the_canvas),
        cmocka_unit_test(digits_look_different),
    };
    return cmocka_run_group_tests_name("synth", tests, NULL, NULL);
}
