/* test_export.c - what is exported answers as the model does: C headers of every kind of layer and of random nets are
 * compiled and run. Every allocation may fail. */
#include "app/core/export/export.h"
#include "app/core/foreign/keras/keras.h"
#include "nn/file.h"
#include "nn/op.h"
#include "support/faults.h"
#include "support/nets.h"
#include "support/random_nets.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_CASES = 200, RANDOM_CASES = 24, IMAGES = 3 };
static const char strict[] =
    "cc -std=c99 -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Werror";
static const float limit = 1e-5f;

/* One network, images for it, and what the model answers to them. */
static struct a_case {
    nn_model *model;
    float *images, answers[IMAGES * NN_MAX_CLASSES];
} cases[MAX_CASES];
static int n_cases;
static nn_error err;

static size_t pixels_of(const nn_model *model)
{
    return nn_shape_count(model->plan->input);
}

/* The conventions that there are, in turn. */
static nn_convention convention_of(int i, const nn_plan *plan)
{
    bool square = plan->input.h == plan->input.w;
    return (nn_convention){.mean = i % 2 ? 0.0f : 0.25f,
                           .std = i % 3 ? 1.0f : -0.5f,
                           .binary = i % 5 == 1,
                           .transposed = square && i % 4 == 2};
}

static void add_case(const char *text)
{
    assert_true(n_cases < MAX_CASES);
    uint64_t seed = 7 + (uint64_t)n_cases;
    struct a_case *c = &cases[n_cases];
    nn_work *work;
    c->model = net_model(text, seed);
    c->model->convention = convention_of(n_cases++, c->model->plan);
    c->images = nn_alloc(IMAGES * pixels_of(c->model), sizeof *c->images);
    random_fill(&seed, c->images, IMAGES * pixels_of(c->model), 0, 1);
    assert_true(nn_work_new(&work, c->model->plan, IMAGES, NN_ANSWERS, &err));
    nn_predict(work, c->model, c->images, IMAGES, c->answers);
    nn_work_free(work);
}

static int make_cases(void **state)
{
    (void)state;
    uint64_t dice = 11;
    for (int i = 0; nn_op_at(i); i++)
        for (const char *const *text = nn_op_at(i)->examples; *text; text++)
            add_case(*text);
    for (int i = 0; i < RANDOM_CASES; i++) {
        char text[RANDOM_NET_TEXT];
        random_net(&dice, 2e6, text);
        add_case(text);
    }
    return 0;
}

static int free_cases(void **state)
{
    (void)state;
    while (n_cases > 0) {
        nn_model_free(cases[--n_cases].model);
        nn_free(cases[n_cases].images);
    }
    return 0;
}

static void save(const char *name, const void *data, size_t len)
{
    if (!nn_file_save(temp_path(name), data, len, NN_CONSISTENT, &err))
        fail_msg("%s", err.text);
}

/* As text: the compiler's machine may be another than this program's, with another order of bytes. */
static void save_values(const char *name, const float *value, size_t count)
{
    buffer text = {0};
    for (size_t i = 0; i < count; i++)
        buffer_format(&text, "%.9g\n", (double)value[i]);
    save(name, text.data, text.len);
    buffer_free(&text);
}

static void load_values(const char *name, float *value, size_t count)
{
    FILE *in = fopen(temp_path(name), "r");
    assert_non_null(in);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(fscanf(in, "%f", &value[i]), 1);
    assert_int_equal(fscanf(in, " %*c"), EOF);
    fclose(in);
}

static void expect_answers(const struct a_case *c, const float *answers)
{
    for (int i = 0; i < IMAGES * c->model->plan->classes; i++)
        if (!(fabsf(answers[i] - c->answers[i]) <= limit))
            fail_msg("%g, must be %g:\n%s", (double)answers[i], (double)c->answers[i], c->model->plan->text);
}

/* ---- C ------------------------------------------------------------------------------------------------------------- */

/* net3.h, a source that names its function predict3, its images as a file; and that function's row in the program. */
static void write_case(int i, buffer *program)
{
    char name[32], source[192];
    const struct a_case *c = &cases[i];
    buffer header = {0};
    if (!export_model(&header, c->model, EXPORT_C, &err))
        fail_msg("%s", err.text);
    snprintf(name, sizeof name, "net%d.h", i);
    save(name, header.data, header.len);
    buffer_free(&header);
    int len = snprintf(source, sizeof source,
                       "#include \"net%d.h\"\nint predict%d(const float *x, float *y);\n"
                       "int predict%d(const float *x, float *y)\n{\n    return predict(x, y);\n}\n",
                       i, i, i);
    snprintf(name, sizeof name, "net%d.c", i);
    save(name, source, (size_t)len);
    snprintf(name, sizeof name, "images%d", i);
    save_values(name, c->images, IMAGES * pixels_of(c->model));
    buffer_format(program, "    run(predict%d, %d, %zu, %d);\n", i, i, pixels_of(c->model), c->model->plan->classes);
}

static const char program_start[] =
    "#include <stdio.h>\n#include <stdlib.h>\n"
    "static void run(int (*predict)(const float *, float *), int i, size_t pixels, size_t classes)\n{\n"
    "    char name[32];\n    float y[64], *x = malloc(pixels * sizeof *x);\n"
    "    sprintf(name, \"images%d\", i);\n    FILE *in = fopen(name, \"r\");\n"
    "    sprintf(name, \"answers%d\", i);\n    FILE *out = fopen(name, \"w\");\n"
    "    for (;;) {\n        size_t n = 0;\n        while (n < pixels && fscanf(in, \"%f\", &x[n]) == 1)\n            "
    "n++;\n"
    "        if (n < pixels)\n            break;\n        int best = predict(x, y);\n"
    "        for (size_t k = 0; k < classes; k++) {\n            if (y[k] > y[best])\n                exit(1);\n"
    "            fprintf(out, \"%.9g\\n\", y[k]);\n        }\n    }\n"
    "    fclose(in);\n    fclose(out);\n    free(x);\n}\n\n"
    "int main(void)\n{\n";

static void compile_and_run(const buffer *program)
{
    char command[1024];
    save("main.c", program->data, program->len);
    snprintf(command, sizeof command, "cd '%s' && %s -c net*.c && cc -std=c99 -o all main.c net*.o -lm && ./all",
             temp_path("."), strict);
    assert_int_equal(system(command), 0);
}

static void test_c_headers_answer_the_same(void **state)
{
    (void)state;
    buffer program = {0};
    temp_make();
    for (int i = 0; i < n_cases; i++)
        buffer_format(&program, "int predict%d(const float *x, float *y);\n", i);
    buffer_add(&program, program_start);
    for (int i = 0; i < n_cases; i++)
        write_case(i, &program);
    buffer_add(&program, "    return 0;\n}\n");
    compile_and_run(&program);
    buffer_free(&program);
    for (int i = 0; i < n_cases; i++) {
        char name[32];
        float answers[IMAGES * NN_MAX_CLASSES];
        snprintf(name, sizeof name, "answers%d", i);
        load_values(name, answers, (size_t)(IMAGES * cases[i].model->plan->classes));
        expect_answers(&cases[i], answers);
    }
    temp_remove();
}

/* ---- all formats --------------------------------------------------------------------------------------------------- */

static void test_endings_say_the_format(void **state)
{
    (void)state;
    assert_int_equal(export_format_of("a.onnx"), EXPORT_ONNX);
    assert_int_equal(export_format_of("b/a.b.safetensors"), EXPORT_SAFETENSORS);
    assert_int_equal(export_format_of("a.keras"), EXPORT_KERAS);
    assert_int_equal(export_format_of("a.h"), EXPORT_C);
    assert_int_equal(export_format_of(".h"), EXPORT_FORMATS);
    assert_int_equal(export_format_of("onnx"), EXPORT_FORMATS);
}

static void test_onnx_has_every_kind_of_layer(void **state)
{
    (void)state;
    for (int i = 0; i < n_cases; i++) {
        buffer file = {0};
        if (!export_model(&file, cases[i].model, EXPORT_ONNX, &err))
            fail_msg("%s", err.text);
        buffer_free(&file);
    }
}

#ifdef DIGITSCOPE_KERAS
/* Read again, it answers the same. (An image of one value is none for the reader.) */
static void expect_keras(const struct a_case *c, const buffer *file)
{
    foreign all = {0};
    nn_model *model;
    nn_work *work;
    float answers[IMAGES * NN_MAX_CLASSES];
    if (!keras_read(&all, "a file", (const unsigned char *)file->data, file->len, &err)) {
        if (pixels_of(c->model) > 1)
            fail_msg("%s:\n%s", err.text, c->model->plan->text);
        foreign_free(&all);
        return;
    }
    assert_true(foreign_model(&model, &all, &all.net[0], &err));
    assert_true(nn_work_new(&work, model->plan, IMAGES, NN_ANSWERS, &err));
    nn_predict(work, model, c->images, IMAGES, answers);
    expect_answers(c, answers);
    nn_work_free(work);
    nn_model_free(model);
    foreign_free(&all);
}

/* All but what Keras has no layer for, which is said; the same bytes each time. */
static void test_keras_has_nearly_every_kind_of_layer(void **state)
{
    (void)state;
    int written = 0;
    for (int i = 0; i < n_cases; i++) {
        buffer file = {0}, again = {0};
        if (export_model(&file, cases[i].model, EXPORT_KERAS, &err)) {
            assert_true(export_model(&again, cases[i].model, EXPORT_KERAS, &err));
            assert_int_equal(file.len, again.len);
            assert_memory_equal(file.data, again.data, file.len);
            expect_keras(&cases[i], &file);
            written++;
        } else if (!strstr(err.text, "Keras")) {
            fail_msg("%s", err.text);
        }
        buffer_free(&file);
        buffer_free(&again);
    }
    assert_true(4 * written > 3 * n_cases); /* of the random nets some have what Keras cannot do */
}
#endif

/* Rows of another order that PyTorch could not read. */
static void test_rows_mixed_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "input 3 3 2\na: flatten\nb: dense 4\nconcat a\ndense 3\nsoftmax\n",
        "input 2 2 2\nflatten\nsoftmax\n",
        "input 3 3 2\nflatten\nconv 2 1\nsoftmax\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        nn_model *model = net_model(texts[i], 3);
        buffer file = {0};
        assert_false(export_model(&file, model, EXPORT_SAFETENSORS, &err));
        assert_non_null(strstr(err.text, "another order"));
        buffer_free(&file);
        nn_model_free(model);
    }
}

struct attempt {
    nn_model *model;
    export_format format;
};

static bool attempt(void *ctx, nn_error *why)
{
    const struct attempt *a = ctx;
    buffer file = {0};
    bool ok = export_model(&file, a->model, a->format, why);
    buffer_free(&file);
    return ok;
}

static void test_memory_may_run_out(void **state)
{
    (void)state;
    struct attempt a = {.model = net_model(net_small, 5)};
    for (int format = 0; format < EXPORT_FORMATS; format++) {
        a.format = (export_format)format;
#ifndef DIGITSCOPE_KERAS
        if (a.format == EXPORT_KERAS)
            continue;
#endif
        assert_true(faults_try_all("export", &(fault_case){.run = attempt, .ctx = &a}) > 0);
    }
    nn_model_free(a.model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_c_headers_answer_the_same),
        cmocka_unit_test(test_onnx_has_every_kind_of_layer),
#ifdef DIGITSCOPE_KERAS
        cmocka_unit_test(test_keras_has_nearly_every_kind_of_layer),
#endif
        cmocka_unit_test(test_endings_say_the_format),
        cmocka_unit_test(test_rows_mixed_are_refused),
        cmocka_unit_test(test_memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, make_cases, free_cases);
}
