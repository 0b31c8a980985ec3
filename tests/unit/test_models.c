/* test_models.c - which file a name stands for, and what is said when there is none. */
#include "app/core/model/describe_job.h"
#include "app/core/model/models.h"
#include "nn/file.h"
#include "nn/utf8.h"
#include "tests/support/faults.h"
#include "tests/support/nets.h"
#include "tests/support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char tiny[] = "input 4 4 1\nflatten\ndense 3\nsoftmax\n";  /* 51 weights */
static const char other[] = "input 4 4 1\nflatten\ndense 2\nsoftmax\n"; /* 34 weights */
static paths where;
static nn_error err;

static void save(const char *name, const char *net, const char *facts)
{
    nn_model *model = net_model(net, 1);
    nn_free(model->training);
    model->training = facts ? nn_strdup(facts) : NULL;
    assert_true(nn_model_save(model, temp_path(name), &err));
    nn_model_free(model);
}

static void write_text(const char *name, const char *text)
{
    assert_true(nn_file_save(temp_path(name), text, strlen(text), NN_CONSISTENT, &err));
}

static int set_up(void **state)
{
    (void)state;
    temp_make();
    memset(&where, 0, sizeof where);
    snprintf(where.installed, sizeof where.installed, "%s", temp_path("installed"));
    snprintf(where.models, sizeof where.models, "%s", temp_path("own"));
    assert_true(nn_file_mkdirs(where.installed, &err) && nn_file_mkdirs(where.models, &err));
    save("installed/alpha.safetensors", tiny, "{\"val_accuracy\": 0.5, \"test_accuracy\": 0.75}");
    save("own/alpha.safetensors", other, NULL); /* must not shadow the shipped one */
    save("own/beta.safetensors", other, "{\"val_accuracy\": 0.5}");
    write_text("own/broken.safetensors", "no model");
    write_text("own/gamma.net", tiny);
    write_text("own/both.ensemble", "# two of them\nalpha\n\nbeta # the other\ntest_accuracy 0.875 # together\n");
    return 0;
}

static size_t size_of(const char *value)
{
    nn_model *model;
    if (!models_open(&model, &where, value, &err))
        fail_msg("%s", err.text);
    size_t floats = model->plan->floats;
    nn_model_free(model);
    return floats;
}

static void refused(const char *value, const char *says)
{
    nn_model *model;
    assert_false(models_open(&model, &where, value, &err));
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static void test_open(void **state)
{
    (void)state;
    assert_int_equal(size_of("alpha"), 51);
    assert_int_equal(size_of("beta"), 34);
    assert_int_equal(size_of(temp_path("own/alpha.safetensors")), 34);
    refused("delta", "no model is called \"delta\" (did you mean beta?); there are: ");
    refused("delta", "alpha, beta");
    refused("delta", "both"); /* an ensemble */
    refused("broken", "broken.safetensors: ");
    refused("beta.safetensors", "beta.safetensors: "); /* a path: no such file here */
}

static void test_list(void **state)
{
    (void)state;
    model_entry *list;
    int count, alphas = 0, betas = 0;
    assert_true(models_list(&list, &count, &where, &err));
    for (int i = 0; i < count; i++) {
        const model_entry *m = &list[i];
        assert_true(i == 0 || !m->is_default);
        assert_true(i == 0 || list[i - 1].shipped || !m->shipped);
        assert_string_not_equal(m->name, "broken");
        if (strcmp(m->name, "alpha") == 0) {
            alphas++;
            assert_true(m->shipped && m->parameters == 51 && m->scores.tested == 0.75);
        }
        if (strcmp(m->name, "beta") == 0) {
            betas++;
            assert_true(!m->shipped && m->parameters == 34 && m->scores.other == 0.5);
            assert_string_equal(m->path, temp_path("own/beta.safetensors"));
        }
    }
    assert_int_equal(alphas, 1);
    assert_int_equal(betas, 1);
    nn_free(list);
}

static void test_default(void **state)
{
    (void)state;
    char name[NN_NAME], file[NN_NAME + 32];
    models_default(name);
    assert_true(*name != '\0');
    snprintf(file, sizeof file, "installed/%s.safetensors", name);
    save(file, tiny, NULL);
    assert_int_equal(size_of(NULL), 51);
    assert_int_equal(size_of(""), 51);
    model_entry *list;
    int count;
    assert_true(models_list(&list, &count, &where, &err));
    assert_true(list[0].is_default && list[0].shipped);
    assert_string_equal(list[0].name, name);
    assert_true(isnan(list[0].scores.tested));
    nn_free(list);
}

static void test_ensemble(void **state)
{
    (void)state;
    nn_model *models[4];
    int count = 1;
    assert_true(models_open_all(models, 4, &count, &where, "both", &err));
    assert_int_equal(count, 3);
    assert_int_equal(models[1]->plan->floats, 34); /* the alpha beside the ensemble's file goes first */
    nn_model_free(models[1]);
    nn_model_free(models[2]);

    size_t live = nn_alloc_live();
    count = 3;
    assert_false(models_open_all(models, 4, &count, &where, "both", &err));
    assert_non_null(strstr(err.text, "more than 4 models"));
    assert_int_equal(count, 3);
    count = 0;
    models_members both;
    assert_true(models_members_of(&both, &where, "both", &err));
    assert_int_equal(both.count, 2);
    assert_float_equal(both.tested, 0.875, 0);
    models_members_free(&both);
    static const char *const broken[] = {"alpha\ntest_accuracy\n", "alpha\ntest_accuracy 99\n",
                                         "alpha\ntest_accuracy 0.9 x\n"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        write_text("own/none.ensemble", broken[i]);
        assert_false(models_open_all(models, 4, &count, &where, temp_path("own/none.ensemble"), &err));
        assert_non_null(strstr(err.text, "none.ensemble: test_accuracy must be a number from 0 to 1"));
    }
    write_text("own/none.ensemble", "# nobody\n");
    assert_false(models_open_all(models, 4, &count, &where, temp_path("own/none.ensemble"), &err));
    assert_non_null(strstr(err.text, "names no member"));
    write_text("own/lost.ensemble", "alpha\nomega\n");
    assert_false(models_open_all(models, 4, &count, &where, "lost", &err));
    assert_non_null(strstr(err.text, "lost.ensemble: no model is called \"omega\""));
    assert_int_equal(count, 0);
    assert_int_equal(nn_alloc_live(), live);
}

static void test_net(void **state)
{
    (void)state;
    nn_plan *plan;
    assert_true(models_net(&plan, &where, "gamma", &err));
    assert_string_equal(plan->text, tiny);
    nn_plan_free(plan);
    assert_true(models_net(&plan, &where, temp_path("own/gamma.net"), &err));
    nn_plan_free(plan);
    assert_true(models_net(&plan, &where, "deploy", &err)); /* compiled in */
    assert_int_equal(plan->input.h, 28);
    nn_plan_free(plan);
    assert_false(models_net(&plan, &where, "delta", &err));
    assert_null(plan);
    assert_non_null(strstr(err.text, "no architecture is called \"delta\""));
}

static bool run_open(void *ctx, nn_error *e)
{
    (void)ctx;
    nn_model *models[2];
    model_entry *list;
    int count = 0, listed;
    nn_plan *plan;
    if (!models_open_all(models, 2, &count, &where, "both", e))
        return false;
    nn_model_free(models[0]);
    nn_model_free(models[1]);
    if (!models_net(&plan, &where, "deploy", e))
        return false;
    nn_plan_free(plan);
    if (!models_list(&list, &listed, &where, e))
        return false;
    nn_free(list);
    return true;
}

/* Whatever a file is called: what begins so is in the list. */
static void test_stems(void **state)
{
    static const struct {
        const char *text;
        size_t most;
        const char *stem;
    } cases[] = {{"net.v2", 40, "net-v2"},
                 {"a/b c_d-e", 40, "a-b-c_d-e"},
                 {"üü", 3, "ü"},
                 {"\xfc.\xe2\x82", 40, "----"},
                 {"abc", 2, "ab"},
                 {"", 40, ""},
                 {"ü.", 2, "ü"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char stem[NN_NAME];
        models_stem(stem, cases[i].text, cases[i].most);
        assert_string_equal(stem, cases[i].stem);
    }
}

static void test_short_names_have_whole_letters(void **state)
{
    char name[NN_NAME];
    (void)state;
    models_short_name(name, "/a/xüüüüüüüüüüüüüüüüüüüüüüüyü.safetensors");
    assert_int_equal(strlen(name), 47);
    models_short_name(name, "/a/xyüüüüüüüüüüüüüüüüüüüüüüüü.safetensors");
    assert_int_equal(strlen(name), 46);
    assert_true(nn_utf8_is_valid(name, strlen(name)));
}

static void test_faults(void **state)
{
    (void)state;
    const fault_case test = {.run = run_open};
    assert_true(faults_try_all("find models", &test) >= 40);
}

/* As every command says it that opens one. */
static void test_another_programs_model_is_not_described(void **state)
{
    (void)state;
    static const char file[] = "\x89HDF\r\n\x1a\n0123456789abcdef";
    assert_true(nn_file_save(temp_path("own.safetensors"), file, sizeof file, NN_CONSISTENT, &err));
    assert_false(model_describe(temp_path("own.safetensors"), "mine", &err));
    assert_non_null(strstr(err.text, "`digitscope import`"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_open, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_list, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_default, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_ensemble, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_another_programs_model_is_not_described, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_net, set_up, temp_tear_down),
        cmocka_unit_test(test_stems),
        cmocka_unit_test(test_short_names_have_whole_letters),
        cmocka_unit_test_setup_teardown(test_faults, set_up, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
