/* test_metrics.c - scores against values worked out by hand. */
#include "app/core/training/metrics.h"
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
    assert_int_equal(c.count[WRONG][0], 1);
    assert_int_equal(c.count[RIGHT][CALIBRATION_BINS - 1], 3);
    assert_int_equal(c.count[WRONG][CALIBRATION_BINS - 1], 1);
}

static void test_confidence_of_right_and_wrong(void **state)
{
    (void)state;
    calibration c = {0};
    assert_true(isnan(calibration_mean(&c, RIGHT)));
    calibration_add(&c, 1.0f, true);
    calibration_add(&c, 0.5f, true);
    calibration_add(&c, 0.75f, true);
    assert_close(calibration_mean(&c, RIGHT), 0.75);
    assert_true(isnan(calibration_mean(&c, WRONG)));
    calibration_add(&c, 0.5f, false);
    calibration_add(&c, 0.25f, false);
    assert_close(calibration_mean(&c, WRONG), 0.375);
    reliability middle = calibration_bin(&c, 7), empty = calibration_bin(&c, 0);
    assert_int_equal(middle.count, 2); /* 0.5 lies in [7/15, 8/15) */
    assert_close(middle.confidence, 0.5);
    assert_close(middle.accuracy, 0.5);
    assert_int_equal(empty.count, 0);
    assert_true(isnan(empty.accuracy));
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

static void check_roc(scored *items, int n, const roc_point *expected, int count)
{
    roc_point points[ROC_POINTS];
    metrics_auc(items, n);
    assert_int_equal(metrics_roc(items, n, points), count);
    for (int i = 0; i < count; i++) {
        assert_close(points[i].fpr, expected[i].fpr);
        assert_close(points[i].tpr, expected[i].tpr);
    }
}

static void test_roc(void **state)
{
    (void)state;
    scored perfect[] = {{0.9f, true}, {0.1f, false}, {0.8f, true}, {0.2f, false}};
    scored reversed[] = {{0.1f, true}, {0.9f, false}};
    scored ties[] = {{0.5f, true}, {0.5f, false}, {0.5f, false}};
    scored mixed[] = {{0.1f, false}, {0.4f, true}, {0.35f, false}, {0.8f, true}, {0.4f, false}};
    scored alone[] = {{0.1f, true}, {0.2f, true}};
    check_roc(perfect, 4, (roc_point[]){{0, 0}, {0, 1}, {1, 1}}, 3);
    check_roc(reversed, 2, (roc_point[]){{0, 0}, {1, 0}, {1, 1}}, 3);
    check_roc(ties, 3, (roc_point[]){{0, 0}, {1, 1}}, 2);
    check_roc(mixed, 5, (roc_point[]){{0, 0}, {0, 0.5}, {1.0 / 3, 1}, {1, 1}}, 4); /* the tie is a slope */
    check_roc(alone, 2, NULL, 0);
    check_roc(alone, 0, NULL, 0);
}

/* A thinned curve has the area of the whole one, wherever its detail lies, and never too many points. */
static void test_roc_is_thinned(void **state)
{
    (void)state;
    enum { N = 100000 };
    static scored items[N];
    for (int hard = 0; hard < 2; hard++) {
        uint32_t r = 1;
        for (int i = 0; i < N; i++) {
            r = r * 1664525u + 1013904223u;
            float u = (float)(r >> 8) * 0x1p-24f;
            bool positive = i % 10 == 0;
            items[i] = (scored){hard ? u : positive ? 1 - u * u * u * u : u * u * u * u, positive};
        }
        roc_point p[ROC_POINTS];
        double auc = metrics_auc(items, N), area = 0;
        int n = metrics_roc(items, N, p);
        assert_in_range(n, 20, ROC_POINTS - 1);
        for (int i = 1; i < n; i++) {
            assert_true(p[i].fpr >= p[i - 1].fpr && p[i].tpr >= p[i - 1].tpr);
            area += (p[i].fpr - p[i - 1].fpr) * 0.5 * (p[i].tpr + p[i - 1].tpr);
        }
        assert_true(fabs(area - auc) < 0.002);
    }
}

static void test_top(void **state)
{
    (void)state;
    const float values[] = {0.1f, 0.4f, 0.05f, 0.4f, 0.05f};
    int top[5];
    assert_int_equal(metrics_top(values, 5, top, 3), 3);
    assert_int_equal(top[0], 1);
    assert_int_equal(top[1], 3);
    assert_int_equal(top[2], 0);
    assert_int_equal(metrics_top(values, 2, top, 3), 2);
    assert_int_equal(top[0], 1);
    assert_int_equal(top[1], 0);
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

/* What is no number is less than every number, wherever it stands, and no loop waits for it to equal itself. */
static void test_no_numbers(void **state)
{
    (void)state;
    enum { N = 6 };
    static const float values[N] = {NAN, 0.5f, NAN, 0.9f, 0.1f, NAN}, best[3] = {0.9f, 0.5f, 0.1f};
    roc_point points[2][ROC_POINTS];
    double auc[2];
    for (int turn = 0; turn < 2; turn++) {
        scored items[N];
        double numbers[N];
        float turned[N];
        int top[N];
        for (int i = 0; i < N; i++) {
            int from = turn ? N - 1 - i : i;
            items[i] = (scored){values[from], from % 3 != 0};
            numbers[i] = (double)(turned[i] = values[from]);
        }
        auc[turn] = metrics_auc(items, N);
        metrics_roc(items, N, points[turn]);
        assert_int_equal(metrics_top(turned, N, top, 4), 4);
        for (int k = 0; k < 3; k++)
            assert_float_equal(turned[top[k]], best[k], 0);
        assert_int_equal(nn_argmax(turned, N), top[0]);
        assert_close(metrics_percentile(numbers, N, 1), (double)0.9f);
        calibration c = {0};
        calibration_add(&c, NAN, false);
        assert_int_equal(c.count[WRONG][0], 1);
    }
    assert_close(auc[0], auc[1]);
    assert_memory_equal(points[0], points[1], 2 * sizeof(roc_point));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_confusion),
        cmocka_unit_test(test_worst),
        cmocka_unit_test(test_calibration),
        cmocka_unit_test(test_confidence_of_right_and_wrong),
        cmocka_unit_test(test_auc),
        cmocka_unit_test(test_roc),
        cmocka_unit_test(test_roc_is_thinned),
        cmocka_unit_test(test_top),
        cmocka_unit_test(test_percentile),
        cmocka_unit_test(test_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
