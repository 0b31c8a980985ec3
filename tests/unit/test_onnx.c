/* test_onnx.c - ONNX in and out again: what the program exports reads as before; files that are cut off, weights in a
 * second file, operators that are not read. Operators one by one: test_onnx_suite.c; networks of other programs:
 * tests/onnx. */
#include "app/core/export/export.h"
#include "app/core/export/wire.h"
#include "app/core/foreign/onnx/onnx.h"
#include "app/core/foreign/onnx/onnx_call.h"
#include "nn/file.h"
#include "nn/op.h"
#include "nn/safetensors.h"
#include "support/faults.h"
#include "support/nets.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef DIGITSCOPE_ONNX

static nn_error err;

/* ---- every kind of layer ------------------------------------------------------------------------------------------ */

static void answer(const nn_model *model, const float *image, float *answers)
{
    nn_work *work;
    assert_true(nn_work_new(&work, model->plan, 1, NN_ANSWERS, &err));
    nn_predict(work, model, image, 1, answers);
    nn_work_free(work);
}

static void check_same(const nn_model *a, const nn_model *b)
{
    size_t count = nn_shape_count(a->plan->input);
    uint64_t seed = 7;
    float *image = nn_alloc(count, sizeof *image), x[NN_MAX_CLASSES], y[NN_MAX_CLASSES];
    assert_int_equal(count, nn_shape_count(b->plan->input));
    random_fill(&seed, image, count, 0, 1);
    answer(a, image, x);
    answer(b, image, y);
    for (int i = 0; i < a->plan->classes; i++)
        if (!(fabsf(x[i] - y[i]) <= 1e-5f))
            fail_msg("%s%s: class %d: %g, not %g", a->plan->text, b->plan->text, i, (double)y[i], (double)x[i]);
    nn_free(image);
}

static void round_trip(const char *net)
{
    nn_model *model = net_model(net, 3), *back = NULL;
    buffer file = {0};
    foreign read;
    if (!export_model(&file, model, EXPORT_ONNX, &err)) {
        fail_msg("%s: %s", net, err.text);
    }
    assert_true(onnx_is((unsigned char *)file.data, file.len));
    if (!onnx_read(&read, "x.onnx", (unsigned char *)file.data, file.len, &err) ||
        !foreign_model(&back, &read, &read.net[0], &err))
        fail_msg("%s: %s", net, err.text);
    check_same(model, back);
    nn_model_free(back);
    nn_model_free(model);
    foreign_free(&read);
    buffer_free(&file);
}

static void test_every_layer(void **state)
{
    int n = 0;
    (void)state;
    for (int i = 0; nn_op_at(i); i++)
        for (const char *const *text = nn_op_at(i)->examples; *text; text++, n++)
            round_trip(*text);
    assert_true(n > 40);
}

/* ---- damage ------------------------------------------------------------------------------------------------------- */

static const char small[] = "input 6 6 1\nconv 2 3\nbatchnorm\nrelu\nmaxpool 2\nflatten\ndense 3\nsoftmax\n";

static void test_cut_off(void **state)
{
    nn_model *model = net_model(small, 1);
    buffer file = {0};
    (void)state;
    assert_true(export_model(&file, model, EXPORT_ONNX, &err));
    nn_model_free(model);
    for (size_t len = 0; len < file.len; len++) {
        unsigned char *cut = nn_alloc(len + 1, 1); /* of just this length, for AddressSanitizer */
        foreign read;
        memcpy(cut, file.data, len);
        err = (nn_error){0};
        if (onnx_read(&read, "x.onnx", cut, len, &err))
            fail_msg("%zu of %zu bytes are read", len, file.len);
        assert_true(err.code != NN_OK && err.text[0]);
        foreign_free(&read);
        nn_free(cut);
    }
    buffer_free(&file);
}

static buffer whole;

static bool read_whole(void *ctx, nn_error *e)
{
    foreign read;
    (void)ctx;
    bool ok = onnx_read(&read, "x.onnx", (unsigned char *)whole.data, whole.len, e);
    foreign_free(&read);
    return ok;
}

static void test_no_memory(void **state)
{
    nn_model *model = net_model(small, 1);
    (void)state;
    assert_true(export_model(&whole, model, EXPORT_ONNX, &err));
    nn_model_free(model);
    assert_true(faults_try_all("reading ONNX", &(fault_case){.run = read_whole}) > 50);
    buffer_free(&whole);
}

/* ---- weights in a second file ------------------------------------------------------------------------------------- */

enum { TYPE_FLOAT = 1, PIXELS = 9, UNITS = 2 };

static void put_entry(buffer *tensor, const char *key, const char *value)
{
    buffer entry = {0};
    wire_text(&entry, 1, key);
    wire_text(&entry, 2, value);
    wire_message(tensor, 13, &entry);
}

static void put_weights(buffer *graph, const char *file, const char *offset)
{
    buffer tensor = {0};
    wire_number(&tensor, 1, PIXELS);
    wire_number(&tensor, 1, UNITS);
    wire_number(&tensor, 2, TYPE_FLOAT);
    wire_text(&tensor, 8, "w");
    put_entry(&tensor, "location", file);
    put_entry(&tensor, "offset", offset);
    wire_number(&tensor, 14, 1);
    wire_message(graph, 5, &tensor);
}

static void put_input(buffer *graph)
{
    buffer value = {0}, type = {0}, tensor = {0}, shape = {0};
    for (int i = 0; i < 2; i++) {
        buffer dim = {0};
        wire_number(&dim, 1, i ? PIXELS : 1);
        wire_message(&shape, 1, &dim);
    }
    wire_number(&tensor, 1, TYPE_FLOAT);
    wire_message(&tensor, 2, &shape);
    wire_message(&type, 1, &tensor);
    wire_text(&value, 1, "x");
    wire_message(&value, 2, &type);
    wire_message(graph, 11, &value);
}

/* One operator over x, and w in a second file. */
static buffer make_file(const char *operator_name, const char *weights_file, const char *offset)
{
    buffer file = {0}, graph = {0}, node = {0}, output = {0}, opset = {0};
    wire_text(&node, 1, "x");
    wire_text(&node, 1, "w");
    wire_text(&node, 2, "y");
    wire_text(&node, 4, operator_name);
    wire_message(&graph, 1, &node);
    put_weights(&graph, weights_file, offset);
    put_input(&graph);
    wire_text(&output, 1, "y");
    wire_message(&graph, 12, &output);
    wire_number(&file, 1, 8);
    wire_message(&file, 7, &graph);
    wire_number(&opset, 2, 13);
    wire_message(&file, 8, &opset);
    return file;
}

static bool read_beside(const char *operator_name, const char *weights_file, const char *offset, foreign *read)
{
    buffer file = make_file(operator_name, weights_file, offset);
    bool ok = onnx_read(read, temp_path("net.onnx"), (unsigned char *)file.data, file.len, &err);
    buffer_free(&file);
    return ok;
}

static void check_refused(const char *operator_name, const char *weights_file, const char *offset, const char *says)
{
    foreign read;
    if (read_beside(operator_name, weights_file, offset, &read) || !strstr(err.text, says))
        fail_msg("%s: %s", weights_file, err.text);
    foreign_free(&read);
}

static void test_second_file(void **state)
{
    float w[PIXELS * UNITS + 1], saved[PIXELS * UNITS + 1];
    foreign read;
    nn_model *model;
    (void)state;
    for (int i = 0; i < PIXELS * UNITS + 1; i++)
        w[i] = (float)i;
    nn_floats_copy(saved, w, PIXELS * UNITS + 1);
    temp_make();
    assert_true(nn_file_save(temp_path("net.onnx.data"), saved, sizeof saved, NN_CONSISTENT, &err));
    assert_true(read_beside("MatMul", "net.onnx.data", "4", &read));
    assert_true(foreign_model(&model, &read, &read.net[0], &err));
    for (int i = 0; i < PIXELS * UNITS; i++)
        assert_true(read.net[0].tensor[0].values[i] == w[i + 1]);
    nn_model_free(model);
    foreign_free(&read);

    check_refused("MatMul", "net.onnx.data", "8", "cut off");
    check_refused("MatMul", "net.onnx.data", "18446744073709551615", "cut off");
    check_refused("MatMul", "other.data", "0", "other.data, which must be in the same folder");
    check_refused("MatMul", "../net.onnx.data", "0", "no plain name");
    check_refused("MatMul", "/etc/passwd", "0", "no plain name");
    check_refused("MatMul", "..", "0", "no plain name");
    check_refused("MatMul", "", "0", "no plain name");
    check_refused("Frobnicate", "net.onnx.data", "0", "the operator Frobnicate");
    assert_int_equal(symlink(temp_path("net.onnx.data"), temp_path("link.data")), 0);
    check_refused("MatMul", "link.data", "0", "a link or a folder");
    temp_remove();
}

/* ---- axes --------------------------------------------------------------------------------------------------------- */

typedef struct list {
    const char *name;
    int n;
    int64_t whole[4];
} list;

static void put_setting(buffer *node, const list *l)
{
    enum { WHOLES = 7 };
    buffer setting = {0};
    wire_text(&setting, 1, l->name);
    for (int i = 0; i < l->n; i++)
        wire_number(&setting, 8, (uint64_t)l->whole[i]);
    wire_number(&setting, 20, WHOLES);
    wire_message(node, 5, &setting);
}

static void put_constant(buffer *graph, const char *name, int rank, const int *dim, const int64_t *values)
{
    enum { TYPE_INT64 = 7 };
    buffer tensor = {0};
    int count = 1;
    for (int i = 0; i < rank; count *= dim[i++])
        wire_number(&tensor, 1, (uint64_t)dim[i]);
    wire_number(&tensor, 2, TYPE_INT64);
    for (int i = 0; i < count; i++)
        wire_number(&tensor, 7, (uint64_t)values[i]);
    wire_text(&tensor, 8, name);
    wire_message(graph, 5, &tensor);
}

/* Over the image x or the constant c, both (1, 9), and the image is added; four inputs where axes are the last. */
static void check_named_twice(const char *operator_name, const char *over, const list *settings, const list *axes)
{
    buffer file = {0}, graph = {0}, node = {0}, sum = {0}, output = {0}, opset = {0};
    foreign read;
    const char *const input[] = {over, "", "", "axes"};
    for (int i = 0; i < (axes ? 4 : 1); i++)
        wire_text(&node, 1, input[i]);
    wire_text(&node, 2, "y");
    wire_text(&node, 4, operator_name);
    for (const list *l = settings; l->name; l++)
        put_setting(&node, l);
    wire_message(&graph, 1, &node);
    wire_text(&sum, 1, "x");
    wire_text(&sum, 1, "y");
    wire_text(&sum, 2, "z");
    wire_text(&sum, 4, "Add");
    wire_message(&graph, 1, &sum);
    put_constant(&graph, "c", 2, (int[]){1, PIXELS}, (int64_t[PIXELS]){0});
    if (axes)
        put_constant(&graph, axes->name, 1, &axes->n, axes->whole);
    put_input(&graph);
    wire_text(&output, 1, "z");
    wire_message(&graph, 12, &output);
    wire_number(&file, 1, 8);
    wire_message(&file, 7, &graph);
    wire_number(&opset, 2, 9);
    wire_message(&file, 8, &opset);
    if (onnx_read(&read, "net.onnx", (unsigned char *)file.data, file.len, &err) || !strstr(err.text, "named twice"))
        fail_msg("%s of %s: %s", operator_name, over, err.text);
    foreign_free(&read);
    buffer_free(&file);
}

static void test_axes_named_twice(void **state)
{
    static const char *const tensors[] = {"x", "c"};
    (void)state;
    for (int i = 0; i < 2; i++) {
        check_named_twice("Slice", tensors[i],
                          (list[]){{"starts", 2, {8, 8}}, {"ends", 2, {9, 9}}, {"axes", 2, {1, -1}}, {0}}, NULL);
        check_named_twice("Squeeze", tensors[i], (list[]){{"axes", 2, {0, 0}}, {0}}, NULL);
        check_named_twice("Unsqueeze", tensors[i], (list[]){{"axes", 2, {0, 0}}, {0}}, NULL);
        check_named_twice("Transpose", tensors[i], (list[]){{"perm", 2, {1, -1}}, {0}}, NULL);
        check_named_twice("ReduceMean", tensors[i], (list[]){{"axes", 2, {1, 1}}, {0}}, NULL);
        check_named_twice("Pad", tensors[i], (list[]){{"pads", 4, {0}}, {0}}, &(list){"axes", 2, {1, 1}});
    }
}

/* An order may count its axes from the end. */
static void test_order_from_the_end(void **state)
{
    static const int64_t order[] = {-1, 0};
    const onnx_node node = {
        .type = "Transpose", .n_attrs = 1, .attr = &(onnx_attr){.name = "perm", .wholes = order, .n_wholes = 2}};
    onnx_tensor x, y = {0};
    double work = 100;
    (void)state;
    assert_true(onnx_tensor_new(&x, ONNX_INT64, 2, (int[]){2, 3}, &err));
    for (int i = 0; i < 6; i++)
        x.value[i] = i;
    onnx_call call = {.node = &node,
                      .opset = 13,
                      .n_in = 1,
                      .n_out = 1,
                      .in = (const onnx_tensor *[]){&x},
                      .out = &y,
                      .work = &work,
                      .err = &err};
    assert_true(onnx_transpose(&call));
    assert_int_equal(y.dim[0], 3);
    for (int i = 0; i < 6; i++)
        assert_true(y.value[i] == i % 2 * 3 + i / 2);
    onnx_tensor_free(&x);
    onnx_tensor_free(&y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_layer),      cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_no_memory),        cmocka_unit_test(test_second_file),
        cmocka_unit_test(test_axes_named_twice), cmocka_unit_test(test_order_from_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
