/* test_stroke_augment.c - changed drawings: the same from the same key, other forms among them, never empty or wild. */
#include "app/core/made/stroke_augment.h"
#include "app/core/made/synth.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static sketch original, changed, other;
static ink by_hand; /* of hand_points */
static ink_point hand_points[3000];
static ink_entry hand_entries[4];

/* A drawing of `strokes` lists of x, y pairs, each ended by -1. */
static const ink *drawn(int strokes, const float *at)
{
    by_hand = (ink){.point = hand_points, .entry = hand_entries, .n_entries = strokes, .done = strokes};
    for (int s = 0; s < strokes; s++, at++) {
        ink_entry *entry = &hand_entries[s];
        *entry = (ink_entry){.kind = INK_PEN, .width = INK_DEFAULT_BRUSH, .first = by_hand.n_points};
        for (; *at >= 0; at += 2, entry->count++)
            hand_points[by_hand.n_points++] = (ink_point){.x = at[0], .y = at[1], .t = NAN, .pressure = 1};
    }
    return &by_hand;
}

static const float bar[] = {300, 100, 300, 300, 300, 500, -1};
static const float seven[] = {200, 100, 400, 100, 340, 250, 250, 500, -1};
static const float crossed[] = {200, 100, 400, 100, 340, 250, 250, 500, -1, 220, 300, 380, 295, -1};

static void same_key_same_image(void **state)
{
    (void)state;
    float a[DIGIT_PIXELS], b[DIGIT_PIXELS];
    int different = 0;
    memset(&other, 0x5a, sizeof other);
    for (uint64_t key = 0; key < 300; key++) {
        int label = (int)(key % 10);
        synth_digit(&original, label, key);
        stroke_augment_image(a, &original.ink, label, key, &changed);
        stroke_augment_image(b, &original.ink, label, key, &other);
        assert_memory_equal(a, b, sizeof a);
        stroke_augment_image(b, &original.ink, label, key + 1000, &other);
        different += memcmp(a, b, sizeof a) != 0;
    }
    assert_in_range(different, 250, 299); /* some are left as recorded, for both keys */
}

/* Many strokes end in a gap that leaves nothing of them: no room that was never written becomes ink. */
static void rubbish_in_memory_is_no_ink(void **state)
{
    (void)state;
    float a[DIGIT_PIXELS], b[DIGIT_PIXELS];
    for (uint64_t key = 0; key < 3000; key++) {
        memset(&changed, 0, sizeof changed);
        memset(&other, 0x44, sizeof other); /* as floats 785 */
        stroke_augment_image(a, drawn(2, crossed), 3, key, &changed);
        stroke_augment_image(b, drawn(2, crossed), 3, key, &other);
        assert_memory_equal(a, b, sizeof a);
        stroke_augment(&changed, drawn(2, crossed), 3, key);
        for (int i = 0; i < changed.ink.n_entries; i++)
            assert_true(changed.ink.entry[i].count > 0);
    }
}

static void the_original_stays(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 50; key++) {
        synth_digit(&original, 8, key);
        memcpy(&other, &original, sizeof other);
        stroke_augment(&changed, &original.ink, 8, key);
        assert_memory_equal(&other, &original, sizeof other);
    }
}

static void drawings_are_sane(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 5000; key++) {
        float image[DIGIT_PIXELS], sum = 0;
        int label = (int)(key % 10);
        synth_digit(&original, label, key);
        stroke_augment_image(image, &original.ink, label, key, &changed);
        for (int i = 0; i < DIGIT_PIXELS; i++) {
            assert_true(image[i] >= 0 && image[i] <= 1);
            sum += image[i];
        }
        assert_true(sum > 15 && sum < 350);
        stroke_augment(&changed, &original.ink, label, key);
        assert_in_range(changed.ink.n_points, 2, SKETCH_MAX_POINTS - 1); /* none was cut off */
        for (int i = 0; i < changed.ink.n_points; i++)
            assert_true(fabsf(changed.point[i].x - 300) < 600 && fabsf(changed.point[i].y - 300) < 600);
    }
}

/* In how many of 1000 changed drawings there are exactly so many strokes. */
static int with_strokes(int strokes, const ink *drawing, int label)
{
    int n = 0;
    for (uint64_t key = 0; key < 1000; key++) {
        stroke_augment(&changed, drawing, label, key);
        n += changed.ink.n_entries == strokes;
    }
    return n;
}

static void forms_are_added_where_they_belong(void **state)
{
    (void)state;
    int of_three = with_strokes(2, drawn(1, bar), 3); /* only those broken by a lost contact */
    assert_in_range(of_three, 10, 60);
    assert_in_range(with_strokes(2, drawn(1, bar), 0), of_three + 150, 350);
    assert_in_range(with_strokes(2, drawn(1, bar), 1), of_three + 200, 500);
    assert_in_range(with_strokes(2, drawn(1, seven), 7), of_three + 80, 300);
}

static void a_cross_may_be_left_out(void **state)
{
    (void)state;
    int joined = with_strokes(1, drawn(2, crossed), 3);
    assert_in_range(joined, 20, 110);
    assert_in_range(with_strokes(1, drawn(2, crossed), 7), joined + 100, 400);
}

static void strange_drawings_survive(void **state)
{
    (void)state;
    const float dot[] = {10, 10, -1};
    for (uint64_t key = 0; key < 200; key++) {
        stroke_augment(&changed, drawn(1, dot), (int)(key % 10), key);
        assert_true(changed.ink.n_points >= 1);
        assert_true(isfinite(changed.point[0].x) && isfinite(changed.point[0].y));
    }
    by_hand = (ink){.point = hand_points, .entry = hand_entries, .n_points = 3000, .n_entries = 1, .done = 1};
    hand_entries[0] = (ink_entry){.kind = INK_PEN, .width = 1, .first = 0, .count = 3000};
    for (int i = 0; i < 3000; i++)
        hand_points[i] = (ink_point){.x = (float)(i % 2 * 600), .y = (float)(i % 7), .pressure = 1};
    stroke_augment(&changed, &by_hand, 5, 1);
    assert_int_equal(changed.ink.n_points, SKETCH_MAX_POINTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_key_same_image),
        cmocka_unit_test(rubbish_in_memory_is_no_ink),
        cmocka_unit_test(the_original_stays),
        cmocka_unit_test(drawings_are_sane),
        cmocka_unit_test(forms_are_added_where_they_belong),
        cmocka_unit_test(a_cross_may_be_left_out),
        cmocka_unit_test(strange_drawings_survive),
    };
    return cmocka_run_group_tests_name("stroke_augment", tests, NULL, NULL);
}
