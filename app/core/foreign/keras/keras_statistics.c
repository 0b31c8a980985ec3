/* keras_statistics.c - layers that scale and shift values, by statistics or by slopes that were learned. */
#include "keras_classes.h"
#include <math.h>
#include <string.h>

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

bool keras_write_batch_normalization(keras_writer *w, const keras_layer *layer, keras_value *v)
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

bool keras_write_rescaling(keras_writer *w, const keras_layer *layer, keras_value *v)
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
bool keras_write_normalization(keras_writer *w, const keras_layer *layer, keras_value *v)
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
bool keras_write_prelu(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    const hdf5_array *alpha = layer->weight[KERAS_ALPHA];
    size_t all = keras_count(v);
    bool by_channel = alpha->count == (size_t)(v->swapped ? v->shape.c : v->dim[v->rank - 1]);
    if (!by_channel && alpha->count != all)
        return keras_odd(w, "shared_axes");
    bool ok = by_channel ? v->swapped || keras_features(w, v) : keras_plain(w, v) && keras_shaped(w, v, 1, 1, (int)all);
    return ok && keras_line(w, v, v->shape, "prelu") && keras_copy(w, v, "slope", alpha, alpha->count, 0.0f);
}
