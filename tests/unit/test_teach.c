/* test_teach.c - a few drawings are learned, others stay as they were read, and the old model is not touched. */
#include "app/core/data/kept.h"
#include "app/core/data/samples.h"
#include "app/core/made/nondigit.h"
#include "app/core/made/synth.h"
#include "app/core/model/models.h"
#include "app/core/training/teach.h"
#include "nn/file.h"
#include "tests/support/faults.h"
#include "tests/support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { DRAWINGS = 4 };

static nn_model *model;
static sketch sign[DRAWINGS];
static teach_drawing drawing[DRAWINGS];
static nn_error err;

/* One kind of sign, which somebody calls a 7. */
static int set_up(void **state)
{
    (void)state;
    paths where;
    temp_make();
    paths_find(&where, temp_path("state"));
    if (!models_open(&model, &where, "simple", &err))
        fail_msg("%s", err.text);
    for (int i = 0; i < DRAWINGS; i++) {
        nondigit_draw(&sign[i], NONDIGIT_FANTASY, 77);
        drawing[i] = (teach_drawing){&sign[i].ink, 7};
    }
    synth_digit(&sign[1], 3, 5); /* and a 3, which is one */
    drawing[1].class = 3;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nn_model_free(model);
    temp_remove();
    return 0;
}

static teach_result taught(const dataset *others, uint64_t seed, int threads)
{
    teach_config c = teach_defaults();
    teach_result result;
    c.others = others;
    c.seed = seed;
    c.threads = threads;
    c.seconds = 1000;
    if (!teach(&result, model, drawing, DRAWINGS, &c, &err))
        fail_msg("%s", err.text);
    return result;
}

static void check_learned(const teach_result *r)
{
    assert_int_equal(r->drawings.n, DRAWINGS);
    assert_int_equal(r->drawings.before, 1);
    assert_int_equal(r->drawings.after, DRAWINGS);
    assert_int_equal(r->others.n, TEACH_OTHERS);
    assert_in_range(r->others.before, TEACH_OTHERS * 9 / 10, TEACH_OTHERS);
    assert_true(r->others.after >= r->others.before - 1 - (TEACH_OTHERS - r->others.before) / 10);
    assert_true(teach_holds(r));
}

static void test_learns_and_remembers(void **state)
{
    (void)state;
    float *before = nn_alloc(model->plan->floats, sizeof *before);
    memcpy(before, model->weights, model->plan->floats * sizeof *before);
    teach_result r = taught(NULL, 1, 1);
    check_learned(&r);
    assert_memory_equal(before, model->weights, model->plan->floats * sizeof *before);
    assert_string_equal(r.model->label[7], "7");
    assert_true(r.model->temperature == model->temperature && r.model->unsure_threshold == model->unsure_threshold);
    nn_free(before);
    nn_model_free(r.model);
}

static void test_rehearses_images(void **state)
{
    (void)state;
    dataset others;
    assert_true(samples_make(&others, 4000, 9, &err));
    teach_result r = taught(&others, 1, 1);
    check_learned(&r);
    nn_model_free(r.model);
    dataset_free(&others);
}

static bool same(const nn_model *a, const nn_model *b)
{
    return memcmp(a->weights, b->weights, a->plan->floats * sizeof(float)) == 0;
}

static void test_same_seed_same_bits(void **state)
{
    (void)state;
    teach_result a = taught(NULL, 4, 2), b = taught(NULL, 4, 2), c = taught(NULL, 5, 1);
    assert_true(same(a.model, b.model));
    assert_false(same(a.model, c.model));
    nn_model_free(a.model);
    nn_model_free(b.model);
    nn_model_free(c.model);
}

/* Asked by one thread. */
static bool stop(void *ctx)
{
    return --*(int *)ctx < 0;
}

static void test_stops(void **state)
{
    (void)state;
    teach_config c = teach_defaults();
    c.seconds = INFINITY;
    teach_result r;
    const int when[] = {3, 200}; /* while images are made, and while it learns */
    for (int i = 0; i < 2; i++) {
        int left = when[i];
        c.stopped = stop;
        c.ctx = &left;
        assert_false(teach(&r, model, drawing, DRAWINGS, &c, &err));
        assert_int_equal(err.code, NN_OK);
        assert_null(r.model);
    }
}

/* Grows to nearly all. */
static void follow(void *ctx, double share)
{
    double *so_far = ctx;
    assert_true(share >= *so_far && share <= 1);
    *so_far = share;
}

static void test_tells_how_far_it_is(void **state)
{
    (void)state;
    teach_config c = teach_defaults();
    teach_result r;
    double so_far = 0;
    c.tell = follow;
    c.ctx = &so_far;
    c.seconds = 1000;
    assert_true(teach(&r, model, drawing, DRAWINGS, &c, &err));
    assert_true(so_far > 0.7);
    nn_model_free(r.model);
}

/* Who has no time has learned nothing, and that is no success. */
static void test_no_time(void **state)
{
    (void)state;
    teach_config c = teach_defaults();
    teach_result r;
    c.seconds = 0;
    assert_true(teach(&r, model, drawing, DRAWINGS, &c, &err));
    assert_int_equal(r.drawings.after, r.drawings.before);
    assert_int_equal(r.others.after, r.others.before);
    assert_false(teach_holds(&r));
    nn_model_free(r.model);
}

static void refused(const teach_drawing *drawings, int n, const char *why)
{
    teach_config c = teach_defaults();
    teach_result r;
    assert_false(teach(&r, model, drawings, n, &c, &err));
    assert_non_null(strstr(err.text, why));
    assert_null(r.model);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    refused(drawing, 0, "no drawing");
    refused(&(teach_drawing){&sign[0].ink, 10}, 1, "drawing 1 shows no class");
    refused(&(teach_drawing){&sign[0].ink, -1}, 1, "drawing 1 shows no class");
}

/* Every allocation once, until none is left to fail. */
static void test_out_of_memory(void **state)
{
    (void)state;
    teach_config c = teach_defaults();
    int stops = 0;
    teach_result r;
    c.stopped = stop; /* at once, so that it is a matter of memory and not of learning */
    c.ctx = &stops;
    size_t before = nn_alloc_live();
    long n = 0;
    for (bool struck = true; struck; n++) {
        stops = 0;
        faults_alloc(n, FAULT_ONCE);
        assert_false(teach(&r, model, drawing, DRAWINGS, &c, &err));
        struck = faults_end();
        assert_int_equal(err.code, struck ? NN_NOMEM : NN_OK);
        assert_int_equal(nn_alloc_live(), before);
    }
    assert_true(n > 10);
}

/* ---- kept drawings ----------------------------------------------------------------------------------------------- */

static void test_kept(void **state)
{
    (void)state;
    static const char lines[] = "{\"label\":\"7\",\"writer\":\"ann\",\"strokes\":[[[0,0],[50,0],[30,100]]]}\n\n"
                                "{\"label\":\"\",\"strokes\":[[[1,1],[2,2]]]}\n"
                                "{\"label\":\"q\",\"strokes\":[[[5,5],[6,9],[7,5]]]}\n";
    const char *path = temp_path("kept.jsonl");
    kept k;
    assert_true(nn_file_save(path, lines, strlen(lines), NN_CONSISTENT, &err));
    assert_true(kept_load(&k, path, &err));
    assert_int_equal(k.count, 2);
    assert_string_equal(k.drawing[0].label, "7");
    assert_string_equal(k.drawing[0].writer, "ann");
    assert_string_equal(k.drawing[1].writer, "");
    assert_int_equal(nn_class_called(model, k.drawing[0].label), 7);
    assert_int_equal(nn_class_called(model, k.drawing[1].label), -1);
    kept_free(&k);
    assert_true(nn_file_save(path, lines, 20, NN_CONSISTENT, &err));
    assert_false(kept_load(&k, path, &err));
    assert_non_null(strstr(err.text, "kept.jsonl: line 1"));
}

static bool load(void *ctx, nn_error *problem)
{
    kept k;
    bool ok = kept_load(&k, ctx, problem);
    if (ok)
        kept_free(&k);
    return ok;
}

static void test_kept_survives_faults(void **state)
{
    (void)state;
    static const char line[] = "{\"label\":\"7\",\"strokes\":[[[0,0],[50,0],[30,100]]]}\n";
    char path[PATHS_MAX];
    snprintf(path, sizeof path, "%s", temp_path("kept.jsonl"));
    assert_true(nn_file_save(path, line, strlen(line), NN_CONSISTENT, &err));
    assert_true(faults_try_all("kept", &(fault_case){.run = load, .ctx = path}) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns_and_remembers),
        cmocka_unit_test(test_rehearses_images),
        cmocka_unit_test(test_same_seed_same_bits),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_tells_how_far_it_is),
        cmocka_unit_test(test_no_time),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_kept_survives_faults),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
