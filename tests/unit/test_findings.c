/* Which images an evaluation is about, from answers made by hand; several models from their parts; the worker. */
#include "app/core/data/samples.h"
#include "app/core/data/split.h"
#include "app/core/platform.h"
#include "app/core/training/findings.h"
#include "app/report/evaluation_json.h"
#include "app/report/test_job.h"
#include "nn/alloc.h"
#include "support/nets.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { IMAGES = 8, CLASSES = 3 };

/* Labels 0 0 0 1 1 1 2 2; image 2 is taken for a 1, image 5 for a 2 with little doubt, image 7 for a 0 with much. */
static unsigned char labels[IMAGES] = {0, 0, 0, 1, 1, 1, 2, 2};
static float answers[IMAGES][CLASSES] = {{.9f, .1f, 0},   {.8f, .1f, .1f}, {.4f, .5f, .1f}, {0, 1, 0},
                                         {.2f, .7f, .1f}, {0, .01f, .99f}, {0, .1f, .9f},   {.4f, .3f, .3f}};
static dataset data = {.count = IMAGES, .side = 28, .classes = CLASSES, .labels = labels};

/* read: room for what the answers say. */
static evaluation made(float (*p)[CLASSES], unsigned char read[IMAGES])
{
    evaluation e = {.data = &data, .probabilities = &p[0][0], .read = read, .confusion.classes = CLASSES};
    for (int i = 0; i < IMAGES; i++)
        read[i] = (unsigned char)nn_argmax(p[i], CLASSES);
    for (int i = 0; i < CLASSES; i++)
        e.class_of[i] = i;
    return e;
}

static void assert_images(const finding *found, int n, const int *wanted, int n_wanted)
{
    assert_int_equal(n, n_wanted);
    for (int i = 0; i < n; i++)
        assert_int_equal(found[i].image, wanted[i]);
}

static void the_images_of_a_cell_come_the_surest_first(void **state)
{
    (void)state;
    finding found[IMAGES];
    unsigned char read[IMAGES];
    evaluation e = made(answers, read);
    assert_images(found, findings_cell(&e, 0, 0, 0, found), (const int[]){0, 1}, 2);
    assert_images(found, findings_cell(&e, 1, 1, 0, found), (const int[]){3, 4}, 2);
    assert_images(found, findings_cell(&e, 1, 1, 0.75f, found), (const int[]){3}, 1);
    assert_images(found, findings_cell(&e, 0, 1, 0, found), (const int[]){2}, 1);
    assert_images(found, findings_cell(&e, 2, 1, 0, found), NULL, 0);
}

static void right_and_wrong_answers_come_the_surest_first(void **state)
{
    (void)state;
    finding found[IMAGES];
    unsigned char read[IMAGES];
    evaluation e = made(answers, read);
    assert_images(found, findings_answers(&e, RIGHT, found), (const int[]){3, 0, 6, 1, 4}, 5);
    assert_images(found, findings_answers(&e, WRONG, found), (const int[]){5, 2, 7}, 3);
}

static void the_hardest_are_those_whose_class_is_least_likely(void **state)
{
    (void)state;
    finding found[IMAGES];
    unsigned char read[IMAGES];
    evaluation e = made(answers, read);
    assert_images(found, findings_hardest(&e, found), (const int[]){5, 7, 2, 4, 1, 0, 6, 3}, IMAGES);
}

/* Of the 2s the network is 0.6 sure on average, so 0.99 is enough to doubt a label; 0.5 for a 1 is not, nor 0.4 for a 0. */
static void a_label_is_doubted_by_one_who_is_as_sure_as_usual(void **state)
{
    (void)state;
    finding found[IMAGES];
    unsigned char read[IMAGES];
    evaluation e = made(answers, read);
    assert_images(found, findings_doubted(&e, found), (const int[]){5}, 1);
}

static void of_two_who_reads_what_the_other_does_not(void **state)
{
    (void)state;
    float others[IMAGES][CLASSES];
    finding found[IMAGES];
    memcpy(others, answers, sizeof others);
    memcpy(others[2], (const float[]){1, 0, 0}, sizeof others[2]);     /* right now */
    memcpy(others[7], (const float[]){0, 0, 1}, sizeof others[7]);     /* so is this */
    memcpy(others[3], (const float[]){.6f, .4f, 0}, sizeof others[3]); /* and this is wrong */
    unsigned char read[2][IMAGES];
    evaluation first = made(answers, read[0]), second = made(others, read[1]);
    assert_images(found, findings_only(&first, &second, found), (const int[]){3}, 1);
    assert_images(found, findings_only(&second, &first, found), (const int[]){2, 7}, 2);
    json_t *json = findings_compared_json(&first, &second);
    assert_int_equal(json_integer_value(json_object_get(json, "both_right")), 4);
    assert_int_equal(json_integer_value(json_object_get(json, "first_only")), 1);
    assert_int_equal(json_integer_value(json_object_get(json, "second_only")), 2);
    assert_int_equal(json_integer_value(json_object_get(json, "both_wrong")), 1);
    json_decref(json);
}

static void what_is_not_sure_is_withheld(void **state)
{
    (void)state;
    confusion c;
    unsigned char read[IMAGES];
    evaluation e = made(answers, read);
    sure_score all = findings_when_sure(&e, 0, NULL), some = findings_when_sure(&e, 0.75f, &c);
    assert_int_equal(all.answered, IMAGES);
    assert_int_equal(all.wrong, 3);
    assert_int_equal(some.answered, 5);
    assert_int_equal(some.wrong, 1);
    assert_int_equal(c.unanswered[0], 1);
    assert_int_equal(c.unanswered[1], 1);
    assert_int_equal(c.unanswered[2], 1);
    assert_int_equal(c.n[1][2], 1);
    assert_int_equal(confusion_total(&c), IMAGES);
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

static const char net[] = "input 28 28 1\nmaxpool 4\nflatten\ndense 10\nsoftmax\n";

static void a_mean_is_what_the_models_say_together(void **state)
{
    (void)state;
    nn_error err;
    dataset images;
    assert_true(samples_make(&images, 120, 7, &err));
    nn_model *models[3] = {net_model(net, 1), net_model(net, 2), net_model(net, 3)};
    evaluation all = {.data = &images, .folder = "made", .models = models, .n_models = 3, .threads = 1}, mean = all,
               part[2] = {all, all};
    part[0].n_models = 1;
    part[1].models++;
    part[1].n_models = 2;
    assert_true(evaluation_run(&all, &err) && evaluation_run(&part[0], &err) && evaluation_run(&part[1], &err));
    assert_true(evaluation_mean(&mean, part, 2, &err));
    for (int i = 0; i < 120 * 10; i++)
        assert_float_equal(mean.probabilities[i], all.probabilities[i], 1e-6);
    assert_memory_equal(&mean.confusion, &all.confusion, sizeof mean.confusion);
    assert_int_equal(mean.parameters, all.parameters);
    assert_float_equal(mean.loss, all.loss, 1e-6);
    evaluation *made_here[] = {&all, &mean, &part[0], &part[1]};
    for (int i = 0; i < 4; i++)
        evaluation_free(made_here[i]);
    for (int i = 0; i < 3; i++)
        nn_model_free(models[i]);
    dataset_free(&images);
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void whoever_watches_can_end_it(void **state)
{
    (void)state;
    nn_error err;
    dataset images;
    assert_true(samples_make(&images, 120, 7, &err));
    nn_model *model = net_model(net, 1);
    evaluation e = {.data = &images, .folder = "made", .models = &model, .n_models = 1, .threads = 2};
    e.watch.goes_on = never;
    assert_true(evaluation_run(&e, &err));
    assert_int_equal(confusion_total(&e.confusion), 0);
    evaluation_free(&e);
    nn_model_free(model);
    dataset_free(&images);
}

static void a_validation_part_has_all_classes(void **state)
{
    (void)state;
    nn_error err;
    dataset images, again;
    assert_true(samples_make(&images, 1000, 7, &err));
    assert_true(samples_make(&again, 1000, 7, &err));
    assert_true(dataset_keep_validation(&images, 1, &err) && dataset_keep_validation(&again, 1, &err));
    int n[10] = {0};
    for (int i = 0; i < images.count; i++)
        n[images.labels[i]]++;
    assert_int_equal(images.count, 100);
    for (int i = 0; i < 10; i++)
        assert_in_range(n[i], 5, 15);
    assert_memory_equal(images.images, again.images, 100 * 28 * 28);
    dataset_free(&images);
    dataset_free(&again);
}

/* ---- the worker -------------------------------------------------------------------------------------------------- */

static void wait_for(const test_job *self)
{
    while (!test_job_is_done(self))
        platform_sleep_ms(1);
}

static void the_worker_tests_what_it_can(void **state)
{
    (void)state;
    nn_error err;
    paths where;
    test_job *tested;
    temp_make();
    paths_find(&where, temp_path("state"));
    nn_model *model = net_model(net, 1), *letters = net_model(net, 2);
    for (int i = 0; i < 10; i++)
        letters->label[i][0] = (char)('a' + i);
    assert_true(nn_model_save(model, temp_path("one.safetensors"), &err));
    assert_true(nn_model_save(letters, temp_path("letters.safetensors"), &err));
    nn_model_free(model);
    nn_model_free(letters);
    ink drawing;
    ink_init(&drawing);
    assert_true(ink_add(&drawing, INK_PEN, 20, (const ink_point[]){{300, 100, NAN, 1}, {300, 500, NAN, 1}}, 2));
    for (int i = 0, count = 0; i < 6; i++)
        assert_true(samples_keep(temp_path("kept.jsonl"), &drawing, "1", "", &count, NULL, &err));
    ink_free(&drawing);

    test_request *r = nn_alloc(1, sizeof *r);
    *r = (test_request){.n_models = 2, .images = TEST_KEPT, .threads = 1};
    strcpy(r->model[0], temp_path("one.safetensors"));
    strcpy(r->model[1], temp_path("letters.safetensors"));
    strcpy(r->path, temp_path("kept.jsonl"));
    job_host host = {NULL, NULL, NULL};
    assert_true(test_job_new(&tested, r, &where, &host, &err));
    nn_free(r);
    wait_for(tested);
    const nn_error *problem;
    const evaluation *e = test_job_result(tested, 0, &problem);
    assert_non_null(e);
    assert_int_equal(confusion_total(&e->confusion), 6);
    assert_null(test_job_result(tested, 1, &problem));
    assert_non_null(strstr(problem->text, "none of"));

    assert_true(test_job_save(tested, 0, temp_path("report"), &err));
    wait_for(tested);
    const char *folder;
    assert_true(test_job_saved(tested, &folder, &err));
    assert_true(platform_exists(temp_path("report/report.html")));
    test_job_leave(tested);
    job_await_left();
    temp_remove();
    assert_int_equal(nn_alloc_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_images_of_a_cell_come_the_surest_first),
        cmocka_unit_test(right_and_wrong_answers_come_the_surest_first),
        cmocka_unit_test(the_hardest_are_those_whose_class_is_least_likely),
        cmocka_unit_test(a_label_is_doubted_by_one_who_is_as_sure_as_usual),
        cmocka_unit_test(of_two_who_reads_what_the_other_does_not),
        cmocka_unit_test(what_is_not_sure_is_withheld),
        cmocka_unit_test(a_mean_is_what_the_models_say_together),
        cmocka_unit_test(whoever_watches_can_end_it),
        cmocka_unit_test(a_validation_part_has_all_classes),
        cmocka_unit_test(the_worker_tests_what_it_can),
    };
    return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}
