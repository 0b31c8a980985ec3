/* test_metrics.c - scores against values worked out by hand. */
#include "../../app/core/metrics.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define assert_close(a, b) assert_true(fabs((a) - (b)) < 1e-9)

static void add(confusion *c, int truth, int predicted, int times)
{
    for (int i = 0; i < times; i++)
        confusion_add(c, truth, predicted);
}

/* Three classes; the third never predicted, one of its two items not answered at all. */
static void test_confusion(void **state)
{
    (void)state;
    confusion c = {.classes = 3};
    add(&c, 0, 0, 8);
    add(&c, 0, 1, 2);
    add(&c, 1, 1, 5);
    add(&c, 1, 0, 4);
    add(&c, 2, 1, 1);
    add(&c, 2, -1, 1);
    assert_int_equal(confusion_total(&c), 21);
    assert_int_equal(confusion_correct(&c), 13);
    class_score zero = confusion_class(&c, 0), two = confusion_class(&c, 2);
    assert_close(zero.precision, 8.0 / 12);
    assert_close(zero.recall, 8.0 / 10);
    assert_close(zero.f1, 16.0 / 22);
    assert_int_equal(zero.support, 10);
    assert_close(two.precision, 0);
    assert_close(two.recall, 0);
    assert_close(two.f1, 0);
    assert_int_equal(two.support, 2);
}

static void test_worst(void **state)
{
    (void)state;
    confusion c = {.classes = 4};
    mistake worst[3];
    assert_int_equal(confusion_worst(&c, worst, 3), 0);
    add(&c, 0, 0, 100);
    add(&c, 0, 1, 3);
    add(&c, 1, 2, 7);
    assert_int_equal(confusion_worst(&c, worst, 3), 2);
    add(&c, 2, 3, 5);
    add(&c, 3, 0, 1);
    add(&c, 3, 1, 9);
    assert_int_equal(confusion_worst(&c, worst, 3), 3);
    assert_int_equal(worst[0].n, 9);
    assert_int_equal(worst[0].truth, 3);
    assert_int_equal(worst[0].predicted, 1);
    assert_int_equal(worst[1].n, 7);
    assert_int_equal(worst[2].n, 5);
}

static void test_calibration(void **state)
{
    (void)state;
    calibration c = {0};
    assert_close(calibration_error(&c), 0);
    for (int i = 0; i < 4; i++)
        calibration_add(&c, 0.75f, i < 3); /* as right as it says */
    assert_close(calibration_error(&c), 0);
    for (int i = 0; i < 4; i++)
        calibration_add(&c, 1.0f, i < 3); /* a quarter too sure, for half of all */
    assert_close(calibration_error(&c), 0.125);
    calibration_add(&c, 0.0f, false);
    assert_int_equal(c.count[0], 1);
    assert_int_equal(c.count[CALIBRATION_BINS - 1], 4);
}

static void test_auc(void **state)
{
    (void)state;
    scored perfect[] = {{0.9f, true}, {0.1f, false}, {0.8f, true}, {0.2f, false}};
    scored reversed[] = {{0.1f, true}, {0.9f, false}};
    scored ties[] = {{0.5f, true}, {0.5f, false}, {0.5f, false}};
    scored mixed[] = {{0.1f, false}, {0.4f, true}, {0.35f, false}, {0.8f, true}, {0.4f, false}};
    scored alone[] = {{0.1f, true}, {0.2f, true}};
    assert_close(metrics_auc(perfect, 4), 1);
    assert_close(metrics_auc(reversed, 2), 0);
    assert_close(metrics_auc(ties, 3), 0.5);
    assert_close(metrics_auc(mixed, 5), 5.5 / 6); /* of six pairs five are in order and one is a tie */
    assert_true(isnan(metrics_auc(alone, 2)));
    assert_true(isnan(metrics_auc(alone, 0)));
}

static void test_percentile(void **state)
{
    (void)state;
    double values[100];
    for (int i = 0; i < 100; i++)
        values[i] = (i * 37) % 100 + 1; /* 1..100 in another order */
    assert_close(metrics_percentile(values, 100, 0.50), 50);
    assert_close(metrics_percentile(values, 100, 0.99), 99);
    assert_close(metrics_percentile(values, 100, 0), 1);
    assert_close(metrics_percentile(values, 100, 1), 100);
    assert_close(metrics_percentile(values, 1, 0.99), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_confusion), cmocka_unit_test(test_worst),      cmocka_unit_test(test_calibration),
        cmocka_unit_test(test_auc),       cmocka_unit_test(test_percentile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
