/* The drawing as data: history, refusals, running out of memory, and what erasing leaves. */
#include "app/core/drawing/visible.h"
#include "nn/alloc.h"
#include "nn/rng.h"
#include "support/faults.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static ink drawing;

static int setup(void **state)
{
    (void)state;
    ink_init(&drawing);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ink_free(&drawing);
    return (int)nn_alloc_live();
}

static ink_point at(float x, float y)
{
    return (ink_point){x, y, NAN, 1};
}

static void add_line(ink_kind kind, float width, float x0, float y0, float x1, float y1)
{
    ink_point ends[] = {at(x0, y0), at(x1, y1)};
    assert_true(ink_add(&drawing, kind, width, ends, 2));
}

/* ---- what is visible ---- */

typedef struct seen {
    int segments;
    float length, first_x, last_x, width;
} seen;

static void see(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    seen *s = ctx;
    if (!s->segments++)
        s->first_x = x0;
    s->last_x = x1;
    s->length += hypotf(x1 - x0, y1 - y0);
    s->width = width;
}

static seen look(void)
{
    seen s = {0};
    ink_visit(&drawing, see, &s);
    return s;
}

/* Room behind the points may hold anything. */
static void a_stroke_of_no_points_is_not_seen(void **state)
{
    (void)state;
    add_line(INK_PEN, 20, 0, 0, 10, 0);
    drawing.point[0] = at(300, 300);
    drawing.entry[0].count = drawing.n_points = 0;
    assert_int_equal(look().segments, 0);
}

/* ---- history ---- */

static void stroke_by_stroke(void **state)
{
    (void)state;
    assert_true(ink_is_empty(&drawing));
    assert_false(ink_extend(&drawing, at(1, 1)));
    assert_true(ink_begin(&drawing, INK_PEN, 20, at(0, 0)));
    assert_true(drawing.drawing);
    for (int i = 1; i <= 500; i++)
        assert_true(ink_extend(&drawing, at((float)i, 0)));
    ink_end(&drawing);
    assert_false(drawing.drawing);
    assert_false(ink_extend(&drawing, at(9, 9)));
    assert_int_equal(drawing.n_entries, 1);
    assert_int_equal(drawing.entry[0].count, 501);
    seen s = look();
    assert_int_equal(s.segments, 500);
    assert_float_equal(s.length, 500, 0.01);
    assert_float_equal(s.width, 20, 0);
    assert_false(ink_is_empty(&drawing));
}

static void undo_redo_and_clear(void **state)
{
    (void)state;
    assert_false(ink_undo(&drawing));
    assert_false(ink_redo(&drawing));
    assert_false(ink_can_clear(&drawing));
    add_line(INK_PEN, 10, 0, 0, 100, 0);
    add_line(INK_PEN, 10, 0, 50, 200, 50);
    assert_true(ink_clear(&drawing));
    assert_true(ink_is_empty(&drawing));
    assert_false(ink_can_clear(&drawing));
    assert_int_equal(look().segments, 0);

    assert_true(ink_undo(&drawing)); /* the clear */
    assert_float_equal(look().length, 300, 0.01);
    assert_true(ink_undo(&drawing));
    assert_float_equal(look().length, 100, 0.01);
    assert_true(ink_can_redo(&drawing));
    assert_true(ink_redo(&drawing));
    assert_true(ink_redo(&drawing));
    assert_false(ink_redo(&drawing));
    assert_int_equal(look().segments, 0);
    add_line(INK_PEN, 10, 0, 0, 7, 0); /* after a clear, only what is new shows */
    assert_float_equal(look().length, 7, 0.01);
    assert_int_equal(ink_visible_from(&drawing), 3);
}

static void a_new_stroke_forgets_what_was_undone(void **state)
{
    (void)state;
    add_line(INK_PEN, 10, 0, 0, 100, 0);
    add_line(INK_PEN, 10, 0, 0, 200, 0);
    assert_true(ink_undo(&drawing));
    add_line(INK_PEN, 10, 0, 0, 40, 0);
    assert_false(ink_can_redo(&drawing));
    assert_int_equal(drawing.n_entries, 2);
    assert_int_equal(drawing.n_points, 4); /* its points are gone too */
    assert_float_equal(look().length, 140, 0.01);
}

static void cancel_drops_the_stroke_being_drawn(void **state)
{
    (void)state;
    add_line(INK_PEN, 10, 0, 0, 100, 0);
    assert_true(ink_begin(&drawing, INK_PEN, 10, at(0, 0)));
    assert_true(ink_extend(&drawing, at(50, 0)));
    assert_false(ink_undo(&drawing)); /* not in the middle of a stroke */
    assert_false(ink_can_undo(&drawing));
    ink_cancel(&drawing);
    assert_float_equal(look().length, 100, 0.01);
    assert_int_equal(drawing.n_points, 2);
    ink_cancel(&drawing); /* nothing is being drawn: nothing happens */
    assert_float_equal(look().length, 100, 0.01);
}

static void every_change_has_a_new_version(void **state)
{
    (void)state;
    unsigned version = drawing.version;
#define CHANGES(call) (call, assert_int_not_equal(version, drawing.version), version = drawing.version)
    CHANGES(ink_begin(&drawing, INK_PEN, 10, at(0, 0)));
    CHANGES(ink_extend(&drawing, at(1, 0)));
    CHANGES(ink_cancel(&drawing));
    CHANGES(ink_add(&drawing, INK_PEN, 10, &(ink_point){0}, 1));
    CHANGES(ink_clear(&drawing));
    CHANGES(ink_undo(&drawing));
    CHANGES(ink_redo(&drawing));
#undef CHANGES
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    const ink_point bad[] = {at(NAN, 0), at(0, INFINITY), at(2 * INK_REACH, 0), {0, 0, 0, NAN}};
    add_line(INK_PEN, 10, 0, 0, 100, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(ink_begin(&drawing, INK_PEN, 10, bad[i]));
        assert_true(ink_begin(&drawing, INK_PEN, 10, at(0, 0)));
        assert_false(ink_extend(&drawing, bad[i]));
        ink_cancel(&drawing);
    }
    assert_false(ink_begin(&drawing, INK_PEN, NAN, at(0, 0)));
    assert_false(ink_begin(&drawing, INK_PEN, 0, at(0, 0)));
    assert_false(ink_add(&drawing, INK_PEN, 10, NULL, 0));
    assert_float_equal(look().length, 100, 0.01);
}

/* A stroke of so many points; of no use but to fill. */
static void add_points(int count)
{
    ink_point *many = nn_alloc((size_t)count, sizeof *many);
    assert_non_null(many);
    assert_true(ink_add(&drawing, INK_PEN, 10, many, count));
    nn_free(many);
}

/* Drawing and clearing go on for ever; undo reaches the drawings of the last INK_MAX_PAST points. */
static void a_day_of_drawing_never_fills_it(void **state)
{
    (void)state;
    enum { DRAWING = 50000, DRAWINGS = 100, KEPT = INK_MAX_PAST / DRAWING };
    for (int i = 1; i <= DRAWINGS; i++) {
        add_points(DRAWING / 2);
        add_points(DRAWING / 2);
        assert_int_equal(ink_room(&drawing), INK_MAX_POINTS - DRAWING);
        assert_true(ink_clear(&drawing));
        assert_int_equal(ink_room(&drawing), INK_MAX_POINTS);
        assert_int_equal(ink_position(&drawing), 3 * i);
        assert_true(drawing.n_points <= INK_MAX_PAST);
        if (i % 7 == 0)
            assert_true(ink_undo(&drawing) && ink_undo(&drawing) && ink_redo(&drawing) && ink_redo(&drawing));
    }
    assert_int_equal(drawing.n_points, KEPT * DRAWING);
    assert_true(drawing.max_points < 3 * INK_MAX_PAST);
    for (int i = 0; i < 3 * KEPT; i++)
        assert_true(ink_undo(&drawing));
    assert_false(ink_undo(&drawing));
    assert_int_equal(ink_position(&drawing), 3 * (DRAWINGS - KEPT));
    while (ink_redo(&drawing))
        continue;
    assert_int_equal(ink_position(&drawing), 3 * DRAWINGS);
}

static void the_drawing_just_cleared_is_always_kept(void **state)
{
    (void)state;
    add_points(7);
    assert_true(ink_clear(&drawing));
    add_points(INK_MAX_POINTS);
    assert_true(ink_clear(&drawing));
    add_points(9);
    assert_int_equal(drawing.n_points, INK_MAX_POINTS + 9);
    assert_true(ink_undo(&drawing) && ink_undo(&drawing));
    assert_int_equal(ink_room(&drawing), 0);
    assert_true(ink_undo(&drawing));
    assert_false(ink_undo(&drawing)); /* what was before it is forgotten */
}

static void steps_of_nothing_are_forgotten_too(void **state)
{
    (void)state;
    add_points(7);
    for (int i = 0; i < 3 * INK_MAX_CLEARED; i++)
        assert_true(ink_clear(&drawing));
    assert_in_range(drawing.n_entries, INK_MAX_CLEARED / 2, INK_MAX_CLEARED);
    assert_true(ink_undo(&drawing));
    assert_int_equal(ink_position(&drawing), 3 * INK_MAX_CLEARED);
}

/* What forgetting moves still erases, and only what it should. */
static void erasers_survive_forgetting(void **state)
{
    (void)state;
    add_points(INK_MAX_PAST);
    assert_true(ink_clear(&drawing));
    add_line(INK_PEN, 10, 0, 0, 100, 0);
    add_line(INK_ERASER, 20, 50, -50, 50, 50);
    assert_true(ink_clear(&drawing));
    assert_int_equal(drawing.n_points, 4);
    assert_true(ink_undo(&drawing));
    assert_float_equal(look().length, 80, 0.01);
    assert_true(ink_undo(&drawing));
    assert_float_equal(look().length, 100, 0.01);
    add_line(INK_PEN, 10, 0, 0, 100, 0);
    assert_float_equal(look().length, 200, 0.01);
}

/* Also eraser strokes on an empty canvas fill it, and can be cleared. */
static void what_cannot_be_seen_can_be_cleared(void **state)
{
    (void)state;
    assert_false(ink_can_clear(&drawing));
    add_line(INK_ERASER, 10, 0, 0, 1, 1);
    assert_true(ink_is_empty(&drawing));
    assert_true(ink_can_clear(&drawing) && ink_clear(&drawing));
    assert_false(ink_can_clear(&drawing));
}

static void a_drawing_has_a_limit(void **state)
{
    (void)state;
    ink_point *many = nn_alloc(INK_MAX_POINTS + 1, sizeof *many);
    assert_non_null(many);
    assert_false(ink_add(&drawing, INK_PEN, 10, many, INK_MAX_POINTS + 1));
    assert_true(ink_add(&drawing, INK_PEN, 10, many, INK_MAX_POINTS - 1));
    nn_free(many);
    assert_true(ink_begin(&drawing, INK_PEN, 10, at(0, 0)));
    assert_false(ink_extend(&drawing, at(1, 1)));
    assert_int_equal(drawing.n_points, INK_MAX_POINTS);
}

/* ---- out of memory: whatever allocation fails, the drawing is as it was ---- */

static void draw_until_it_fails(long nth)
{
    faults_alloc(nth, FAULT_FOREVER);
    float length = 0;
    bool ok = true;
    for (int stroke = 0; ok && stroke < 200; stroke++) {
        ok = ink_begin(&drawing, INK_PEN, 10, at(0, 0));
        for (int i = 1; ok && i <= 20; i++)
            if ((ok = ink_extend(&drawing, at((float)i, 0))))
                length++;
        ink_end(&drawing);
    }
    assert_true(faults_end() == !ok);
    assert_float_equal(look().length, length, 0.01);
}

static void out_of_memory_keeps_the_drawing(void **state)
{
    (void)state;
    for (long nth = 0; nth < 12; nth++) {
        draw_until_it_fails(nth);
        add_line(INK_PEN, 10, 0, 0, 10, 0); /* and it works again */
        ink_free(&drawing);
    }
}

/* ---- erasing ---- */

static void an_eraser_cuts_lines_in_two(void **state)
{
    (void)state;
    add_line(INK_ERASER, 80, 0, 0, 300, 0); /* before the pen: no effect */
    add_line(INK_PEN, 10, 0, 0, 100, 0);
    ink_point dot = at(50, 0);
    assert_true(ink_add(&drawing, INK_ERASER, 20, &dot, 1));
    seen s = look();
    assert_int_equal(s.segments, 2);
    assert_float_equal(s.length, 80, 0.01);
    add_line(INK_ERASER, 20, 100, -50, 100, 50); /* across the end */
    s = look();
    assert_float_equal(s.length, 70, 0.01);
    assert_float_equal(s.last_x, 90, 0.01);
    add_line(INK_ERASER, 20, -20, 5, 120, 5); /* along all of it */
    assert_int_equal(look().segments, 0);
    assert_false(ink_is_empty(&drawing)); /* its strokes are still there to come back */
    assert_true(ink_undo(&drawing) && ink_undo(&drawing) && ink_undo(&drawing));
    assert_float_equal(look().length, 100, 0.01);
}

static void a_gap_makes_two_of_it(void **state)
{
    (void)state;
    assert_false(ink_is_two(&drawing));
    add_line(INK_PEN, 20, 100, 100, 130, 500);
    assert_false(ink_is_two(&drawing));
    add_line(INK_PEN, 20, 153, 150, 153, 500);
    assert_true(ink_is_two(&drawing));
    add_line(INK_PEN, 20, 300, 100, 300, 500);
    assert_false(ink_is_two(&drawing)); /* three are no two */
    add_line(INK_ERASER, 100, 300, 100, 300, 500);
    assert_true(ink_is_two(&drawing));
    add_line(INK_PEN, 20, 120, 300, 160, 300);
    assert_false(ink_is_two(&drawing));
    add_line(INK_PEN, 20, 400, 300, 480, 310); /* a bar beside it */
    assert_false(ink_is_two(&drawing));
    add_line(INK_PEN, 20, -900, 300, 9000, 300);
    assert_false(ink_is_two(&drawing));
}

static void an_eraser_takes_dots(void **state)
{
    (void)state;
    ink_point dot = at(50, 50), near = at(57, 50), far = at(65, 50);
    assert_true(ink_add(&drawing, INK_PEN, 10, &dot, 1));
    assert_int_equal(look().segments, 1);
    assert_true(ink_add(&drawing, INK_ERASER, 20, &far, 1));
    assert_int_equal(look().segments, 1);
    assert_true(ink_add(&drawing, INK_ERASER, 20, &near, 1));
    assert_int_equal(look().segments, 0);
}

static float distance_to_segment(float x, float y, const ink_point *p, const ink_point *q)
{
    float dx = q->x - p->x, dy = q->y - p->y, length2 = dx * dx + dy * dy;
    float t = length2 > 0 ? ((x - p->x) * dx + (y - p->y) * dy) / length2 : 0;
    t = fminf(1, fmaxf(0, t));
    return hypotf(x - p->x - t * dx, y - p->y - t * dy);
}

/* The visible length of a pen line by looking at many places on it. */
static float visible_by_sampling(const ink_point pen[2], const ink_point *eraser, int count, float radius)
{
    enum { PLACES = 4000 };
    int visible = 0;
    for (int i = 0; i < PLACES; i++) {
        float t = ((float)i + 0.5f) / PLACES;
        float x = pen[0].x + t * (pen[1].x - pen[0].x), y = pen[0].y + t * (pen[1].y - pen[0].y);
        bool covered = false;
        for (int k = 0; k + 1 < count; k++)
            covered = covered || distance_to_segment(x, y, &eraser[k], &eraser[k + 1]) < radius;
        visible += !covered;
    }
    return hypotf(pen[1].x - pen[0].x, pen[1].y - pen[0].y) * (float)visible / PLACES;
}

static void erasing_agrees_with_sampling(void **state)
{
    (void)state;
    int cut = 0;
    for (uint64_t round = 0; round < 300; round++) {
        enum { TURNS = 9 };
        ink_point pen[2], eraser[TURNS];
        for (uint64_t i = 0; i < 2; i++)
            pen[i] = at(600 * nn_uniform(round, i), 600 * nn_uniform(round, 10 + i));
        for (uint64_t i = 0; i < TURNS; i++)
            eraser[i] = at(600 * nn_uniform(round, 20 + i), 600 * nn_uniform(round, 40 + i));
        ink_free(&drawing);
        assert_true(ink_add(&drawing, INK_PEN, 10, pen, 2));
        float whole = look().length;
        assert_true(ink_add(&drawing, INK_ERASER, 30, eraser, TURNS));
        seen s = look();
        assert_float_equal(s.length, visible_by_sampling(pen, eraser, TURNS, 15), 0.002f * whole + 0.3f);
        cut += s.segments > 1;
    }
    assert_true(cut > 50);
}

/* n pen pieces of 3 units all over the canvas and as many erasers that touch few of them: what is looked at. */
static long cost_of(int n, bool scattered)
{
    seen s = {0};
    ink_free(&drawing);
    for (int kind = INK_PEN; kind <= INK_ERASER; kind++)
        for (int i = 0; i < n; i++) {
            uint64_t key = (uint64_t)(2 * i + kind);
            float x = scattered ? 600 * nn_uniform(key, 0) : 600 * (float)i / (float)n;
            float y = scattered ? 600 * nn_uniform(key, 1) : fmodf((float)i + 300 * (float)kind, 600);
            add_line((ink_kind)kind, 4, x, y, x + 3, y + 1);
        }
    long cost = ink_visit(&drawing, see, &s);
    assert_true(s.length > (float)n);
    return cost;
}

/* Not pen pieces times eraser pieces: the cost per pen piece is that of its neighbourhood. */
static void erasing_costs_what_is_near(void **state)
{
    (void)state;
    for (int scattered = 0; scattered < 2; scattered++) {
        long few = cost_of(2000, scattered), many = cost_of(8000, scattered);
        assert_true(few < 2000 * 100);
        assert_true(many < 10 * few);
        printf("{\"name\": \"erasers looked at per pen piece\", \"scattered\": %d, \"few\": %.1f, \"many\": %.1f}\n",
               scattered, (double)few / 2000, (double)many / 8000);
    }
    ink_free(&drawing);
    for (int i = 0; i < 160000; i++)
        assert_true(ink_add(&drawing, INK_PEN, 10, &(ink_point){(float)(i % 600), (float)(i / 600), NAN, 1}, 1));
    seen s = {0};
    assert_int_equal(ink_visit(&drawing, see, &s), 0);
    assert_int_equal(s.segments, 160000);
}

/* Far outside, across all of it, and as large as can be: the grid finds them as a look at all would. */
static void erasers_of_every_size_and_place(void **state)
{
    (void)state;
    const float far = INK_REACH;
    const struct {
        float width, x0, y0, x1, y1;
        bool hits;
    } eraser[] = {{4, 300, 0, 300, 600, true},        {4, 310, 0, 310, 600, false},    {20, 310, 0, 310, 600, true},
                  {4, -far, 300, far, 300, true},     {4, -far, 306, far, 306, false}, {far, far, far, far, far, false},
                  {far, far / 2.5f, 0, far, 0, true}, {1, 300, 300, 300, 300, true},   {1, 300, 301, 300, 301, false}};
    for (size_t i = 0; i < sizeof eraser / sizeof *eraser; i++) {
        ink_free(&drawing);
        add_line(INK_PEN, 2, 300, 300, 300.5f, 300);
        add_line(INK_ERASER, eraser[i].width, eraser[i].x0, eraser[i].y0, eraser[i].x1, eraser[i].y1);
        assert_int_equal(look().length < 0.49f, eraser[i].hits);
    }
    ink_free(&drawing);
    add_line(INK_PEN, 2, -far, -far, far, far);
    add_line(INK_ERASER, 10, -9000, -9000, -9000, -9000);
    assert_int_equal(look().segments, 2);
}

typedef struct chain {
    float x, y;
    int links, breaks;
} chain;

static void follow(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    chain *c = ctx;
    (void)width;
    c->breaks += c->links++ > 0 && (c->x != x0 || c->y != y0);
    c->x = x1;
    c->y = y1;
}

/* Where nothing is erased each piece begins where the last one ends, to the bit, whatever the coordinates. */
static void a_stroke_hangs_together(void **state)
{
    (void)state;
    ink_point p[500];
    chain c = {.links = 0};
    for (uint64_t i = 0; i < 500; i++)
        p[i] = at(300 + 250 * nn_signed(1, i), 300 + 250 * nn_signed(2, i));
    assert_true(ink_add(&drawing, INK_PEN, 10, p, 500));
    ink_visit(&drawing, follow, &c);
    assert_int_equal(c.links, 499);
    assert_int_equal(c.breaks, 0);
    assert_true(c.x == p[499].x && c.y == p[499].y);
}

static void pressure_widens(void **state)
{
    (void)state;
    assert_float_equal(ink_pressure_width(0), 0.5, 1e-6);
    assert_float_equal(ink_pressure_width(1), 1, 1e-6);
    assert_float_equal(ink_pressure_width(7), 1, 1e-6);
    ink_point p[] = {{0, 0, 0, 0}, {10, 0, 0, 1}};
    assert_true(ink_add(&drawing, INK_PEN, 20, p, 2));
    assert_float_equal(look().width, 15, 1e-4);
}

static void trimmed_drawings_keep_everything(void **state)
{
    (void)state;
    assert_true(ink_trim(&drawing)); /* nothing at all */
    add_line(INK_PEN, 10, 1, 2, 3, 4);
    add_line(INK_ERASER, 20, 5, 6, 7, 8);
    int points = drawing.max_points, entries = drawing.max_entries;
    faults_alloc(1, FAULT_ONCE);
    assert_false(ink_trim(&drawing));
    assert_true(faults_end());
    assert_true(drawing.max_points == points && drawing.max_entries == entries);
    assert_true(ink_trim(&drawing));
    assert_true(drawing.max_points == 4 && drawing.max_entries == 2);
    assert_true(drawing.point[3].x == 7 && drawing.entry[1].kind == INK_ERASER && drawing.done == 2);
    add_line(INK_PEN, 10, 9, 9, 9, 9); /* it can still grow */
    assert_true(drawing.n_points == 6 && drawing.point[0].y == 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(stroke_by_stroke),
        TEST(undo_redo_and_clear),
        TEST(a_new_stroke_forgets_what_was_undone),
        TEST(cancel_drops_the_stroke_being_drawn),
        TEST(every_change_has_a_new_version),
        TEST(nonsense_is_refused),
        TEST(a_day_of_drawing_never_fills_it),
        TEST(the_drawing_just_cleared_is_always_kept),
        TEST(steps_of_nothing_are_forgotten_too),
        TEST(erasers_survive_forgetting),
        TEST(what_cannot_be_seen_can_be_cleared),
        TEST(a_drawing_has_a_limit),
        TEST(out_of_memory_keeps_the_drawing),
        TEST(trimmed_drawings_keep_everything),
        TEST(a_stroke_of_no_points_is_not_seen),
        TEST(an_eraser_cuts_lines_in_two),
        TEST(a_gap_makes_two_of_it),
        TEST(an_eraser_takes_dots),
        TEST(erasing_agrees_with_sampling),
        TEST(erasing_costs_what_is_near),
        TEST(erasers_of_every_size_and_place),
        TEST(a_stroke_hangs_together),
        TEST(pressure_widens),
    };
    return cmocka_run_group_tests_name("ink", tests, NULL, NULL);
}
