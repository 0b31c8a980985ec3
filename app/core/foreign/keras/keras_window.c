/* keras_window.c - layers whose weights or windows slide over an image: convolutions, dense layers, pooling. */
#include "keras_activation.h"
#include "keras_classes.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool read_pair(const keras_writer *w, const char *name, const char *old_name, int otherwise, int out[2])
{
    const json_t *value = keras_get(w->layer, name, old_name);
    out[0] = out[1] = otherwise;
    if (!value || json_is_null(value) || (keras_numbers(value, 2, out) && out[0] > 0 && out[1] > 0))
        return true;
    return keras_odd(w, name);
}
/* ---- windows that slide --------------------------------------------------------------------------------------------- */

/* A window as Keras says it, and what it makes of an image. */
typedef struct sliding {
    nn_window window;
    bool same;
    char settings[80]; /* " width=2 stride=2 padding=same" */
} sliding;

static bool read_step(const keras_writer *w, const int strides[2], sliding *s)
{
    if (strides[0] != strides[1])
        return nn_fail(w->err, NN_FORMAT, 0, "steps of %dx%d are not read: only as many rows as columns", strides[0],
                       strides[1]);
    s->window.stride = strides[0];
    return true;
}

static bool read_border(const keras_writer *w, sliding *s)
{
    const char *border = keras_word(w->layer, "padding", "border_mode", "valid");
    s->same = strcmp(border, "same") == 0;
    return s->same || strcmp(border, "valid") == 0 || keras_odd(w, "padding");
}

static bool slide(const keras_writer *w, sliding *s, nn_shape in)
{
    double padding[NN_SIDES];
    for (int i = 0; i < NN_SIDES; i++)
        padding[i] = s->same ? NN_SAME : NN_VALID;
    nn_window_slide(&s->window, in, padding);
    if (s->window.out_h < 1 || s->window.out_w < 1)
        return nn_fail(w->err, NN_FORMAT, 0, "its window of %dx%d does not fit into %dx%d", s->window.kh, s->window.kw,
                       in.h, in.w);
    int len = 0;
    if (s->window.kw != s->window.kh)
        len += snprintf(s->settings, sizeof s->settings, " width=%d", s->window.kw);
    if (s->window.dilation_h != 1 || s->window.dilation_w != 1)
        len += snprintf(s->settings + len, sizeof s->settings - (size_t)len, " dilation=%d,%d", s->window.dilation_h,
                        s->window.dilation_w);
    snprintf(s->settings + len, sizeof s->settings - (size_t)len, " padding=%s", s->same ? "same" : "valid");
    return true;
}

static nn_shape slid(const sliding *s, int channels)
{
    return (nn_shape){s->window.out_h, s->window.out_w, channels};
}

static bool convolution_window(const keras_writer *w, sliding *s, nn_shape in)
{
    int size[2], strides[2], dilation[2];
    if (keras_get(w->layer, "nb_row", NULL)) {
        size[0] = (int)fmin(fmax(keras_number(w->layer, "nb_row", NULL, 0), 0), NN_MAX_TAPS + 1);
        size[1] = (int)fmin(fmax(keras_number(w->layer, "nb_col", NULL, 0), 0), NN_MAX_TAPS + 1);
    } else if (!read_pair(w, "kernel_size", NULL, 0, size)) {
        return false;
    }
    if (!read_pair(w, "strides", "subsample", 1, strides) ||
        !read_pair(w, "dilation_rate", "atrous_rate", 1, dilation) || !read_border(w, s) || !read_step(w, strides, s))
        return false;
    if (size[0] < 1 || size[1] < 1 || size[0] > NN_MAX_TAPS || size[1] > NN_MAX_TAPS || dilation[0] > NN_MAX_TAPS ||
        dilation[1] > NN_MAX_TAPS)
        return keras_odd(w, "kernel_size");
    s->window.kh = size[0], s->window.kw = size[1];
    s->window.dilation_h = dilation[0], s->window.dilation_w = dilation[1];
    return slide(w, s, in);
}

/* ---- convolutions ---------------------------------------------------------------------------------------------------- */

static bool has_dims(const hdf5_array *a, int d0, int d1, int d2, int d3)
{
    return a->rank == 4 && a->dim[0] == d0 && a->dim[1] == d1 && a->dim[2] == d2 && a->dim[3] == d3;
}

static bool wrong_size(const keras_writer *w, const hdf5_array *a, int kh, int kw, int in, int out)
{
    return nn_fail(w->err, NN_FORMAT, 0,
                   "its kernel is %dx%dx%dx%d, not %dx%dx%dx%d as its settings and inputs ask for",
                   a->rank > 0 ? a->dim[0] : 1, a->rank > 1 ? a->dim[1] : 1, a->rank > 2 ? a->dim[2] : 1,
                   a->rank > 3 ? a->dim[3] : 1, kh, kw, in, out);
}

/* Fills in (kh, kw, in, out) from that order, or from (out, in, kh, kw), Keras 1's with channels first. */
static bool copy_kernel(keras_writer *w, const keras_value *v, const hdf5_array *a, int kh, int kw, int in, int out)
{
    bool old = has_dims(a, out, in, kh, kw) &&
               ((w->model->version == 1 && keras_channels_first(w->layer)) || !has_dims(a, kh, kw, in, out));
    if (!old && !has_dims(a, kh, kw, in, out))
        return wrong_size(w, a, kh, kw, in, out);
    float *to = keras_parameter(w, v, "kernel", a->count);
    for (int y = 0; to && y < kh; y++)
        for (int x = 0; x < kw; x++)
            for (int i = 0; i < in; i++)
                for (int o = 0; o < out; o++) {
                    int fy = w->turned ? kh - 1 - y : y, fx = w->turned ? kw - 1 - x : x;
                    size_t at =
                        old ? (((size_t)o * (size_t)in + (size_t)i) * (size_t)kh + (size_t)fy) * (size_t)kw + (size_t)fx
                            : (((size_t)fy * (size_t)kw + (size_t)fx) * (size_t)in + (size_t)i) * (size_t)out +
                                  (size_t)o;
                    *to++ = a->values[at];
                }
    return to != NULL;
}

/* in: of a group. */
static bool write_convolution(keras_writer *w, keras_value *v, const sliding *s, int filters, int groups,
                              const hdf5_array *kernel, const hdf5_array *bias)
{
    char grouped[24] = "", step[24] = "";
    int in = v->shape.c / groups;
    if (groups > 1)
        snprintf(grouped, sizeof grouped, " groups=%d", groups);
    if (s->window.stride > 1)
        snprintf(step, sizeof step, " stride=%d", s->window.stride);
    return keras_line(w, v, slid(s, filters), "conv %d %d%s%s%s", filters, s->window.kh, s->settings, step, grouped) &&
           copy_kernel(w, v, kernel, s->window.kh, s->window.kw, in, filters) &&
           keras_copy(w, v, "bias", bias, (size_t)filters, 0.0f);
}

bool keras_write_conv2d(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    sliding s = {0};
    bool first = keras_channels_first(layer);
    double filters = keras_number(layer, "filters", "nb_filter", 0), groups = keras_number(layer, "groups", NULL, 1);
    if (!keras_image(w, v, first) || !convolution_window(w, &s, v->shape))
        return false;
    if (filters < 1 || filters > NN_MAX_DIM || groups < 1 || groups > filters || fmod(v->shape.c, groups) != 0 ||
        fmod(filters, groups) != 0)
        return keras_odd(w, "filters");
    if (!write_convolution(w, v, &s, (int)filters, (int)groups, layer->weight[KERAS_KERNEL], layer->weight[KERAS_BIAS]))
        return false;
    keras_see_image(v, first);
    return keras_activate(w, v, keras_get(layer, "activation", NULL));
}

/* A kernel (kh, kw, in, multiplier) as one of a group for each channel, (kh, kw, 1, in * multiplier): the same memory. */
static bool write_depthwise(keras_writer *w, const keras_layer *layer, keras_value *v, const hdf5_array *bias)
{
    sliding s = {0};
    int channels = v->shape.c;
    double multiplier = keras_number(layer, "depth_multiplier", NULL, 1);
    hdf5_array kernel = *layer->weight[KERAS_DEPTHWISE];
    if (!convolution_window(w, &s, v->shape))
        return false;
    if (multiplier < 1 || multiplier * channels > NN_MAX_DIM)
        return keras_odd(w, "depth_multiplier");
    int filters = channels * (int)multiplier;
    if (!has_dims(&kernel, s.window.kh, s.window.kw, channels, (int)multiplier))
        return wrong_size(w, &kernel, s.window.kh, s.window.kw, channels, (int)multiplier);
    kernel.dim[2] = 1;
    kernel.dim[3] = filters;
    return write_convolution(w, v, &s, filters, channels, &kernel, bias);
}

bool keras_write_depthwise(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    bool first = keras_channels_first(layer);
    if (!keras_image(w, v, first) || !write_depthwise(w, layer, v, layer->weight[KERAS_BIAS]))
        return false;
    keras_see_image(v, first);
    return keras_activate(w, v, keras_get(layer, "activation", NULL));
}

static const sliding one_pixel = {.window = {.kh = 1, .kw = 1, .stride = 1}};

/* The same dense layer at every pixel. */
static bool write_pointwise(keras_writer *w, keras_value *v, int filters, hdf5_array kernel, const hdf5_array *bias)
{
    sliding s = one_pixel;
    s.window.out_h = v->shape.h, s.window.out_w = v->shape.w;
    if (kernel.rank == 2) {
        kernel.dim[2] = kernel.dim[0], kernel.dim[3] = kernel.dim[1];
        kernel.dim[0] = kernel.dim[1] = 1;
        kernel.rank = 4;
    }
    return write_convolution(w, v, &s, filters, 1, &kernel, bias);
}

bool keras_write_separable(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    bool first = keras_channels_first(layer);
    double filters = keras_number(layer, "filters", "nb_filter", 0);
    if (filters < 1 || filters > NN_MAX_DIM)
        return keras_odd(w, "filters");
    if (!keras_image(w, v, first) || !write_depthwise(w, layer, v, NULL) ||
        !write_pointwise(w, v, (int)filters, *layer->weight[KERAS_POINTWISE], layer->weight[KERAS_BIAS]))
        return false;
    keras_see_image(v, first);
    return keras_activate(w, v, keras_get(layer, "activation", NULL));
}

bool keras_write_dense(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    double units = keras_number(layer, "units", "output_dim", 0);
    const hdf5_array *kernel = layer->weight[KERAS_KERNEL], *bias = layer->weight[KERAS_BIAS];
    if (units < 1 || units > NN_MAX_DIM)
        return keras_odd(w, "units");
    if (!keras_features(w, v))
        return false;
    if (kernel->rank != 2 || kernel->dim[0] != v->shape.c || kernel->dim[1] != (int)units)
        return wrong_size(w, kernel, v->shape.c, (int)units, 1, 1);
    if (v->rank > 1 ? !write_pointwise(w, v, (int)units, *kernel, bias)
                    : !(keras_line(w, v, (nn_shape){1, 1, (int)units}, "dense %d", (int)units) &&
                        keras_copy(w, v, "kernel", kernel, kernel->count, 0.0f) &&
                        keras_copy(w, v, "bias", bias, (size_t)units, 0.0f)))
        return false;
    v->dim[v->rank - 1] = (int)units;
    return keras_activate(w, v, keras_get(layer, "activation", NULL));
}

/* ---- pooling --------------------------------------------------------------------------------------------------------- */

static bool pool(keras_writer *w, const keras_layer *layer, keras_value *v, const char *kind)
{
    int size[2], strides[2];
    sliding s = {.window = {.dilation_h = 1, .dilation_w = 1}};
    bool first = keras_channels_first(layer);
    if (!keras_image(w, v, first) || !read_pair(w, "pool_size", NULL, 2, size))
        return false;
    strides[0] = size[0], strides[1] = size[1];
    const json_t *given = keras_get(layer, "strides", NULL);
    if (given && !json_is_null(given) && !read_pair(w, "strides", NULL, 1, strides))
        return false;
    s.window.kh = size[0], s.window.kw = size[1];
    if (!read_border(w, &s) || !read_step(w, strides, &s) || !slide(w, &s, v->shape) ||
        !keras_line(w, v, slid(&s, v->shape.c), "%s %d %d%s", kind, size[0], strides[0], s.settings))
        return false;
    keras_see_image(v, first);
    return true;
}

bool keras_write_max_pooling(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    return pool(w, layer, v, "maxpool");
}

bool keras_write_average_pooling(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    return pool(w, layer, v, "avgpool");
}

static bool pool_all(keras_writer *w, const keras_layer *layer, keras_value *v, const char *kind)
{
    bool first = keras_channels_first(layer);
    if (!keras_image(w, v, first) || !keras_line(w, v, (nn_shape){1, 1, v->shape.c}, "%s all", kind))
        return false;
    keras_see_image(v, first);
    if (!keras_flag(layer, "keepdims", NULL, false))
        keras_see_row(v);
    return true;
}

bool keras_write_global_max(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    return pool_all(w, layer, v, "maxpool");
}

bool keras_write_global_average(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    return pool_all(w, layer, v, "avgpool");
}
