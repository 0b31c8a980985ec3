/* keras_layers.c - classes of layers: settings and weights of Keras to lines and parameters of ours. */
#include "keras_layers.h"
#include "keras_activation.h"
#include "keras_merge.h"
#include "nn/alloc.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef const keras_layer layer_of;

/* Whole numbers of a list, or one for all n places. */
static bool read_numbers(const json_t *value, int n, int out[])
{
    value = keras_list(value);
    for (int i = 0; i < n; i++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, (size_t)i) : value;
        double number = json_is_number(item) ? json_number_value(item) : -1;
        if (number < 0 || number > NN_MAX_DIM || number != floor(number))
            return false;
        out[i] = (int)number;
    }
    return !json_is_array(value) || json_array_size(value) == (size_t)n;
}

static bool read_pair(const keras_writer *w, const char *name, const char *old_name, int otherwise, int out[2])
{
    const json_t *value = keras_get(w->layer, name, old_name);
    out[0] = out[1] = otherwise;
    if (!value || json_is_null(value) || (read_numbers(value, 2, out) && out[0] > 0 && out[1] > 0))
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

static bool ends(keras_writer *w, keras_value *v)
{
    return keras_activate(w, v, keras_get(w->layer, "activation", NULL));
}

static bool conv2d(keras_writer *w, layer_of *layer, keras_value *v)
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
    return ends(w, v);
}

/* A kernel (kh, kw, in, multiplier) as one of a group for each channel, (kh, kw, 1, in * multiplier): the same memory. */
static bool write_depthwise(keras_writer *w, layer_of *layer, keras_value *v, const hdf5_array *bias)
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

static bool depthwise(keras_writer *w, layer_of *layer, keras_value *v)
{
    bool first = keras_channels_first(layer);
    if (!keras_image(w, v, first) || !write_depthwise(w, layer, v, layer->weight[KERAS_BIAS]))
        return false;
    keras_see_image(v, first);
    return ends(w, v);
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

static bool separable(keras_writer *w, layer_of *layer, keras_value *v)
{
    bool first = keras_channels_first(layer);
    double filters = keras_number(layer, "filters", "nb_filter", 0);
    if (filters < 1 || filters > NN_MAX_DIM)
        return keras_odd(w, "filters");
    if (!keras_image(w, v, first) || !write_depthwise(w, layer, v, NULL) ||
        !write_pointwise(w, v, (int)filters, *layer->weight[KERAS_POINTWISE], layer->weight[KERAS_BIAS]))
        return false;
    keras_see_image(v, first);
    return ends(w, v);
}

static bool dense(keras_writer *w, layer_of *layer, keras_value *v)
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
    return ends(w, v);
}

/* ---- pooling --------------------------------------------------------------------------------------------------------- */

static bool pool(keras_writer *w, layer_of *layer, keras_value *v, const char *kind)
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

static bool max_pooling(keras_writer *w, layer_of *layer, keras_value *v)
{
    return pool(w, layer, v, "maxpool");
}

static bool average_pooling(keras_writer *w, layer_of *layer, keras_value *v)
{
    return pool(w, layer, v, "avgpool");
}

static bool pool_all(keras_writer *w, layer_of *layer, keras_value *v, const char *kind)
{
    bool first = keras_channels_first(layer);
    if (!keras_image(w, v, first) || !keras_line(w, v, (nn_shape){1, 1, v->shape.c}, "%s all", kind))
        return false;
    keras_see_image(v, first);
    if (!keras_flag(layer, "keepdims", NULL, false))
        keras_see_row(v);
    return true;
}

static bool global_max(keras_writer *w, layer_of *layer, keras_value *v)
{
    return pool_all(w, layer, v, "maxpool");
}

static bool global_average(keras_writer *w, layer_of *layer, keras_value *v)
{
    return pool_all(w, layer, v, "avgpool");
}

/* ---- shapes ---------------------------------------------------------------------------------------------------------- */

/* With channels first (Keras 2 and later) it brings them last before. */
static bool flatten(keras_writer *w, layer_of *layer, keras_value *v)
{
    bool turns = v->rank == 3 && w->model->version > 1 && keras_channels_first(layer);
    if (turns ? !keras_image(w, v, true) : !keras_plain(w, v))
        return false;
    keras_see_row(v);
    return true;
}

static bool reshape(keras_writer *w, layer_of *layer, keras_value *v)
{
    const json_t *target = keras_list(keras_get(layer, "target_shape", "dims"));
    size_t n = json_array_size(target), known = 1, all = keras_count(v);
    int open = -1, dim[KERAS_RANK];
    if (n < 1 || n > KERAS_RANK || !keras_plain(w, v))
        return n >= 1 && n <= KERAS_RANK ? false : keras_odd(w, "target_shape");
    for (size_t i = 0; i < n; i++) {
        double size = json_number_value(json_array_get(target, i));
        if (size == -1 && open < 0)
            open = (int)i;
        else if (size < 1 || size > (double)all || size != floor(size) || !nn_size_mul(known, (size_t)size, &known))
            return keras_odd(w, "target_shape");
        dim[i] = (int)size;
    }
    if (open >= 0 && all % known == 0)
        dim[open] = (int)(all / known), known = all;
    if (known != all)
        return keras_odd(w, "target_shape");
    v->rank = (int)n;
    memcpy(v->dim, dim, n * sizeof *dim);
    return true;
}

/* Whether these are 1, 2 and 3 in any order. */
static bool is_order(const int order[3])
{
    int seen = 0;
    for (int i = 0; i < 3; i++)
        seen |= order[i] >= 1 && order[i] <= 3 ? 1 << order[i] : 0;
    return seen == 14;
}

static bool permute(keras_writer *w, layer_of *layer, keras_value *v)
{
    int order[3] = {1, 2, 3}, dim[3];
    if (v->rank < 2 || v->rank > 3 || !read_numbers(keras_get(layer, "dims", NULL), v->rank, order) || !is_order(order))
        return keras_odd(w, "dims");
    if (!keras_plain(w, v) || !keras_shaped(w, v, v->dim[0], v->dim[1], v->rank == 3 ? v->dim[2] : 1))
        return false;
    for (int i = 0; i < v->rank; i++)
        dim[i] = v->dim[order[i] - 1];
    memcpy(v->dim, dim, (size_t)v->rank * sizeof *dim);
    return keras_line(w, v, (nn_shape){dim[0], dim[1], v->rank == 3 ? dim[2] : 1}, "permute %d %d %d", order[0],
                      order[1], order[2]);
}

/* 1, [1, 2] (rows, columns) or [[top, bottom], [left, right]]; a list of Keras 1 may name all four in that order. */
static bool read_sides(const keras_writer *w, const char *name, int sides[NN_SIDES])
{
    const json_t *value = keras_list(keras_get(w->layer, name, NULL));
    const json_t *rows = json_is_array(value) ? keras_list(json_array_get(value, 0)) : value;
    const json_t *columns = json_is_array(value) ? keras_list(json_array_get(value, 1)) : value;
    int of_rows[2], of_columns[2], all[4];
    if (json_array_size(value) == 4 && read_numbers(value, 4, all)) {
        of_rows[0] = all[0], of_rows[1] = all[1], of_columns[0] = all[2], of_columns[1] = all[3];
    } else if (!read_numbers(rows, 2, of_rows) || !read_numbers(columns, 2, of_columns)) {
        return keras_odd(w, name);
    }
    sides[NN_TOP] = of_rows[0], sides[NN_BOTTOM] = of_rows[1];
    sides[NN_LEFT] = of_columns[0], sides[NN_RIGHT] = of_columns[1];
    return true;
}

static bool change_sides(keras_writer *w, layer_of *layer, keras_value *v, const char *kind, int sign)
{
    int s[NN_SIDES] = {0};
    bool first = keras_channels_first(layer);
    if (!keras_image(w, v, first) || !read_sides(w, sign > 0 ? "padding" : "cropping", s))
        return false;
    nn_shape out = {v->shape.h + sign * (s[NN_TOP] + s[NN_BOTTOM]), v->shape.w + sign * (s[NN_LEFT] + s[NN_RIGHT]),
                    v->shape.c};
    if (out.h < 1 || out.w < 1)
        return keras_odd(w, "cropping");
    if (!keras_line(w, v, out, "%s %d,%d,%d,%d", kind, s[NN_TOP], s[NN_LEFT], s[NN_BOTTOM], s[NN_RIGHT]))
        return false;
    keras_see_image(v, first);
    return true;
}

static bool zero_padding(keras_writer *w, layer_of *layer, keras_value *v)
{
    return change_sides(w, layer, v, "pad", 1);
}

static bool cropping(keras_writer *w, layer_of *layer, keras_value *v)
{
    return change_sides(w, layer, v, "crop", -1);
}

/* ---- statistics ------------------------------------------------------------------------------------------------------ */

/* Where the values of an axis of Keras (0: the first behind the batch) lie: each `inner` times, then the next. */
typedef struct axis_place {
    int size;
    size_t inner;
} axis_place;

/* Makes that axis the channels where it can be, else every value a channel of its own. */
static bool channels_of(keras_writer *w, keras_value *v, int axis, axis_place *place)
{
    *place = (axis_place){v->dim[axis], 1};
    if (v->swapped && axis == 0)
        return true;
    if (axis == v->rank - 1)
        return keras_features(w, v);
    for (int i = axis + 1; i < v->rank; i++)
        place->inner *= (size_t)v->dim[i];
    return keras_plain(w, v) && keras_shaped(w, v, 1, 1, (int)keras_count(v));
}

/* The axis as an index, of "axis": 3, -1, or a list of one. */
static bool read_axis(const keras_writer *w, const char *name, int rank, int *axis)
{
    const json_t *value = keras_list(keras_get(w->layer, name, NULL));
    if (json_is_array(value) && json_array_size(value) == 1)
        value = json_array_get(value, 0);
    double number = value && !json_is_null(value) ? json_number_value(value) : -1;
    *axis = (int)(number < 0 ? rank + number : number - 1);
    return (number == floor(number) && fabs(number) <= KERAS_RANK && *axis >= 0 && *axis < rank) || keras_odd(w, name);
}

static bool spread(keras_writer *w, const keras_value *v, const char *name, const hdf5_array *array,
                   const axis_place *place, float otherwise)
{
    size_t n = (size_t)v->shape.c;
    if (array && array->count != (size_t)place->size)
        return keras_misfit(w, array->count, (size_t)place->size);
    float *values = keras_parameter(w, v, name, n);
    for (size_t i = 0; values && i < n; i++)
        values[i] = array ? array->values[i / place->inner % (size_t)place->size] : otherwise;
    return values != NULL;
}

static bool batch_normalization(keras_writer *w, layer_of *layer, keras_value *v)
{
    axis_place place;
    int axis;
    if (keras_number(layer, "mode", NULL, 0) == 1)
        return keras_odd(w, "mode");
    double epsilon = fmax(keras_number(layer, "epsilon", NULL, 1e-3), 1e-8);
    return read_axis(w, "axis", v->rank, &axis) && channels_of(w, v, axis, &place) &&
           keras_line(w, v, v->shape, "batchnorm epsilon=%s", keras_print(epsilon).text) &&
           spread(w, v, "gain", layer->weight[KERAS_GAMMA], &place, 1.0f) &&
           spread(w, v, "bias", layer->weight[KERAS_BETA], &place, 0.0f) &&
           spread(w, v, "mean", layer->weight[KERAS_MEAN], &place, 0.0f) &&
           spread(w, v, "variance", layer->weight[KERAS_VARIANCE], &place, 1.0f);
}

/* Numbers of a setting: one, or those of nested lists; how many, 0 where they are no numbers or too many. */
static size_t flat_numbers(const json_t *value, float *out, size_t most, int depth)
{
    size_t n = 0, i;
    json_t *item;
    value = keras_list(value);
    if (json_is_number(value) && most > 0)
        return out[0] = (float)json_number_value(value), 1;
    if (depth > KERAS_RANK)
        return 0;
    json_array_foreach(value, i, item) n += flat_numbers(item, out + n, most - n, depth + 1);
    return n;
}

/* With one gain for all values, one for each channel, or one for each value. */
static bool scale_by(keras_writer *w, keras_value *v, const float *gain, const float *bias, size_t count)
{
    size_t all = keras_count(v);
    bool by_channel = count == (size_t)v->dim[v->rank - 1];
    if (count != 1 && count != all && !by_channel)
        return keras_misfit(w, count, all);
    if (count > 1 && !(by_channel ? keras_features(w, v) : keras_plain(w, v) && keras_shaped(w, v, 1, 1, (int)all)))
        return false;
    return keras_scale(w, v, gain, bias, count);
}

enum { MOST_NUMBERS = 4096 };

static bool rescaling(keras_writer *w, layer_of *layer, keras_value *v)
{
    float gain[MOST_NUMBERS], bias[MOST_NUMBERS] = {0};
    size_t gains = flat_numbers(keras_get(layer, "scale", NULL), gain, MOST_NUMBERS, 0);
    size_t biases = flat_numbers(keras_get(layer, "offset", NULL), bias, MOST_NUMBERS, 0), n;
    n = gains > biases ? gains : biases;
    if (gains == 0 || (gains > 1 && biases > 1 && gains != biases))
        return keras_odd(w, "scale");
    for (size_t i = 1; i < n; i++) {
        gain[i] = gains > 1 ? gain[i] : gain[0];
        bias[i] = biases > 1 ? bias[i] : bias[0];
    }
    return scale_by(w, v, gain, bias, n);
}

/* y = (x - mean) / max(sqrt(variance), 1e-7), with what the layer was given, or found in data. */
static bool normalization(keras_writer *w, layer_of *layer, keras_value *v)
{
    float mean[MOST_NUMBERS], variance[MOST_NUMBERS];
    const hdf5_array *found = layer->weight[KERAS_MEAN], *spread_found = layer->weight[KERAS_VARIANCE];
    size_t n = 0, n_variance = 0;
    if (found && spread_found && found->count <= MOST_NUMBERS && spread_found->count == found->count) {
        n = n_variance = found->count;
        memcpy(mean, found->values, n * sizeof *mean);
        memcpy(variance, spread_found->values, n * sizeof *variance);
    } else if (!found) {
        n = flat_numbers(keras_get(layer, "mean", NULL), mean, MOST_NUMBERS, 0);
        n_variance = flat_numbers(keras_get(layer, "variance", NULL), variance, MOST_NUMBERS, 0);
    }
    if (n == 0 || n != n_variance || keras_flag(layer, "invert", NULL, false))
        return keras_odd(w, "mean");
    for (size_t i = 0; i < n; i++) {
        variance[i] = 1.0f / fmaxf(sqrtf(fmaxf(variance[i], 0.0f)), 1e-7f); /* the gain */
        mean[i] = -mean[i] * variance[i];                                   /* the bias */
    }
    return scale_by(w, v, variance, mean, n);
}

/* A slope for each channel, where the others axes are shared, or for each value. */
static bool prelu(keras_writer *w, layer_of *layer, keras_value *v)
{
    const hdf5_array *alpha = layer->weight[KERAS_ALPHA];
    size_t all = keras_count(v);
    bool by_channel = alpha->count == (size_t)(v->swapped ? v->shape.c : v->dim[v->rank - 1]);
    if (!by_channel && alpha->count != all)
        return keras_odd(w, "shared_axes");
    bool ok = by_channel ? v->swapped || keras_features(w, v) : keras_plain(w, v) && keras_shaped(w, v, 1, 1, (int)all);
    return ok && keras_line(w, v, v->shape, "prelu") && keras_copy(w, v, "slope", alpha, alpha->count, 0.0f);
}

/* ---- what only training does ------------------------------------------------------------------------------------------ */

static bool dropout(keras_writer *w, layer_of *layer, keras_value *v)
{
    double rate = keras_number(layer, "rate", "p", 0);
    return rate <= 0 || rate > 0.95 || keras_line(w, v, v->shape, "dropout %s", keras_print(rate).text);
}

static bool same_values(keras_writer *w, layer_of *layer, keras_value *v)
{
    (void)w, (void)layer, (void)v;
    return true;
}

static bool activation(keras_writer *w, layer_of *layer, keras_value *v)
{
    (void)layer;
    return ends(w, v);
}

/* ---- the table --------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *kind;
    bool (*write)(keras_writer *w, layer_of *layer, keras_value *v);
} classes[] = {
    {"Conv2D", conv2d},
    {"DepthwiseConv2D", depthwise},
    {"SeparableConv2D", separable},
    {"Dense", dense},
    {"MaxPooling2D", max_pooling},
    {"AveragePooling2D", average_pooling},
    {"GlobalMaxPooling2D", global_max},
    {"GlobalAveragePooling2D", global_average},
    {"Flatten", flatten},
    {"Reshape", reshape},
    {"Permute", permute},
    {"ZeroPadding2D", zero_padding},
    {"Cropping2D", cropping},
    {"BatchNormalization", batch_normalization},
    {"Normalization", normalization},
    {"Rescaling", rescaling},
    {"PReLU", prelu},
    {"Activation", activation},
    {"Dropout", dropout},
    {"InputLayer", same_values},
    {"Identity", same_values},
    {"SpatialDropout1D", same_values},
    {"SpatialDropout2D", same_values},
    {"AlphaDropout", same_values},
    {"GaussianDropout", same_values},
    {"GaussianNoise", same_values},
    {"ActivityRegularization", same_values},
    {"RandomFlip", same_values},
    {"RandomRotation", same_values},
    {"RandomZoom", same_values},
    {"RandomTranslation", same_values},
    {"RandomContrast", same_values},
    {"RandomBrightness", same_values},
    {"RandomHeight", same_values},
    {"RandomWidth", same_values},
    {"RandomShear", same_values},
    {"RandomErasing", same_values},
};

/* Puts the layer's name before what is wrong with it. */
static bool in_layer(const keras_layer *layer, nn_error *err)
{
    char why[sizeof err->text];
    memcpy(why, err->text, sizeof why);
    return err->code != NN_NOMEM &&
           nn_fail(err, err->code, 0, "the layer '%.60s' (%.40s): %.200s", layer->name, layer->kind, why);
}

bool keras_apply(keras_writer *w, const keras_layer *layer, const keras_value *in, int n, keras_value *out)
{
    const keras_layer *outer = w->layer;
    w->layer = layer;
    *out = in[0];
    bool known = false, ok = true;
    for (size_t i = 0; i < sizeof classes / sizeof *classes && !known; i++)
        if (strcmp(classes[i].kind, layer->kind) == 0) {
            known = true;
            ok = n == 1 ? classes[i].write(w, layer, out)
                        : nn_fail(w->err, NN_FORMAT, 0, "it has %d inputs, must have one", n);
        }
    if (!known)
        ok = keras_merge(w, layer, in, n, out, &known);
    if (ok && !known)
        ok = keras_activation_layer(w, layer, out, &known);
    if (ok && !known)
        ok = strcmp(layer->kind, "Lambda") == 0
                 ? nn_fail(w->err, NN_FORMAT, 0, "it is Python code, which is not run; export the model to ONNX")
                 : nn_fail(w->err, NN_FORMAT, 0, "this kind of layer is not read");
    w->layer = outer;
    return ok || in_layer(layer, w->err);
}
