/* keras_shapes.c - layers that move values or add and take borders, and compute nothing. */
#include "keras_classes.h"
#include <math.h>
#include <string.h>

/* With channels first (Keras 2 and later) it brings them last before. */
bool keras_write_flatten(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    bool turns = v->rank == 3 && w->model->version > 1 && keras_channels_first(layer);
    if (turns ? !keras_image(w, v, true) : !keras_plain(w, v))
        return false;
    keras_see_row(v);
    return true;
}

bool keras_write_reshape(keras_writer *w, const keras_layer *layer, keras_value *v)
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

bool keras_write_permute(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    int order[3] = {1, 2, 3}, dim[3];
    if (v->rank < 2 || v->rank > 3 || !keras_numbers(keras_get(layer, "dims", NULL), v->rank, order) ||
        !is_order(order))
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
    if (json_array_size(value) == 4 && keras_numbers(value, 4, all)) {
        of_rows[0] = all[0], of_rows[1] = all[1], of_columns[0] = all[2], of_columns[1] = all[3];
    } else if (!keras_numbers(rows, 2, of_rows) || !keras_numbers(columns, 2, of_columns)) {
        return keras_odd(w, name);
    }
    sides[NN_TOP] = of_rows[0], sides[NN_BOTTOM] = of_rows[1];
    sides[NN_LEFT] = of_columns[0], sides[NN_RIGHT] = of_columns[1];
    return true;
}

static bool change_sides(keras_writer *w, const keras_layer *layer, keras_value *v, const char *kind, int sign)
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

bool keras_write_zero_padding(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    return change_sides(w, layer, v, "pad", 1);
}

bool keras_write_cropping(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    return change_sides(w, layer, v, "crop", -1);
}
