/* test_learn.c - a look at images and network before a training: the sheet of a data set, the blocks of a network, what an
 * epoch costs. */
#include "app/core/data/samples.h"
#include "app/core/model/net_blocks.h"
#include "app/core/platform.h"
#include "app/core/training/data_sheet.h"
#include "app/core/training/doubts.h"
#include "app/core/training/net_cost.h"
#include "nn/file.h"
#include "tests/support/faults.h"
#include "tests/support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nconv 4 3\nbatchnorm\nrelu\nmaxpool 4\nflatten\ndropout\ndense 10\nsoftmax\n";

static paths where;
static nn_error err;

static int set_up(void **state)
{
    (void)state;
    temp_make();
    paths_find(&where, temp_path("state"));
    assert_true(nn_file_save(temp_path("conv.net"), net, strlen(net), NN_CONSISTENT, &err));
    return 0;
}

/* ---- images ------------------------------------------------------------------------------------------------------ */

/* Images of 2x2 whose first pixel is their number. */
static void make_set(dataset *data, unsigned char *images, unsigned char *labels, int count)
{
    *data = (dataset){.count = count, .side = 2, .classes = 3, .images = images, .labels = labels};
    for (int i = 0; i < count; i++) {
        images[4 * i] = (unsigned char)i;
        labels[i] = (unsigned char)(i % 4 == 3 ? 2 : i % 2);
    }
    snprintf(data->label[2], NN_NAME, "odd");
    snprintf(data->note, sizeof data->note, "turned");
}

static void test_a_sheet_has_the_first_of_each_class(void **state)
{
    (void)state;
    unsigned char images[4 * 24] = {0}, labels[24];
    dataset data, test = {0};
    data_sheet sheet;
    make_set(&data, images, labels, 24);
    assert_true(data_sheet_make(&sheet, &data, &test, &err));
    assert_int_equal(sheet.count, 24);
    assert_int_equal(sheet.repeated, 0);
    assert_int_equal(sheet.set_aside, 4); /* a fifth, where a tenth would not have every class in it */
    assert_int_equal(sheet.of_class[0], 12);
    assert_int_equal(sheet.of_class[1], 6);
    assert_int_equal(sheet.of_class[2], 6);
    assert_string_equal(sheet.label[2], "odd");
    assert_string_equal(sheet.note, "turned");
    for (int i = 0; i < DATA_SHEET_EACH; i++) {
        assert_int_equal(*data_sheet_image(&sheet, 0, i), 2 * i);
        assert_int_equal(*data_sheet_image(&sheet, 2, i), 4 * i + 3);
    }
    data_sheet_free(&sheet);
    unsigned char others[4 * 5] = {0}, their_labels[5];
    make_set(&test, others, their_labels, 5);
    data.images += 4;
    data.count = 3; /* the second to the fourth */
    assert_true(data_sheet_make(&sheet, &data, &test, &err));
    assert_int_equal(sheet.tested, 5);
    assert_int_equal(sheet.leaked, 3);
    data_sheet_free(&sheet);
    make_set(&data, images, labels, 4);
    assert_true(data_sheet_make(&sheet, &data, &test, &err)); /* one of a class: the rest is blank */
    assert_int_equal(*data_sheet_image(&sheet, 1, 0), 1);
    assert_int_equal(*data_sheet_image(&sheet, 1, 1), 0);
    data_sheet_free(&sheet);
}

static bool make_sheet(void *ctx, nn_error *problem)
{
    data_sheet_job *made;
    data_sheet sheet;
    dataset data;
    if (!data_sheet_job_new(&made, ctx, &where, &(job_host){0}, problem))
        return false;
    bool ok = data_sheet_job_take(made, &sheet, &data, problem);
    assert_true(!ok || (sheet.count == 4 && data.count == 4));
    dataset_free(&data);
    data_sheet_free(&sheet);
    return ok;
}

static void test_a_sheet_is_made_beside_the_window(void **state)
{
    (void)state;
    static const char csv[] = "1,0,255,9,9\n2,0,255,9,9\n1,0,255,9,8\n2,7,255,9,9\n";
    training_data wanted = {.choice = TRAIN_PATH};
    snprintf(wanted.path, sizeof wanted.path, "%s", temp_path("set.csv"));
    assert_false(make_sheet(&wanted, &err));
    assert_non_null(strstr(err.text, "set.csv"));
    assert_true(nn_file_save(temp_path("set.csv"), csv, strlen(csv), NN_CONSISTENT, &err));
    assert_true(faults_try_all("a sheet", &(fault_case){.run = make_sheet, .ctx = &wanted}) > 5);
    data_sheet_job *left;
    wanted.choice = TRAIN_SYNTHETIC;
    assert_true(data_sheet_job_new(&left, &wanted, &where, &(job_host){0}, &err));
    data_sheet_job_leave(left); /* in the middle of it */
    job_await_left();
}

/* ---- labels that are likely wrong -------------------------------------------------------------------------------- */

enum { MADE = 60 };

/* Digits that the program makes, two of which have each other's label. */
static bool make_swapped(dataset *data, nn_error *problem)
{
    if (!samples_make(data, MADE, 1, problem))
        return false;
    int other = 1;
    while (data->labels[other] == data->labels[0])
        other++;
    unsigned char label = data->labels[0];
    data->labels[0] = data->labels[other];
    data->labels[other] = label;
    return true;
}

static bool doubt_swapped(void *ctx, nn_error *problem)
{
    doubts_job *made;
    dataset data = {0}, kept;
    (void)ctx;
    if (!make_swapped(&kept, problem))
        return false;
    bool ok = make_swapped(&data, problem) && doubts_job_new(&made, &data, "", 2, &where, &(job_host){0}, problem);
    assert_null(data.images); /* it has them, or nobody */
    const doubts *found = ok ? doubts_job_found(made, problem) : NULL;
    if (found) {
        assert_true(found->known);
        assert_int_equal(found->n_doubted, 2);
        assert_int_equal(found->n_listed, 2);
        assert_true(found->list[0].confidence >= found->list[1].confidence);
        const doubt *first = &found->list[found->list[0].image == 0 ? 0 : 1],
                    *second = &found->list[first == found->list];
        assert_int_equal(first->image, 0);
        assert_int_equal(first->label, second->read);
        assert_int_equal(first->read, second->label);
        assert_int_equal(first->label, kept.labels[0]);
        assert_memory_equal(doubts_job_image(made, (int)(first - found->list)), kept.images, 28 * 28);
    }
    if (ok)
        doubts_job_leave(made);
    dataset_free(&kept);
    return found != NULL;
}

static void test_swapped_labels_are_doubted(void **state)
{
    (void)state;
    assert_true(faults_try_all("doubts", &(fault_case){.run = doubt_swapped}) > 5);
}

static void test_classes_that_no_network_knows_are_not_doubted(void **state)
{
    (void)state;
    doubts_job *made;
    dataset data;
    assert_true(make_swapped(&data, &err));
    snprintf(data.label[3], sizeof data.label[3], "three legs");
    assert_true(doubts_job_new(&made, &data, "nowhere", 1, &where, &(job_host){0}, &err));
    const doubts *found = doubts_job_found(made, &err);
    assert_non_null(found);
    assert_false(found->known);
    assert_int_equal(found->n_listed, 0);
    doubts_job_leave(made);
}

static void test_doubting_can_be_left_while_it_is_paused(void **state)
{
    (void)state;
    doubts_job *made;
    dataset data;
    assert_true(samples_make(&data, 1000, 1, &err));
    assert_true(doubts_job_new(&made, &data, "", 3, &where, &(job_host){0}, &err));
    doubts_job_pause(made, true);
    platform_sleep_ms(30);
    doubts_job_leave(made);
    job_await_left();
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

static void test_blocks(void **state)
{
    (void)state;
    nn_plan *plan;
    net_block block[3];
    assert_true(nn_plan_parse(&plan, net, strlen(net), &err));
    assert_int_equal(net_blocks(plan, block, 3), 3);
    assert_string_equal(block[0].title, "conv 4 3, batchnorm, relu");
    assert_int_equal(block[0].weights, 4 * 9 + 4 + 4 * 4);
    assert_true(nn_same_shape(block[0].out, (nn_shape){28, 28, 4}));
    assert_string_equal(block[1].title, "maxpool 4, dropout");
    assert_string_equal(block[2].title, "dense 10, softmax");
    assert_int_equal(block[2].weights, 7 * 7 * 4 * 10 + 10);
    assert_int_equal(net_blocks(plan, block, 1), 3); /* no more than there is room for */
    size_t all = block[0].weights + block[1].weights + block[2].weights;
    assert_int_equal(all, plan->floats);
    nn_plan_free(plan);
}

static net_cost_request request_of(const char *name, int count)
{
    net_cost_request r = {.count = count, .side = 28, .classes = 10, .batch = 64, .threads = 1};
    snprintf(r.net, sizeof r.net, "%s", temp_path(name));
    return r;
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void test_an_epoch_is_measured(void **state)
{
    (void)state;
    nn_plan *plan;
    net_cost_request r = request_of("conv.net", 64000);
    double seconds = 0;
    assert_true(nn_plan_parse(&plan, net, strlen(net), &err));
    assert_true(net_cost_measure(&seconds, plan, &r, NULL, never, NULL, &err));
    assert_true(seconds > 0);
    r.threads = NN_MAX_THREADS + 1;
    assert_false(net_cost_measure(&seconds, plan, &r, NULL, NULL, NULL, &err));
    nn_plan_free(plan);
}

static bool measure(void *ctx, nn_error *problem)
{
    net_cost_job *made;
    double seconds;
    if (!net_cost_job_new(&made, ctx, &where, &(job_host){0}, problem))
        return false;
    bool ok = net_cost_job_seconds(made, &seconds, problem);
    assert_true(!ok || (seconds > 0 && net_cost_job_plan(made)));
    net_cost_job_leave(made);
    return ok;
}

static void test_a_network_is_measured_beside_the_window(void **state)
{
    (void)state;
    net_cost_request r = request_of("conv.net", 8000);
    r.classes = 26;
    net_cost_job *made;
    assert_true(net_cost_job_new(&made, &r, &where, &(job_host){0}, &err));
    assert_int_equal(net_cost_job_plan(made)->classes, 26); /* it is fitted to the images */
    net_cost_job_leave(made);                               /* in the middle of it */
    job_await_left();
    assert_true(measure(&r, &err));
    r = request_of("nowhere.net", 8000);
    assert_false(measure(&r, &err));
    assert_non_null(strstr(err.text, "nowhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_sheet_has_the_first_of_each_class, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_sheet_is_made_beside_the_window, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_swapped_labels_are_doubted, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_classes_that_no_network_knows_are_not_doubted, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_doubting_can_be_left_while_it_is_paused, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_blocks, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_an_epoch_is_measured, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_network_is_measured_beside_the_window, set_up, temp_tear_down),
    };
    return cmocka_run_group_tests_name("learn", tests, NULL, NULL);
}
