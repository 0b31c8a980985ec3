/* test_keras_graphs.c - models of Keras that are no chain: merged branches, numbers, layers and models that are used twice. */
#include "support/keras_files.h"
#include "support/keras_reference.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#ifdef DIGITSCOPE_KERAS

/* A graph of two convolutions of the input, merged. `new`: as Keras 3 connects layers. */
static void describe_graph(bool new, const char *merge, const char *settings)
{
    static char json[4000];
    const char *in =
        new ? "[{'args': [{'class_name': '__keras_tensor__', 'config': {'shape': [null, 4, 5, 2], 'keras_history': "
              "['%s', 0, 0]}}], 'kwargs': {}}]"
            : "[[['%s', 0, 0, {}]]]";
    const char *two =
        new ? "[{'args': [[{'class_name': '__keras_tensor__', 'config': {'keras_history': ['a', 0, 0]}}, "
              "{'class_name': '__keras_tensor__', 'config': {'keras_history': ['b', 0, 0]}}]], 'kwargs': {}}]"
            : "[[['a', 0, 0, {}], ['b', 0, 0, {}]]]";
    char from_in[200], from_merged[200], from_flat[200];
    snprintf(from_in, sizeof from_in, in, "in");
    snprintf(from_merged, sizeof from_merged, in, "merged");
    snprintf(from_flat, sizeof from_flat, in, "flat");
    snprintf(json, sizeof json,
             "{'class_name': 'Functional', 'config': {'name': 'm', 'layers': ["
             "{'class_name': 'InputLayer', 'name': 'in', 'config': {'name': 'in', 'batch_shape': [null, 4, 5, 2]}, "
             "'inbound_nodes': []},"
             "{'class_name': 'Conv2D', 'name': 'b', 'config': {'name': 'b', 'filters': 3, 'kernel_size': [3, 3], "
             "'padding': 'same'}, "
             "'inbound_nodes': %s},"
             "{'class_name': 'Conv2D', 'name': 'a', 'config': {'name': 'a', 'filters': 3, 'kernel_size': [1, 1]}, "
             "'inbound_nodes': %s},"
             "{'class_name': '%s', 'name': 'merged', 'config': {'name': 'merged'%s}, 'inbound_nodes': %s},"
             "{'class_name': 'Flatten', 'name': 'flat', 'config': {'name': 'flat'}, 'inbound_nodes': %s},"
             "{'class_name': 'Dense', 'name': 'last', 'config': {'name': 'last', 'units': 5, 'activation': 'softmax'}, "
             "'inbound_nodes': %s}], 'input_layers': [['in', 0, 0]], 'output_layers': [['last', 0, 0]]}}",
             from_in, from_in, merge, settings, two, from_merged, from_flat);
    keras_file_describe(json);
}

static double sum_of(double a, double b)
{
    return a + b;
}
static double difference(double a, double b)
{
    return a - b;
}
static double product(double a, double b)
{
    return a * b;
}
static double mean_of(double a, double b)
{
    return (a + b) / 2;
}

static void graph_case(bool new, const char *merge, const char *settings, double (*f)(double, double), int axis)
{
    const keras_window wide = {true, 3, 3, 1, 1, 1, 1}, one = {false, 1, 1, 1, 1, 1, 1};
    keras_image y[KERAS_IMAGES];
    keras_make_inputs(4, 5, 2);
    keras_file_begin(new ? "3.4.1" : "2.9.0", "tensorflow");
    describe_graph(new, merge, settings);
    const float *kb = keras_file_weight("Conv2D", "b", "kernel", 3, 3, 2, 3);
    const float *bb = keras_file_weight("Conv2D", "b", "bias", 3, 0, 0, 0);
    const float *ka = keras_file_weight("Conv2D", "a", "kernel", 1, 1, 2, 3);
    const float *ba = keras_file_weight("Conv2D", "a", "bias", 3, 0, 0, 0);
    for (int i = 0; i < KERAS_IMAGES; i++) {
        keras_image a = keras_convolve(&keras_inputs[i], ka, ba, 3, one),
                    b = keras_convolve(&keras_inputs[i], kb, bb, 3, wide);
        const int side[] = {4, 5, 3};
        y[i] = a;
        if (f) {
            for (int k = 0; k < 60; k++)
                y[i].v[k] = f(a.v[k], b.v[k]);
            continue;
        }
        y[i] = (keras_image){4 * (1 + (axis == 0)), 5 * (1 + (axis == 1)), 3 * (1 + (axis == 2)), {0}};
        for (int r = 0; r < y[i].h; r++)
            for (int c = 0; c < y[i].w; c++)
                for (int k = 0; k < y[i].c; k++) {
                    bool second = (axis == 0 ? r : axis == 1 ? c : k) >= side[axis];
                    *keras_set(&y[i], r, c, k) = keras_at(second ? &b : &a, r - (second && axis == 0) * 4,
                                                          c - (second && axis == 1) * 5, k - (second && axis == 2) * 3);
                }
    }
    keras_last_kernel = keras_file_weight("Dense", "last", "kernel", f ? 60 : 120, 5, 0, 0);
    keras_last_bias = keras_file_weight("Dense", "last", "bias", 5, 0, 0, 0);
    keras_is_right_everywhere(merge, y);
}

static void test_graphs(void **state)
{
    (void)state;
    for (int new = 0; new < 2; new ++) {
        graph_case(new, "Add", "", sum_of, 0);
        graph_case(new, "Subtract", "", difference, 0);
        graph_case(new, "Multiply", "", product, 0);
        graph_case(new, "Average", "", mean_of, 0);
        graph_case(new, "Maximum", "", fmax, 0);
        graph_case(new, "Minimum", "", fmin, 0);
        graph_case(new, "Concatenate", ", 'axis': -1", NULL, 2);
        graph_case(new, "Concatenate", ", 'axis': 3", NULL, 2);
        graph_case(new, "Concatenate", ", 'axis': 2", NULL, 1);
        graph_case(new, "Concatenate", ", 'axis': 1", NULL, 0);
    }
}

/* (0.5 - (x / 4 + 1)) * 3, of which each step is a layer; anything else with a number is refused. */
static void test_numbers(void **state)
{
    static const char *const steps[][3] = {{"TrueDivide", "a", "%s, 4"},
                                           {"Add", "b", "%s, 1.0"},
                                           {"Subtract", "c", "0.5, %s"},
                                           {"Multiply", "d", "%s, 3"},
                                           {"Maximum", "e", "%s, 3"}};
    (void)state;
    for (int n = 4; n <= 5; n++) {
        char json[3000], args[200], value[120];
        const char *from = "in";
        int len =
            snprintf(json, sizeof json,
                     "{'class_name': 'Functional', 'config': {'layers': [{'class_name': 'InputLayer', 'name': 'in', "
                     "'config': {'batch_shape': [null, 3, 3, 2]}, 'inbound_nodes': []}");
        for (int i = 0; i < n; i++) {
            snprintf(value, sizeof value,
                     "{'class_name': '__keras_tensor__', 'config': {'keras_history': ['%s', 0, 0]}}", from);
            const char *place = strstr(steps[i][2], "%s");
            snprintf(args, sizeof args, "%.*s%s%s", (int)(place - steps[i][2]), steps[i][2], value, place + 2);
            len += snprintf(
                json + len, sizeof json - (size_t)len,
                ", {'class_name': '%s', 'name': '%s', 'config': {'name': '%s'}, 'inbound_nodes': [{'args': [%s]}]}",
                steps[i][0], steps[i][1], steps[i][1], args);
            from = steps[i][1];
        }
        snprintf(
            json + len, sizeof json - (size_t)len,
            ", {'class_name': 'Flatten', 'name': 'flat', 'config': {}, 'inbound_nodes': [[['%s', 0, 0]]]}, "
            "{'class_name': 'Dense', 'name': 'last', 'config': {'units': 5}, 'inbound_nodes': [[['flat', 0, 0]]]}], "
            "'input_layers': [['in', 0, 0]], 'output_layers': [['last', 0, 0]]}}",
            from);
        keras_image y[KERAS_IMAGES];
        keras_file_begin("3.4.1", "tensorflow");
        keras_file_describe(json);
        keras_make_inputs(3, 3, 2);
        for (int i = 0; i < KERAS_IMAGES; i++) {
            y[i] = keras_inputs[i];
            for (int k = 0; k < 18; k++)
                y[i].v[k] = (0.5 - (y[i].v[k] / 4 + 1)) * 3;
        }
        keras_last_kernel = keras_file_weight("Dense", "last", "kernel", 18, KERAS_CLASSES, 0, 0);
        keras_last_bias = keras_file_weight("Dense", "last", "bias", KERAS_CLASSES, 0, 0, 0);
        if (n == 4)
            keras_is_right_everywhere("numbers", y);
        else
            keras_is_refused("Maximum of a number", "args");
    }
}

/* A layer that is applied twice, within a model that is applied twice. */
static void test_shared_layers_and_models(void **state)
{
    const keras_window o = {true, 3, 3, 1, 1, 1, 1};
    char json[2000];
    (void)state;
    for (int layout = KERAS_2_HDF5; layout < KERAS_LAYOUTS; layout++) {
        keras_image wanted[KERAS_IMAGES];
        double found[KERAS_IMAGES * NN_MAX_CLASSES];
        foreign self;
        keras_make_inputs(4, 5, 2);
        keras_file_begin(layout == KERAS_2_HDF5 ? "2.9.0" : "3.4.1", "tensorflow");
        bool from_0 = layout == KERAS_3_ZIP; /* Keras 3 counts the uses of a Sequential so */
        snprintf(
            json, sizeof json,
            "{'class_name': 'Functional', 'config': {'name': 'm', 'layers': ["
            "{'class_name': 'InputLayer', 'name': 'in', 'config': {'name': 'in', 'batch_shape': [null, 4, 5, 2]}, "
            "'inbound_nodes': []},"
            "{'class_name': 'Sequential', 'name': 'inner', 'config': {'name': 'inner', 'layers': ["
            "{'class_name': 'InputLayer', 'config': {'name': 'x', 'batch_shape': [null, 4, 5, 2]}},"
            "{'class_name': 'Conv2D', 'config': {'name': 'c', 'filters': 2, 'kernel_size': [3, 3], 'padding': 'same'}},"
            "{'class_name': 'BatchNormalization', 'config': {'name': 'n', 'axis': [3], 'epsilon': 0.001}},"
            "{'class_name': 'Conv2D', 'config': {'name': 'd', 'filters': 2, 'kernel_size': [3, 3], 'padding': "
            "'same'}}]}, "
            "'inbound_nodes': [[['in', 0, 0, {}]], [['inner', %d, 0, {}]]]},"
            "{'class_name': 'Flatten', 'name': 'flat', 'config': {'name': 'flat'}, 'inbound_nodes': [[['inner', %d, 0, "
            "{}]]]},"
            "{'class_name': 'Dense', 'name': 'last', 'config': {'name': 'last', 'units': 5, 'activation': 'softmax'}, "
            "'inbound_nodes': [[['flat', 0, 0, {}]]]}], 'input_layers': [['in', 0, 0]], 'output_layers': [['last', 0, "
            "0]]}}",
            1 - from_0, 2 - from_0);
        keras_file_describe(json);
        keras_file_within("Sequential", "inner");
        const float *kc = keras_file_weight("Conv2D", "c", "kernel", 3, 3, 2, 2);
        const float *bc = keras_file_weight("Conv2D", "c", "bias", 2, 0, 0, 0);
        const float *g = keras_file_weight("BatchNormalization", "n", "gamma", 2, 0, 0, 0);
        const float *b = keras_file_weight("BatchNormalization", "n", "beta", 2, 0, 0, 0);
        const float *m = keras_file_weight("BatchNormalization", "n", "moving_mean", 2, 0, 0, 0);
        const float *v = keras_file_weight("BatchNormalization", "n", "moving_variance", 2, 0, 0, 0);
        const float *kd = keras_file_weight("Conv2D", "d", "kernel", 3, 3, 2, 2);
        const float *bd = keras_file_weight("Conv2D", "d", "bias", 2, 0, 0, 0);
        keras_file_within(NULL, NULL);
        keras_last_kernel = keras_file_weight("Dense", "last", "kernel", 40, 5, 0, 0);
        keras_last_bias = keras_file_weight("Dense", "last", "bias", 5, 0, 0, 0);
        float gain[2], bias[2];
        for (int k = 0; k < 2; k++)
            gain[k] = g[k] / sqrtf(v[k] + 0.001f), bias[k] = b[k] - m[k] * gain[k];
        for (int i = 0; i < KERAS_IMAGES; i++) {
            keras_image y = keras_inputs[i];
            for (int use = 0; use < 2; use++) {
                y = keras_convolve(&y, kc, bc, 2, o);
                y = keras_along(&y, 2, gain, bias);
                y = keras_convolve(&y, kd, bd, 2, o);
            }
            keras_image row = keras_row(&y);
            wanted[i] = keras_dense(&row, keras_last_kernel, keras_last_bias, 5);
        }
        keras_read_back(&self, "shared", (keras_layout)layout);
        keras_answers(&self, 0, found, 5);
        keras_compare("shared", found, wanted, 5);
        foreign_free(&self);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_graphs),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_shared_layers_and_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
