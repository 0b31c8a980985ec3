/* test_onnx_suite.c - ONNX's own tests of operators, as Debian's libonnx-testdata has them: graphs of one operator or a
 * few, inputs, and what comes out. What the table of operators has gives the same numbers; all else is refused, by the
 * operator's name or by what of it is not read. */
#include "app/core/foreign/onnx/onnx_file.h"
#include "app/core/foreign/onnx/onnx_ops.h"
#include "app/core/foreign/onnx/onnx_run.h"
#include "nn/file.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef DIGITSCOPE_ONNX

#define SUITE "/usr/share/libonnx-testdata/data"
enum { FILES = 1072, PASSED = 394, OUTPUTS = 8, CAP = 64 << 20 };

/* What is refused though all operators are read: what of them is not, and why. */
static const struct {
    const char *test, *says;
} refused[] = {
    {"test_cast_FLOAT_to_STRING", "type"},
    {"test_castlike_FLOAT_to_STRING_expanded", "type"},
    {"test_cast_STRING_to_FLOAT", "type"},
    {"test_castlike_STRING_to_FLOAT_expanded", "type"},
    {"test_identity_sequence", "type"},
    {"test_identity_opt", "type"},
    {"test_maxpool_with_argmax_2d_precomputed_pads", "where maxima lie"},
    {"test_maxpool_with_argmax_2d_precomputed_strides", "where maxima lie"},
    {"test_training_dropout", "in training"},
    {"test_training_dropout_default", "in training"},
    {"test_training_dropout_default_mask", "in training"},
    {"test_training_dropout_mask", "in training"},
};

static int faults; /* all are printed before the test fails */

__attribute__((format(printf, 1, 2))) static void wrong(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprint_error(format, args);
    va_end(args);
    faults++;
}

typedef struct counts {
    int files, passed, refused;
    int of[ONNX_OPS]; /* files that passed with the operator in it */
} counts;

static bool read_file(const char *folder, const char *name, unsigned char **data, size_t *len)
{
    char path[600];
    nn_error err;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return nn_file_read(path, CAP, data, len, &err);
}

/* The suite keeps bfloat16 as the whole numbers that its bits are. */
static void bits_to_values(onnx_tensor *t, onnx_type type)
{
    if (type != ONNX_BFLOAT16 || t->type != ONNX_UINT16)
        return;
    t->type = type;
    for (size_t i = 0; i < t->count; i++)
        t->value[i] = onnx_value_of_bits(type, (uint64_t)t->value[i]);
}

/* Inputs are those of the graph that are no constants, in order. */
static bool read_inputs(onnx_graph *g, const char *folder, nn_error *err)
{
    for (int i = 0; i < g->n_inputs; i++) {
        char name[60];
        unsigned char *data;
        size_t len;
        onnx_tensor *t = &g->value[g->input[i].value].constant;
        if (onnx_type_bytes(g->input[i].type) == 0)
            return nn_fail(err, NN_FORMAT, 0, "an input of a type that is not read");
        snprintf(name, sizeof name, "test_data_set_0/input_%d.pb", i);
        if (!read_file(folder, name, &data, &len))
            continue;
        bool ok = onnx_tensor_read(t, data, len, err);
        nn_free(data);
        if (!ok)
            return false;
        bits_to_values(t, g->input[i].type);
    }
    return true;
}

static bool are_read(const onnx_graph *g, nn_error *err)
{
    for (int i = 0; i < g->n_nodes; i++)
        if (!onnx_op_find(g->node[i].type, err))
            return false;
    return true;
}

static bool run(onnx_graph *g, nn_error *err)
{
    double work = 1e9;
    for (int i = 0; i < g->n_nodes; i++)
        if (!onnx_can_fold(g, &g->node[i]))
            return nn_fail(err, NN_FORMAT, 0, "%s without an input", g->node[i].type);
        else if (!onnx_fold(g, &g->node[i], &work, err))
            return false;
    return true;
}

static void compare(const char *name, const onnx_tensor *got, const onnx_tensor *expected)
{
    if (!got->value || got->rank != expected->rank ||
        memcmp(got->dim, expected->dim, (size_t)got->rank * sizeof(int))) {
        wrong("%s: another shape\n", name);
        return;
    }
    if (got->type != expected->type)
        wrong("%s: type %d, not %d\n", name, (int)got->type, (int)expected->type);
    double least = onnx_type_is_real(got->type) ? onnx_type_bytes(got->type) < 4 ? 4e-3 : 1e-5 : 0;
    for (size_t i = 0; i < got->count; i++) {
        double a = got->value[i], b = expected->value[i];
        if (!(a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= least * fmax(1, fabs(b)))) {
            wrong("%s: value %zu is %.9g, not %.9g\n", name, i, a, b);
            return;
        }
    }
}

static void compare_outputs(const onnx_graph *g, const char *name, const char *folder)
{
    int n = 0;
    for (int i = 0; i < g->n_outputs; i++) {
        char file[60];
        unsigned char *data;
        size_t len;
        onnx_tensor expected;
        nn_error err;
        snprintf(file, sizeof file, "test_data_set_0/output_%d.pb", i);
        if (!read_file(folder, file, &data, &len))
            continue;
        if (!onnx_tensor_read(&expected, data, len, &err))
            wrong("%s: %s\n", name, err.text);
        else {
            bits_to_values(&expected, g->value[g->output[i]].constant.type);
            compare(name, &g->value[g->output[i]].constant, &expected);
        }
        onnx_tensor_free(&expected);
        nn_free(data);
        n++;
    }
    if (n == 0)
        wrong("%s: no output to compare with\n", name);
}

/* The refusal names an operator of the file that is not read, or is one of those above. */
static void check_refusal(const onnx_graph *g, const char *name, const char *says)
{
    for (int i = 0; i < g->n_nodes; i++)
        if (!onnx_op_find(g->node[i].type, NULL) && strstr(says, g->node[i].type))
            return;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strcmp(name, refused[i].test) == 0 && strstr(says, refused[i].says))
            return;
    wrong("%s: %s\n", name, says);
}

static void count_operators(const onnx_graph *g, counts *n)
{
    for (int k = 0; k < ONNX_OPS; k++)
        for (int i = 0; i < g->n_nodes; i++)
            if (strcmp(g->node[i].type, onnx_ops[k].name) == 0) {
                n->of[k]++;
                break;
            }
}

static void test_one(counts *n, const char *group, const char *name)
{
    char folder[500];
    unsigned char *data;
    size_t len;
    onnx_graph g;
    nn_error err = {0};
    snprintf(folder, sizeof folder, SUITE "/%s/%s", group, name);
    if (!read_file(folder, "model.onnx", &data, &len))
        return;
    n->files++;
    bool ok = onnx_graph_read(&g, folder, data, len, &err);
    bool runs = ok && are_read(&g, &err) && read_inputs(&g, folder, &err) && run(&g, &err);
    if (runs) {
        compare_outputs(&g, name, folder);
        count_operators(&g, n);
    } else
        check_refusal(&g, name, err.text);
    n->passed += runs;
    n->refused += !runs;
    onnx_graph_free(&g);
    nn_free(data);
}

/* The page of help has the table of operators as it is, with what each was tested with. */
static void check_page(const counts *n)
{
    char table[16384] = "| operator | becomes | tests |\n|---|---|---|\n";
    unsigned char *page;
    size_t len;
    nn_error err;
    for (int k = 0; k < ONNX_OPS; k++)
        snprintf(table + strlen(table), sizeof table - strlen(table), "| %s | %s | %d |\n", onnx_ops[k].name,
                 onnx_ops[k].layers, n->of[k]);
    assert_null(onnx_ops[ONNX_OPS].name);
    assert_true(nn_file_read(TEST_SOURCE "/../assets/help/en/files.md", CAP, &page, &len, &err));
    bool same = strstr((char *)page, table) != NULL;
    nn_free(page);
    if (!same) {
        assert_true(nn_file_save(TEST_BUILD "/onnx_operators.md", table, strlen(table), NN_CONSISTENT, &err));
        fail_msg("assets/help/en/files.md has another table of operators than " TEST_BUILD "/onnx_operators.md");
    }
}

static void test_suite(void **state)
{
    static const char *const groups[] = {"node", "pytorch-converted", "pytorch-operator", "simple"};
    counts n = {0};
    (void)state;
    if (access("/usr/share/libonnx-testdata", F_OK) != 0)
        skip(); /* no Debian; packaging/test installs it there */
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        char path[200];
        snprintf(path, sizeof path, SUITE "/%s", groups[i]);
        DIR *folder = opendir(path);
        for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;)
            if (entry->d_name[0] != '.')
                test_one(&n, groups[i], entry->d_name);
        if (folder)
            closedir(folder);
    }
    printf("{\"name\": \"ONNX's own tests\", \"files\": %d, \"passed\": %d, \"refused\": %d}\n", n.files, n.passed,
           n.refused);
    assert_int_equal(faults, 0);
    assert_true(n.files >= FILES);
    assert_true(n.passed >= PASSED);
    check_page(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
