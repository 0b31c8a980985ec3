/* pasts.c - a network of three classes, four moments, nine images at each. */
#include "pasts.h"
#include "nets.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char net[] = "input 4 4 1\nflatten\ndense 3\nsoftmax\n";

static void make_course(train_past *past)
{
    train_news *n = &past->news;
    past->request = (train_request){.net = "own", .data = TRAIN_KEPT, .epochs = 2, .lr = 0.01f};
    *n = (train_news){.images = 90,
                      .steps = 3,
                      .epoch = 2,
                      .step = 3,
                      .best_epoch = 2,
                      .best_accuracy = 0.75,
                      .val_accuracy = 0.75,
                      .test_accuracy = (double)NAN,
                      .lr = 0.01f,
                      .n_trained = 2,
                      .n_validated = 2};
    n->trained[0] = (train_point){0.5f, 2.25f, 0.25f};
    n->trained[1] = (train_point){2, 0.5f, 0.5f};
    n->validated[1] = (train_point){2, 0.75f, 0.75f};
    n->validated[0] = (train_point){0, 2.5f, 0.125f};
}

static void make_moments(train_past *past, uint64_t seed)
{
    nn_error err;
    unsigned char labels[9] = {0, 1, 2, 0, 1, 2, 0, 1, 2};
    dataset images = {.count = 9, .side = 4, .classes = 3, .labels = labels};
    float answers[9 * 3], *weights = past->kept;
    uint64_t random = seed;
    assert_true(weight_history_new(&past->weights, past->plan->floats, PAST_MOMENTS - 1, &err));
    assert_true(moment_check_new(&past->check, 3, &err));
    for (int i = 0; i < PAST_MOMENTS; i++) {
        random_fill(&random, weights, past->plan->floats, -2, 2);
        random_fill(&random, answers, 27, 0, 1);
        assert_true(weight_history_add(&past->weights, i, weights));
        moment_check_set(&past->check, i, &images, answers, 1.5 - 0.25 * i);
    }
    past->news.moments = past->weights.count;
}

void past_make(train_past *past, uint64_t seed)
{
    *past = (train_past){.plan = net_parse(net)};
    past->kept = nn_alloc(past->plan->floats, sizeof *past->kept);
    assert_non_null(past->kept);
    make_course(past);
    make_moments(past, seed);
    for (int i = 0; i < 3; i++)
        snprintf(past->label[i], sizeof past->label[i], "%c", 'a' + i);
}
