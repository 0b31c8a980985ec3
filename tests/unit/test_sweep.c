/* The curves of "Break it": every point is what the network reads, and turns are where one class passes another. */
#include "app/core/made/synth.h"
#include "app/core/probe/sweep.h"
#include "support/nets.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";

static sketch scratch;
static digit page;
static sweep all;
static recogniser *reader;

static int open_reader(void **state)
{
    (void)state;
    nn_error err;
    sweep_init(&all);
    synth_digit(&scratch, 3, 5);
    digit_from_ink(&page, &scratch.ink, &digit_defaults);
    return recogniser_new(&reader, net_model(net, 3), &err) ? 0 : -1;
}

static int close_reader(void **state)
{
    (void)state;
    recogniser_free(reader);
    return 0;
}

static void run(const digit_options *how)
{
    int steps = 1;
    sweep_begin(&all, reader, &page, how);
    while (!sweep_step(&all, reader))
        steps++;
    assert_int_equal(steps, DISTORT_KINDS * SWEEP_POINTS);
    assert_false(all.going);
}

static void ranges_go_from_end_to_end(void **state)
{
    (void)state;
    distortion d = {0};
    for (int kind = 0; kind < DISTORT_KINDS; kind++) {
        const distort_range *r = &distort_ranges[kind];
        assert_true(r->min <= 0 && r->max > 0 && r->step > 0);
        assert_float_equal(sweep_value((distort_kind)kind, 0), r->min, 0);
        assert_float_equal(sweep_value((distort_kind)kind, SWEEP_POINTS - 1), r->max, 1e-6);
        distort_set(&d, (distort_kind)kind, (float)kind + 1);
    }
    const float wanted[] = {d.shift_x, d.shift_y, d.scale, d.rotate, d.width, d.noise};
    for (int kind = 0; kind < DISTORT_KINDS; kind++) {
        assert_float_equal(distort_get(&d, (distort_kind)kind), (float)kind + 1, 0);
        assert_float_equal(wanted[kind], (float)kind + 1, 0);
    }
}

/* The other distortions stay as they are. */
static void every_point_is_a_reading(void **state)
{
    (void)state;
    digit_options how = digit_defaults;
    how.distort.shift_x = 3;
    run(&how);
    answer plain;
    digit other;
    synth_digit(&scratch, 3, 5);
    digit_from_ink(&other, &scratch.ink, &digit_defaults);
    recogniser_read(reader, &other, &plain);
    for (int kind = 0; kind < DISTORT_KINDS; kind++)
        for (int i = 0; i < SWEEP_POINTS; i += 5) {
            answer a;
            digit_options there = how;
            distort_set(&there.distort, (distort_kind)kind, sweep_value((distort_kind)kind, i));
            digit_from_ink(&other, &scratch.ink, &there);
            recogniser_read(reader, &other, &a);
            assert_int_equal(all.curve[kind].answer, plain.digit);
            assert_int_equal(all.curve[kind].top[i], a.digit);
            assert_memory_equal(all.curve[kind].probability[i], a.probability, sizeof a.probability);
        }
}

/* Made-up curves of two classes: 0 falls from 1 to 0 between the given points, 1 is the rest. */
static void make_curve(sweep_curve *c, int begin, int end)
{
    memset(c, 0, sizeof *c);
    for (int i = 0; i < SWEEP_POINTS; i++) {
        float share = i <= begin ? 0 : i >= end ? 1 : (float)(i - begin) / (float)(end - begin);
        c->probability[i][0] = 1 - share;
        c->probability[i][1] = share;
        c->top[i] = share > 0.5f;
    }
}

static void a_turn_is_where_two_lines_meet(void **state)
{
    (void)state;
    sweep_span spans[SWEEP_POINTS];
    sweep_turn turn;
    sweep_init(&all);
    assert_int_equal(sweep_spans(&all, DISTORT_ACROSS, spans), 0);
    assert_false(sweep_find_turn(&all, DISTORT_ACROSS, 1, &turn));
    make_curve(&all.curve[DISTORT_ACROSS], 12, 17); /* from 1.6 to 5.6 pixels: half of the way is at 3.6 */
    assert_int_equal(sweep_spans(&all, DISTORT_ACROSS, spans), 2);
    assert_float_equal(spans[0].from, -8, 0);
    assert_float_equal(spans[0].to, 3.6, 1e-5);
    assert_float_equal(spans[1].from, 3.6, 1e-5);
    assert_float_equal(spans[1].to, 8, 1e-5);
    assert_true(sweep_find_turn(&all, DISTORT_ACROSS, 1, &turn));
    assert_float_equal(turn.value, 3.6, 1e-5);
    assert_int_equal(turn.top, 1);
    assert_false(sweep_find_turn(&all, DISTORT_ACROSS, -1, &turn));
    all.curve[DISTORT_ACROSS].answer = 1; /* what is there at 0 is the other one already */
    assert_true(sweep_find_turn(&all, DISTORT_ACROSS, 1, &turn));
    assert_float_equal(turn.value, 0, 0);
    assert_true(sweep_find_turn(&all, DISTORT_ACROSS, -1, &turn));
    assert_float_equal(turn.value, 0, 0);
    assert_int_equal(turn.top, 0);
}

/* A class that the answer comes back from is told with both its ends. */
static void a_turn_that_does_not_stay_ends(void **state)
{
    (void)state;
    sweep_turn turn;
    sweep_init(&all);
    sweep_curve *c = &all.curve[DISTORT_ACROSS];
    make_curve(c, 12, 17);
    assert_true(sweep_find_turn(&all, DISTORT_ACROSS, 1, &turn));
    assert_true(turn.stays);
    assert_float_equal(turn.until, 8, 1e-5);
    c->top[0] = c->top[1] = 2;
    c->top[5] = 1;
    c->top[SWEEP_POINTS - 1] = 0;
    assert_true(sweep_find_turn(&all, DISTORT_ACROSS, 1, &turn));
    assert_false(turn.stays);
    assert_true(turn.until > turn.value && turn.until < 8);
    assert_true(sweep_find_turn(&all, DISTORT_ACROSS, -1, &turn));
    assert_false(turn.stays);
    assert_true(turn.top == 1 && turn.until < turn.value && turn.until > -8);
}

static void of_nothing_there_are_no_curves(void **state)
{
    (void)state;
    run(&digit_defaults);
    assert_true(all.curve[DISTORT_NOISE].answer >= 0);
    sketch_begin(&scratch);
    digit_from_ink(&page, &scratch.ink, &digit_defaults);
    sweep_begin(&all, reader, &page, &digit_defaults);
    assert_false(all.going);
    assert_int_equal(all.curve[DISTORT_NOISE].answer, -1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_reader, close_reader)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ranges_go_from_end_to_end),      TEST(every_point_is_a_reading),
        TEST(a_turn_is_where_two_lines_meet), TEST(a_turn_that_does_not_stay_ends),
        TEST(of_nothing_there_are_no_curves),
    };
    return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
