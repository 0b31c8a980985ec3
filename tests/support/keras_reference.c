/* keras_reference.c - plain sums over (height, width, channels). */
#include "keras_reference.h"
#include "app/core/foreign/keras/keras.h"
#include "nets.h"
#include "nn/op.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#ifdef DIGITSCOPE_KERAS

static nn_error err;
static uint64_t seed = 1;

/* ---- Keras's definitions ------------------------------------------------------------------------------------------- */

double keras_at(const keras_image *x, int y, int col, int c)
{
    bool inside = y >= 0 && y < x->h && col >= 0 && col < x->w;
    return inside ? x->v[(y * x->w + col) * x->c + c] : 0;
}

double *keras_set(keras_image *x, int y, int col, int c)
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

/* kernel (kh, kw, in / groups, out) */
keras_image keras_convolve(const keras_image *x, const float *kernel, const float *bias, int out, keras_window o)
{
    keras_image y = {.c = out};
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
                            sum += keras_at(x, row * o.stride - top + i * o.dh, col * o.stride - left + j * o.dw,
                                            first + c) *
                                   (double)kernel[((i * o.kw + j) * in + c) * out + k];
                *keras_set(&y, row, col, k) = sum;
            }
    return y;
}

keras_image keras_pool(const keras_image *x, keras_window o, bool mean)
{
    keras_image y = {.c = x->c};
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
                            sum += keras_at(x, i, j, c), n++;
                            most = fmax(most, keras_at(x, i, j, c));
                        }
                *keras_set(&y, row, col, c) = mean ? sum / n : most;
            }
    return y;
}

keras_image keras_dense(const keras_image *x, const float *kernel, const float *bias, int units)
{
    keras_image y = {x->h, x->w, units, {0}};
    for (int p = 0; p < x->h * x->w; p++)
        for (int u = 0; u < units; u++) {
            double sum = bias ? (double)bias[u] : 0;
            for (int i = 0; i < x->c; i++)
                sum += x->v[p * x->c + i] * (double)kernel[i * units + u];
            y.v[p * units + u] = sum;
        }
    return y;
}

keras_image keras_row(const keras_image *x)
{
    keras_image y = *x;
    y.h = y.w = 1;
    y.c = x->h * x->w * x->c;
    return y;
}

/* (channels, height, width) in memory */
keras_image keras_channels_before(const keras_image *x)
{
    keras_image y = {1, 1, x->h * x->w * x->c, {0}};
    for (int c = 0, k = 0; c < x->c; c++)
        for (int i = 0; i < x->h * x->w; i++)
            y.v[k++] = x->v[i * x->c + c];
    return y;
}

keras_image keras_map(const keras_image *x, double (*f)(double))
{
    keras_image y = *x;
    for (int i = 0; i < x->h * x->w * x->c; i++)
        y.v[i] = f(x->v[i]);
    return y;
}

/* ---- a model, read ------------------------------------------------------------------------------------------------- */

/* A description with two arrays for the last layer, which gives KERAS_CLASSES values from `in`. */
float *keras_last_kernel, *keras_last_bias;

void keras_last_layer(int in, const char *activation)
{
    char settings[120];
    snprintf(settings, sizeof settings, "'units': %d, 'activation': '%s', 'use_bias': true", KERAS_CLASSES, activation);
    keras_file_within(NULL, NULL);
    keras_file_layer("Flatten", "flat", "");
    keras_file_layer("Dense", "last", settings);
    keras_last_kernel = keras_file_weight("Dense", "last", "kernel", in, KERAS_CLASSES, 0, 0);
    keras_last_bias = keras_file_weight("Dense", "last", "bias", KERAS_CLASSES, 0, 0, 0);
}

keras_image keras_inputs[KERAS_IMAGES];

void keras_make_inputs(int h, int w, int c)
{
    for (int i = 0; i < KERAS_IMAGES; i++) {
        keras_inputs[i] = (keras_image){h, w, c, {0}};
        for (int k = 0; k < h * w * c; k++)
            keras_inputs[i].v[k] = random_between(&seed, -1, 1);
    }
}

/* What candidate number k gives before its last softmax. */
void keras_answers(const foreign *self, int k, double *out, int n)
{
    nn_model *model;
    nn_work *work;
    float x[KERAS_MOST], probabilities[KERAS_IMAGES * NN_MAX_CLASSES];
    if (!foreign_model(&model, self, &self->net[k], &err))
        fail_msg("%s\n%s", err.text, self->net[k].text.data);
    assert_true(nn_work_new(&work, model->plan, KERAS_IMAGES, NN_ACTIVATIONS, &err));
    size_t pixels = nn_shape_count(model->plan->input);
    assert_int_equal(pixels, keras_inputs[0].h * keras_inputs[0].w * keras_inputs[0].c);
    for (size_t i = 0; i < KERAS_IMAGES * pixels; i++)
        x[i] = (float)keras_inputs[i / pixels].v[i % pixels];
    nn_predict(work, model, x, KERAS_IMAGES, probabilities);
    int last = model->plan->node[model->plan->n_nodes - 1].input[0];
    assert_int_equal(nn_shape_count(model->plan->node[last].out), n);
    for (int i = 0; i < KERAS_IMAGES * n; i++)
        out[i] = (double)nn_work_output(work, last)[i];
    nn_work_free(work);
    nn_model_free(model);
}

void keras_compare(const char *what, const double *found, const keras_image *wanted, int n)
{
    for (int i = 0; i < KERAS_IMAGES * n; i++) {
        double right = wanted[i / n].v[i % n];
        if (!(fabs(found[i] - right) <= 1e-4 * fmax(1, fabs(right))))
            fail_msg("%s: value %d is %.7f, not %.7f", what, i, found[i], right);
    }
}

void keras_read_back(foreign *self, const char *what, keras_layout layout)
{
    size_t len;
    const unsigned char *data = keras_file_make(layout, true, &len);
    *self = (foreign){0};
    if (!keras_read(self, "model.h5", data, len, &err))
        fail_msg("%s, layout %d: %s", what, (int)layout, err.text);
}

/* The last layer applied to what the layers before it give; all layouts of the files. */
void keras_is_right(const char *what, const keras_image *before, int first, int end)
{
    keras_image wanted[KERAS_IMAGES];
    double found[KERAS_IMAGES * NN_MAX_CLASSES];
    for (int i = 0; i < KERAS_IMAGES; i++) {
        keras_image row = keras_row(&before[i]);
        wanted[i] = keras_dense(&row, keras_last_kernel, keras_last_bias, KERAS_CLASSES);
    }
    for (int layout = first; layout < end; layout++) {
        foreign self;
        keras_read_back(&self, what, (keras_layout)layout);
        assert_int_equal(self.n, 1);
        keras_answers(&self, 0, found, KERAS_CLASSES);
        keras_compare(what, found, wanted, KERAS_CLASSES);
        foreign_free(&self);
    }
}

void keras_is_right_everywhere(const char *what, const keras_image *before)
{
    keras_is_right(what, before, KERAS_2_HDF5, KERAS_LAYOUTS);
}

int keras_size(const keras_image *x)
{
    return x->h * x->w * x->c;
}

/* y = f of x and of numbers by the index along an axis: 0 rows, 1 columns, 2 channels. */
keras_image keras_along(const keras_image *x, int axis, const float *gain, const float *bias)
{
    keras_image y = *x;
    for (int i = 0; i < keras_size(x); i++) {
        int k = axis == 2 ? i % x->c : axis == 1 ? i / x->c % x->w : i / (x->c * x->w);
        y.v[i] = x->v[i] * (double)gain[k] + (double)bias[k];
    }
    return y;
}

void keras_is_refused(const char *what, const char *reason)
{
    size_t len;
    foreign self = {0};
    const unsigned char *data = keras_file_make(KERAS_2_HDF5, true, &len);
    if (keras_read(&self, "model.h5", data, len, &err) || !strstr(err.text, reason))
        fail_msg("%s: %s, not %s", what, err.text, reason);
    foreign_free(&self);
}

#endif
