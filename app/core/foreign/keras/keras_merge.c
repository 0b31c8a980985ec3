/* keras_merge.c - sums, products, extremes of several values, and values side by side. */
#include "keras_merge.h"
#include <math.h>
#include <string.h>

static bool times(keras_writer *w, keras_value *v, double factor)
{
    float gain = (float)factor, bias = 0.0f;
    return keras_scale(w, v, &gain, &bias, 1);
}

/* Both in one order and shape of memory; b may have one value per channel, where it is a factor. */
static bool align(keras_writer *w, keras_value *a, keras_value *b, bool factor)
{
    if (a->swapped != b->swapped && !(keras_plain(w, a) && keras_plain(w, b)))
        return false;
    bool gate = factor && b->rank == 3 && b->shape.h * b->shape.w == 1 && a->shape.c == b->shape.c;
    if (gate)
        return true;
    if (a->rank != b->rank || memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) != 0)
        return nn_fail(w->err, NN_FORMAT, 0, "its inputs have different shapes");
    return keras_shaped(w, b, a->shape.h, a->shape.w, a->shape.c);
}

static bool join(keras_writer *w, keras_value *a, keras_value b, const char *kind)
{
    return align(w, a, &b, strcmp(kind, "mul") == 0) && keras_line(w, a, a->shape, "%s %s", kind, b.node);
}

/* The sum of probabilities is normalised as they are: an ensemble's. */
static bool add(keras_writer *w, keras_value *a, const keras_value *b)
{
    foreign_output range = a->range == b->range && a->range == FOREIGN_PROBABILITIES ? a->range : FOREIGN_LOGITS;
    if (!join(w, a, *b, "add"))
        return false;
    a->range = range;
    return true;
}

static bool subtract(keras_writer *w, keras_value *a, const keras_value *b)
{
    keras_value minus = *b;
    return times(w, &minus, -1.0) && join(w, a, minus, "add");
}

/* The one with more values first: the other may be a gate. */
static bool multiply(keras_writer *w, keras_value *a, const keras_value *b)
{
    keras_value small = *b;
    if (keras_count(a) < keras_count(b))
        small = *a, *a = *b;
    return join(w, a, small, "mul");
}

/* a + relu(b - a) */
static bool maximum(keras_writer *w, keras_value *a, const keras_value *b)
{
    keras_value over = *b;
    return subtract(w, &over, a) && keras_line(w, &over, over.shape, "relu") && join(w, a, over, "add");
}

/* a - relu(a - b) */
static bool minimum(keras_writer *w, keras_value *a, const keras_value *b)
{
    keras_value over = *a;
    return subtract(w, &over, b) && keras_line(w, &over, over.shape, "relu") && subtract(w, a, &over);
}

static const struct {
    const char *kind, *mode; /* mode: of Keras 1's Merge */
    bool (*pair)(keras_writer *w, keras_value *a, const keras_value *b);
} merges[] = {
    {"Add", "sum", add},           {"Average", "ave", add},     {"Subtract", "-", subtract},
    {"Multiply", "mul", multiply}, {"Maximum", "max", maximum}, {"Minimum", "min", minimum},
};

/* ---- side by side ------------------------------------------------------------------------------------------------------ */

static size_t product(const int *dim, int from, int to)
{
    size_t n = 1;
    for (int i = from; i < to; i++)
        n *= (size_t)dim[i];
    return n;
}

/* Along any axis it is channels side by side, once what follows the axis is the channels. */
static bool beside(keras_writer *w, keras_value *a, keras_value b, int axis)
{
    for (int i = 0; i < a->rank; i++)
        if (a->rank != b.rank || (i != axis && a->dim[i] != b.dim[i]))
            return nn_fail(w->err, NN_FORMAT, 0, "its inputs have different shapes");
    bool channels = a->swapped && b.swapped && axis == 0;
    size_t outer = product(a->dim, 0, axis);
    if (!channels && axis == 2 && a->rank == 3) {
        if (!keras_plain(w, a) || !keras_plain(w, &b) || !keras_shaped(w, a, a->dim[0], a->dim[1], a->dim[2]) ||
            !keras_shaped(w, &b, b.dim[0], b.dim[1], b.dim[2]))
            return false;
    } else if (!channels && (!keras_plain(w, a) || !keras_plain(w, &b) ||
                             !keras_shaped(w, a, 1, (int)outer, (int)(keras_count(a) / outer)) ||
                             !keras_shaped(w, &b, 1, (int)outer, (int)(keras_count(&b) / outer)))) {
        return false;
    }
    /* Our layer puts the second behind. */
    nn_shape shape = {a->shape.h, a->shape.w, a->shape.c + b.shape.c};
    a->dim[axis] += b.dim[axis];
    return keras_line(w, a, shape, "concat %s", b.node);
}

static bool concatenate(keras_writer *w, const keras_layer *layer, const keras_value *in, int n, keras_value *out)
{
    double number = keras_number(layer, "axis", "concat_axis", -1);
    int axis = (int)(number < 0 ? out->rank + number : number - 1);
    if (fabs(number) > KERAS_RANK || axis < 0 || axis >= out->rank)
        return keras_odd(w, "axis");
    for (int i = 1; i < n; i++)
        if (!beside(w, out, in[i], axis))
            return false;
    return true;
}

/* ---- with a number ---------------------------------------------------------------------------------------------------- */

/* x / 255 written down in Python is a layer of one input, whose arguments are the value and the number, or vice versa. */
static bool with_number(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    const json_t *args = json_object_get(json_array_get(layer->inbound, 0), "args");
    const json_t *a = json_array_get(args, 0), *b = json_array_get(args, 1);
    bool before = json_is_number(a), divides = strcmp(layer->kind, "Divide") == 0;
    double number = json_number_value(before ? a : b);
    float gain = 1.0f, bias = 0.0f;
    if (before == json_is_number(b) || (divides && (before || number == 0.0)))
        return keras_odd(w, "args");
    if (divides || strcmp(layer->kind, "Multiply") == 0)
        gain = (float)(divides ? 1.0 / number : number);
    else if (strcmp(layer->kind, "Subtract") == 0)
        gain = before ? -1.0f : 1.0f, bias = (float)(before ? number : -number);
    else if (strcmp(layer->kind, "Add") == 0)
        bias = (float)number;
    else
        return keras_odd(w, "args");
    return keras_scale(w, v, &gain, &bias, 1);
}

bool keras_merge(keras_writer *w, const keras_layer *layer, const keras_value *in, int n, keras_value *out, bool *known)
{
    bool old = strcmp(layer->kind, "Merge") == 0; /* Keras 1 */
    const char *mode = keras_word(layer, "mode", NULL, "sum");
    *known = true;
    if (strcmp(layer->kind, "Concatenate") == 0 || (old && strcmp(mode, "concat") == 0))
        return concatenate(w, layer, in, n, out);
    for (size_t k = 0; k < sizeof merges / sizeof *merges; k++) {
        if (strcmp(old ? merges[k].mode : merges[k].kind, old ? mode : layer->kind) != 0)
            continue;
        if (n == 1)
            return with_number(w, layer, out);
        for (int i = 1; i < n; i++)
            if (!merges[k].pair(w, out, &in[i]))
                return false;
        return strcmp(merges[k].kind, "Average") != 0 || times(w, out, 1.0 / n);
    }
    *known = n == 1 && strcmp(layer->kind, "Divide") == 0;
    return !*known || with_number(w, layer, out);
}
