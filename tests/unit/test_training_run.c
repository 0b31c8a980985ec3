/* The loop over epochs: who is called when, and how it ends. */
#include "app/core/data/samples.h"
#include "app/core/training/training_run.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { IMAGES = 120, VALIDATED = 20, BATCH = 25, STEPS = 4, EPOCHS = 3 };

static const char net[] = "input 28 28 1\nmaxpool 4\nflatten\ndense 10\nsoftmax\n";

typedef struct seen {
    training *training;
    int asked, steps, epochs, stop_before_step, stop_after_epoch;
    bool stop_validation;
    training_sums sums;
    double loss; /* of the last epoch, as validated says */
    float lr;    /* of the last step */
    dataset data;
    nn_plan *plan;
} seen;

static bool goes_on(void *ctx)
{
    seen *s = ctx;
    assert_int_equal(s->asked, s->steps);
    s->asked++;
    return s->asked != s->stop_before_step;
}

static void after_step(void *ctx, const training_progress *p)
{
    seen *s = ctx;
    assert_int_equal(p->steps, STEPS);
    assert_int_equal(p->step, s->steps % STEPS + 1);
    assert_true(p->seconds >= 0);
    if (p->step == 1)
        s->sums = (training_sums){0};
    training_sums_add(&s->sums, &p->result, p->seconds);
    s->lr = p->result.lr;
    s->steps++;
}

static bool after_epoch(void *ctx, const training_epoch *e)
{
    seen *s = ctx;
    s->epochs++;
    assert_int_equal(e->epoch, training_epochs_done(s->training));
    assert_int_equal(s->sums.images, IMAGES - VALIDATED);
    s->loss = e->train_loss;
    return s->epochs != s->stop_after_epoch;
}

static bool stopped(void *ctx)
{
    const seen *s = ctx;
    return s->stop_validation;
}

static training_end run_to(seen *s, int epochs)
{
    const training_watch watch = {s, goes_on, after_step, after_epoch};
    return training_run(s->training, epochs, &watch);
}

static void open(seen *s, float lr)
{
    nn_error err;
    *s = (seen){0};
    training_config config = {.train = nn_train_defaults(), .val = VALIDATED, .stopped = stopped, .ctx = s};
    config.train.batch = BATCH;
    config.train.epochs = EPOCHS;
    config.train.lr = lr;
    assert_true(samples_make(&s->data, IMAGES, 1, &err));
    assert_true(nn_plan_parse(&s->plan, net, strlen(net), &err));
    assert_true(training_new(&s->training, s->plan, &s->data, &config, &err));
}

static void close(seen *s)
{
    training_free(s->training);
    nn_plan_free(s->plan);
    dataset_free(&s->data);
}

static void test_all_epochs(void **state)
{
    (void)state;
    seen s;
    open(&s, 1e-3f);
    assert_int_equal(run_to(&s, 1), TRAINING_DONE);
    assert_int_equal(s.epochs, 1);
    assert_int_equal(run_to(&s, 100), TRAINING_DONE); /* no further than the training itself */
    assert_int_equal(s.epochs, EPOCHS);
    assert_int_equal(s.steps, EPOCHS * STEPS);
    assert_true(s.loss == s.sums.loss / (double)s.sums.images);
    assert_int_equal(run_to(&s, 100), TRAINING_DONE);
    assert_int_equal(s.steps, EPOCHS * STEPS);
    close(&s);
}

static void test_stopped_by_the_watch(void **state)
{
    (void)state;
    seen s;
    open(&s, 1e-3f);
    s.stop_before_step = STEPS + 2;
    assert_int_equal(run_to(&s, EPOCHS), TRAINING_STOPPED);
    assert_int_equal(s.steps, STEPS + 1);
    assert_int_equal(training_epochs_done(s.training), 1);
    close(&s);
    open(&s, 1e-3f);
    s.stop_after_epoch = 2;
    assert_int_equal(run_to(&s, EPOCHS), TRAINING_STOPPED);
    assert_int_equal(training_epochs_done(s.training), 2);
    close(&s);
}

/* An epoch that is not validated to its end does not count; what is asked afterwards is answered in full. */
static void test_stopped_while_validating(void **state)
{
    (void)state;
    seen s;
    nn_error err;
    nn_model *model;
    double loss;
    open(&s, 1e-3f);
    assert_int_equal(run_to(&s, 1), TRAINING_DONE);
    s.stop_validation = true;
    assert_int_equal(run_to(&s, EPOCHS), TRAINING_STOPPED);
    assert_int_equal(s.epochs, 1);
    assert_int_equal(training_epochs_done(s.training), 1);
    assert_true(training_model(s.training, &model, &err));
    assert_true(training_score(s.training, model, &s.data, false, &loss) >= 0);
    assert_true(isfinite(loss));
    nn_model_free(model);
    close(&s);
}

static void test_diverged(void **state)
{
    (void)state;
    seen s;
    open(&s, 1e38f);
    assert_int_equal(run_to(&s, EPOCHS), TRAINING_DIVERGED);
    assert_int_equal(training_best_epoch(s.training), 0);
    close(&s);
}

static void test_another_rate(void **state)
{
    (void)state;
    seen s;
    open(&s, 1e-3f);
    training_set_lr(s.training, 0.25f);
    training_set_lr(s.training, 3e-4f);
    assert_int_equal(run_to(&s, 1), TRAINING_DONE);
    assert_float_equal(s.lr, 3e-4f, 1e-10);
    training_set_lr(s.training, 1e-3f);
    assert_int_equal(run_to(&s, 2), TRAINING_DONE);
    assert_float_equal(s.lr, 1e-3f, 0);
    close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_epochs),
        cmocka_unit_test(test_stopped_by_the_watch),
        cmocka_unit_test(test_stopped_while_validating),
        cmocka_unit_test(test_diverged),
        cmocka_unit_test(test_another_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
