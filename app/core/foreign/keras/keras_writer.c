/* keras_writer.c - lines, their default names, and changes of shape between them. */
#include "keras_writer.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool keras_odd(const keras_writer *w, const char *setting)
{
    return nn_fail(w->err, NN_FORMAT, 0, "its setting '%.40s' is not understood", setting);
}

bool keras_misfit(const keras_writer *w, size_t count, size_t wanted)
{
    return nn_fail(w->err, NN_FORMAT, 0, "it has %zu weights where its settings and inputs ask for %zu", count, wanted);
}

keras_digits keras_print(double value)
{
    keras_digits out;
    int len = snprintf(out.text, sizeof out.text, "%.9f", value);
    while (len > 1 && out.text[len - 1] == '0')
        out.text[--len] = '\0';
    if (out.text[len - 1] == '.')
        out.text[--len] = '\0';
    return out;
}

/* The name that a node gets which has none: its kind and how many there are. */
static bool name_node(keras_writer *w, char name[NN_NAME], const char *kind, size_t len)
{
    int i = 0;
    while (i < w->n_kinds && (strncmp(w->kind[i].kind, kind, len) != 0 || w->kind[i].kind[len]))
        i++;
    if (i == KERAS_KINDS || w->nodes == NN_MAX_NODES)
        return nn_fail(w->err, NN_LIMIT, 0, "the network has more than %d layers", NN_MAX_NODES);
    if (i == w->n_kinds)
        snprintf(w->kind[w->n_kinds++].kind, NN_NAME, "%.*s", (int)len, kind);
    w->nodes++;
    snprintf(name, NN_NAME, "%.20s%d", w->kind[i].kind, ++w->kind[i].n);
    return true;
}

/* Whether the values stay what they are. */
static bool only_moves(const char *name)
{
    static const char *const kinds[] = {"flatten", "reshape", "permute", "dropout", "crop"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
            return true;
    return false;
}

bool keras_line(keras_writer *w, keras_value *v, nn_shape shape, const char *format, ...)
{
    char line[200], name[NN_NAME];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (!name_node(w, name, line, strcspn(line, " ")))
        return false;
    bool follows = strcmp(v->node, w->last) == 0;
    foreign_line(w->net, "%s%s%s", line, follows ? "" : " from=", follows ? "" : v->node);
    memcpy(v->node, name, sizeof name);
    memcpy(w->last, name, sizeof name);
    v->shape = shape;
    v->range = only_moves(name) ? v->range : FOREIGN_LOGITS;
    return true;
}

float *keras_parameter(keras_writer *w, const keras_value *v, const char *name, size_t count)
{
    char full[NN_NAME];
    snprintf(full, sizeof full, "%.30s.%s", v->node, name);
    return foreign_tensor_new(w->net, full, count, w->err);
}

bool keras_copy(keras_writer *w, const keras_value *v, const char *name, const hdf5_array *array, size_t count,
                float otherwise)
{
    if (array && array->count != count)
        return keras_misfit(w, array->count, count);
    float *values = keras_parameter(w, v, name, count);
    for (size_t i = 0; values && i < count; i++)
        values[i] = array ? array->values[i] : otherwise;
    return values != NULL;
}

bool keras_scale(keras_writer *w, keras_value *v, const float *gain, const float *bias, size_t count)
{
    size_t channels = (size_t)v->shape.c;
    bool shares = v->range == FOREIGN_PROBABILITIES && count == 1 && *gain > 0 && *bias == 0; /* normalised they stay */
    if (!keras_line(w, v, v->shape, "scale"))
        return false;
    v->range = shares ? FOREIGN_PROBABILITIES : v->range;
    float *gains = keras_parameter(w, v, "gain", channels);
    float *biases = gains ? keras_parameter(w, v, "bias", channels) : NULL;
    for (size_t i = 0; biases && i < channels; i++) {
        gains[i] = gain[count > 1 ? i : 0];
        biases[i] = bias[count > 1 ? i : 0];
    }
    return biases != NULL;
}

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

size_t keras_count(const keras_value *v)
{
    return nn_shape_count(v->shape);
}

bool keras_plain(keras_writer *w, keras_value *v)
{
    if (!v->swapped)
        return true;
    v->swapped = false;
    nn_shape s = v->shape;
    if (s.c == 1 || s.h * s.w == 1)
        return true;
    return keras_line(w, v, (nn_shape){s.c, s.h, s.w}, "permute 3 1 2");
}

bool keras_shaped(keras_writer *w, keras_value *v, int h, int width, int c)
{
    nn_shape shape = {h, width, c};
    if (nn_same_shape(v->shape, shape))
        return true;
    return h == 1 && width == 1 ? keras_line(w, v, shape, "flatten")
                                : keras_line(w, v, shape, "reshape %d %d %d", h, width, c);
}

bool keras_features(keras_writer *w, keras_value *v)
{
    if (!keras_plain(w, v))
        return false;
    int last = v->dim[v->rank - 1];
    if (v->rank == 3)
        return keras_shaped(w, v, v->dim[0], v->dim[1], last);
    return keras_shaped(w, v, 1, (int)(keras_count(v) / (size_t)last), last);
}

bool keras_image(keras_writer *w, keras_value *v, bool first)
{
    if (v->rank != 3)
        return nn_fail(w->err, NN_FORMAT, 0, "it needs an image, not %d dimensions", v->rank);
    if (first && v->swapped)
        return true;
    if (!keras_plain(w, v))
        return false;
    int a = v->dim[0], b = v->dim[1], c = v->dim[2];
    if (!first)
        return keras_shaped(w, v, a, b, c);
    v->swapped = true;
    if (a == 1 || b * c == 1)
        return keras_shaped(w, v, b, c, a);
    return keras_shaped(w, v, a, b, c) && keras_line(w, v, (nn_shape){b, c, a}, "permute 2 3 1");
}

void keras_see_image(keras_value *v, bool first)
{
    nn_shape s = v->shape;
    v->rank = 3;
    v->swapped = first;
    v->dim[0] = first ? s.c : s.h;
    v->dim[1] = first ? s.h : s.w;
    v->dim[2] = first ? s.w : s.c;
}

void keras_see_row(keras_value *v)
{
    v->rank = 1;
    v->swapped = false;
    v->dim[0] = (int)keras_count(v);
}
