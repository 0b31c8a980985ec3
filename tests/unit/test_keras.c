/* test_keras.c - Keras's files in all their forms: what a model of each layer and option gives here and by Keras's
 * definitions, written down here once more as plain sums over (height, width, channels). */
#include "app/core/foreign/keras.h"
#include "nn/op.h"
#include "support/keras_files.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#ifdef DIGITSCOPE_KERAS

enum { MOST = 4096, IMAGES = 2, CLASSES = 5 };

static nn_error err;
static uint64_t seed = 1;

/* ---- Keras's definitions ------------------------------------------------------------------------------------------- */

/* Values of one image, row by row, channels last. */
typedef struct image {
    int h, w, c;
    double v[MOST];
} image;

static double at(const image *x, int y, int col, int c)
{
    bool inside = y >= 0 && y < x->h && col >= 0 && col < x->w;
    return inside ? x->v[(y * x->w + col) * x->c + c] : 0;
}

static double *set(image *x, int y, int col, int c)
{
    return &x->v[(y * x->w + col) * x->c + c];
}

/* Outputs along one side, and how far before the image the first window begins. */
static int outputs(bool same, int in, int span, int stride, int *before)
{
    if (!same)
        return *before = 0, (in - span) / stride + 1;
    int out = (in + stride - 1) / stride, missing = (out - 1) * stride + span - in;
    *before = missing > 0 ? missing / 2 : 0;
    return out;
}

typedef struct options {
    bool same;
    int kh, kw, stride, dh, dw, groups;
} options;

/* kernel (kh, kw, in / groups, out) */
static image convolve(const image *x, const float *kernel, const float *bias, int out, options o)
{
    image y = {.c = out};
    int top, left, in = x->c / o.groups;
    y.h = outputs(o.same, x->h, (o.kh - 1) * o.dh + 1, o.stride, &top);
    y.w = outputs(o.same, x->w, (o.kw - 1) * o.dw + 1, o.stride, &left);
    for (int row = 0; row < y.h; row++)
        for (int col = 0; col < y.w; col++)
            for (int k = 0; k < out; k++) {
                double sum = bias ? (double)bias[k] : 0;
                int first = k / (out / o.groups) * in;
                for (int i = 0; i < o.kh; i++)
                    for (int j = 0; j < o.kw; j++)
                        for (int c = 0; c < in; c++)
                            sum += at(x, row * o.stride - top + i * o.dh, col * o.stride - left + j * o.dw, first + c) *
                                   (double)kernel[((i * o.kw + j) * in + c) * out + k];
                *set(&y, row, col, k) = sum;
            }
    return y;
}

static image pooled(const image *x, options o, bool mean)
{
    image y = {.c = x->c};
    int top, left;
    y.h = outputs(o.same, x->h, o.kh, o.stride, &top);
    y.w = outputs(o.same, x->w, o.kw, o.stride, &left);
    for (int row = 0; row < y.h; row++)
        for (int col = 0; col < y.w; col++)
            for (int c = 0; c < x->c; c++) {
                double sum = 0, most = -INFINITY;
                int n = 0;
                for (int i = row * o.stride - top; i < row * o.stride - top + o.kh; i++)
                    for (int j = col * o.stride - left; j < col * o.stride - left + o.kw; j++)
                        if (i >= 0 && i < x->h && j >= 0 && j < x->w) {
                            sum += at(x, i, j, c), n++;
                            most = fmax(most, at(x, i, j, c));
                        }
                *set(&y, row, col, c) = mean ? sum / n : most;
            }
    return y;
}

static image dense(const image *x, const float *kernel, const float *bias, int units)
{
    image y = {x->h, x->w, units, {0}};
    for (int p = 0; p < x->h * x->w; p++)
        for (int u = 0; u < units; u++) {
            double sum = bias ? (double)bias[u] : 0;
            for (int i = 0; i < x->c; i++)
                sum += x->v[p * x->c + i] * (double)kernel[i * units + u];
            y.v[p * units + u] = sum;
        }
    return y;
}

static image row_of(const image *x)
{
    image y = *x;
    y.h = y.w = 1;
    y.c = x->h * x->w * x->c;
    return y;
}

/* (channels, height, width) in memory */
static image channels_before(const image *x)
{
    image y = {1, 1, x->h * x->w * x->c, {0}};
    for (int c = 0, k = 0; c < x->c; c++)
        for (int i = 0; i < x->h * x->w; i++)
            y.v[k++] = x->v[i * x->c + c];
    return y;
}

static image mapped(const image *x, double (*f)(double))
{
    image y = *x;
    for (int i = 0; i < x->h * x->w * x->c; i++)
        y.v[i] = f(x->v[i]);
    return y;
}

/* ---- a model, read ------------------------------------------------------------------------------------------------- */

/* A description with two arrays for the last layer, which gives CLASSES values from `in`. */
static float *last_kernel, *last_bias;

static void last_layer(int in, const char *activation)
{
    char settings[120];
    snprintf(settings, sizeof settings, "'units': %d, 'activation': '%s', 'use_bias': true", CLASSES, activation);
    keras_file_within(NULL, NULL);
    keras_file_layer("Flatten", "flat", "");
    keras_file_layer("Dense", "last", settings);
    last_kernel = keras_file_weight("Dense", "last", "kernel", in, CLASSES, 0, 0);
    last_bias = keras_file_weight("Dense", "last", "bias", CLASSES, 0, 0, 0);
}

static image inputs[IMAGES];

static void make_inputs(int h, int w, int c)
{
    for (int i = 0; i < IMAGES; i++) {
        inputs[i] = (image){h, w, c, {0}};
        for (int k = 0; k < h * w * c; k++)
            inputs[i].v[k] = random_between(&seed, -1, 1);
    }
}

/* What candidate number k gives before its last softmax. */
static void answers(const foreign *self, int k, double *out, int n)
{
    nn_model *model;
    nn_work *work;
    float x[MOST], probabilities[IMAGES * NN_MAX_CLASSES];
    if (!foreign_model(&model, self, &self->net[k], &err))
        fail_msg("%s\n%s", err.text, self->net[k].text.data);
    assert_true(nn_work_new(&work, model->plan, IMAGES, NN_ACTIVATIONS, &err));
    size_t pixels = nn_shape_count(model->plan->input);
    assert_int_equal(pixels, inputs[0].h * inputs[0].w * inputs[0].c);
    for (size_t i = 0; i < IMAGES * pixels; i++)
        x[i] = (float)inputs[i / pixels].v[i % pixels];
    nn_predict(work, model, x, IMAGES, probabilities);
    int last = model->plan->node[model->plan->n_nodes - 1].input[0];
    assert_int_equal(nn_shape_count(model->plan->node[last].out), n);
    for (int i = 0; i < IMAGES * n; i++)
        out[i] = (double)nn_work_output(work, last)[i];
    nn_work_free(work);
    nn_model_free(model);
}

static void compare(const char *what, const double *found, const image *wanted, int n)
{
    for (int i = 0; i < IMAGES * n; i++) {
        double right = wanted[i / n].v[i % n];
        if (!(fabs(found[i] - right) <= 1e-4 * fmax(1, fabs(right))))
            fail_msg("%s: value %d is %.7f, not %.7f", what, i, found[i], right);
    }
}

static void read_file(foreign *self, const char *what, keras_layout layout)
{
    size_t len;
    const unsigned char *data = keras_file_make(layout, true, &len);
    *self = (foreign){0};
    if (!keras_read(self, "model.h5", data, len, &err))
        fail_msg("%s, layout %d: %s", what, (int)layout, err.text);
}

/* The last layer applied to what the layers before it give; all layouts of the files. */
static void is_right(const char *what, const image *before, int first, int end)
{
    image wanted[IMAGES];
    double found[IMAGES * NN_MAX_CLASSES];
    for (int i = 0; i < IMAGES; i++) {
        image row = row_of(&before[i]);
        wanted[i] = dense(&row, last_kernel, last_bias, CLASSES);
    }
    for (int layout = first; layout < end; layout++) {
        foreign self;
        read_file(&self, what, (keras_layout)layout);
        assert_int_equal(self.n, 1);
        answers(&self, 0, found, CLASSES);
        compare(what, found, wanted, CLASSES);
        foreign_free(&self);
    }
}

static void is_right_everywhere(const char *what, const image *before)
{
    is_right(what, before, KERAS_2_HDF5, KERAS_LAYOUTS);
}

static int count_of(const image *x)
{
    return x->h * x->w * x->c;
}

/* ---- layers -------------------------------------------------------------------------------------------------------- */

static const char first_input[] = "'batch_input_shape': [null, 7, 6, 4], ";

static void convolution_case(const char *settings, options o, int filters, bool bias)
{
    char all[400], name[420];
    image y[IMAGES];
    keras_file_begin("2.9.0", "tensorflow");
    make_inputs(7, 6, 4);
    snprintf(all, sizeof all, "%s'filters': %d, 'kernel_size': [%d, %d], 'use_bias': %s%s%s", first_input, filters,
             o.kh, o.kw, bias ? "true" : "false", *settings ? ", " : "", settings);
    snprintf(name, sizeof name, "Conv2D %s", all);
    keras_file_layer("Conv2D", "conv2d_1", all);
    const float *kernel = keras_file_weight("Conv2D", "conv2d_1", "kernel", o.kh, o.kw, 4 / o.groups, filters);
    const float *b = bias ? keras_file_weight("Conv2D", "conv2d_1", "bias", filters, 0, 0, 0) : NULL;
    for (int i = 0; i < IMAGES; i++)
        y[i] = convolve(&inputs[i], kernel, b, filters, o);
    last_layer(count_of(&y[0]), "softmax");
    is_right_everywhere(name, y);
}

static void test_convolutions(void **state)
{
    (void)state;
    convolution_case("", (options){false, 3, 3, 1, 1, 1, 1}, 3, true);
    convolution_case("'padding': 'same'", (options){true, 3, 3, 1, 1, 1, 1}, 3, true);
    convolution_case("'padding': 'same', 'strides': [2, 2]", (options){true, 3, 3, 2, 1, 1, 1}, 3, true);
    convolution_case("'padding': 'same', 'strides': 3", (options){true, 2, 4, 3, 1, 1, 1}, 3, false);
    convolution_case("'strides': [2, 2]", (options){false, 2, 3, 2, 1, 1, 1}, 3, false);
    convolution_case("'dilation_rate': [2, 1]", (options){false, 3, 2, 1, 2, 1, 1}, 3, true);
    convolution_case("'padding': 'same', 'dilation_rate': 2", (options){true, 3, 3, 1, 2, 2, 1}, 3, true);
    convolution_case("'groups': 2", (options){false, 3, 3, 1, 1, 1, 2}, 6, true);
}

static void test_depthwise_and_separable(void **state)
{
    (void)state;
    for (int separable = 0; separable < 2; separable++) {
        const char *kind = separable ? "SeparableConv2D" : "DepthwiseConv2D";
        char settings[300];
        options o = {true, 3, 3, 2, 1, 1, 4}, one = {false, 1, 1, 1, 1, 1, 1};
        image y[IMAGES];
        keras_file_begin("2.9.0", "tensorflow");
        make_inputs(7, 6, 4);
        snprintf(settings, sizeof settings,
                 "%s'kernel_size': [3, 3], 'strides': [2, 2], 'padding': 'same', 'depth_multiplier': 2%s", first_input,
                 separable ? ", 'filters': 3" : "");
        keras_file_layer(kind, "deep", settings);
        const float *depth = keras_file_weight(kind, "deep", "depthwise_kernel", 3, 3, 4, 2);
        const float *point = separable ? keras_file_weight(kind, "deep", "pointwise_kernel", 1, 1, 8, 3) : NULL;
        const float *bias = keras_file_weight(kind, "deep", "bias", separable ? 3 : 8, 0, 0, 0);
        for (int i = 0; i < IMAGES; i++) {
            y[i] = convolve(&inputs[i], depth, separable ? NULL : bias, 8, o);
            if (separable)
                y[i] = convolve(&y[i], point, bias, 3, one);
        }
        last_layer(count_of(&y[0]), "softmax");
        is_right_everywhere(kind, y);
    }
}

static void pooling_case(const char *kind, const char *settings, options o, bool mean)
{
    char all[300];
    image y[IMAGES];
    keras_file_begin("2.9.0", "tensorflow");
    make_inputs(7, 6, 4);
    snprintf(all, sizeof all, "%s%s", first_input, settings);
    keras_file_layer(kind, "pool", all);
    for (int i = 0; i < IMAGES; i++)
        y[i] = pooled(&inputs[i], o, mean);
    last_layer(count_of(&y[0]), "softmax");
    is_right_everywhere(all, y);
}

static void test_pooling(void **state)
{
    (void)state;
    const options usual = {false, 2, 2, 2, 1, 1, 1}, same = {true, 3, 3, 2, 1, 1, 1},
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
            image y[IMAGES];
            keras_file_begin(version == 2 ? "2.9.0" : "3.4.1", "tensorflow");
            make_inputs(3, 3, 2);
            snprintf(settings, sizeof settings, "'batch_input_shape': [null, 3, 3, 2], %s", a->settings);
            keras_file_layer(a->kind, "it", settings);
            for (int i = 0; i < IMAGES; i++)
                y[i] = mapped(&inputs[i], a->f);
            last_layer(18, "softmax");
            is_right(a->settings, y, version == 2 ? KERAS_2_HDF5 : KERAS_3_HDF5,
                     version == 2 ? KERAS_3_HDF5 : KERAS_2_ZIP_WINDOWS);
        }
}

/* ---- channels first ------------------------------------------------------------------------------------------------- */

/* Kernels of (out, in, rows, columns), turned by half where Theano made them; flattened channel by channel. */
static void test_keras_1_with_theano(void **state)
{
    (void)state;
    const options o = {true, 3, 3, 1, 1, 1, 1}, pool = {false, 2, 2, 2, 1, 1, 1};
    for (int turned = 0; turned < 2; turned++) {
        image y[IMAGES], wanted[IMAGES];
        double found[IMAGES * NN_MAX_CLASSES];
        float kernel[3 * 3 * 3 * 4];
        foreign self;
        keras_file_begin(NULL, NULL);
        make_inputs(6, 6, 3);
        keras_file_layer(
            "Convolution2D", "convolution2d_1",
            "'batch_input_shape': [null, 3, 6, 6], 'nb_filter': 4, 'nb_row': 3, 'nb_col': 3, 'border_mode': 'same', "
            "'subsample': [1, 1], 'dim_ordering': 'th', 'bias': true, 'activation': 'relu'");
        const float *w = keras_file_weight("Conv2D", "convolution2d_1", "kernel", 4, 3, 3, 3);
        const float *b = keras_file_weight("Conv2D", "convolution2d_1", "bias", 4, 0, 0, 0);
        keras_file_layer("MaxPooling2D", "pool",
                         "'pool_size': [2, 2], 'strides': [2, 2], 'border_mode': 'valid', 'dim_ordering': 'th'");
        keras_file_layer("Flatten", "flatten_1", "");
        keras_file_layer("Dense", "dense_1", "'output_dim': 5, 'bias': true, 'activation': 'softmax'");
        const float *last = keras_file_weight("Dense", "dense_1", "kernel", 36, 5, 0, 0);
        const float *last_b = keras_file_weight("Dense", "dense_1", "bias", 5, 0, 0, 0);
        for (int out = 0, k = 0; out < 4; out++)
            for (int c = 0; c < 3; c++)
                for (int i = 0; i < 9; i++)
                    kernel[((turned ? 8 - i : i) * 3 + c) * 4 + out] = w[k++];
        for (int i = 0; i < IMAGES; i++) {
            y[i] = convolve(&inputs[i], kernel, b, 4, o);
            y[i] = mapped(&y[i], relu);
            y[i] = pooled(&y[i], pool, false);
            y[i] = channels_before(&y[i]);
            wanted[i] = dense(&y[i], last, last_b, 5);
        }
        read_file(&self, "Keras 1", KERAS_1_HDF5);
        assert_int_equal(self.n, 2);
        answers(&self, turned, found, 5);
        compare("Keras 1", found, wanted, 5);
        foreign_free(&self);
    }
}

/* ---- statistics, shapes ---------------------------------------------------------------------------------------------- */

/* y = f of x and of numbers by the index along an axis: 0 rows, 1 columns, 2 channels. */
static image along(const image *x, int axis, const float *gain, const float *bias)
{
    image y = *x;
    for (int i = 0; i < count_of(x); i++) {
        int k = axis == 2 ? i % x->c : axis == 1 ? i / x->c % x->w : i / (x->c * x->w);
        y.v[i] = x->v[i] * (double)gain[k] + (double)bias[k];
    }
    return y;
}

static void test_batch_normalization(void **state)
{
    (void)state;
    for (int given = 0; given < 4; given++)
        for (int axis = 1; axis <= 3; axis++) {
            bool scale = given & 1, center = given & 2;
            char settings[300];
            image y[IMAGES];
            float gain[8], bias[8];
            const int sides[] = {3, 4, 5};
            int n = sides[axis - 1];
            keras_file_begin("2.9.0", "tensorflow");
            make_inputs(3, 4, 5);
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
            for (int i = 0; i < IMAGES; i++)
                y[i] = along(&inputs[i], axis - 1, gain, bias);
            last_layer(60, "softmax");
            is_right_everywhere(settings, y);
        }
}

static void test_input_scaling(void **state)
{
    (void)state;
    float gain[] = {2, 2, 2}, bias[] = {-1, -1, -1};
    image y[IMAGES];
    make_inputs(3, 4, 3);
    for (int i = 0; i < IMAGES; i++)
        y[i] = along(&inputs[i], 2, gain, bias);
    keras_file_begin("3.4.1", "tensorflow");
    keras_file_layer("Rescaling", "r", "'batch_shape': [null, 3, 4, 3], 'scale': 2, 'offset': -1.0");
    last_layer(36, "softmax");
    is_right_everywhere("Rescaling", y);
    gain[1] = 0.5, bias[2] = 3;
    for (int i = 0; i < IMAGES; i++)
        y[i] = along(&inputs[i], 2, gain, bias);
    keras_file_begin("3.4.1", "tensorflow");
    keras_file_layer("Rescaling", "r", "'batch_shape': [null, 3, 4, 3], 'scale': [2, 0.5, 2], 'offset': [-1, -1, 3]");
    last_layer(36, "softmax");
    is_right_everywhere("Rescaling of channels", y);
    keras_file_begin("3.4.1", "tensorflow");
    keras_file_layer(
        "Normalization", "n",
        "'batch_shape': [null, 3, 4, 3], 'axis': [-1], 'mean': [0.5, 2, -1.5], 'variance': [0.25, 4, 0.25]");
    last_layer(36, "softmax");
    bias[1] = -1, bias[0] = -1;
    for (int i = 0; i < IMAGES; i++)
        y[i] = along(&inputs[i], 2, gain, bias);
    is_right_everywhere("Normalization", y);
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_layer("Normalization", "n",
                     "'batch_input_shape': [null, 3, 4, 3], 'axis': [-1], 'mean': null, 'variance': null");
    const float *m = keras_file_weight("Normalization", "n", "mean", 3, 0, 0, 0);
    const float *v = keras_file_weight("Normalization", "n", "variance", 3, 0, 0, 0);
    keras_file_weight("Normalization", "n", "count", 1, 0, 0, 0);
    for (int k = 0; k < 3; k++)
        gain[k] = 1 / sqrtf(v[k]), bias[k] = -m[k] * gain[k];
    for (int i = 0; i < IMAGES; i++)
        y[i] = along(&inputs[i], 2, gain, bias);
    last_layer(36, "softmax");
    is_right_everywhere("Normalization from data", y);
}

static void test_prelu(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        image y[IMAGES];
        keras_file_begin("2.9.0", "tensorflow");
        make_inputs(3, 4, 5);
        keras_file_layer("PReLU", "p",
                         shared ? "'batch_input_shape': [null, 3, 4, 5], 'shared_axes': [1, 2]"
                                : "'batch_input_shape': [null, 3, 4, 5], 'shared_axes': null");
        const float *a = shared ? keras_file_weight("PReLU", "p", "alpha", 1, 1, 5, 0)
                                : keras_file_weight("PReLU", "p", "alpha", 3, 4, 5, 0);
        for (int i = 0; i < IMAGES; i++) {
            y[i] = inputs[i];
            for (int k = 0; k < 60; k++)
                y[i].v[k] *= y[i].v[k] > 0 ? 1 : (double)a[shared ? k % 5 : k];
        }
        last_layer(60, "softmax");
        is_right_everywhere("PReLU", y);
    }
}

static image moved(const image *x, int top, int left, int h, int w)
{
    image y = {h, w, x->c, {0}};
    for (int i = 0; i < h; i++)
        for (int j = 0; j < w; j++)
            for (int c = 0; c < x->c; c++)
                *set(&y, i, j, c) = at(x, i - top, j - left, c);
    return y;
}

/* (a, b, c) to the axes p, q, r of it. */
static image axes(const image *x, int p, int q, int r)
{
    const int side[] = {x->h, x->w, x->c}, order[] = {p, q, r};
    image y = {side[p], side[q], side[r], {0}};
    for (int i = 0; i < y.h; i++)
        for (int j = 0; j < y.w; j++)
            for (int k = 0; k < y.c; k++) {
                int of[3];
                of[order[0]] = i, of[order[1]] = j, of[order[2]] = k;
                *set(&y, i, j, k) = at(x, of[0], of[1], of[2]);
            }
    return y;
}

static void shape_case(const char *kind, const char *settings, image (*f)(const image *))
{
    char all[300];
    image y[IMAGES];
    keras_file_begin("2.9.0", "tensorflow");
    make_inputs(3, 4, 5);
    snprintf(all, sizeof all, "'batch_input_shape': [null, 3, 4, 5], %s", settings);
    keras_file_layer(kind, "it", all);
    for (int i = 0; i < IMAGES; i++)
        y[i] = f(&inputs[i]);
    last_layer(count_of(&y[0]), "softmax");
    is_right_everywhere(all, y);
}

static image padded_1(const image *x)
{
    return moved(x, 1, 1, x->h + 2, x->w + 2);
}
static image padded_1_2(const image *x)
{
    return moved(x, 1, 2, x->h + 2, x->w + 4);
}
static image padded_all(const image *x)
{
    return moved(x, 1, 0, x->h + 3, x->w + 3);
}
static image cropped_all(const image *x)
{
    return moved(x, -1, 0, x->h - 1, x->w - 3);
}
static image turned_about(const image *x)
{
    return axes(x, 1, 0, 2);
}
static image channels_to_front(const image *x)
{
    return axes(x, 2, 0, 1);
}
static image unchanged(const image *x)
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
    image y[IMAGES];
    keras_file_begin("2.9.0", "tensorflow");
    make_inputs(4, 6, 1);
    keras_file_layer("Dense", "first", "'batch_input_shape': [32, 4, 6], 'units': 3, 'activation': 'relu'");
    const float *k = keras_file_weight("Dense", "first", "kernel", 6, 3, 0, 0);
    const float *b = keras_file_weight("Dense", "first", "bias", 3, 0, 0, 0);
    for (int i = 0; i < IMAGES; i++) {
        image rows = inputs[i];
        rows.w = 1, rows.c = 6;
        y[i] = dense(&rows, k, b, 3);
        y[i] = mapped(&y[i], relu);
    }
    last_layer(12, "softmax");
    is_right_everywhere("Dense on rows", y);
}

/* ---- inputs and outputs ------------------------------------------------------------------------------------------------ */

static void test_inputs(void **state)
{
    static const struct {
        const char *shape;
        nn_shape input;
    } cases[] = {{"'batch_input_shape': [null, 784]", {28, 28, 1}},
                 {"'batch_input_shape': [null, 28, 28]", {28, 28, 1}},
                 {"'batch_input_shape': [64, 28, 28, 1]", {28, 28, 1}},
                 {"'batch_input_shape': [null, 1, 28, 28]", {28, 28, 1}},
                 {"'batch_input_shape': [null, 784, 1]", {28, 28, 1}},
                 {"'batch_shape': [null, 32, 32, 3]", {32, 32, 3}},
                 {"'batch_input_shape': [null, 3, 32, 32]", {32, 32, 3}},
                 {"'batch_input_shape': [null, null, null, 1]", {28, 28, 1}},
                 {"'input_dim': 400", {20, 20, 1}},
                 {"'trainable': true", {28, 28, 1}}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        foreign self;
        nn_model *model;
        nn_shape in = cases[i].input;
        keras_file_begin("2.9.0", "tensorflow");
        keras_file_layer("Flatten", "f", cases[i].shape);
        last_layer(in.h * in.w * in.c, "softmax");
        read_file(&self, cases[i].shape, KERAS_2_HDF5);
        assert_string_equal(self.format, "Keras 2.9, HDF5");
        if (!foreign_model(&model, &self, &self.net[0], &err))
            fail_msg("%s: %s", cases[i].shape, err.text);
        assert_true(nn_same_shape(model->plan->input, in));
        nn_model_free(model);
        foreign_free(&self);
    }
}

/* Biases of 0 and kernels within the bound of their start: nobody trained it. */
static void test_untrained(void **state)
{
    (void)state;
    for (int trained = 0; trained < 3; trained++) {
        foreign self;
        keras_file_begin("2.9.0", "tensorflow");
        keras_file_layer("Conv2D", "c", "'batch_input_shape': [null, 4, 4, 1], 'filters': 2, 'kernel_size': 3");
        float *kernel = keras_file_weight("Conv2D", "c", "kernel", 3, 3, 1, 2);
        float *bias = keras_file_weight("Conv2D", "c", "bias", 2, 0, 0, 0);
        last_layer(8, "softmax");
        bias[0] = bias[1] = 0;
        memset(last_bias, 0, CLASSES * sizeof(float));
        kernel[0] = trained == 1 ? 0.6f : kernel[0]; /* the bound is sqrt(6 / 27), about 0.47 */
        for (int i = 0; i < 18; i++)
            kernel[i] = fmaxf(fminf(kernel[i], trained == 1 ? 1 : 0.45f), -0.45f);
        bias[1] = trained == 2 ? 0.001f : 0;
        read_file(&self, "untrained", KERAS_2_HDF5);
        assert_int_equal(self.never_trained, trained == 0);
        foreign_free(&self);
    }
}

/* Whatever the end is, what is answered are its values, made to sum up to 1. */
static void test_outputs(void **state)
{
    static const struct {
        const char *activation;
        foreign_output output;
    } cases[] = {{"softmax", FOREIGN_LOGITS},
                 {"linear", FOREIGN_LOGITS},
                 {"sigmoid", FOREIGN_PROBABILITIES},
                 {"log_softmax", FOREIGN_LOG_PROBABILITIES}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        foreign self;
        nn_model *model;
        nn_work *work;
        float x[16], found[CLASSES];
        double sum = 0, wanted[CLASSES];
        keras_file_begin("2.9.0", "tensorflow");
        make_inputs(4, 4, 1);
        keras_file_layer("InputLayer", "in", "'batch_input_shape': [null, 4, 4, 1]");
        last_layer(16, cases[i].activation);
        image row = row_of(&inputs[0]), y = dense(&row, last_kernel, last_bias, CLASSES);
        for (int k = 0; k < CLASSES; k++)
            sum += wanted[k] = cases[i].output == FOREIGN_PROBABILITIES ? sigmoid(y.v[k]) : exp(y.v[k]);
        read_file(&self, cases[i].activation, KERAS_2_HDF5);
        assert_int_equal(self.net[0].output, cases[i].output);
        assert_true(foreign_model(&model, &self, &self.net[0], &err) &&
                    nn_work_new(&work, model->plan, 1, NN_ANSWERS, &err));
        for (int k = 0; k < 16; k++)
            x[k] = (float)inputs[0].v[k];
        nn_predict(work, model, x, 1, found);
        for (int k = 0; k < CLASSES; k++)
            assert_true(fabs((double)found[k] - wanted[k] / sum) < 1e-5);
        nn_work_free(work);
        nn_model_free(model);
        foreign_free(&self);
    }
}

static void refused(const char *what, const char *reason)
{
    size_t len;
    foreign self = {0};
    const unsigned char *data = keras_file_make(KERAS_2_HDF5, true, &len);
    if (keras_read(&self, "model.h5", data, len, &err) || !strstr(err.text, reason))
        fail_msg("%s: %s, not %s", what, err.text, reason);
    foreign_free(&self);
}

static void test_refusals(void **state)
{
    static const char *const kinds[] = {"LSTM", "Conv1D", "Embedding", "Custom>Capsule", "Conv2DTranspose"};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        keras_file_begin("2.9.0", "tensorflow");
        keras_file_layer(kinds[i], "strange", "'batch_input_shape': [null, 4, 4, 1]");
        last_layer(16, "softmax");
        refused(kinds[i], kinds[i]);
    }
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_layer("Lambda", "code", "'batch_input_shape': [null, 4, 4, 1], 'function': ['4wEAAA==', null, null]");
    last_layer(16, "softmax");
    refused("Lambda", "Python code");
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_layer("Flatten", "f", "'batch_input_shape': [null, 4, 4, 1]");
    last_layer(16, "my_own");
    refused("an activation", "my_own");
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_layer("Flatten", "f", "'batch_input_shape': [null, 4, 5, 1]");
    last_layer(16, "softmax");
    refused("a kernel of another size", "its kernel is 16x5");
    keras_file_begin("2.9.0", "tensorflow"); /* an autoencoder */
    keras_file_layer("Conv2D", "c", "'batch_input_shape': [null, 8, 8, 1], 'filters': 1, 'kernel_size': 1");
    keras_file_weight("Conv2D", "c", "kernel", 1, 1, 1, 1);
    keras_file_weight("Conv2D", "c", "bias", 1, 0, 0, 0);
    refused("pictures", "makes pictures");
    keras_file_begin("2.9.0", "tensorflow"); /* a discriminator */
    keras_file_layer("Flatten", "f", "'batch_input_shape': [null, 4, 4, 1]");
    keras_file_layer("Dense", "last", "'units': 1");
    keras_file_weight("Dense", "last", "kernel", 16, 1, 0, 0);
    keras_file_weight("Dense", "last", "bias", 1, 0, 0, 0);
    refused("one answer", "answers with 1 numbers");
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_describe("{'class_name': 'MyModel', 'config': {'units': 3}}");
    keras_file_weight("Dense", "d", "kernel", 4, 4, 0, 0);
    refused("a class", "MyModel");
}

/* ---- graphs ------------------------------------------------------------------------------------------------------------ */

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
    const options wide = {true, 3, 3, 1, 1, 1, 1}, one = {false, 1, 1, 1, 1, 1, 1};
    image y[IMAGES];
    make_inputs(4, 5, 2);
    keras_file_begin(new ? "3.4.1" : "2.9.0", "tensorflow");
    describe_graph(new, merge, settings);
    const float *kb = keras_file_weight("Conv2D", "b", "kernel", 3, 3, 2, 3);
    const float *bb = keras_file_weight("Conv2D", "b", "bias", 3, 0, 0, 0);
    const float *ka = keras_file_weight("Conv2D", "a", "kernel", 1, 1, 2, 3);
    const float *ba = keras_file_weight("Conv2D", "a", "bias", 3, 0, 0, 0);
    for (int i = 0; i < IMAGES; i++) {
        image a = convolve(&inputs[i], ka, ba, 3, one), b = convolve(&inputs[i], kb, bb, 3, wide);
        const int side[] = {4, 5, 3};
        y[i] = a;
        if (f) {
            for (int k = 0; k < 60; k++)
                y[i].v[k] = f(a.v[k], b.v[k]);
            continue;
        }
        y[i] = (image){4 * (1 + (axis == 0)), 5 * (1 + (axis == 1)), 3 * (1 + (axis == 2)), {0}};
        for (int r = 0; r < y[i].h; r++)
            for (int c = 0; c < y[i].w; c++)
                for (int k = 0; k < y[i].c; k++) {
                    bool second = (axis == 0 ? r : axis == 1 ? c : k) >= side[axis];
                    *set(&y[i], r, c, k) = at(second ? &b : &a, r - (second && axis == 0) * 4,
                                              c - (second && axis == 1) * 5, k - (second && axis == 2) * 3);
                }
    }
    last_kernel = keras_file_weight("Dense", "last", "kernel", f ? 60 : 120, 5, 0, 0);
    last_bias = keras_file_weight("Dense", "last", "bias", 5, 0, 0, 0);
    is_right_everywhere(merge, y);
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
        image y[IMAGES];
        keras_file_begin("3.4.1", "tensorflow");
        keras_file_describe(json);
        make_inputs(3, 3, 2);
        for (int i = 0; i < IMAGES; i++) {
            y[i] = inputs[i];
            for (int k = 0; k < 18; k++)
                y[i].v[k] = (0.5 - (y[i].v[k] / 4 + 1)) * 3;
        }
        last_kernel = keras_file_weight("Dense", "last", "kernel", 18, CLASSES, 0, 0);
        last_bias = keras_file_weight("Dense", "last", "bias", CLASSES, 0, 0, 0);
        if (n == 4)
            is_right_everywhere("numbers", y);
        else
            refused("Maximum of a number", "args");
    }
}

/* A layer that is applied twice, within a model that is applied twice. */
static void test_shared_layers_and_models(void **state)
{
    const options o = {true, 3, 3, 1, 1, 1, 1};
    char json[2000];
    (void)state;
    for (int layout = KERAS_2_HDF5; layout < KERAS_LAYOUTS; layout++) {
        image wanted[IMAGES];
        double found[IMAGES * NN_MAX_CLASSES];
        foreign self;
        make_inputs(4, 5, 2);
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
        last_kernel = keras_file_weight("Dense", "last", "kernel", 40, 5, 0, 0);
        last_bias = keras_file_weight("Dense", "last", "bias", 5, 0, 0, 0);
        float gain[2], bias[2];
        for (int k = 0; k < 2; k++)
            gain[k] = g[k] / sqrtf(v[k] + 0.001f), bias[k] = b[k] - m[k] * gain[k];
        for (int i = 0; i < IMAGES; i++) {
            image y = inputs[i];
            for (int use = 0; use < 2; use++) {
                y = convolve(&y, kc, bc, 2, o);
                y = along(&y, 2, gain, bias);
                y = convolve(&y, kd, bd, 2, o);
            }
            image row = row_of(&y);
            wanted[i] = dense(&row, last_kernel, last_bias, 5);
        }
        read_file(&self, "shared", (keras_layout)layout);
        answers(&self, 0, found, 5);
        compare("shared", found, wanted, 5);
        foreign_free(&self);
    }
}

/* Keras 2 with channels first: kernels lie as always, Flatten brings the channels last, Theano turns kernels. */
static void test_keras_2_channels_first(void **state)
{
    const options o = {false, 3, 3, 1, 1, 1, 1};
    (void)state;
    for (int theano = 0; theano < 2; theano++) {
        float kernel[3 * 3 * 2 * 4], gain[4], bias[4];
        image y[IMAGES];
        make_inputs(5, 6, 2);
        keras_file_begin("2.1.3", theano ? "theano" : "tensorflow");
        keras_file_layer("Conv2D", "c",
                         "'batch_input_shape': [null, 2, 5, 6], 'filters': 4, 'kernel_size': [3, 3], 'data_format': "
                         "'channels_first'");
        const float *k = keras_file_weight("Conv2D", "c", "kernel", 3, 3, 2, 4);
        const float *b = keras_file_weight("Conv2D", "c", "bias", 4, 0, 0, 0);
        keras_file_layer("BatchNormalization", "n", "'axis': 1, 'epsilon': 0.001, 'scale': false, 'center': false");
        const float *m = keras_file_weight("BatchNormalization", "n", "moving_mean", 4, 0, 0, 0);
        const float *v = keras_file_weight("BatchNormalization", "n", "moving_variance", 4, 0, 0, 0);
        for (int i = 0; i < 9; i++)
            memcpy(kernel + 8 * i, k + 8 * (theano ? 8 - i : i), 8 * sizeof(float));
        for (int i = 0; i < 4; i++)
            gain[i] = 1 / sqrtf(v[i] + 0.001f), bias[i] = -m[i] * gain[i];
        for (int i = 0; i < IMAGES; i++) {
            y[i] = convolve(&inputs[i], kernel, b, 4, o);
            y[i] = along(&y[i], 2, gain, bias);
            if (theano)
                y[i] = channels_before(&y[i]);
        }
        keras_file_layer("Flatten", "ordered",
                         theano ? "'data_format': 'channels_last'" : "'data_format': 'channels_first'");
        last_layer(48, "softmax");
        is_right("channels first", y, KERAS_2_HDF5, KERAS_3_HDF5);
    }
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
        cmocka_unit_test(test_inputs),
        cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_untrained),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_graphs),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_shared_layers_and_models),
        cmocka_unit_test(test_keras_1_with_theano),
        cmocka_unit_test(test_keras_2_channels_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
