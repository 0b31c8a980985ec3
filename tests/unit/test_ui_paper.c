/* The drawing as pixels: following a stroke sample by sample gives the same pixels as painting it at once. */
#include "app/ui/paper.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 200 };

static ink_point at(float x, float y)
{
    return (ink_point){x, y, NAN, 1};
}

static void assert_same_as_fresh(const paper *p, const ink *drawing)
{
    paper fresh;
    paper_init(&fresh);
    assert_true(paper_update(&fresh, drawing, p->side, 0.5f));
    assert_memory_equal(p->mask, fresh.mask, (size_t)p->side * (size_t)p->side);
    paper_free(&fresh);
}

static int inked(const paper *p)
{
    int count = 0;
    for (int i = 0; i < p->side * p->side; i++)
        count += p->mask[i] > 127;
    return count;
}

/* A wavy stroke, brought to the paper after every `every` samples. */
static void draw_wave(paper *p, ink *drawing, ink_kind kind, int every)
{
    assert_true(ink_begin(drawing, kind, 25, at(50, 300)));
    for (int i = 1; i <= 60; i++) {
        assert_true(ink_extend(drawing, at(50 + 8 * (float)i, 300 + 200 * sinf((float)i / 5))));
        if (i % every == 0)
            paper_update(p, drawing, SIDE, 0.5f);
    }
    ink_end(drawing);
    paper_update(p, drawing, SIDE, 0.5f);
}

static void test_samples_in_any_portions_give_the_same(void **state)
{
    (void)state;
    for (int every = 1; every < 64; every += 3) {
        paper p;
        ink drawing;
        paper_init(&p);
        ink_init(&drawing);
        draw_wave(&p, &drawing, INK_PEN, every);
        assert_true(inked(&p) > 1000);
        assert_same_as_fresh(&p, &drawing);
        draw_wave(&p, &drawing, INK_ERASER, every);
        assert_same_as_fresh(&p, &drawing);
        assert_int_equal(inked(&p), 0);
        paper_free(&p);
        ink_free(&drawing);
    }
}

static void test_the_newest_sample_is_on_the_paper_at_once(void **state)
{
    (void)state;
    paper p;
    ink drawing;
    paper_init(&p);
    ink_init(&drawing);
    ink_begin(&drawing, INK_PEN, 30, at(100, 100));
    paper_update(&p, &drawing, SIDE, 0.5f);
    assert_int_equal(p.mask[33 * SIDE + 33], 255);
    ink_extend(&drawing, at(500, 100));
    paper_update(&p, &drawing, SIDE, 0.5f);
    assert_int_equal(p.mask[33 * SIDE + 166], 255);
    ink_cancel(&drawing);
    paper_update(&p, &drawing, SIDE, 0.5f);
    assert_int_equal(inked(&p), 0);
    paper_free(&p);
    ink_free(&drawing);
}

static void test_undo_clear_and_size_repaint(void **state)
{
    (void)state;
    paper p;
    ink drawing;
    paper_init(&p);
    ink_init(&drawing);
    draw_wave(&p, &drawing, INK_PEN, 5);
    int before = inked(&p);
    assert_true(ink_clear(&drawing));
    paper_update(&p, &drawing, SIDE, 0.5f);
    assert_int_equal(inked(&p), 0);
    ink_undo(&drawing);
    paper_update(&p, &drawing, SIDE, 0.5f);
    assert_int_equal(inked(&p), before);
    paper_update(&p, &drawing, 2 * SIDE, 0.5f);
    assert_in_range(inked(&p), 4 * before * 97 / 100, 4 * before * 103 / 100);
    assert_same_as_fresh(&p, &drawing);
    assert_true(paper_update(&p, &drawing, 0, 0.5f));
    assert_true(paper_update(&p, &drawing, SIDE, 0.5f));
    assert_int_equal(inked(&p), before);
    paper_free(&p);
    ink_free(&drawing);
}

static void test_only_tiles_that_changed_get_a_new_version(void **state)
{
    (void)state;
    paper p;
    ink drawing;
    paper_init(&p);
    ink_init(&drawing);
    paper_update(&p, &drawing, 512, 0.5f);
    unsigned far = p.version[3 * PAPER_TILES + 3], near = p.version[0];
    ink_begin(&drawing, INK_PEN, 10, at(30, 30));
    paper_update(&p, &drawing, 512, 0.5f);
    assert_int_equal(p.version[3 * PAPER_TILES + 3], far);
    assert_int_not_equal(p.version[0], near);
    near = p.version[0];
    paper_update(&p, &drawing, 512, 0.5f); /* nothing new */
    assert_int_equal(p.version[0], near);
    paper_free(&p);
    ink_free(&drawing);
}

static void test_pressure_widens(void **state)
{
    (void)state;
    int count[2];
    for (int i = 0; i < 2; i++) {
        paper p;
        ink drawing;
        paper_init(&p);
        ink_init(&drawing);
        ink_point a = at(100, 300), b = at(500, 300);
        a.pressure = b.pressure = i ? 1.0f : 0.2f;
        ink_begin(&drawing, INK_PEN, 40, a);
        ink_extend(&drawing, b);
        ink_end(&drawing);
        paper_update(&p, &drawing, SIDE, 0.5f);
        count[i] = inked(&p);
        paper_free(&p);
        ink_free(&drawing);
    }
    assert_true(count[1] > count[0] * 5 / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_in_any_portions_give_the_same),
        cmocka_unit_test(test_the_newest_sample_is_on_the_paper_at_once),
        cmocka_unit_test(test_undo_clear_and_size_repaint),
        cmocka_unit_test(test_only_tiles_that_changed_get_a_new_version),
        cmocka_unit_test(test_pressure_widens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
