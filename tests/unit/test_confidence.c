/* test_confidence.c - a temperature that was put into made-up answers is found again. */
#include "app/core/model/confidence.h"
#include "nn/rng.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { N = 20000, CLASSES = 10 };
static float answers[N * CLASSES];
static unsigned char label[N];

static void softmax(const float *logit, float temperature, float *p)
{
    float sum = 0;
    for (int c = 0; c < CLASSES; c++)
        sum += p[c] = expf(logit[c] / temperature);
    for (int c = 0; c < CLASSES; c++)
        p[c] /= sum;
}

/* Answers of a network that is `temperature` times too sure: labels are drawn from the calmer distribution. */
static void make(float temperature)
{
    for (int i = 0; i < N; i++) {
        float logit[CLASSES], calm[CLASSES], ticket = nn_uniform(1, (uint64_t)i);
        uint64_t key = nn_key(2, (uint64_t)i);
        for (int c = 0; c < CLASSES; c++)
            logit[c] = 3 * nn_normal(key, (uint64_t)c);
        softmax(logit, 1, answers + i * CLASSES);
        softmax(logit, temperature, calm);
        int c = 0;
        while (c < CLASSES - 1 && (ticket -= calm[c]) >= 0)
            c++;
        label[i] = (unsigned char)c;
    }
}

static void the_temperature_is_found(void **state)
{
    (void)state;
    const float truth[] = {0.4f, 1, 1.7f, 3};
    for (int i = 0; i < 4; i++) {
        make(truth[i]);
        float found = confidence_temperature(answers, label, N, CLASSES);
        assert_true(found > 0.95f * truth[i] && found < 1.05f * truth[i]);
    }
}

/* Without a minimum the search ends at its border: all right makes any temperature too high, all wrong too low. */
static void the_temperature_has_borders(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        for (int c = 0; c < CLASSES; c++)
            answers[i * CLASSES + c] = c == 3 ? 1 : 0; /* logits far beyond what a float shows */
        label[i] = 3;
    }
    float sure = confidence_temperature(answers, label, 50, CLASSES);
    assert_true(sure >= 0.2f && sure <= 5);
    for (int i = 0; i < 50; i++)
        label[i] = 4;
    float wrong = confidence_temperature(answers, label, 50, CLASSES);
    assert_true(wrong > 4.9f && wrong <= 5);
}

static void the_top_is_that_of_the_warmer_softmax(void **state)
{
    (void)state;
    make(1);
    for (int i = 0; i < 100; i++) {
        const float *p = answers + i * CLASSES;
        float logit[CLASSES], warm[CLASSES], top = 0;
        for (int c = 0; c < CLASSES; c++)
            logit[c] = logf(p[c]);
        softmax(logit, 2.5f, warm);
        for (int c = 0; c < CLASSES; c++)
            top = fmaxf(top, warm[c]);
        assert_true(fabsf(confidence_top(p, CLASSES, 2.5f) - top) < 1e-5f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_temperature_is_found),
        cmocka_unit_test(the_temperature_has_borders),
        cmocka_unit_test(the_top_is_that_of_the_warmer_softmax),
    };
    return cmocka_run_group_tests_name("confidence", tests, NULL, NULL);
}
