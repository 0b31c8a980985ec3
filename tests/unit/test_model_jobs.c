/* Models opened beside the window: results, errors, and every allocation that fails. */
#include "app/core/model/model_jobs.h"
#include "support/faults.h"
#include "support/nets.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";

static paths where;
static nn_error err;
static const job_host host;

static void save(const char *name, const char *text, uint64_t seed)
{
    char path[PATHS_MAX];
    nn_model *model = net_model(text, seed);
    assert_true(paths_join(path, where.models, name) && nn_model_save(model, path, &err));
    nn_model_free(model);
}

static int make_models(void **state)
{
    (void)state;
    temp_make();
    memset(&where, 0, sizeof where);
    strcpy(where.models, temp_path("models"));
    assert_int_equal(mkdir(where.models, 0755), 0);
    save("one.safetensors", net, 1);
    save("two.safetensors", net, 2);
    save("oblong.safetensors", net_oblong, 3);
    return 0;
}

static recogniser *load(const char *a, const char *b)
{
    const char *values[] = {a, b};
    model_load *l;
    if (!model_load_new(&l, &where, values, b ? 2 : 1, &host, &err))
        return NULL;
    while (!model_load_is_done(l))
        ;
    return model_load_take(l, &err);
}

static void models_and_ensembles_are_opened(void **state)
{
    (void)state;
    recogniser *one = load("one", NULL), *two = load("two", NULL), *both = load("one", "two");
    digit gray = {.empty = false};
    answer of_one, of_two, of_both;
    assert_true(one && two && both);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        gray.image[i] = 0.5f;
    recogniser_read(one, &gray, &of_one), recogniser_read(two, &gray, &of_two), recogniser_read(both, &gray, &of_both);
    for (int k = 0; k < of_both.classes; k++)
        assert_float_equal(of_both.probability[k], 0.5f * (of_one.probability[k] + of_two.probability[k]), 1e-6);
    assert_true(fabsf(of_one.probability[0] - of_two.probability[0]) > 1e-4f);
    recogniser_free(one), recogniser_free(two), recogniser_free(both);
}

static void errors_come_back(void **state)
{
    (void)state;
    size_t live = nn_alloc_live();
    assert_null(load("nothing", NULL));
    assert_non_null(strstr(err.text, "nothing"));
    assert_null(load("one", "nothing"));
    assert_null(load("oblong", NULL));
    assert_non_null(strstr(err.text, "28x30x1"));
    model_load_leave(NULL);
    assert_int_equal(nn_alloc_live(), live);
}

static void a_load_can_be_thrown_away_at_any_time(void **state)
{
    (void)state;
    size_t live = nn_alloc_live();
    const char *value = "one";
    for (int i = 0; i < 20; i++) {
        model_load *l;
        assert_true(model_load_new(&l, &where, &value, 1, &host, &err));
        while (i % 2 && !model_load_is_done(l))
            ;
        model_load_leave(l);
    }
    job_await_left();
    assert_int_equal(nn_alloc_live(), live);
}

static void a_survey_measures_what_can_read(void **state)
{
    (void)state;
    model_survey *s;
    model_entry *list;
    int count, own = 0;
    assert_true(model_survey_new(&s, &where, "", &host, &err));
    while (!model_survey_is_done(s))
        ;
    assert_true(model_survey_take(s, &list, &count, &err));
    for (int i = 0; i < count; i++) {
        bool fits = strcmp(list[i].name, "oblong") != 0;
        own += !list[i].shipped;
        assert_true(fits ? list[i].infer_us > 0 : isnan(list[i].infer_us));
    }
    assert_int_equal(own, 3);
    nn_free(list);
}

static bool open_both(void *ctx, nn_error *e)
{
    (void)ctx;
    const char *values[] = {"one", "two"};
    model_load *l;
    if (!model_load_new(&l, &where, values, 2, &host, e))
        return false;
    while (!model_load_is_done(l))
        ;
    recogniser *r = model_load_take(l, e);
    recogniser_free(r);
    return r != NULL;
}

static void every_fault_is_survived(void **state)
{
    (void)state;
    assert_true(faults_try_all("opening an ensemble", &(fault_case){.run = open_both}) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_and_ensembles_are_opened),
        cmocka_unit_test(errors_come_back),
        cmocka_unit_test(a_load_can_be_thrown_away_at_any_time),
        cmocka_unit_test(a_survey_measures_what_can_read),
        cmocka_unit_test(every_fault_is_survived),
    };
    return cmocka_run_group_tests_name("model jobs", tests, make_models, temp_tear_down);
}
