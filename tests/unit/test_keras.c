/* test_keras.c - Keras's layers in all forms of its files: what a model of each layer and option gives here and by
 * Keras's definitions. */
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

/* ---- layers -------------------------------------------------------------------------------------------------------- */

static const char first_input[] = "'batch_input_shape': [null, 7, 6, 4], ";

static void convolution_case(const char *settings, keras_window o, int filters, bool bias)
{
    char all[400], name[420];
    keras_image y[KERAS_IMAGES];
    keras_file_begin("2.9.0", "tensorflow");
    keras_make_inputs(7, 6, 4);
    snprintf(all, sizeof all, "%s'filters': %d, 'kernel_size': [%d, %d], 'use_bias': %s%s%s", first_input, filters,
             o.kh, o.kw, bias ? "true" : "false", *settings ? ", " : "", settings);
    snprintf(name, sizeof name, "Conv2D %s", all);
    keras_file_layer("Conv2D", "conv2d_1", all);
    const float *kernel = keras_file_weight("Conv2D", "conv2d_1", "kernel", o.kh, o.kw, 4 / o.groups, filters);
    const float *b = bias ? keras_file_weight("Conv2D", "conv2d_1", "bias", filters, 0, 0, 0) : NULL;
    for (int i = 0; i < KERAS_IMAGES; i++)
        y[i] = keras_convolve(&keras_inputs[i], kernel, b, filters, o);
    keras_last_layer(keras_size(&y[0]), "softmax");
    keras_is_right_everywhere(name, y);
}

static void test_convolutions(void **state)
{
    (void)state;
    convolution_case("", (keras_window){false, 3, 3, 1, 1, 1, 1}, 3, true);
    convolution_case("'padding': 'same'", (keras_window){true, 3, 3, 1, 1, 1, 1}, 3, true);
    convolution_case("'padding': 'same', 'strides': [2, 2]", (keras_window){true, 3, 3, 2, 1, 1, 1}, 3, true);
    convolution_case("'padding': 'same', 'strides': 3", (keras_window){true, 2, 4, 3, 1, 1, 1}, 3, false);
    convolution_case("'strides': [2, 2]", (keras_window){false, 2, 3, 2, 1, 1, 1}, 3, false);
    convolution_case("'dilation_rate': [2, 1]", (keras_window){false, 3, 2, 1, 2, 1, 1}, 3, true);
    convolution_case("'padding': 'same', 'dilation_rate': 2", (keras_window){true, 3, 3, 1, 2, 2, 1}, 3, true);
    convolution_case("'groups': 2", (keras_window){false, 3, 3, 1, 1, 1, 2}, 6, true);
}

static void test_depthwise_and_separable(void **state)
{
    (void)state;
    for (int separable = 0; separable < 2; separable++) {
        const char *kind = separable ? "SeparableConv2D" : "DepthwiseConv2D";
        char settings[300];
        keras_window o = {true, 3, 3, 2, 1, 1, 4}, one = {false, 1, 1, 1, 1, 1, 1};
        keras_image y[KERAS_IMAGES];
        keras_file_begin("2.9.0", "tensorflow");
        keras_make_inputs(7, 6, 4);
        snprintf(settings, sizeof settings,
                 "%s'kernel_size': [3, 3], 'strides': [2, 2], 'padding': 'same', 'depth_multiplier': 2%s", first_input,
                 separable ? ", 'filters': 3" : "");
        keras_file_layer(kind, "deep", settings);
        const float *depth = keras_file_weight(kind, "deep", "depthwise_kernel", 3, 3, 4, 2);
        const float *point = separable ? keras_file_weight(kind, "deep", "pointwise_kernel", 1, 1, 8, 3) : NULL;
        const float *bias = keras_file_weight(kind, "deep", "bias", separable ? 3 : 8, 0, 0, 0);
        for (int i = 0; i < KERAS_IMAGES; i++) {
            y[i] = keras_convolve(&keras_inputs[i], depth, separable ? NULL : bias, 8, o);
            if (separable)
                y[i] = keras_convolve(&y[i], point, bias, 3, one);
        }
        keras_last_layer(keras_size(&y[0]), "softmax");
        keras_is_right_everywhere(kind, y);
    }
}

static void pooling_case(const char *kind, const char *settings, keras_window o, bool mean)
{
    char all[300];
    keras_image y[KERAS_IMAGES];
    keras_file_begin("2.9.0", "tensorflow");
    keras_make_inputs(7, 6, 4);
    snprintf(all, sizeof all, "%s%s", first_input, settings);
    keras_file_layer(kind, "pool", all);
    for (int i = 0; i < KERAS_IMAGES; i++)
        y[i] = keras_pool(&keras_inputs[i], o, mean);
    keras_last_layer(keras_size(&y[0]), "softmax");
    keras_is_right_everywhere(all, y);
}

static void test_pooling(void **state)
{
    (void)state;
    const keras_window usual = {false, 2, 2, 2, 1, 1, 1}, same = {true, 3, 3, 2, 1, 1, 1},
                       oblong = {false, 3, 2, 1, 1, 1, 1}, all = {false, 7, 6, 1, 1, 1, 1};
    for (int mean = 0; mean < 2; mean++) {
        const char *kind = mean ? "AveragePooling2D" : "MaxPooling2D";
        pooling_case(kind, "'pool_size': [2, 2], 'strides': null", usual, mean);
        pooling_case(kind, "'pool_size': [3, 3], 'strides': [2, 2], 'padding': 'same'", same, mean);
        pooling_case(kind, "'pool_size': [3, 2], 'strides': 1", oblong, mean);
        pooling_case(mean ? "GlobalAveragePooling2D" : "GlobalMaxPooling2D", "'data_format': 'channels_last'", all,
                     mean);
        pooling_case(mean ? "GlobalAveragePooling2D" : "GlobalMaxPooling2D", "'keepdims': true", all, mean);
    }
}

/* ---- activations --------------------------------------------------------------------------------------------------- */

static double relu(double x)
{
    return x > 0 ? x : 0;
}
static double relu6(double x)
{
    return fmin(relu(x), 6);
}
static double half(double x)
{
    return fmin(relu(x), 0.5);
}
static double leaky(double x)
{
    return x > 0 ? x : 0.2 * x;
}
static double leakier(double x)
{
    return x > 0 ? x : 0.3 * x;
}
static double elu(double x)
{
    return x > 0 ? x : expm1(x);
}
static double elu_2(double x)
{
    return x > 0 ? x : 2 * expm1(x);
}
static double selu(double x)
{
    return 1.05070098 * (x > 0 ? x : 1.67326324 * expm1(x));
}
static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}
static double hard_sigmoid(double x)
{
    return fmin(fmax(0.2 * x + 0.5, 0), 1);
}
static double hard_sigmoid_3(double x)
{
    return fmin(fmax(x / 6 + 0.5, 0), 1);
}
static double softplus(double x)
{
    return log1p(exp(x));
}
static double silu(double x)
{
    return x * sigmoid(x);
}
static double hard_silu(double x)
{
    return x * hard_sigmoid_3(x);
}
static double gelu(double x)
{
    return x * (1 + erf(x / sqrt(2))) / 2;
}

static double mish(double x)
{
    return x * tanh(softplus(x));
}
static double same(double x)
{
    return x;
}

static const struct activation_case {
    const char *kind, *settings;
    double (*f)(double);
    int since, until; /* versions of Keras */
} activation_cases[] = {
    {"Activation", "'activation': 'relu'", relu, 2, 3},
    {"Activation", "'activation': 'relu6'", relu6, 2, 3},
    {"Activation", "'activation': 'leaky_relu'", leaky, 2, 3},
    {"Activation", "'activation': 'elu'", elu, 2, 3},
    {"Activation", "'activation': 'selu'", selu, 2, 3},
    {"Activation", "'activation': 'sigmoid'", sigmoid, 2, 3},
    {"Activation", "'activation': 'hard_sigmoid'", hard_sigmoid, 2, 2},
    {"Activation", "'activation': 'hard_sigmoid'", hard_sigmoid_3, 3, 3},
    {"Activation", "'activation': 'tanh'", tanh, 2, 3},
    {"Activation", "'activation': 'softplus'", softplus, 2, 3},
    {"Activation", "'activation': 'swish'", silu, 2, 3},
    {"Activation", "'activation': 'silu'", silu, 2, 3},
    {"Activation", "'activation': 'hard_silu'", hard_silu, 3, 3},
    {"Activation", "'activation': 'mish'", mish, 2, 3},
    {"Activation", "'activation': 'gelu'", gelu, 2, 3},
    {"Activation", "'activation': 'linear'", same, 2, 3},
    {"Activation", "'activation': {'class_name': 'function', 'config': 'relu'}", relu, 2, 3},
    {"Activation", "'activation': {'class_name': 'LeakyReLU', 'config': {'alpha': 0.2}}", leaky, 2, 3},
    {"ReLU", "'max_value': null, 'negative_slope': 0.0, 'threshold': 0.0", relu, 2, 3},
    {"ReLU", "'max_value': 6.0", relu6, 2, 3},
    {"ReLU", "'max_value': 0.5", half, 2, 3},
    {"ReLU", "'negative_slope': 0.2", leaky, 2, 3},
    {"LeakyReLU", "'alpha': 0.20000000298023224", leaky, 2, 2},
    {"LeakyReLU", "'negative_slope': 0.2", leaky, 3, 3},
    {"LeakyReLU", "'alpha': {'class_name': '__numpy__', 'config': {'value': 0.2, 'dtype': 'float32'}}", leaky, 2, 3},
    {"LeakyReLU", "'trainable': true", leakier, 2, 3},
    {"ELU", "'alpha': 2.0", elu_2, 2, 3},
    {"Dropout", "'rate': 0.25", same, 2, 3},
    {"SpatialDropout2D", "'rate': 0.25", same, 2, 3},
    {"GaussianNoise", "'stddev': 0.25", same, 2, 3},
    {"RandomRotation", "'factor': 0.1", same, 2, 3},
};

static void test_activations(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof activation_cases / sizeof *activation_cases; k++)
        for (int version = activation_cases[k].since; version <= activation_cases[k].until; version++) {
            const struct activation_case *a = &activation_cases[k];
            char settings[300];
            keras_image y[KERAS_IMAGES];
            keras_file_begin(version == 2 ? "2.9.0" : "3.4.1", "tensorflow");
            keras_make_inputs(3, 3, 2);
            snprintf(settings, sizeof settings, "'batch_input_shape': [null, 3, 3, 2], %s", a->settings);
            keras_file_layer(a->kind, "it", settings);
            for (int i = 0; i < KERAS_IMAGES; i++)
                y[i] = keras_map(&keras_inputs[i], a->f);
            keras_last_layer(18, "softmax");
            keras_is_right(a->settings, y, version == 2 ? KERAS_2_HDF5 : KERAS_3_HDF5,
                           version == 2 ? KERAS_3_HDF5 : KERAS_2_ZIP_WINDOWS);
        }
}

/* ---- statistics, shapes ---------------------------------------------------------------------------------------------- */

static void test_batch_normalization(void **state)
{
    (void)state;
    for (int given = 0; given < 4; given++)
        for (int axis = 1; axis <= 3; axis++) {
            bool scale = given & 1, center = given & 2;
            char settings[300];
            keras_image y[KERAS_IMAGES];
            float gain[8], bias[8];
            const int sides[] = {3, 4, 5};
            int n = sides[axis - 1];
            keras_file_begin("2.9.0", "tensorflow");
            keras_make_inputs(3, 4, 5);
            snprintf(settings, sizeof settings,
                     "'batch_input_shape': [null, 3, 4, 5], 'axis': [%d], 'epsilon': 0.001, 'scale': %s, 'center': %s",
                     axis, scale ? "true" : "false", center ? "true" : "false");
            keras_file_layer("BatchNormalization", "norm", settings);
            const float *g = scale ? keras_file_weight("BatchNormalization", "norm", "gamma", n, 0, 0, 0) : NULL;
            const float *b = center ? keras_file_weight("BatchNormalization", "norm", "beta", n, 0, 0, 0) : NULL;
            const float *m = keras_file_weight("BatchNormalization", "norm", "moving_mean", n, 0, 0, 0);
            const float *v = keras_file_weight("BatchNormalization", "norm", "moving_variance", n, 0, 0, 0);
            for (int k = 0; k < n; k++) {
                gain[k] = (g ? g[k] : 1) / sqrtf(v[k] + 0.001f);
                bias[k] = (b ? b[k] : 0) - m[k] * gain[k];
            }
            for (int i = 0; i < KERAS_IMAGES; i++)
                y[i] = keras_along(&keras_inputs[i], axis - 1, gain, bias);
            keras_last_layer(60, "softmax");
            keras_is_right_everywhere(settings, y);
        }
}

static void test_input_scaling(void **state)
{
    (void)state;
    float gain[] = {2, 2, 2}, bias[] = {-1, -1, -1};
    keras_image y[KERAS_IMAGES];
    keras_make_inputs(3, 4, 3);
    for (int i = 0; i < KERAS_IMAGES; i++)
        y[i] = keras_along(&keras_inputs[i], 2, gain, bias);
    keras_file_begin("3.4.1", "tensorflow");
    keras_file_layer("Rescaling", "r", "'batch_shape': [null, 3, 4, 3], 'scale': 2, 'offset': -1.0");
    keras_last_layer(36, "softmax");
    keras_is_right_everywhere("Rescaling", y);
    gain[1] = 0.5, bias[2] = 3;
    for (int i = 0; i < KERAS_IMAGES; i++)
        y[i] = keras_along(&keras_inputs[i], 2, gain, bias);
    keras_file_begin("3.4.1", "tensorflow");
    keras_file_layer("Rescaling", "r", "'batch_shape': [null, 3, 4, 3], 'scale': [2, 0.5, 2], 'offset': [-1, -1, 3]");
    keras_last_layer(36, "softmax");
    keras_is_right_everywhere("Rescaling of channels", y);
    keras_file_begin("3.4.1", "tensorflow");
    keras_file_layer(
        "Normalization", "n",
        "'batch_shape': [null, 3, 4, 3], 'axis': [-1], 'mean': [0.5, 2, -1.5], 'variance': [0.25, 4, 0.25]");
    keras_last_layer(36, "softmax");
    bias[1] = -1, bias[0] = -1;
    for (int i = 0; i < KERAS_IMAGES; i++)
        y[i] = keras_along(&keras_inputs[i], 2, gain, bias);
    keras_is_right_everywhere("Normalization", y);
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_layer("Normalization", "n",
                     "'batch_input_shape': [null, 3, 4, 3], 'axis': [-1], 'mean': null, 'variance': null");
    const float *m = keras_file_weight("Normalization", "n", "mean", 3, 0, 0, 0);
    const float *v = keras_file_weight("Normalization", "n", "variance", 3, 0, 0, 0);
    keras_file_weight("Normalization", "n", "count", 1, 0, 0, 0);
    for (int k = 0; k < 3; k++)
        gain[k] = 1 / sqrtf(v[k]), bias[k] = -m[k] * gain[k];
    for (int i = 0; i < KERAS_IMAGES; i++)
        y[i] = keras_along(&keras_inputs[i], 2, gain, bias);
    keras_last_layer(36, "softmax");
    keras_is_right_everywhere("Normalization from data", y);
}

static void test_prelu(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        keras_image y[KERAS_IMAGES];
        keras_file_begin("2.9.0", "tensorflow");
        keras_make_inputs(3, 4, 5);
        keras_file_layer("PReLU", "p",
                         shared ? "'batch_input_shape': [null, 3, 4, 5], 'shared_axes': [1, 2]"
                                : "'batch_input_shape': [null, 3, 4, 5], 'shared_axes': null");
        const float *a = shared ? keras_file_weight("PReLU", "p", "alpha", 1, 1, 5, 0)
                                : keras_file_weight("PReLU", "p", "alpha", 3, 4, 5, 0);
        for (int i = 0; i < KERAS_IMAGES; i++) {
            y[i] = keras_inputs[i];
            for (int k = 0; k < 60; k++)
                y[i].v[k] *= y[i].v[k] > 0 ? 1 : (double)a[shared ? k % 5 : k];
        }
        keras_last_layer(60, "softmax");
        keras_is_right_everywhere("PReLU", y);
    }
}

static keras_image moved(const keras_image *x, int top, int left, int h, int w)
{
    keras_image y = {h, w, x->c, {0}};
    for (int i = 0; i < h; i++)
        for (int j = 0; j < w; j++)
            for (int c = 0; c < x->c; c++)
                *keras_set(&y, i, j, c) = keras_at(x, i - top, j - left, c);
    return y;
}

/* (a, b, c) to the axes p, q, r of it. */
static keras_image axes(const keras_image *x, int p, int q, int r)
{
    const int side[] = {x->h, x->w, x->c}, order[] = {p, q, r};
    keras_image y = {side[p], side[q], side[r], {0}};
    for (int i = 0; i < y.h; i++)
        for (int j = 0; j < y.w; j++)
            for (int k = 0; k < y.c; k++) {
                int of[3];
                of[order[0]] = i, of[order[1]] = j, of[order[2]] = k;
                *keras_set(&y, i, j, k) = keras_at(x, of[0], of[1], of[2]);
            }
    return y;
}

static void shape_case(const char *kind, const char *settings, keras_image (*f)(const keras_image *))
{
    char all[300];
    keras_image y[KERAS_IMAGES];
    keras_file_begin("2.9.0", "tensorflow");
    keras_make_inputs(3, 4, 5);
    snprintf(all, sizeof all, "'batch_input_shape': [null, 3, 4, 5], %s", settings);
    keras_file_layer(kind, "it", all);
    for (int i = 0; i < KERAS_IMAGES; i++)
        y[i] = f(&keras_inputs[i]);
    keras_last_layer(keras_size(&y[0]), "softmax");
    keras_is_right_everywhere(all, y);
}

static keras_image padded_1(const keras_image *x)
{
    return moved(x, 1, 1, x->h + 2, x->w + 2);
}
static keras_image padded_1_2(const keras_image *x)
{
    return moved(x, 1, 2, x->h + 2, x->w + 4);
}
static keras_image padded_all(const keras_image *x)
{
    return moved(x, 1, 0, x->h + 3, x->w + 3);
}
static keras_image cropped_all(const keras_image *x)
{
    return moved(x, -1, 0, x->h - 1, x->w - 3);
}
static keras_image turned_about(const keras_image *x)
{
    return axes(x, 1, 0, 2);
}
static keras_image channels_to_front(const keras_image *x)
{
    return axes(x, 2, 0, 1);
}
static keras_image unchanged(const keras_image *x)
{
    return *x;
}

static void test_shapes(void **state)
{
    (void)state;
    shape_case("ZeroPadding2D", "'padding': 1", padded_1);
    shape_case("ZeroPadding2D", "'padding': [1, 2]", padded_1_2);
    shape_case("ZeroPadding2D", "'padding': [[1, 2], [0, 3]]", padded_all);
    shape_case("ZeroPadding2D", "'padding': {'class_name': '__tuple__', 'items': [[1, 2], [0, 3]]}", padded_all);
    shape_case("Cropping2D", "'cropping': [[1, 0], [0, 3]]", cropped_all);
    shape_case("Permute", "'dims': [2, 1, 3]", turned_about);
    shape_case("Permute", "'dims': [3, 1, 2]", channels_to_front);
    shape_case("Reshape", "'target_shape': [6, -1]", unchanged);
    shape_case("Reshape", "'target_shape': [5, 4, 3]", unchanged);
}

/* A dense layer on the rows of an image works on each row alone. */
static void test_dense_on_rows(void **state)
{
    (void)state;
    keras_image y[KERAS_IMAGES];
    keras_file_begin("2.9.0", "tensorflow");
    keras_make_inputs(4, 6, 1);
    keras_file_layer("Dense", "first", "'batch_input_shape': [32, 4, 6], 'units': 3, 'activation': 'relu'");
    const float *k = keras_file_weight("Dense", "first", "kernel", 6, 3, 0, 0);
    const float *b = keras_file_weight("Dense", "first", "bias", 3, 0, 0, 0);
    for (int i = 0; i < KERAS_IMAGES; i++) {
        keras_image rows = keras_inputs[i];
        rows.w = 1, rows.c = 6;
        y[i] = keras_dense(&rows, k, b, 3);
        y[i] = keras_map(&y[i], relu);
    }
    keras_last_layer(12, "softmax");
    keras_is_right_everywhere("Dense on rows", y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_convolutions),
        cmocka_unit_test(test_depthwise_and_separable),
        cmocka_unit_test(test_pooling),
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_batch_normalization),
        cmocka_unit_test(test_input_scaling),
        cmocka_unit_test(test_prelu),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_dense_on_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
