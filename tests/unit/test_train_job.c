/* test_train_job.c - a training beside the caller: progress, pause, stop, weights of the moment, saving, faults. */
#include "app/core/clock.h"
#include "app/core/data/samples.h"
#include "app/core/made/synth.h"
#include "app/core/training/train_job.h"
#include "nn/file.h"
#include "tests/support/faults.h"
#include "tests/support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const char tiny_net[] = "input 28 28 1\nmaxpool 4\nflatten\ndense 16\nrelu\ndense 10\nsoftmax\n";

static paths where;
static train_request request;
static nn_error err;

/* Kept drawings are enough data, and quickly made. */
static void keep_digits(const char *path, int count)
{
    static sketch scratch;
    for (int i = 0, kept = 0; i < count; i++) {
        char label[2] = {(char)('0' + i % 10), '\0'};
        synth_digit(&scratch, i % 10, (uint64_t)i);
        assert_true(samples_keep(path, &scratch.ink, label, "", &kept, NULL, &err));
    }
}

static int set_up(void **state)
{
    (void)state;
    temp_make();
    paths_find(&where, temp_path("state"));
    assert_true(nn_file_save(temp_path("tiny.net"), tiny_net, strlen(tiny_net), NN_CONSISTENT, &err));
    keep_digits(temp_path("digits.jsonl"), 300);
    request = (train_request){.data = TRAIN_KEPT, .epochs = 3, .threads = 2, .seed = 1, .lr = 0.01f};
    snprintf(request.net, sizeof request.net, "%s", temp_path("tiny.net"));
    snprintf(request.path, sizeof request.path, "%s", temp_path("digits.jsonl"));
    return 0;
}

static train_job *start(void)
{
    train_job *t;
    if (!train_job_new(&t, &request, &where, &(job_host){0}, &err))
        fail_msg("%s", err.text);
    return t;
}

static void doze(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static const train_news *wait_for(train_job *t, train_phase phase)
{
    while (train_job_news(t)->phase < phase)
        if (!train_job_look(t))
            doze();
    return train_job_news(t);
}

static void test_learns_and_tells(void **state)
{
    (void)state;
    train_job *t = start();
    assert_int_equal(train_job_news(t)->phase, TRAIN_PREPARING);
    const train_news *news = wait_for(t, TRAIN_ENDED);
    assert_int_equal(news->problem.code, NN_OK);
    assert_int_equal(news->images, 300);
    assert_int_equal(news->epoch, 3);
    assert_int_equal(news->n_validated, 4);
    assert_float_equal(news->validated[0].epochs, 0, 0);
    assert_true(news->validated[0].accuracy < 0.3f); /* it had learned nothing yet */
    assert_int_equal(news->n_trained, 3 * news->steps);
    assert_true(news->trained[news->n_trained - 1].loss < news->trained[0].loss);
    assert_float_equal(news->trained[news->n_trained - 1].epochs, 3, 1e-4);
    assert_in_range(news->best_epoch, 1, 3);
    assert_float_equal(news->best_accuracy, (double)news->validated[news->best_epoch].accuracy, 1e-6);
    assert_true(news->best_accuracy > 0.2);
    assert_non_null(train_job_weights(t));
    assert_int_equal(news->moments, 3 * news->steps + 1); /* so few are all kept */
    assert_int_equal(train_job_moment_step(t, 0), 0);
    assert_int_equal(train_job_moment_step(t, news->moments - 1), 3 * news->steps);
    float first = train_job_moment(t, 0)[5], last = train_job_moment(t, news->moments - 1)[5];
    assert_float_not_equal(first, last, 0);
    train_job_free(t);
}

static void test_weights_of_the_moment_change(void **state)
{
    (void)state;
    request.epochs = TRAIN_MAX_EPOCHS;
    train_job *t = start();
    wait_for(t, TRAIN_RUNNING);
    nn_model *model;
    assert_true(train_job_model(t, &model, &err));
    assert_string_equal(model->label[7], "7");
    size_t bytes = model->plan->floats * sizeof(float);
    assert_memory_equal(model->weights, train_job_weights(t), bytes);
    while (memcmp(model->weights, train_job_weights(t), bytes) == 0)
        if (!train_job_look(t))
            doze();
    nn_model_free(model);
    train_job_free(t); /* in the middle of it */
}

static void test_a_margin_is_told(void **state)
{
    static const char wide[] = "input 32 32 1\nmaxpool 30\nflatten\ndense 10\nsoftmax\n";
    (void)state;
    assert_true(nn_file_save(temp_path("tiny.net"), wide, strlen(wide), NN_CONSISTENT, &err));
    train_job *t = start();
    assert_string_equal(wait_for(t, TRAIN_RUNNING)->note,
                        "images of 28x28 are too small for the network: a margin makes them 30x30");
    train_job_free(t);
}

static void test_pause_and_go_on(void **state)
{
    (void)state;
    request.epochs = TRAIN_MAX_EPOCHS;
    train_job *t = start();
    wait_for(t, TRAIN_RUNNING);
    train_job_pause(t, true);
    for (int i = 0; i < 300; i++) /* what was under way ends */
        doze();
    train_job_look(t);
    int epoch = train_job_news(t)->epoch, step = train_job_news(t)->step;
    for (int i = 0; i < 200; i++)
        doze();
    assert_false(train_job_look(t));
    train_job_pause(t, false);
    while (train_job_news(t)->epoch == epoch && train_job_news(t)->step == step)
        if (!train_job_look(t))
            doze();
    train_job_pause(t, true);
    train_job_free(t); /* a paused one ends as well */
}

/* Each is told with how much of it was right. */
static void test_one_batch_at_a_time(void **state)
{
    (void)state;
    train_job *t = start();
    train_job_pause(t, true);
    for (int batch = 1; batch <= 7; batch++) { /* an epoch has five */
        train_job_batch(t);
        while (train_job_news(t)->n_trained < batch)
            if (!train_job_look(t))
                doze();
        const train_news *news = train_job_news(t);
        assert_int_equal(news->n_trained, batch);
        assert_int_equal(news->step, (batch - 1) % news->steps + 1);
        assert_int_equal(news->epoch, (batch - 1) / news->steps + 1);
        assert_true(news->batch > 0 && news->batch <= TRAIN_BATCH);
        assert_in_range(news->batch_right, 0, news->batch);
        assert_float_equal(news->trained[batch - 1].loss, news->batch_loss, 1e-5);
    }
    train_job_slow(t, true);
    train_job_pause(t, false);
    train_job_slow(t, false);
    assert_int_equal(wait_for(t, TRAIN_ENDED)->epoch, 3);
    train_job_free(t);
}

/* A curve that is full goes on with points for twice as many batches, and still begins at the beginning. */
static void test_a_long_curve_begins_at_the_beginning(void **state)
{
    (void)state;
    request.epochs = 80;
    train_job *t = start();
    const train_news *news = wait_for(t, TRAIN_ENDED);
    int each = 80 * news->steps / TRAIN_CURVE + 1; /* batches of a point: 4 of 400 for 128 */
    assert_in_range(news->n_trained, TRAIN_CURVE / 2, TRAIN_CURVE);
    assert_true(news->trained[0].epochs * (float)news->steps <= (float)each + 0.5f);
    for (int i = 1; i < news->n_trained; i++)
        assert_float_equal(news->trained[i].epochs, (float)(i + 1) * news->trained[0].epochs, 1e-3);
    train_job_free(t);
}

/* Who learned from made-up digits is asked about people's, where these are at hand; what says so is kept. */
static void test_two_numbers_for_two_things(void **state)
{
    (void)state;
    train_job *t = start();
    assert_true(isnan(wait_for(t, TRAIN_ENDED)->test_accuracy)); /* there are none */
    train_job_free(t);
    unsigned char images[16 + 40 * 784] = {0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 28, 0, 0, 0, 28};
    unsigned char labels[8 + 40] = {0, 0, 8, 1, 0, 0, 0, 40};
    for (int i = 0; i < 40; i++)
        labels[8 + i] = (unsigned char)(i % 10);
    assert_true(nn_file_mkdirs(where.mnist, &err));
    char path[PATHS_MAX];
    assert_true(paths_join(path, where.mnist, "t10k-images-idx3-ubyte"));
    assert_true(nn_file_save(path, images, sizeof images, NN_CONSISTENT, &err));
    assert_true(paths_join(path, where.mnist, "t10k-labels-idx1-ubyte"));
    assert_true(nn_file_save(path, labels, sizeof labels, NN_CONSISTENT, &err));
    t = start();
    const train_news *news = wait_for(t, TRAIN_ENDED);
    assert_float_equal(news->test_accuracy, 0.1, 1e-6); /* of blank images, each of another digit */
    assert_true(train_job_save(t, temp_path("tested.safetensors"), "", &err));
    wait_for(t, TRAIN_SAVED);
    nn_model *model;
    assert_true(nn_model_load(&model, temp_path("tested.safetensors"), &err));
    assert_non_null(strstr(model->training, "\"test_accuracy\":0.1"));
    nn_model_free(model);
    train_job_free(t);
}

static void test_stop_keeps_the_best_so_far(void **state)
{
    (void)state;
    request.epochs = TRAIN_MAX_EPOCHS;
    train_job *t = start();
    while (train_job_news(t)->best_epoch == 0)
        if (!train_job_look(t))
            doze();
    train_job_stop(t);
    const train_news *news = wait_for(t, TRAIN_ENDED);
    assert_true(news->epoch < TRAIN_MAX_EPOCHS);
    assert_int_equal(news->problem.code, NN_OK);
    assert_true(train_job_save(t, temp_path("stopped.safetensors"), "", &err));
    wait_for(t, TRAIN_SAVED);
    nn_model *model;
    assert_true(nn_model_load(&model, temp_path("stopped.safetensors"), &err));
    assert_non_null(strstr(model->training, "kept drawings"));
    assert_memory_equal(model->weights, train_job_weights(t), model->plan->floats * sizeof(float));
    nn_model_free(model);
    train_job_free(t);
}

static atomic_int threads;
static atomic_bool stopped;

/* All but the job's own one, whose data is there by then. */
static void hold(void)
{
    if (atomic_fetch_add(&threads, 1) > 0)
        while (!atomic_load(&stopped))
            doze();
}

/* Its check is not to be had: it is no moment. */
static void test_a_moment_that_is_stopped_is_none(void **state)
{
    (void)state;
    train_job *t;
    assert_true(train_job_new(&t, &request, &where, &(job_host){.on_thread_start = hold}, &err));
    while (atomic_load(&threads) < 2)
        doze();
    train_job_stop(t);
    atomic_store(&stopped, true);
    const train_news *news = wait_for(t, TRAIN_ENDED);
    assert_int_equal(news->problem.code, NN_OK);
    assert_int_equal(news->n_validated, 0);
    assert_int_equal(news->moments, 0);
    train_job_free(t);
}

/* What each moment reads is counted on the same images; saved with the model, all of it comes back. */
static void test_the_past_comes_back(void **state)
{
    (void)state;
    train_job *t = start(), *back;
    confusion c, again;
    const train_news *news = wait_for(t, TRAIN_ENDED);
    int moments = news->moments;
    double first = train_job_moment_check(t, 0, &c);
    assert_int_equal(confusion_total(&c), 30); /* the tenth that is set aside */
    assert_true(train_job_moment_check(t, moments - 1, &c) < first);
    assert_int_equal(confusion_total(&c), 30);
    assert_true(train_job_save(t, temp_path("one.safetensors"), temp_path("one.history"), &err));
    wait_for(t, TRAIN_SAVED);
    assert_true(train_job_recall(&back, temp_path("one.history"), &(job_host){0}, &err));
    news = wait_for(back, TRAIN_RECALLED);
    assert_int_equal(news->moments, moments);
    assert_int_equal(news->best_epoch, train_job_news(t)->best_epoch);
    assert_true(train_job_moment_check(back, moments - 1, &again) == train_job_moment_check(t, moments - 1, &c));
    assert_memory_equal(&again, &c, sizeof c);
    size_t bytes = train_job_plan(t)->floats * sizeof(float);
    assert_memory_equal(train_job_moment(t, 5), train_job_moment(back, 5), bytes);
    assert_float_equal(train_job_weights(back)[0], train_job_weights(t)[0], 1e-3);
    train_job_free(back);
    train_job_free(t);
    assert_true(train_job_recall(&back, temp_path("two.history"), &(job_host){0}, &err));
    while (!train_job_look(back))
        doze();
    assert_int_equal(train_job_news(back)->phase, TRAIN_ENDED);
    assert_non_null(strstr(train_job_news(back)->problem.text, "two.history"));
    assert_null(train_job_weights(back));
    train_job_free(back);
}

static void test_nothing_is_overwritten(void **state)
{
    (void)state;
    const char old[] = "somebody's work";
    char *path = (char *)(uintptr_t)temp_path("old.safetensors");
    assert_true(nn_file_save(path, old, sizeof old, NN_CONSISTENT, &err));
    train_job *t = start();
    wait_for(t, TRAIN_ENDED);
    assert_true(train_job_save(t, path, "", &err));
    while (train_job_news(t)->problem.code == NN_OK)
        if (!train_job_look(t))
            doze();
    assert_int_equal(train_job_news(t)->phase, TRAIN_ENDED);
    assert_non_null(strstr(train_job_news(t)->problem.text, "already"));
    unsigned char *data;
    size_t len;
    assert_true(nn_file_read(path, 1000, &data, &len, &err));
    assert_memory_equal(data, old, sizeof old);
    nn_free(data);
    train_job_free(t);
}

/* A past without its model would become that of the next one of its name. */
static void test_model_and_past_are_saved_together(void **state)
{
    (void)state;
    const char *const places[][2] = {{"nowhere/one.safetensors", "one.history"},
                                     {"one.safetensors", "nowhere/one.history"}};
    train_job *t = start();
    wait_for(t, TRAIN_ENDED);
    for (int i = 0; i < 3; i++) {
        const char *const *at = places[i % 2];
        if (i == 2)
            assert_true(nn_file_mkdirs(temp_path("nowhere"), &err));
        assert_true(train_job_save(t, temp_path(at[0]), temp_path(at[1]), &err));
        while (train_job_news(t)->phase == TRAIN_ENDED &&
               (!train_job_look(t) || train_job_news(t)->problem.code == NN_OK))
            doze();
        assert_int_equal(train_job_news(t)->phase, i == 2 ? TRAIN_SAVED : TRAIN_ENDED);
        for (int k = 0; k < 2; k++)
            assert_int_equal(access(temp_path(at[k]), F_OK), i == 2 ? 0 : -1);
    }
    train_job_free(t);
}

static void test_rate_changes_from_the_next_batch_on(void **state)
{
    (void)state;
    request.epochs = TRAIN_MAX_EPOCHS;
    train_job *t = start();
    wait_for(t, TRAIN_RUNNING);
    train_job_set_lr(t, 0.5f);
    while (train_job_news(t)->lr != 0.5f)
        if (!train_job_look(t))
            doze();
    train_job_free(t);
}

static void test_divergence_ends_it_and_is_told(void **state)
{
    (void)state;
    request.lr = 1e30f;
    train_job *t = start();
    const train_news *news = wait_for(t, TRAIN_ENDED);
    assert_non_null(strstr(news->problem.text, "diverged"));
    train_job_free(t);
}

static void test_what_is_wrong_is_told(void **state)
{
    (void)state;
    train_job *t;
    keep_digits(temp_path("few.jsonl"), 5);
    snprintf(request.path, sizeof request.path, "%s", temp_path("few.jsonl"));
    t = start();
    assert_non_null(strstr(wait_for(t, TRAIN_ENDED)->problem.text, "too few images to train and validate on: 5"));
    assert_null(train_job_weights(t));
    train_job_free(t);

    snprintf(request.path, sizeof request.path, "%s", temp_path("digits.jsonl"));
    request.threads = NN_MAX_THREADS + 1;
    t = start();
    assert_string_equal(wait_for(t, TRAIN_ENDED)->problem.text, "65 threads, must be 1 to 64");
    assert_null(train_job_weights(t));
    train_job_free(t);

    snprintf(request.path, sizeof request.path, "%s", temp_path("."));
    request.data = TRAIN_PATH;
    t = start();
    assert_non_null(strstr(wait_for(t, TRAIN_ENDED)->problem.text, "train-images"));
    train_job_free(t);

    snprintf(request.net, sizeof request.net, "no-such-net");
    t = start();
    assert_non_null(strstr(wait_for(t, TRAIN_ENDED)->problem.text, "no-such-net"));
    train_job_free(t);
    assert_true(nn_file_save(temp_path("odd.net"), "input 28 28\n", 12, NN_CONSISTENT, &err));
    snprintf(request.net, sizeof request.net, "%s", temp_path("odd.net"));
    t = start();
    assert_non_null(strstr(wait_for(t, TRAIN_ENDED)->problem.text, "line 1"));
    train_job_free(t);
}

/* Every failing allocation ends in an error here or in the news, and leaks nothing. */
static bool train_and_save(void *ctx, nn_error *problem)
{
    (void)ctx;
    train_job *t;
    if (!train_job_new(&t, &request, &where, &(job_host){0}, problem))
        return false;
    const train_news *news = wait_for(t, TRAIN_ENDED);
    *problem = news->problem;
    bool ok = news->problem.code == NN_OK && train_job_save(t, temp_path("saved.safetensors"), "", problem);
    while (ok && train_job_news(t)->phase == TRAIN_ENDED && train_job_news(t)->problem.code == NN_OK)
        if (!train_job_look(t))
            doze();
    ok = ok && train_job_news(t)->phase == TRAIN_SAVED;
    if (!ok && problem->code == NN_OK)
        *problem = train_job_news(t)->problem;
    train_job_free(t);
    remove(temp_path("saved.safetensors"));
    return ok;
}

static void test_every_fault(void **state)
{
    (void)state;
    keep_digits(temp_path("few.jsonl"), 40);
    snprintf(request.path, sizeof request.path, "%s", temp_path("few.jsonl"));
    request.epochs = 12; /* until it is better than a guess, or there is nothing to save */
    request.threads = 1;
    assert_true(faults_try_all("training job", &(fault_case){.run = train_and_save}) > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_learns_and_tells, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_weights_of_the_moment_change, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_margin_is_told, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_pause_and_go_on, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_one_batch_at_a_time, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_long_curve_begins_at_the_beginning, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_two_numbers_for_two_things, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_stop_keeps_the_best_so_far, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_moment_that_is_stopped_is_none, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_the_past_comes_back, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_is_overwritten, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_model_and_past_are_saved_together, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_rate_changes_from_the_next_batch_on, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_divergence_ends_it_and_is_told, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_wrong_is_told, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_every_fault, set_up, temp_tear_down),
    };
    return cmocka_run_group_tests_name("train_job", tests, NULL, NULL);
}
