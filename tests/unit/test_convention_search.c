/* test_convention_search.c - a network that is known, written as if it came from elsewhere: the check set tells how it
 * wants its images, which reading of its file is right, and what its classes are. */
#include "app/core/digit/digit.h"
#include "app/core/foreign/calibrate.h"
#include "app/core/foreign/convention_search.h"
#include "app/core/foreign/import_name.h"
#include "app/core/model/models.h"
#include "support/faults.h"
#include "support/nets.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static nn_error err;
static nn_model *mlp; /* dense layers alone, so that every convention can be put into the first one */
static check_set set;
static convention_search search;

static int begin(void **state)
{
    paths where;
    (void)state;
    paths_find(&where, NULL);
    return !models_open(&mlp, &where, "mlp", &err) || !check_set_make(&set, "", &err);
}

static int end(void **state)
{
    (void)state;
    nn_model_free(mlp);
    check_set_free(&set);
    return 0;
}

static float *values_of(foreign_net *net, const char *name)
{
    for (int i = 0; i < net->n_tensors; i++)
        if (strcmp(net->tensor[i].name, name) == 0)
            return net->tensor[i].values;
    fail_msg("no %s", name);
    return NULL;
}

/* The network as it stands in somebody's file. */
static foreign_net *add(foreign *f, const char *text)
{
    foreign_net *net = foreign_add(f, &err);
    assert_non_null(net);
    buffer_add(&net->text, text);
    for (int i = 0; i < mlp->plan->n_params; i++) {
        const nn_param *p = &mlp->plan->param[i];
        float *values = foreign_tensor_new(net, p->name, p->count, &err);
        assert_non_null(values);
        memcpy(values, mlp->weights + p->offset, p->count * sizeof *values);
    }
    return net;
}

/* One that wants what (image - mean) / std gives answers as before: W x + b of the image is W (std r + mean) + b of what
 * it reads, and transposed images want other rows of W. */
static void want(foreign_net *net, const nn_convention *c)
{
    enum { UNITS = 512 };
    float *kernel = values_of(net, "dense1.kernel"), *bias = values_of(net, "dense1.bias");
    float *before = nn_alloc(DIGIT_PIXELS * UNITS, sizeof *before);
    assert_non_null(before);
    memcpy(before, kernel, DIGIT_PIXELS * UNITS * sizeof *before);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        for (int k = 0; k < UNITS; k++) {
            int from = c->transposed ? i % DIGIT_SIDE * DIGIT_SIDE + i / DIGIT_SIDE : i;
            bias[k] += before[from * UNITS + k] * c->mean;
            kernel[i * UNITS + k] = before[from * UNITS + k] * c->std;
        }
    nn_free(before);
}

/* A layer that compares an image with the mean one of each digit, and minds neither how light nor how strong it is: in
 * every range of the pixels it reads the same, only how sure it is changes. */
static void add_templates(foreign *f, float scale)
{
    const float gain = 1.0f / CHECK_IMAGES * CHECK_DIGITS; /* with which it is as sure as it is right */
    foreign_net *net = foreign_add(f, &err);
    assert_non_null(net);
    foreign_line(net, "input 28 28 1\nflatten\ndense 10\nsoftmax");
    float *kernel = foreign_tensor_new(net, "dense1.kernel", DIGIT_PIXELS * CHECK_DIGITS, &err);
    float *bias = foreign_tensor_new(net, "dense1.bias", CHECK_DIGITS, &err), total[CHECK_DIGITS] = {0};
    assert_non_null(kernel);
    assert_non_null(bias);
    memset(kernel, 0, DIGIT_PIXELS * CHECK_DIGITS * sizeof *kernel);
    memset(bias, 0, CHECK_DIGITS * sizeof *bias);
    for (int i = 0; i < CHECK_IMAGES * DIGIT_PIXELS; i++) {
        kernel[i % DIGIT_PIXELS * CHECK_DIGITS + set.digit[i / DIGIT_PIXELS]] += gain * scale * set.images[i];
        total[set.digit[i / DIGIT_PIXELS]] += gain * scale * set.images[i];
    }
    for (int i = 0; i < DIGIT_PIXELS * CHECK_DIGITS; i++)
        kernel[i] -= total[i % CHECK_DIGITS] / DIGIT_PIXELS;
}

static const convention_score *run(const foreign *f, int convention)
{
    if (!convention_search_run(&search, f, &set, convention, NULL, NULL, &err))
        fail_msg("%s", err.text);
    assert_true(search.scored);
    return &search.score[search.best];
}

static void the_check_set_has_all_digits_alike(void **state)
{
    (void)state;
    check_set again;
    assert_true(check_set_make(&again, "/nowhere", &err));
    assert_false(again.mnist);
    assert_memory_equal(again.images, set.images, CHECK_IMAGES * DIGIT_PIXELS * sizeof(float));
    for (int i = 0; i < CHECK_IMAGES; i++) {
        float sum = 0, most = 0;
        for (int k = 0; k < DIGIT_PIXELS; k++) {
            float v = set.images[i * DIGIT_PIXELS + k];
            assert_true(v >= 0 && v <= 1);
            sum += v;
            most = fmaxf(most, v);
        }
        assert_int_equal(set.digit[i], i % 10);
        assert_true(sum > 10 && sum < 250 && most > 0.9f);
    }
    check_set_free(&again);
}

/* What is black and white only is read as well by the plain one; it is no question of right and wrong. */
static void every_convention_is_found(void **state)
{
    (void)state;
    for (int i = 0; i < CONVENTIONS; i++) {
        char name[CONVENTION_NAME];
        nn_convention wanted = convention_at(i), found;
        foreign f = {0};
        want(add(&f, mlp->plan->text), &wanted);
        const convention_score *best = run(&f, -1);
        found = convention_at(best->convention);
        convention_name(name, &wanted);
        wanted.binary = found.binary = false;
        if (!nn_same_convention(&found, &wanted) || convention_accuracy(best) < 0.8)
            fail_msg("%s: convention %d with %.3f", name, best->convention, convention_accuracy(best));
        assert_int_equal(best->seen, CHECK_IMAGES);
        assert_false(search.permuted);
        convention_search_free(&search);
        foreign_free(&f);
    }
}

/* Black and white alone has the range of x/255. */
static void where_several_read_as_many_their_sureness_tells(void **state)
{
    static const int kinds[] = {0, 1, 5}; /* x/255, 0..255, x/255/255 */
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        foreign f = {0};
        add_templates(&f, convention_at(kinds[i]).std);
        const convention_score *best = run(&f, -1);
        if (convention_at(best->convention).std != convention_at(kinds[i]).std || convention_accuracy(best) < 0.5)
            fail_msg("convention %d: %d with %.3f", kinds[i], best->convention, convention_accuracy(best));
        convention_search_free(&search);
        foreign_free(&f);
    }
}

static void the_one_asked_for_is_taken_and_scored(void **state)
{
    (void)state;
    for (int i = 0; i < CONVENTIONS; i += 5) {
        foreign f = {0};
        add(&f, mlp->plan->text);
        assert_int_equal(run(&f, i)->convention, i);
        assert_int_equal(search.score[search.best].seen, CHECK_IMAGES);
        assert_int_equal(search.count, CONVENTIONS);
        convention_search_free(&search);
        foreign_free(&f);
    }
}

/* The network with each of the activations for a candidate, whose images are to come as 0..255. */
static void add_guesses(foreign *f, const char *const guesses[], int n)
{
    nn_convention raw = convention_at(1);
    for (int i = 0; i < n; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "input 28 28 1\nflatten\ndense 512\nbatchnorm\n%s\ndense 256\nbatchnorm\n%s\ndense 10\nsoftmax\n",
                 guesses[i], guesses[i]);
        want(add(f, text), &raw);
    }
}

/* Activations that are not in the file: the likeliest guess is wrong, the third one right. And where a likelier one reads
 * about as well as a rare one, it is taken though it is a little less sure. */
static void the_right_reading_is_found(void **state)
{
    static const char *const wrong_first[] = {"tanh", "sigmoid", "relu", "silu"}, *const right_first[] = {"relu",
                                                                                                          "leakyrelu"};
    (void)state;
    foreign f = {0}, g = {0};
    add_guesses(&f, wrong_first, 4);
    add_guesses(&g, right_first, 2);
    const convention_score *best = run(&f, -1);
    assert_int_equal(best->net, 2);
    assert_int_equal(best->convention, 1);
    convention_search_free(&search);
    best = run(&g, -1);
    assert_int_equal(best->net, 0);
    assert_int_equal(best->convention, 1);
    convention_search_free(&search);
    foreign_free(&f);
    foreign_free(&g);
}

/* Twice the logits are twice as sure, and mean the same. */
static void the_temperature_is_found(void **state)
{
    int class_digit[NN_MAX_CLASSES], again = 0;
    float temperature[2], unsure[2];
    (void)state;
    for (int i = 0; i < NN_MAX_CLASSES; i++)
        class_digit[i] = i < CHECK_DIGITS ? i : -1;
    for (; again < 2; again++) {
        nn_model *model;
        foreign f = {0};
        foreign_net *net = add(&f, mlp->plan->text);
        for (int i = 0; again && i < 2560; i++)
            values_of(net, "dense3.kernel")[i] *= 2;
        for (int i = 0; again && i < 10; i++)
            values_of(net, "dense3.bias")[i] *= 2;
        assert_true(foreign_model(&model, &f, net, &err));
        assert_true(foreign_calibrate(model, &set, class_digit, &err));
        temperature[again] = model->temperature;
        unsure[again] = model->unsure_threshold;
        nn_model_free(model);
        foreign_free(&f);
    }
    assert_true(temperature[0] > 1 && temperature[0] < 2.4f);
    assert_true(fabsf(temperature[1] / temperature[0] - 2) < 0.05f);
    assert_true(unsure[0] >= 0.5f && fabsf(unsure[1] - unsure[0]) < 0.01f);
}

/* The columns of the last layer, moved: class k stands for digit (k + 1) % 10. */
static void classes_in_another_order_are_found(void **state)
{
    (void)state;
    foreign f = {0};
    foreign_net *net = add(&f, mlp->plan->text);
    nn_convention dark = convention_at(CONVENTION_KINDS);
    want(net, &dark);
    float *kernel = values_of(net, "dense3.kernel"), *bias = values_of(net, "dense3.bias");
    for (int row = 0; row <= 256; row++) {
        float *of = row < 256 ? kernel + row * 10 : bias, first = of[0];
        memmove(of, of + 1, 9 * sizeof *of);
        of[9] = first;
    }
    const convention_score *best = run(&f, -1);
    assert_true(search.permuted);
    assert_int_equal(best->convention, CONVENTION_KINDS);
    for (int k = 0; k < 10; k++)
        assert_int_equal(search.class_digit[k], (k + 1) % 10);
    convention_search_free(&search);

    f.n_labels = 10; /* a file that says so itself is believed */
    for (int k = 0; k < 10; k++)
        snprintf(f.label[k], NN_NAME, "%d", (k + 1) % 10);
    assert_int_equal(run(&f, -1)->convention, CONVENTION_KINDS);
    assert_false(search.permuted);
    convention_search_free(&search);
    foreign_free(&f);
}

static void letters_cannot_be_scored(void **state)
{
    (void)state;
    foreign f = {.n_labels = 10};
    add(&f, mlp->plan->text);
    for (int k = 0; k < 10; k++)
        snprintf(f.label[k], NN_NAME, "%c", 'A' + k);
    assert_true(convention_search_run(&search, &f, &set, 3, NULL, NULL, &err));
    assert_false(search.scored);
    assert_int_equal(search.score[search.best].convention, 3);
    convention_search_free(&search);
    foreign_free(&f);
}

static void what_reads_no_digits_is_refused(void **state)
{
    (void)state;
    foreign f = {0};
    add(&f, "input 28 30 1\nflatten\ndense 10\nsoftmax\n");
    assert_false(convention_search_run(&search, &f, &set, -1, NULL, NULL, &err));
    assert_non_null(strstr(err.text, "weights"));
    foreign_free(&f);
}

static bool search_once(void *ctx, nn_error *e)
{
    const foreign *f = ctx;
    check_set own;
    bool ok = check_set_make(&own, "", e) && convention_search_run(&search, f, &own, 0, NULL, NULL, e);
    check_set_free(&own);
    convention_search_free(&search);
    return ok;
}

static void running_out_of_memory_is_survived(void **state)
{
    (void)state;
    foreign f = {0};
    add(&f, mlp->plan->text);
    const fault_case test = {.run = search_once, .ctx = &f};
    assert_true(faults_try_all("searching a convention", &test) > 20);
    foreign_free(&f);
}

static void names_of_conventions_are_found_again(void **state)
{
    (void)state;
    char name[CONVENTION_NAME];
    for (int i = 0; i < CONVENTIONS; i++) {
        nn_convention c = convention_at(i);
        convention_name(name, &c);
        assert_int_equal(convention_find(name), i);
    }
    assert_int_equal(convention_find("0..255,inverted"), CONVENTION_KINDS + 1);
    assert_int_equal(convention_find("0..2 55"), 1);
    assert_int_equal(convention_find("x/25"), -1);
    assert_int_equal(convention_find(""), -1);
    convention_name(name, &(nn_convention){.mean = 0.4f, .std = 2, .binary = true});
    assert_string_equal(name, "(x/255-0.4)/2, binary");
}

static void models_get_names_of_their_own(void **state)
{
    static const struct {
        const char *file, *name;
    } cases[] = {{"/a/b/my net (2).h5", "my-net--2-"},
                 {"mlp.onnx", "mlp-2"},
                 {"x", "x"},
                 {".h5", "-h5"},
                 {"net.v2.pt", "net-v2"},
                 {"Gr\xf6n.h5", "Gr-n"},
                 {"grün.h5", "grün"}};
    (void)state;
    paths where;
    char path[PATHS_MAX];
    temp_make();
    paths_find(&where, temp_path("state"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[NN_NAME];
        assert_true(import_name(path, &where, cases[i].file, &err));
        models_short_name(name, path);
        assert_string_equal(name, cases[i].name);
    }
    assert_true(nn_model_save(mlp, temp_path("state/models/x.safetensors"), &err));
    assert_true(import_name(path, &where, "/elsewhere/x.pt", &err));
    assert_non_null(strstr(path, "/x-2.safetensors"));
    temp_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_set_has_all_digits_alike),
        cmocka_unit_test(every_convention_is_found),
        cmocka_unit_test(where_several_read_as_many_their_sureness_tells),
        cmocka_unit_test(the_one_asked_for_is_taken_and_scored),
        cmocka_unit_test(the_right_reading_is_found),
        cmocka_unit_test(the_temperature_is_found),
        cmocka_unit_test(classes_in_another_order_are_found),
        cmocka_unit_test(letters_cannot_be_scored),
        cmocka_unit_test(what_reads_no_digits_is_refused),
        cmocka_unit_test(running_out_of_memory_is_survived),
        cmocka_unit_test(names_of_conventions_are_found_again),
        cmocka_unit_test(models_get_names_of_their_own),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
